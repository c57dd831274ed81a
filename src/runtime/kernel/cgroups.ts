import { existsSync, type FSWatcher, readdirSync, statSync, watch } from "node:fs";
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
  /** Told of each group when it is found. */
  readonly onFound?: (path: string) => void;
}

/**
 * Paths of control groups by id, as `bpf_get_current_cgroup_id` gives it: on 64-bit kernels the inode number of its
 * folder, never used twice. A group that has gone keeps its path.
 */
export class Cgroups {
  readonly #mount: string | undefined;
  readonly #now: () => number;
  readonly #onFound: (path: string) => void;
  readonly #paths = new Map<string, string>();
  readonly #watchers = new Map<string, FSWatcher>();
  #watching = false;
  #read = -Infinity;

  constructor({ root = "/", now = () => performance.now(), onFound = () => {} }: CgroupOptions = {}) {
    this.#mount = MOUNT_POINTS.map((place) => join(root, place)).find((path) =>
      existsSync(join(path, ALWAYS)),
    );
    this.#now = now;
    this.#onFound = onFound;
  }

  /** Below the root of the hierarchy: `/system.slice/ssh.service`, or `/`. */
  path(id: number | bigint): string | undefined {
    const key = String(id);
    if (!this.#paths.has(key) && this.#now() - this.#read >= FRESH_MS) this.#readAll();
    return this.#paths.get(key);
  }

  /** Also notes groups that are gone before anybody asks for them. Does not keep the process alive. */
  watch(): void {
    this.#watching = true;
    this.#readAll();
  }

  close(): void {
    this.#watching = false;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #readAll(): void {
    this.#read = this.#now();
    if (this.#mount !== undefined) this.#enter(this.#mount, "/");
  }

  #enter(folder: string, path: string): void {
    const inode = statSync(folder, { bigint: true, throwIfNoEntry: false })?.ino;
    if (inode === undefined) return;
    const key = String(inode);
    if (!this.#paths.has(key)) {
      this.#paths.set(key, path);
      this.#onFound(path);
    }
    // Before its content is read, so that nothing falls between.
    if (this.#watching) this.#watchFolder(folder, path);
    for (const name of subfolders(folder)) this.#enter(join(folder, name), join(path, name));
  }

  #watchFolder(folder: string, path: string): void {
    if (this.#watchers.has(folder)) return;
    const forget = (): void => {
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
    };
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (!existsSync(folder)) return forget();
        if (name !== null && isFolder(join(folder, name))) this.#enter(join(folder, name), join(path, name));
      });
      watcher.on("error", forget);
      this.#watchers.set(folder, watcher);
    } catch {
      // No more may be watched (fs.inotify.max_user_watches): groups are then looked for when they are asked for.
    }
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function subfolders(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
