import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { userData } from "../shelves.ts";
import { refusal } from "./refuse.ts";

/** What is installed, and from where: the lock file, `packages.lock.json`. */
export interface Lock {
  readonly lockVersion: 1;
  readonly packages: Readonly<Record<string, Locked>>;
}

export interface Locked {
  readonly version: string;
  /** `npm:NAME@VERSION` or `file:PATH`. */
  readonly resolved: string;
  /** Of the archive, as npm writes it: `sha512-BASE64`. */
  readonly integrity: string;
  readonly queries: Readonly<Record<string, string>>;
  /** Checksums of the programs, as the manifest had them. */
  readonly files: Readonly<Record<string, string>>;
}

const NONE: Lock = { lockVersion: 1, packages: {} };

/** Where a user's packages are. `folder` is one of `userData`. */
export class Store {
  readonly folder: string;

  constructor(folder: string = userData()[0]) {
    this.folder = folder;
  }

  get packages(): string {
    return join(this.folder, "packages");
  }

  folderOf(name: string): string {
    return join(this.packages, name);
  }

  /** Throws PWQ2616 if the file is not one. */
  lock(): Lock {
    const text = this.#text("packages.lock.json");
    if (text === undefined) return NONE;
    const lock = json(text) as Partial<Lock> | undefined;
    if (lock?.lockVersion !== 1 || typeof lock.packages !== "object" || lock.packages === null)
      throw refusal(
        "PWQ2616",
        `\`${join(this.folder, "packages.lock.json")}\` is no lock file`,
        "remove it, and add the packages anew",
      );
    return lock as Lock;
  }

  /** Puts a package in the place of the one that was there, or takes it away. */
  replace(
    name: string,
    made: { readonly locked: Locked; readonly files: ReadonlyMap<string, Uint8Array> } | undefined,
  ): void {
    const { [name]: _, ...others } = this.lock().packages;
    const folder = this.folderOf(name);
    const fresh = `${folder}.${process.pid}`;
    if (made) {
      for (const [path, bytes] of made.files) {
        const file = join(fresh, path);
        mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
        writeFileSync(file, bytes, { mode: 0o644, flag: "wx" });
      }
    }
    rmSync(folder, { recursive: true, force: true });
    if (made) renameSync(fresh, folder);
    const packages = made ? { ...others, [name]: made.locked } : others;
    const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
    this.#write("packages.lock.json", `${JSON.stringify({ lockVersion: 1, packages: sorted }, null, 2)}\n`);
  }

  /** Digests of the packages that the user has agreed to run. */
  accepted(): readonly string[] {
    const known = json(this.#text("accepted.json") ?? "[]");
    return Array.isArray(known) ? known.filter((each): each is string => typeof each === "string") : [];
  }

  accept(digest: string): void {
    this.#write("accepted.json", `${JSON.stringify([...new Set([...this.accepted(), digest])], null, 2)}\n`);
  }

  #text(name: string): string | undefined {
    try {
      return readFileSync(join(this.folder, name), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Whole or not at all. */
  #write(name: string, text: string): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o755 });
    const file = join(this.folder, name);
    writeFileSync(`${file}.${process.pid}`, text, { mode: 0o644 });
    renameSync(`${file}.${process.pid}`, file);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
