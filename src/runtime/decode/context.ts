import type { AttachPlan } from "../../compiler/compiled.ts";
import type { Type } from "../../compiler/types.ts";
import type { Later } from "../../why/later/later.ts";
import type { Clock } from "../clock.ts";

/** Turns numbers from the kernel into names. All optional knowledge: undefined where there is no name. */
export interface Names {
  /** The function that holds an address. */
  symbol(address: bigint): SymbolPlace | undefined;
  /** Of a network namespace's inode. */
  netns(inode: number): string | undefined;
  /** Of the BPF program that a point number was given to. */
  program?(point: number): string | undefined;
  /** Path of a cgroup below the cgroup root, by its id. */
  cgroup(id: number | bigint): string | undefined;
  /** Of the container that a cgroup belongs to: what people call it, else the beginning of its id. */
  container(id: number | bigint): string | undefined;
}

export interface SymbolPlace {
  readonly name: string;
  readonly offset: number;
  readonly module?: string;
}

/** What decoding needs besides the records. */
export interface DecodeContext {
  readonly points: AttachPlan["points"];
  readonly clock: Clock;
  readonly names: Names;
  /** Type of `drop.reason` with the running kernel's enumerators. */
  readonly reasonType: Type;
  /** What explanations of drops read afterwards; absent: nothing can be. */
  readonly later?: Later;
}

export const NO_NAMES: Names = {
  symbol: () => undefined,
  netns: () => undefined,
  cgroup: () => undefined,
  container: () => undefined,
};
