import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { systemReason } from "../system-error.ts";

/** What is done with finished files. */
export interface Keeping {
  /** So many are kept; absent: all. */
  readonly backups?: number;
  /** They are removed when they are older than this; absent: never. Milliseconds. */
  readonly keepMs?: number;
  readonly gzip: boolean;
}

/** What became of the finished files of a trace. */
export interface Finished {
  /** Names, oldest first, of those that are still there. */
  readonly kept: readonly string[];
  readonly removed: number;
  /** Why compressing or removing failed, for each that did; the file itself is then as it was. */
  readonly problems: readonly string[];
}

interface Backup {
  readonly number: number;
  readonly path: string;
  readonly finishedAt: number;
}

/**
 * A file that is put aside as `FILE.1`, `FILE.2` and so on, ascending in time, while writing goes on in a new FILE.
 * Numbers go on after those of an earlier trace, whose files count as backups too. Compressing and removing happen one
 * after the other in the background, so that writing never waits for them.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #keeping: Keeping;
  readonly #now: () => number;
  #handle: FileHandle;
  #backups: Backup[];
  #chores: Promise<void> = Promise.resolve();
  #removed = 0;
  readonly #problems: string[] = [];

  private constructor(
    path: string,
    keeping: Keeping,
    handle: FileHandle,
    backups: Backup[],
    now: () => number,
  ) {
    this.#path = path;
    this.#keeping = keeping;
    this.#handle = handle;
    this.#backups = backups;
    this.#now = now;
  }

  /** Puts a file that is there already aside and opens a new one. Throws what the system says. */
  static async open(path: string, keeping: Keeping, now: () => number = Date.now): Promise<RotatingFile> {
    const backups = await earlierBackups(path);
    const before = await stat(path).catch(() => undefined);
    if (before && !before.isFile()) throw Object.assign(new Error("not a file"), { code: "NOTFILE" });
    // Opened before anything is put aside: what cannot be written stays as it is.
    const handle = await open(path, before?.size ? "r+" : "w");
    const file = new RotatingFile(path, keeping, handle, backups, now);
    if (before?.size) await file.next();
    else file.#tidy();
    return file;
  }

  get fd(): number {
    return this.#handle.fd;
  }

  /** Puts the file aside and gives the descriptor of the new one. Throws what the system says. */
  async next(): Promise<number> {
    const number = (this.#backups.at(-1)?.number ?? 0) + 1;
    const aside = `${this.#path}.${number}`;
    await rename(this.#path, aside);
    const old = this.#handle;
    this.#handle = await open(this.#path, "wx");
    await old.close();
    this.#backups.push({ number, path: aside, finishedAt: this.#now() });
    this.#tidy();
    return this.#handle.fd;
  }

  /** Closes the file and waits for what is still done in the background. */
  async close(): Promise<Finished> {
    await this.#handle.close();
    await this.#chores;
    return {
      kept: this.#backups.map(({ path }) => basename(path)),
      removed: this.#removed,
      problems: this.#problems,
    };
  }

  #tidy(): void {
    this.#chores = this.#chores.then(async () => {
      await this.#removeOld();
      if (this.#keeping.gzip) await this.#compress();
    });
  }

  async #removeOld(): Promise<void> {
    const { backups = Number.POSITIVE_INFINITY, keepMs = Number.POSITIVE_INFINITY } = this.#keeping;
    const now = this.#now();
    const surplus = this.#backups.filter(
      ({ finishedAt }, i) => i < this.#backups.length - backups || now - finishedAt > keepMs,
    );
    for (const old of surplus) {
      if (!(await this.#attempt(`${basename(old.path)} is not removed`, () => rm(old.path)))) continue;
      this.#backups = this.#backups.filter((other) => other !== old);
      this.#removed++;
    }
  }

  async #compress(): Promise<void> {
    for (const plain of this.#backups.filter(({ path }) => !path.endsWith(GZIP))) {
      const packed = plain.path + GZIP;
      const unfinished = packed + UNFINISHED;
      const done = await this.#attempt(`${basename(plain.path)} is not compressed`, async () => {
        await pipeline(createReadStream(plain.path), createGzip(), createWriteStream(unfinished));
        await rename(unfinished, packed);
        await rm(plain.path);
      });
      if (!done) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        continue;
      }
      this.#backups = this.#backups.map((other) => (other === plain ? { ...plain, path: packed } : other));
    }
  }

  async #attempt(what: string, action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      const problem = `${what}: ${systemReason(error)}`;
      if (!this.#problems.includes(problem)) this.#problems.push(problem);
      return false;
    }
  }
}

const GZIP = ".gz";
/** Of a compressed file that is not whole yet. */
const UNFINISHED = ".part";

/** `FILE.N` and `FILE.N.gz` beside FILE, in the order of their numbers. Half-compressed ones of a trace that was killed are removed. */
async function earlierBackups(path: string): Promise<Backup[]> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  const found: Backup[] = [];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(start)) continue;
    const match = /^(\d{1,9})(?:\.gz(\.part)?)?$/.exec(name.slice(start.length));
    if (!match) continue;
    const full = join(folder, name);
    if (match[2]) await rm(full, { force: true });
    else found.push({ number: Number(match[1]), path: full, finishedAt: (await stat(full)).mtimeMs });
  }
  return found.sort((a, b) => a.number - b.number);
}
