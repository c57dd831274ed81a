import type { Span } from "../../../grammar/ast.ts";
import { type Assembled, assemble } from "./assemble.ts";
import { type BtfSectionVar, BtfWriter, type TypeId } from "./btf-writer.ts";
import {
  BINDING,
  type ElfRelocation,
  type ElfSection,
  type ElfSymbol,
  RELOCATION,
  SECTION_FLAG,
  SECTION_TYPE,
  SYMBOL_TYPE,
  VISIBILITY,
  writeElf,
} from "./elf.ts";
import { AssemblyError } from "./error.ts";
import { type LineInfo, type SectionInfo, writeExtInfo } from "./ext-info.ts";
import type { Item } from "./insn.ts";
import { LDDW } from "./op.ts";

/** What goes into one relocatable object. */
export interface ObjectUnit {
  readonly functions: readonly ObjectFunction[];
  /** Functions that the template has. */
  readonly externs: readonly ObjectExtern[];
  /** Read-only tables, addressed by `lddwSymbol`. */
  readonly rodata: readonly ObjectData[];
  /** The line of source text that verifier and bpftool show for code from `span`; undefined: none. */
  readonly line?: (span: Span) => SourceLine | undefined;
  /** Only for an object that is loaded alone; a linked one takes the template's. */
  readonly license?: string;
}

export interface ObjectFunction {
  readonly name: string;
  /** `.text`, or `raw_tp/NAME` for a program. */
  readonly section: string;
  /**
   * `hidden`: becomes static when linked, so its callers' types flow in. `global`: verified by itself, whatever its
   * callers pass; programs are.
   */
  readonly visibility: "hidden" | "global";
  /** Of a global function: its first parameters point to memory of these sizes, or to nothing. */
  readonly memory?: readonly { readonly name: string; readonly size: number }[];
  /** Number of parameters, at most five; all are `unsigned long long`, like the result. */
  readonly params: number;
  readonly insns: readonly Item[];
}

export interface ObjectExtern {
  readonly name: string;
  readonly params: number;
}

export interface ObjectData {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** A power of two, at most 8; 8 if absent. */
  readonly align?: number;
}

