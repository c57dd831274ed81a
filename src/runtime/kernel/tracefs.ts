import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";

/** Where tracefs is mounted: on its own, or, as it used to be, inside debugfs. */
const MOUNT_POINTS = ["sys/kernel/tracing", "sys/kernel/debug/tracing"] as const;
/** There as soon as it is mounted, whatever tracers were built in. */
const ALWAYS = "trace";

export type Tracefs =
  | { readonly path: string }
  | { readonly problem: "not mounted" | "not readable"; readonly path: string };

/** Never mounts it: that would change the machine for everybody. */
export function findTracefs(root: string): Tracefs {
  const found = MOUNT_POINTS.map((place) => join(root, place));
  for (const path of found) if (isReadable(join(path, ALWAYS))) return { path };
  const locked = found.find((path) => existsSync(path) && !isReadable(path));
  return locked ? { problem: "not readable", path: locked } : { problem: "not mounted", path: found[0]! };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
