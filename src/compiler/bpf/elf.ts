import { ByteWriter } from "./byte-writer.ts";
import { AssemblyError } from "./error.ts";
import { StringTable } from "./string-table.ts";

/** ELF (System V gABI, `elf.h`) as far as relocatable 64-bit little-endian eBPF objects go. */

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly align: number;
  readonly bytes: Uint8Array;
  readonly relocations?: readonly ElfRelocation[];
}
export interface ElfSymbol {
  readonly name: string;
  /** Name of the section it lies in; undefined: defined elsewhere. */
  readonly section?: string;
  readonly value: number;
  readonly size: number;
  readonly type: number;
  readonly binding: number;
  readonly visibility: number;
}
export interface ElfRelocation {
  /** Bytes from the section's start. */
  readonly offset: number;
  readonly type: number;
  /** One of the file's symbols, by identity. */
  readonly symbol: ElfSymbol;
}

export const SECTION_TYPE = { progbits: 1, symtab: 2, strtab: 3, rel: 9 } as const;
export const SECTION_FLAG = { write: 1, alloc: 2, exec: 4, infoLink: 0x40 } as const;
export const SYMBOL_TYPE = { notype: 0, object: 1, func: 2, section: 3 } as const;
export const BINDING = { local: 0, global: 1 } as const;
export const VISIBILITY = { default: 0, hidden: 2 } as const;
/** Kernel: Documentation/bpf/llvm_reloc.rst */
export const RELOCATION = { address64: 1, call32: 10 } as const;

const EM_BPF = 247;
const ET_REL = 1;
const HEADER_SIZE = 64;
const SECTION_HEADER_SIZE = 64;
const SYMBOL_SIZE = 24;
const REL_SIZE = 16;

interface Section extends ElfSection {
  readonly link?: number;
  readonly info?: number;
  readonly entrySize?: number;
}

/** The file: header, sections in the given order with their relocations, `.symtab`, `.strtab`, section headers. */
export function writeElf(given: readonly ElfSection[], symbols: readonly ElfSymbol[]): Uint8Array {
  const strings = new StringTable();
  // gABI: local symbols come before all others.
  const ordered = [
    ...symbols.filter((s) => s.binding === BINDING.local),
    ...symbols.filter((s) => s.binding !== BINDING.local),
  ];
  const sections = layOut(given, ordered, strings);
  for (const { name } of [...sections, { name: ".strtab" }]) strings.add(name);
  sections.push({ name: ".strtab", type: SECTION_TYPE.strtab, flags: 0, align: 1, bytes: strings.bytes() });
  return writeFile(sections, strings);
}

/** All sections but `.strtab`, which is last; the null section is not in the list, so indices are one more. */
function layOut(
  given: readonly ElfSection[],
  symbols: readonly ElfSymbol[],
  strings: StringTable,
): Section[] {
  const relocated = given.filter((s) => s.relocations?.length);
  const symtabIndex = 1 + given.length + relocated.length;
  const sections: Section[] = [...given];
  for (const section of relocated) {
    sections.push({
      name: `.rel${section.name}`,
      type: SECTION_TYPE.rel,
      flags: SECTION_FLAG.infoLink,
      align: 8,
      bytes: relocations(section.relocations ?? [], symbols),
      link: symtabIndex,
      info: 1 + given.indexOf(section),
      entrySize: REL_SIZE,
    });
  }
  const indexOf = new Map(given.map((section, i) => [section.name, 1 + i]));
  sections.push({
    name: ".symtab",
    type: SECTION_TYPE.symtab,
    flags: 0,
    align: 8,
    bytes: symbolTable(symbols, indexOf, strings),
    link: symtabIndex + 1,
    info: 1 + symbols.filter((s) => s.binding === BINDING.local).length,
    entrySize: SYMBOL_SIZE,
  });
  return sections;
}

function relocations(list: readonly ElfRelocation[], symbols: readonly ElfSymbol[]): Uint8Array {
  const index = new Map(symbols.map((symbol, i) => [symbol, 1 + i]));
  const out = new ByteWriter();
  for (const { offset, type, symbol } of list) {
    const at = index.get(symbol);
    if (at === undefined)
      throw new AssemblyError(`relocation against ${symbol.name}, which is not in the symbol table`);
    out.u64(offset);
    out.u32(type, at);
  }
  return out.bytes();
}

function symbolTable(
  symbols: readonly ElfSymbol[],
  sections: ReadonlyMap<string, number>,
  strings: StringTable,
): Uint8Array {
  const out = new ByteWriter();
  out.append(new Uint8Array(SYMBOL_SIZE));
  for (const { name, section, value, size, type, binding, visibility } of symbols) {
    const index = section === undefined ? 0 : sections.get(section);
    if (index === undefined)
      throw new AssemblyError(`symbol ${name} is in ${section}, which is not a section`);
    out.u32(strings.add(name));
    out.u8((binding << 4) | type);
    out.u8(visibility);
    out.u16(index);
    out.u64(value, size);
  }
  return out.bytes();
}

function writeFile(sections: readonly Section[], strings: StringTable): Uint8Array {
  const body = new ByteWriter();
  const headers = new ByteWriter();
  headers.append(new Uint8Array(SECTION_HEADER_SIZE));
  for (const section of sections) {
    // Alignment holds from the file's start because the header is a multiple of every alignment used.
    body.align(section.align);
    headers.u32(strings.add(section.name), section.type);
    headers.u64(section.flags, 0, HEADER_SIZE + body.size, section.bytes.length);
    headers.u32(section.link ?? 0, section.info ?? 0);
    headers.u64(section.align, section.entrySize ?? 0);
    body.append(section.bytes);
  }
  body.align(8);

  const out = new ByteWriter();
  out.append(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  out.u16(ET_REL);
  out.u16(EM_BPF);
  out.u32(1);
  out.u64(0, 0, HEADER_SIZE + body.size);
  out.u32(0);
  for (const half of [HEADER_SIZE, 0, 0, SECTION_HEADER_SIZE, 1 + sections.length, sections.length])
    out.u16(half);
  out.append(body.bytes());
  out.append(headers.bytes());
  return out.bytes();
}