export interface SourceLine {
  readonly file: string;
  /** One line, without newline. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

const RODATA = ".rodata";

/**
 * A relocatable ELF object with BTF, in the shape clang 14 gives C functions whose parameters and results are all
 * `unsigned long long`, so that libbpf's static linker joins it with objects from clang.
 * Throws an AssemblyError for what no object can express: unknown symbols, jumps too far.
 */
export function writeObject(unit: ObjectUnit): Uint8Array {
  const data = placeData(unit.rodata);
  const functions = placeFunctions(unit.functions, data);
  const symbols = makeSymbols(functions, data, unit);
  const { btf, btfExt } = debugInfo(unit, functions, data);

  const sections: ElfSection[] = [];
  for (const [name, members] of bySection(functions)) {
    sections.push({
      name,
      type: SECTION_TYPE.progbits,
      flags: SECTION_FLAG.alloc | SECTION_FLAG.exec,
      align: 8,
      bytes: concat(members.map((f) => f.code.bytes)),
      relocations: members.flatMap((f) => relocate(f, symbols)),
    });
  }
  if (data.length > 0) sections.push(plain(RODATA, SECTION_FLAG.alloc, 8, rodataBytes(data)));
  if (unit.license !== undefined) {
    const text = new TextEncoder().encode(`${unit.license}\0`);
    sections.push(plain("license", SECTION_FLAG.alloc | SECTION_FLAG.write, 1, text));
  }
  sections.push(plain(".BTF", 0, 4, btf), plain(".BTF.ext", 0, 4, btfExt));
  return writeElf(sections, [...symbols.values()]);
}

interface PlacedFunction extends ObjectFunction {
  readonly code: Assembled;
  /** Bytes from the section's start. */
  readonly offset: number;
}
interface PlacedData extends ObjectData {
  readonly offset: number;
}

function placeFunctions(functions: readonly ObjectFunction[], data: readonly PlacedData[]): PlacedFunction[] {
  const ends = new Map<string, number>();
  return functions.map((f) => {
    const code = assemble(
      f.name,
      f.insns.map((item) => placeAddress(f.name, item, data)),
    );
    const offset = ends.get(f.section) ?? 0;
    ends.set(f.section, offset + code.bytes.length);
    return { ...f, code, offset };
  });
}

/** An address becomes an offset in `.rodata`: its relocation names the section, and the linker adds to the offset. */
function placeAddress(name: string, item: Item, data: readonly PlacedData[]): Item {
  if (item.kind === "label" || item.op !== LDDW || item.symbol === undefined) return item;
  const object = data.find((d) => d.name === item.symbol);
  if (!object) throw new AssemblyError(`${name}: address of unknown data ${item.symbol}`);
  const addend = BigInt(item.imm);
  if (addend < 0 || addend > object.bytes.length)
    throw new AssemblyError(`${name}: ${item.symbol} has no byte ${addend}`);
  return { ...item, imm: addend + BigInt(object.offset) };
}

function placeData(rodata: readonly ObjectData[]): PlacedData[] {
  let end = 0;
  return rodata.map((d) => {
    const align = d.align ?? 8;
    const offset = Math.ceil(end / align) * align;
    end = offset + d.bytes.length;
    return { ...d, offset };
  });
}

function rodataBytes(data: readonly PlacedData[]): Uint8Array {
  const last = data.at(-1);
  const out = new Uint8Array(last ? last.offset + last.bytes.length : 0);
  for (const { offset, bytes } of data) out.set(bytes, offset);
  return out;
}

function bySection(functions: readonly PlacedFunction[]): Map<string, PlacedFunction[]> {
  const sections = new Map<string, PlacedFunction[]>();
  for (const f of functions) {
    const members = sections.get(f.section);
    if (members) members.push(f);
    else sections.set(f.section, [f]);
  }
  return sections;
}

/** By name. The symbol of `.rodata` itself is there for relocations, under the section's name. */
function makeSymbols(
  functions: readonly PlacedFunction[],
  data: readonly PlacedData[],
  unit: ObjectUnit,
): Map<string, ElfSymbol> {
  const symbols = new Map<string, ElfSymbol>();
  const add = (key: string, symbol: ElfSymbol): void => {
    if (symbols.has(key)) throw new AssemblyError(`${key} is defined twice`);
    symbols.set(key, symbol);
  };
  const local = { binding: BINDING.local, visibility: VISIBILITY.default } as const;
  if (data.length > 0) {
    add(RODATA, { name: "", section: RODATA, value: 0, size: 0, type: SYMBOL_TYPE.section, ...local });
  }
  for (const { name, offset, bytes } of data) {
    const place = { section: RODATA, value: offset, size: bytes.length };
    add(name, { name, ...place, type: SYMBOL_TYPE.object, ...local });
  }
  for (const { name, section, offset, code, visibility } of functions) {
    add(name, {
      name,
      section,
      value: offset,
      size: code.bytes.length,
      type: SYMBOL_TYPE.func,
      binding: BINDING.global,
      visibility: visibility === "hidden" ? VISIBILITY.hidden : VISIBILITY.default,
    });
  }
  for (const { name } of usedExterns(unit.externs, functions)) {
    const nowhere = { value: 0, size: 0, type: SYMBOL_TYPE.notype };
    add(name, { name, ...nowhere, binding: BINDING.global, visibility: VISIBILITY.hidden });
  }
  if (unit.license !== undefined) {
    const place = { section: "license", value: 0, size: unit.license.length + 1 };
    const visible = { binding: BINDING.global, visibility: VISIBILITY.default };
    add("_license", { name: "_license", ...place, type: SYMBOL_TYPE.object, ...visible });
  }
  return symbols;
}

/** The linker refuses an extern that no code refers to. */
function usedExterns(externs: readonly ObjectExtern[], functions: readonly PlacedFunction[]): ObjectExtern[] {
  const called = new Set(functions.flatMap((f) => f.code.relocations.map((r) => r.symbol)));
  return externs.filter(({ name }) => called.has(name));
}

/** Calls name their function, addresses the section that the linker moves. */
function relocate(f: PlacedFunction, symbols: ReadonlyMap<string, ElfSymbol>): ElfRelocation[] {
  return f.code.relocations.map(({ pc, kind, symbol: name }) => {
    const symbol = symbols.get(kind === "call" ? name : RODATA);
    if (!symbol || symbol.type === SYMBOL_TYPE.object)
      throw new AssemblyError(`${f.name}: pc ${pc}: call of unknown function ${name}`);
    const type = kind === "call" ? RELOCATION.call32 : RELOCATION.address64;
    return { offset: f.offset + 8 * pc, type, symbol };
  });
}

function debugInfo(
  unit: ObjectUnit,
  functions: readonly PlacedFunction[],
  data: readonly PlacedData[],
): { readonly btf: Uint8Array; readonly btfExt: Uint8Array } {
  const btf = new BtfWriter();
  const u64 = btf.int("unsigned long long", 8);
  const protos = (count: number, name: (i: number) => string, first: readonly TypeId[] = []): TypeId =>
    btf.funcProto(
      u64,
      Array.from({ length: count }, (_, i) => ({ name: name(i), type: first[i] ?? u64 })),
    );
  const pointer = ({ name, size }: NonNullable<ObjectFunction["memory"]>[number]): TypeId => {
    const words = btf.array(u64, btf.int("__ARRAY_SIZE_TYPE__", 4), size / 8);
    return btf.ptr(btf.struct(name, size, [{ name: "words", type: words, offset: 0 }]));
  };
  const types = new Map<string, TypeId>();
  for (const f of functions)
    types.set(
      f.name,
      btf.func(
        f.name,
        protos(f.params, (i) => `arg${i + 1}`, f.memory?.map(pointer)),
        "global",
      ),
    );
  for (const e of usedExterns(unit.externs, functions))
    btf.func(
      e.name,
      protos(e.params, () => ""),
      "extern",
    );
  if (data.length > 0) describeData(btf, data);

  const infos = [...bySection(functions)].map(
    ([section, members]): SectionInfo => ({
      section,
      functions: members.map((f) => ({ offset: f.offset, type: types.get(f.name) ?? 0 })),
      lines: members.flatMap((f) => lines(f, unit)),
    }),
  );
  const btfExt = writeExtInfo(infos, btf.strings);
  return { btf: btf.bytes(), btfExt };
}

function describeData(btf: BtfWriter, data: readonly PlacedData[]): void {
  const byte = btf.const(btf.int("unsigned char", 1));
  const index = btf.int("__ARRAY_SIZE_TYPE__", 4);
  const vars = data.map(({ name, offset, bytes }): BtfSectionVar => {
    const type = btf.var(name, btf.array(byte, index, bytes.length), "static");
    return { type, offset, size: bytes.length };
  });
  const last = vars.at(-1);
  btf.datasec(RODATA, last ? last.offset + last.size : 0, vars);
}

/** A record where the source line changes; code that comes from no span belongs to what is before it. */
function lines(f: PlacedFunction, unit: ObjectUnit): LineInfo[] {
  const result: LineInfo[] = [];
  let current: SourceLine = { file: f.name, text: f.name, line: 0, column: 0 };
  for (const { pc, span } of f.code.table) {
    const line = (span && unit.line?.(span)) ?? current;
    if (pc > 0 && sameLine(line, current)) continue;
    current = line;
    result.push({ offset: f.offset + 8 * pc, ...line });
  }
  return result;
}

const sameLine = (a: SourceLine, b: SourceLine): boolean =>
  a === b || (a.file === b.file && a.text === b.text && a.line === b.line && a.column === b.column);

const plain = (name: string, flags: number, align: number, bytes: Uint8Array): ElfSection => ({
  name,
  type: SECTION_TYPE.progbits,
  flags,
  align,
  bytes,
});

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
