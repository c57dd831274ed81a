/** Reads back what the object writer writes, straight from the formats' descriptions (gABI; Documentation/bpf/btf.rst). */

export interface ReadSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entrySize: number;
  readonly bytes: Uint8Array;
}
export interface ReadSymbol {
  readonly name: string;
  readonly section: string;
  readonly value: number;
  readonly size: number;
  readonly type: number;
  readonly binding: number;
  readonly visibility: number;
}

const text = (bytes: Uint8Array, at: number): string =>
  new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export function readSections(file: Uint8Array): ReadSection[] {
  const view = viewOf(file);
  const table = Number(view.getBigUint64(40, true));
  const size = view.getUint16(58, true);
  const count = view.getUint16(60, true);
  const raw = Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    const u32 = (field: number): number => view.getUint32(at + field, true);
    const u64 = (field: number): number => Number(view.getBigUint64(at + field, true));
    const offset = u64(24);
    return {
      index,
      nameAt: u32(0),
      type: u32(4),
      flags: u64(8),
      offset,
      link: u32(40),
      info: u32(44),
      align: u64(48),
      entrySize: u64(56),
      bytes: file.subarray(offset, offset + u64(32)),
    };
  });
  const names = raw[view.getUint16(62, true)]?.bytes ?? new Uint8Array(1);
  return raw.map(({ nameAt, ...section }) => ({ ...section, name: text(names, nameAt) }));
}

export function sectionBytes(file: Uint8Array, name: string): Uint8Array {
  const found = readSections(file).find((s) => s.name === name);
  if (!found) throw new Error(`no section ${name}`);
  return found.bytes;
}

/** Without the null symbol. */
export function readSymbols(file: Uint8Array): ReadSymbol[] {
  const sections = readSections(file);
  const bytes = sectionBytes(file, ".symtab");
  const names = sectionBytes(file, ".strtab");
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length / 24 - 1 }, (_, i) => {
    const at = 24 * (i + 1);
    const info = view.getUint8(at + 4);
    return {
      name: text(names, view.getUint32(at, true)),
      type: info & 15,
      binding: info >> 4,
      visibility: view.getUint8(at + 5),
      section: sections[view.getUint16(at + 6, true)]?.name ?? "?",
      value: Number(view.getBigUint64(at + 8, true)),
      size: Number(view.getBigUint64(at + 16, true)),
    };
  });
}

/** `OFFSET TYPE SYMBOL` of each relocation of a section. */
export function readRelocations(file: Uint8Array, section: string): string[] {
  const symbols = readSymbols(file);
  const bytes = sectionBytes(file, `.rel${section}`);
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length / 16 }, (_, i) => {
    const symbol = symbols[view.getUint32(16 * i + 12, true) - 1];
    return `${view.getBigUint64(16 * i, true)} ${view.getUint32(16 * i + 8, true)} ${symbol?.name || symbol?.section}`;
  });
}

const KINDS: Readonly<Record<number, string>> = {
  1: "INT",
  2: "PTR",
  3: "ARRAY",
  4: "STRUCT",
  10: "CONST",
  12: "FUNC",
  13: "FUNC_PROTO",
  14: "VAR",
  15: "DATASEC",
};

/** A line per type, like `bpftool btf dump`: `[3] FUNC name -> 2 global`. */
export function dumpBtf(btf: Uint8Array): string[] {
  const view = viewOf(btf);
  const u32 = (at: number): number => view.getUint32(at, true);
  const header = u32(4);
  const strings = btf.subarray(header + u32(16), header + u32(16) + u32(20));
  const end = header + u32(8) + u32(12);
  const lines: string[] = [];
  let at = header + u32(8);
  while (at < end) {
    const [name, info, ref] = [text(strings, u32(at)), u32(at + 4), u32(at + 8)];
    const kind = KINDS[info >>> 24] ?? "?";
    const vlen = info & 0xffff;
    at += 12;
    const words = (count: number): number[] => {
      const from = at;
      at += 4 * count;
      return Array.from({ length: count }, (_, i) => u32(from + 4 * i));
    };
    const rows = (width: number): number[][] => Array.from({ length: vlen }, () => words(width));
    const details: Readonly<Record<string, () => string>> = {
      INT: () => `size ${ref} ${words(1).map((w) => `encoding ${w >>> 24} bits ${w & 0xff}`)}`,
      PTR: () => `-> ${ref}`,
      STRUCT: () => {
        const members = rows(3).map(
          ([name = 0, type, bit]) => `${text(strings, name)}: ${type} at bit ${bit}`,
        );
        return `size ${ref} {${members}}`;
      },
      CONST: () => `-> ${ref}`,
      ARRAY: () => words(3).join(" "),
      FUNC: () => `-> ${ref} ${["static", "global", "extern"][vlen]}`,
      FUNC_PROTO: () => `(${rows(2).map(([n = 0, type]) => `${text(strings, n)}: ${type}`)}) -> ${ref}`,
      VAR: () => `-> ${ref} ${["static", "global", "extern"][words(1)[0] ?? 9]}`,
      DATASEC: () =>
        `size ${ref} {${rows(3).map(([type, offset, size]) => `${type} at ${offset} size ${size}`)}}`,
    };
    lines.push(`[${lines.length + 1}] ${kind} ${name ? `${name} ` : ""}${details[kind]?.()}`);
  }
  return lines;
}

/** `SECTION+OFFSET` lines of func_info and line_info. */
export function dumpExtInfo(ext: Uint8Array, btf: Uint8Array): { functions: string[]; lines: string[] } {
  const view = viewOf(ext);
  const u32 = (at: number): number => view.getUint32(at, true);
  const btfView = viewOf(btf);
  const strings = btf.subarray(btfView.getUint32(4, true) + btfView.getUint32(16, true));
  const base = u32(4);
  const read = (from: number, length: number, row: (at: number) => string): string[] => {
    const rows: string[] = [];
    const size = u32(from);
    for (let at = from + 4; at < from + length; ) {
      const section = text(strings, u32(at));
      const count = u32(at + 4);
      at += 8;
      for (let i = 0; i < count; i++, at += size) rows.push(`${section}+${u32(at)} ${row(at)}`);
    }
    return rows;
  };
  return {
    functions: read(base + u32(8), u32(12), (at) => `type ${u32(at + 4)}`),
    lines: read(base + u32(16), u32(20), (at) => {
      const place = u32(at + 12);
      return `${text(strings, u32(at + 4))}:${place >>> 10}:${place & 1023} ${text(strings, u32(at + 8))}`;
    }),
  };
}
