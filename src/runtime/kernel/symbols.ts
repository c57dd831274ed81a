/**
 * Kernel functions by address and by name, from the text of /proc/kallsyms: `ADDRESS TYPE NAME[\t[MODULE]]` a line,
 * vmlinux in the order of addresses, then the modules. Some 200,000 lines, so numbers are read from the bytes and names
 * stay in them until somebody asks.
 */
import type { Symbols } from "../../compiler/facts.ts";

/** Undefined if the addresses are hidden (`kernel.kptr_restrict`): then they are all zero. */
export function parseSymbols(kallsyms: Uint8Array): Symbols | undefined {
  const table = sortByAddress(readFunctions(kallsyms));
  return table.count > 0 ? new FunctionTable(kallsyms, table) : undefined;
}

/**
 * Functions with their addresses minus 2^64: kernel text lies in the topmost 2^53 bytes on x86-64 and arm64, where
 * doubles are exact, so that no BigInt is needed for each.
 */
interface Table {
  readonly count: number;
  readonly addresses: Float64Array;
  /** Where the names start in the text. */
  readonly names: Uint32Array;
}

const TOP = 2 ** 32;
/** Upper halves of addresses from here on are within 2^53 of the top. */
const LOWEST_UPPER_HALF = 0xffe00000;
const TEXT_TYPES = new Set(Buffer.from("tTwW"));
const [NEWLINE, TAB, SPACE] = [0x0a, 0x09, 0x20];
/** The least a line holds: 16 digits, blank, type, blank, a letter. */
const MIN_LINE = 20;

function readFunctions(text: Uint8Array): Table {
  const capacity = Math.floor(text.length / MIN_LINE) + 1;
  const addresses = new Float64Array(capacity);
  const names = new Uint32Array(capacity);
  let count = 0;
  for (let at = 0; at + MIN_LINE <= text.length; ) {
    if (TEXT_TYPES.has(text[at + 17]!)) {
      const upper = hex8(text, at);
      if (upper >= LOWEST_UPPER_HALF) {
        addresses[count] = (upper - TOP) * TOP + hex8(text, at + 8);
        names[count++] = at + 19;
      }
    }
    at += MIN_LINE - 1;
    while (at < text.length && text[at] !== NEWLINE) at++;
    at++;
  }
  return { count, addresses: addresses.subarray(0, count), names: names.subarray(0, count) };
}

function hex8(text: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 8; i++) {
    const digit = text[i]!;
    // '0'-'9' are 0x30-0x39; the kernel writes a-f, 0x61-0x66.
    value = value * 16 + (digit < 0x40 ? digit - 0x30 : digit - 0x57);
  }
  return value;
}

/** The symbols of vmlinux come sorted; what follows them is sorted and merged in. Aliases keep their order. */
function sortByAddress(table: Table): Table {
  const { count, addresses, names } = table;
  let sorted = 1;
  while (sorted < count && addresses[sorted - 1]! <= addresses[sorted]!) sorted++;
  if (sorted >= count) return table;

  const rest = Array.from({ length: count - sorted }, (_, i) => sorted + i);
  rest.sort((a, b) => addresses[a]! - addresses[b]! || a - b);
  const merged = { count, addresses: new Float64Array(count), names: new Uint32Array(count) };
  for (let to = 0, left = 0, right = 0; to < count; to++) {
    const fromRest = left >= sorted || (right < rest.length && addresses[rest[right]!]! < addresses[left]!);
    const from = fromRest ? rest[right++]! : left++;
    merged.addresses[to] = addresses[from]!;
    merged.names[to] = names[from]!;
  }
  return merged;
}

/** No function is that long: an address so far from a symbol is in a gap between modules. */
const MAX_FUNCTION_BYTES = 1 << 20;

/**
 * Dispatchers and trampolines of BPF, of a page at most, lie among programs, which may have no names
 * (`net.core.bpf_jit_kallsyms`): an address further on is in such a program.
 */
const IMAGES = "bpf";
const PROGRAM = "bpf_prog_";
const IMAGE_BYTES = 4096;

/** Padding before functions that the compiler names; it ends a function but is none. */
const isPadding = (name: string): boolean => name.startsWith("__pfx_") || name.startsWith("__cfi_");

class FunctionTable implements Symbols {
  readonly #text: Buffer;
  readonly #table: Table;
  #byName: Map<string, number[]> | undefined;

  constructor(text: Uint8Array, table: Table) {
    this.#text = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
    this.#table = table;
  }

  lookup(address: bigint): ReturnType<Symbols["lookup"]> {
    const wanted = Number(BigInt.asIntN(64, address));
    const { addresses } = this.#table;
    const above = this.#firstAbove(wanted);
    if (above === 0) return undefined;
    const offset = wanted - addresses[above - 1]!;
    if (offset >= MAX_FUNCTION_BYTES) return undefined;
    // Of several names for one address, the first, as the kernel itself prints it.
    let index = above - 1;
    while (index > 0 && addresses[index - 1] === addresses[index]) index--;
    const module = this.#module(index);
    const name = this.#name(index);
    if (module === IMAGES && !name.startsWith(PROGRAM) && offset >= IMAGE_BYTES) return undefined;
    return { name, offset, ...(module === undefined ? {} : { module }) };
  }

  ranges(name: string): readonly { readonly start: bigint; readonly end: bigint }[] {
    const { addresses } = this.#table;
    return (this.#indexes().get(name) ?? []).map((index) => {
      const start = addresses[index]!;
      const end = Math.min(addresses[this.#firstAbove(start)] ?? Infinity, start + MAX_FUNCTION_BYTES);
      return { start: BigInt.asUintN(64, BigInt(start)), end: BigInt.asUintN(64, BigInt(end)) };
    });
  }

  select(test: (name: string) => boolean): readonly string[] {
    return [...this.#indexes().keys()].filter(test);
  }

  /** Index of the first symbol above an address, binary search. */
  #firstAbove(address: number): number {
    const { addresses, count } = this.#table;
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (addresses[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexes(): Map<string, number[]> {
    if (!this.#byName) {
      this.#byName = new Map();
      for (let index = 0; index < this.#table.count; index++) {
        const name = this.#name(index);
        if (isPadding(name)) continue;
        const others = this.#byName.get(name);
        if (others) others.push(index);
        else this.#byName.set(name, [index]);
      }
    }
    return this.#byName;
  }

  #name(index: number): string {
    const start = this.#table.names[index]!;
    return this.#text.toString("latin1", start, this.#endOfWord(start));
  }

  #module(index: number): string | undefined {
    const end = this.#endOfWord(this.#table.names[index]!);
    if (this.#text[end] !== TAB) return undefined;
    // `\t[nf_conntrack]`
    const close = this.#text.indexOf("]", end);
    return close < 0 ? undefined : this.#text.toString("latin1", end + 2, close);
  }

  #endOfWord(start: number): number {
    let end = start;
    for (; end < this.#text.length; end++) {
      const byte = this.#text[end];
      if (byte === NEWLINE || byte === TAB || byte === SPACE) break;
    }
    return end;
  }
}
