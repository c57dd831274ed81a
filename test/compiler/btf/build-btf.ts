/** Writes small BTF files by hand, one record a line: what the reader is tested against. */

import type { BtfKind } from "../../../src/compiler/btf/btf.ts";
import { KIND_NUMBER } from "../../../src/compiler/btf/format.ts";

type Word = number | { readonly text: string };

export class BtfBuilder {
  readonly #words: Word[] = [];
  readonly #strings = new Map<string, number>([["", 0]]);
  readonly #stringsBase: number;
  #stringBytes = 1;
  #nextId: number;

  /** Of a module: where the ids and the strings of its base end. */
  constructor(base: { readonly endId: number; readonly stringsEnd: number } = { endId: 1, stringsEnd: 0 }) {
    this.#nextId = base.endId;
    this.#stringsBase = base.stringsEnd;
  }

  /** Adds a record and returns its id. `rest` are the words that follow. */
  add(
    kind: BtfKind,
    name: string,
    sizeOrType: number,
    rest: readonly Word[] = [],
    info: { readonly vlen?: number; readonly flag?: boolean } = {},
  ): number {
    const word = (info.flag ? 0x80000000 : 0) + KIND_NUMBER[kind] * 0x1000000 + (info.vlen ?? 0);
    this.#words.push({ text: name }, word, sizeOrType, ...rest);
    return this.#nextId++;
  }

  int(
    name: string,
    size: number,
    encoding: { signed?: boolean; bool?: boolean; char?: boolean; bits?: number; offset?: number } = {},
  ): number {
    const bits = (encoding.signed ? 1 : 0) | (encoding.char ? 2 : 0) | (encoding.bool ? 4 : 0);
    return this.add("int", name, size, [
      bits * 0x1000000 + ((encoding.offset ?? 0) << 16) + (encoding.bits ?? size * 8),
    ]);
  }
  ptr = (to: number): number => this.add("ptr", "", to);
  typedef = (name: string, to: number): number => this.add("typedef", name, to);
  array = (element: number, count: number): number => this.add("array", "", 0, [element, element, count]);

  /** Members as [name, type, bit offset]; with a fourth number, its width, kind_flag is set. */
  struct(
    name: string,
    size: number,
    members: readonly (readonly [name: string, type: number, bit: number, width?: number])[],
    kind: "struct" | "union" = "struct",
  ): number {
    const flag = members.some(([, , , width]) => width !== undefined);
    const rest = members.flatMap(([member, type, bit, width]) => [
      { text: member },
      type,
      bit + (width ?? 0) * 0x1000000,
    ]);
    return this.add(kind, name, size, rest, { vlen: members.length, flag });
  }

  proto(result: number, params: readonly (readonly [name: string, type: number])[]): number {
    const rest = params.flatMap(([name, type]) => [{ text: name }, type]);
    return this.add("func_proto", "", result, rest, { vlen: params.length });
  }

  func = (name: string, proto: number): number => this.add("func", name, proto, [], { vlen: 1 });

  get end(): { readonly endId: number; readonly stringsEnd: number } {
    this.bytes();
    return { endId: this.#nextId, stringsEnd: this.#stringsBase + this.#stringBytes };
  }

  bytes(): Buffer {
    const words = Uint32Array.from(this.#words, (word) =>
      typeof word === "number" ? word : this.#string(word.text),
    );
    const strings = Buffer.from([...this.#strings.keys()].map((text) => `${text}\0`).join(""));
    const header = Buffer.alloc(24);
    header.writeUInt16LE(0xeb9f, 0);
    header.writeUInt8(1, 2);
    for (const [i, word] of [24, 0, words.byteLength, words.byteLength, strings.length].entries()) {
      header.writeUInt32LE(word, 4 + 4 * i);
    }
    return Buffer.concat([header, Buffer.from(words.buffer), strings]);
  }

  #string(text: string): number {
    if (text === "") return 0;
    let offset = this.#strings.get(text);
    if (offset === undefined) {
      offset = this.#stringBytes;
      this.#strings.set(text, offset);
      this.#stringBytes += Buffer.byteLength(text) + 1;
    }
    return this.#stringsBase + offset;
  }
}
