import type { Functions } from "./functions.ts";

/** How pwru (with Go's pflag) reads the value of a flag. */
export type FlagType = "bool" | "string" | "strings" | "uint" | "mark";

/** One flag of pwru 1.0.12: what it says in pwq. The command and docs/from-pwru.md are made from the table of these. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly type: FlagType;
  /** What it does in pwru, in a few words. */
  readonly about: string;
  /** A call that uses it: pwru's arguments, for the page and its tests. */
  readonly example: readonly string[];
  /** `given`: all flags of the call. */
  readonly means: (value: Value, given: Given) => Meaning;
}

/** A bool, a string, or each of several; a mark is a string. Numbers stay as they are written, in decimal. */
export type Value = string | boolean | readonly string[];
export type Given = ReadonlyMap<string, Value>;

/** What one flag adds to a call of pwq. All parts of all flags go together. */
export interface Meaning {
  /** Conditions on the packet, all of which must hold; at XDP programs too. */
  readonly where?: readonly string[];
  /** Those that a frame without an skb cannot meet. */
  readonly whereSkb?: readonly string[];
  /** Functions of `at`. */
  readonly functions?: Functions;
  /** Points besides functions: `tc`. */
  readonly points?: readonly string[];
  /** Packets are followed. */
  readonly follows?: true;
  /** XDP programs are traced too, by a query of their own with these conditions and columns. */
  readonly xdp?: { readonly where?: readonly string[]; readonly show?: readonly string[] };
  /** Columns besides pwru's usual ones. */
  readonly show?: readonly string[];
  /** Usual columns that are not shown. */
  readonly hides?: readonly string[];
  /** `limit … events` */
  readonly limit?: string;
  /** Words of pwq's command line. */
  readonly options?: readonly string[];
  /** The whole call does something else: `pwq help`. */
  readonly instead?: readonly string[];
  /** What to know about the difference. */
  readonly note?: string;
  /** It cannot be expressed: why, and what to do. */
  readonly cannot?: { readonly why: string; readonly instead: string };
}
