import type { Span } from "../../../grammar/ast.ts";
import { AssemblyError } from "./error.ts";
import type { Insn, Item } from "./insn.ts";
import { slots } from "./insn.ts";
import { LDDW } from "./op.ts";

/** One function in machine code. */
export interface Assembled {
  readonly bytes: Uint8Array;
  /** By pc (in slots of eight bytes from the function's start), ascending; the second slot of an LDDW has no entry. */
  readonly table: readonly PcEntry[];
  /** Where a linker must put a number, by pc. */
  readonly relocations: readonly Relocation[];
}

export interface PcEntry {
  readonly pc: number;
  /** With `off` of jumps filled in. */
  readonly insn: Insn;
  readonly span?: Span;
  readonly comment?: string;
  /** Labels that mark this instruction. */
  readonly labels: readonly string[];
}

export interface Relocation {
  readonly pc: number;
  readonly kind: "call" | "address";
  readonly symbol: string;
}

/** Machine code of one function. Two passes: places of labels, then instructions. `name` is for error messages. */
export function assemble(name: string, items: readonly Item[]): Assembled {
  const table = resolveJumps(name, place(name, items));
  const last = table.at(-1);
  if (!last) throw new AssemblyError(`${name}: no instructions`);
  const bytes = new Uint8Array(8 * (last.pc + slots(last.insn)));
  const view = new DataView(bytes.buffer);
  for (const { pc, insn } of table) encode(name, view, pc, insn);
  return { bytes, table, relocations: table.flatMap(relocation) };
}

interface Placed {
  readonly table: readonly PcEntry[];
  readonly labels: ReadonlyMap<string, number>;
}

function place(name: string, items: readonly Item[]): Placed {
  const table: PcEntry[] = [];
  const labels = new Map<string, number>();
  let pc = 0;
  let here: string[] = [];
  for (const item of items) {
    if (item.kind === "label") {
      if (labels.has(item.name)) throw new AssemblyError(`${name}: label ${item.name} is defined twice`);
      labels.set(item.name, pc);
      here.push(item.name);
      continue;
    }
    table.push({
      pc,
      insn: item,
      labels: here,
      ...(item.span && { span: item.span }),
      ...(item.comment && { comment: item.comment }),
    });
    here = [];
    pc += slots(item);
  }
  if (here.length > 0) throw new AssemblyError(`${name}: label ${here[0]} marks no instruction`);
  return { table, labels };
}

function resolveJumps(name: string, { table, labels }: Placed): PcEntry[] {
  return table.map((entry) => {
    const { label } = entry.insn;
    if (label === undefined) return entry;
    const target = labels.get(label);
    if (target === undefined) throw new AssemblyError(`${name}: jump to undefined label ${label}`);
    const off = target - entry.pc - 1;
    if (!fits16(off))
      throw new AssemblyError(`${name}: label ${label} is ${off} slots away, a jump reaches 32767`);
    return { ...entry, insn: { ...entry.insn, off } };
  });
}

const fits16 = (off: number): boolean => Number.isInteger(off) && off >= -(2 ** 15) && off < 2 ** 15;

/** `u8 op; u8 dst:4, src:4; s16 off; s32 imm`, little-endian. */
function encode(name: string, view: DataView, pc: number, insn: Insn): void {
  const at = 8 * pc;
  if (!fits16(insn.off))
    throw new AssemblyError(`${name}: pc ${pc}: offset ${insn.off} does not fit in 16 bits`);
  view.setUint8(at, insn.op);
  view.setUint8(at + 1, insn.dst | (insn.src << 4));
  view.setInt16(at + 2, insn.off, true);
  if (insn.op !== LDDW) {
    view.setInt32(at + 4, Number(insn.imm), true);
    return;
  }
  const imm = BigInt(insn.imm);
  view.setUint32(at + 4, Number(BigInt.asUintN(32, imm)), true);
  view.setUint32(at + 12, Number(BigInt.asUintN(32, imm >> 32n)), true);
}

function relocation({ pc, insn }: PcEntry): Relocation[] {
  if (insn.symbol === undefined) return [];
  return [{ pc, kind: insn.op === LDDW ? "address" : "call", symbol: insn.symbol }];
}
