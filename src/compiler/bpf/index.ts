/** eBPF as values: instructions, machine code, listings, and the object file that libbpf links. Knows nothing of pwq. */

export { type Assembled, assemble, type PcEntry, type Relocation } from "./assemble.ts";
export { AssemblyError } from "./error.ts";
export { HELPER, type HelperName, helperName } from "./helpers.ts";
export * from "./insn.ts";
export {
  type ObjectData,
  type ObjectExtern,
  type ObjectFunction,
  type ObjectUnit,
  type SourceLine,
  writeObject,
} from "./object.ts";
export type { AluName, AtomicName, JumpName, Size } from "./op.ts";
export { type PrintedLine, type PrintOptions, printFunction, printInsn } from "./print.ts";
