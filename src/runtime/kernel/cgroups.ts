import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The unified hierarchy: alone, or beside the old ones. */
const MOUNT_POINTS = ["sys/fs/cgroup/unified", "sys/fs/cgroup"] as const;
const ALWAYS = "cgroup.procs";
/** An id that is not found makes all folders be read again, at most so often. */
const FRESH_MS = 1000;

export interface CgroupOptions {
  /** Instead of `/`. */
  readonly root?: string;
  /** Milliseconds, from anywhere. */
  readonly now?: () => number;
}

/**
 * Paths of control groups by id, as `bpf_get_current_cgroup_id` gives it: on 64-bit kernels the inode number of its
 * folder, never used twice. A group that has gone keeps its path.
 */
export class Cgroups {
  readonly #mount: string | undefined;
  readonly #now: () => number;
  readonly #paths = new Map<string, string>();
  #read = -Infinity;

  constructor({ root = "/", now = () => performance.now() }: CgroupOptions = {}) {
    this.#mount = MOUNT_POINTS.map((place) => join(root, place)).find((path) =>
      existsSync(join(path, ALWAYS)),
    );
    this.#now = now;
  }

  /** Below the root of the hierarchy: `/system.slice/ssh.service`, or `/`. */
  path(id: number | bigint): string | undefined {
    const key = String(id);
    if (!this.#paths.has(key) && this.#now() - this.#read >= FRESH_MS) {
      this.#read = this.#now();
      if (this.#mount !== undefined) this.#walk(this.#mount, "/");
    }
    return this.#paths.get(key);
  }

  #walk(folder: string, path: string): void {
    const inode = statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino;
    if (inode === undefined) return;
    this.#paths.set(String(inode), path);
    for (const name of subfolders(folder)) this.#walk(join(folder, name), join(path, name));
  }
}

function subfolders(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
