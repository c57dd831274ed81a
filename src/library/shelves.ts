import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { packaged } from "../place.ts";

/** A folder of programs, each addressed as `@name`. */
export interface Shelf {
  readonly folder: string;
  readonly of: "pwq" | "user" | "system";
}

/**
 * Where programs of the library are looked for, in this order: what is shipped cannot be hidden by another file of the
 * same name. Folders as by the XDG Base Directory Specification. With sudo the caller's own folder counts too, or what
 * they have put there would not be found by the very commands that need root.
 */
export function shelves(env: NodeJS.ProcessEnv = process.env): readonly Shelf[] {
  const system = (env.XDG_DATA_DIRS ?? "").split(":").filter(isAbsolute);
  const folders = system.length > 0 ? system : ["/usr/local/share", "/usr/share"];
  return [
    { folder: packaged("examples"), of: "pwq" },
    ...userData(env).map((data) => ({ folder: join(data, "library"), of: "user" as const })),
    ...folders.map((folder) => ({ folder: join(folder, "pwq/library"), of: "system" as const })),
  ];
}

/** pwq's folders for data of the user, the one that is written to first. */
export function userData(env: NodeJS.ProcessEnv = process.env): readonly [string, ...string[]] {
  const own = env.XDG_DATA_HOME;
  const first = own !== undefined && isAbsolute(own) ? own : join(homedir(), ".local/share");
  const callers = env.SUDO_UID === undefined ? undefined : homeOf(env.SUDO_UID);
  return [
    join(first, "pwq"),
    ...(callers !== undefined && callers !== homedir() ? [join(callers, ".local/share/pwq")] : []),
  ];
}

/** From passwd(5); users of a directory service are not in it, and have to set XDG_DATA_HOME. */
function homeOf(uid: string): string | undefined {
  try {
    const entry = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .find((fields) => fields[2] === uid);
    return entry?.[5];
  } catch {
    return undefined; // a system without the file: nobody is known by number
  }
}
