import type { Compiled } from "../../compiler/compiled.ts";
import type { Native, Obj } from "../../native/native.ts";
import { COOKIE_MAP, setSizes } from "../kernel-tracer.ts";
import type { Sizes } from "../tracer.ts";

/** Made when a trace has run for so long, because it takes some milliseconds in which nothing else is done. */
const AFTER_MS = 300;
/** Room for the cookies of as many functions as can be attached. */
export const COOKIES = 16_384;

/**
 * A set of maps that no query has used yet, for the next one: to make them takes longer than to verify programs, and the
 * maps of the query before are full of its packets.
 */
export class SpareMaps {
  readonly #native: Native;
  #made: { readonly obj: Obj; readonly fits: string } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(native: Native) {
    this.#native = native;
  }

  /** Makes them soon, from a query's object as it was linked. */
  prepare(bytes: Uint8Array, compiled: Compiled, sizes: Sizes): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#make(bytes, compiled, sizes), AFTER_MS);
    this.#timer.unref();
  }

  /** Gives them to an object that is not loaded yet; false: there are none that it could use. */
  give(obj: Obj, compiled: Compiled, sizes: Sizes): boolean {
    const made = this.#made;
    if (made?.fits !== use(compiled, sizes)) return false;
    this.#native.shareMaps(obj, made.obj, false);
    this.drop();
    return true;
  }

  /** Nobody will want them. What they were given to keeps them. */
  drop(): void {
    clearTimeout(this.#timer);
    if (this.#made) this.#native.closeObject(this.#made.obj);
    this.#made = undefined;
  }

  #make(bytes: Uint8Array, compiled: Compiled, sizes: Sizes): void {
    if (this.#made) return;
    const face = this.#native;
    const obj = face.openObject(bytes);
    try {
      for (const { name } of face.programs(obj)) face.setAutoload(obj, name, false);
      setSizes(face, obj, { ...compiled, remembers: { ...compiled.remembers, packets: true } }, sizes);
      face.setMapSize(obj, COOKIE_MAP, COOKIES);
      face.load(obj);
      this.#made = { obj, fits: use(compiled, sizes) };
    } catch {
      // It was for speed alone; what is wrong is told when the next query's own are made.
      face.closeObject(obj);
    }
  }
}

/** Queries with the same use of maps can take each other's. That packets are remembered does no harm where none are. */
const use = ({ remembers: { last, seen } }: Compiled, { buffer, followMap }: Sizes): string =>
  JSON.stringify([last, seen, buffer, followMap]);
