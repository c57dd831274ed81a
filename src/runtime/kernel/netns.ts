import { readlinkSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { list, readText } from "./files.ts";

/** Where `ip netns` and container runtimes bind-mount namespaces to give them names. */
const NAME_FOLDERS = ["run/netns", "var/run/docker/netns"] as const;
/** Namespaces come and go, and inodes are used again: what was read is good for this long. */
const FRESH_MS = 1000;

export interface NetnsOptions {
  /** Instead of `/`. */
  readonly root?: string;
  /** Milliseconds, from anywhere. */
  readonly now?: () => number;
}

/**
 * Network namespaces: names of inodes and inodes of names. The folders of names are read again when they may be out of
 * date, processes only when an inode has no name there. A namespace that has gone keeps its last name until another
 * takes its inode: events that tell of it may still be on their way.
 */
export class NetworkNamespaces {
  readonly #root: string;
  readonly #now: () => number;
  readonly #labels = new Map<number, string>();
  readonly #paths = new Map<number, string>();
  #inodes: ReadonlyMap<string, number> = new Map();
  #namesRead = -Infinity;
  #processesRead = -Infinity;

  constructor({ root = "/", now = () => performance.now() }: NetnsOptions = {}) {
    this.#root = root;
    this.#now = now;
  }

  /** Its name, else the process that is longest in it as `comm:pid`, else undefined. */
  label(inode: number): string | undefined {
    this.#readNames();
    if (!this.#isNamed(inode)) this.#readProcesses();
    return this.#labels.get(inode);
  }

  /** A file through which the namespace can be entered. */
  path(inode: number): string | undefined {
    this.label(inode);
    return this.#paths.get(inode);
  }

  /** Of a name, or of a path through which it can be entered: `/proc/self/ns/net`. */
  inode(name: string): number | undefined {
    if (name.startsWith("/")) {
      const path = join(this.#root, name);
      return namespaceInode(path) ?? mountedInode(path);
    }
    this.#readNames();
    return this.#inodes.get(name);
  }

  /** Those with a name of their own, sorted. */
  names(): readonly string[] {
    this.#readNames();
    return [...this.#inodes.keys()].sort();
  }

  /** A file for each namespace that has a name or a process. */
  paths(): readonly string[] {
    this.#readNames();
    this.#readProcesses();
    return [...this.#paths.values()];
  }

  #isNamed(inode: number): boolean {
    const label = this.#labels.get(inode);
    return label !== undefined && this.#inodes.get(label) === inode;
  }

  #readNames(): void {
    if (this.#now() - this.#namesRead < FRESH_MS) return;
    this.#namesRead = this.#now();
    const inodes = new Map<string, number>();
    for (const folder of NAME_FOLDERS) {
      for (const name of list(join(this.#root, folder))) {
        const path = join(this.#root, folder, name);
        const inode = statSync(path, { throwIfNoEntry: false })?.ino;
        if (inode === undefined || inodes.has(name)) continue;
        inodes.set(name, inode);
        this.#labels.set(inode, name);
        this.#paths.set(inode, path);
      }
    }
    this.#inodes = inodes;
  }

  #readProcesses(): void {
    if (this.#now() - this.#processesRead < FRESH_MS) return;
    this.#processesRead = this.#now();
    const seen = new Set<number>(this.#inodes.values());
    const pids = list(join(this.#root, "proc")).filter((name) => /^\d+$/.test(name));
    for (const pid of pids.sort((a, b) => Number(a) - Number(b))) {
      const path = join(this.#root, "proc", pid, "ns/net");
      const inode = namespaceInode(path);
      if (inode === undefined || seen.has(inode)) continue;
      seen.add(inode);
      const comm = readText(join(this.#root, "proc", pid, "comm"))?.trim() ?? "";
      this.#labels.set(inode, `${comm}:${pid}`);
      this.#paths.set(inode, path);
    }
  }
}

/** statfs(2) of the file system that namespaces live in. */
const NSFS_MAGIC = 0x6e736673;

/** Of a namespace that is mounted on a file; undefined of any other file. */
function mountedInode(path: string): number | undefined {
  try {
    return statfsSync(path).type === NSFS_MAGIC ? statSync(path).ino : undefined;
  } catch {
    return undefined;
  }
}

/** `net:[4026531840]`, what the link /proc/PID/ns/net says. Undefined if the process has ended or is not ours to see. */
function namespaceInode(path: string): number | undefined {
  try {
    return Number(/^net:\[(\d+)\]$/.exec(readlinkSync(path))?.[1] ?? Number.NaN) || undefined;
  } catch {
    return undefined;
  }
}
