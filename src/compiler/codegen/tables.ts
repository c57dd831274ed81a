import type { ObjectData } from "../bpf/index.ts";

/** Constant data of the object's `.rodata`, shared by equal content. */
export class Tables {
  readonly #data: ObjectData[] = [];
  readonly #known = new Map<string, string>();

  /** The symbol of a table with these bytes. */
  add(kind: string, bytes: Uint8Array): string {
    const key = `${kind}:${Buffer.from(bytes).toString("latin1")}`;
    let name = this.#known.get(key);
    if (name === undefined) {
      name = `pwq_${kind}_${this.#data.length}`;
      this.#known.set(key, name);
      this.#data.push({ name, bytes, align: 8 });
    }
    return name;
  }

  get data(): readonly ObjectData[] {
    return this.#data;
  }
}
