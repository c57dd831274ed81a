import { OF_CLASS, type ProgramPoints } from "../compiler/plan/programs.ts";
import { isNativeError, type Link, type Native, type Obj } from "../native/native.ts";

/** A BPF program that is looked at, or why it cannot be. */
export type MetProgram =
  | { readonly name: string; readonly point: number }
  | { readonly name: string; readonly reason: string };

/** A program that is loaded while the trace runs is seen after this long at most. */
const EVERY_MS = 500;

/**
 * Looks at all BPF programs of some types that are loaded, and looks for new ones from time to time. Each needs an
 * instance of the entry program of its own, because the verifier checks it against the program it is put before; the
 * instances share the maps of the trace.
 */
export class ProgramWatch {
  readonly #native: Native;
  readonly #bytes: Uint8Array;
  readonly #obj: Obj;
  readonly #points: ProgramPoints;
  readonly #met: (program: MetProgram) => void;
  readonly #seen = new Set<number>();
  readonly #links: Link[] = [];
  /** Points that are given away, by class. */
  readonly #used = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;

  /** `bytes`: the linked object that `obj` was loaded from. Throws NativeError if programs cannot be listed. */
  constructor(
    native: Native,
    bytes: Uint8Array,
    obj: Obj,
    points: ProgramPoints,
    met: (program: MetProgram) => void,
  ) {
    this.#native = native;
    this.#bytes = bytes;
    this.#obj = obj;
    this.#points = points;
    this.#met = met;
    this.#look();
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** Programs that are looked at. */
  get count(): number {
    return this.#links.length;
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const link of this.#links) this.#native.detach(link);
    this.#links.length = 0;
  }

  #look(): void {
    for (const { id, name, entry } of this.#native.bpfPrograms(this.#points.types)) {
      if (this.#seen.has(id)) continue;
      this.#seen.add(id);
      const refuse = (reason: string): void => this.#met({ name: entry ?? name, reason });
      if (entry === undefined) refuse("it has no BTF, which tells where it begins");
      else this.#attach(id, entry, refuse);
    }
  }

  /** Counted from the first; it tells how the conditions on names come out. Undefined: there is none left. */
  #numberFor(name: string): number | undefined {
    const { tests } = this.#points;
    const of = tests.reduce((bits, test, i) => (test(name) ? bits | (1 << i) : bits), 0);
    const used = this.#used.get(of) ?? 0;
    if (used >= OF_CLASS) return undefined;
    this.#used.set(of, used + 1);
    return of * OF_CLASS + used;
  }

  #attach(id: number, entry: string, refuse: (reason: string) => void): void {
    const { program, first, label, cookie } = this.#points;
    const shown = `${entry}(${label})`;
    const number = this.#numberFor(shown);
    if (number === undefined) return refuse("there are too many");
    const instance = this.#native.openObject(this.#bytes);
    let target: number | undefined;
    try {
      for (const { name } of this.#native.programs(instance)) {
        this.#native.setAutoload(instance, name, name === program);
      }
      this.#native.shareMaps(instance, this.#obj, true);
      target = this.#native.setAttachTarget(instance, program, id, entry);
      this.#native.load(instance);
      this.#links.push(this.#native.attachTrace(instance, program, cookie + BigInt(number)));
      this.#met({ name: shown, point: first + number });
    } catch (error) {
      // Another program replaces it, it was unloaded meanwhile, or the kernel cannot trace it.
      if (!isNativeError(error)) throw error;
      refuse(`the kernel refuses: ${error.code}`);
    } finally {
      this.#native.closeObject(instance);
      if (target !== undefined) this.#native.closeDescriptor(target);
    }
  }
}
