import type { Span } from "../../../grammar/ast.ts";
import type { Item } from "./insn.ts";

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
  /** `hidden`: becomes static when linked, so its callers' types flow in. A program is `global`. */
  readonly visibility: "hidden" | "global";
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
