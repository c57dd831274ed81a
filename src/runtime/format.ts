import type { EnumNames, IntType, Type } from "../compiler/types.ts";
import { durationText, printable } from "./text.ts";

/** A value as readers give it. Numbers beyond 2^53 are bigints; addresses and names are `Text`; a stack is a list. */
export type Value = number | bigint | boolean | Text | readonly Text[];

/** A text with its JSON form, made once and then remembered. */
export interface Text {
  /** As it came; it may hold control characters. */
  readonly raw: string;
  /** Safe to print. */
  readonly text: string;
  readonly json: string;
}

/** The only rules by which a value becomes a table cell or a JSON value. */
export interface Format {
  readonly text: (value: Value) => string;
  readonly json: (value: Value) => string;
}

/** Text that may hold anything: a name from the kernel. */
export const asText = (raw: string): Text => ({ raw, text: printable(raw), json: JSON.stringify(raw) });

export const ABSENT = { text: "-", json: "null" } as const;

/** How values of `type` are written. */
export function formatOf(type: Type): Format {
  if (type.kind === "int") return intFormat(type);
  // `hex(x)` of a number is captured as the number.
  return type.kind === "bytes" ? numbersBy({ text: hex, json: (n) => `"${hex(n)}"` }) : ANY;
}

/** What needs no type: booleans, texts, lists; and numbers without unit, base or names. */
const ANY: Format = { text: anyText, json: anyJson };

function anyText(value: Value): string {
  if (typeof value === "object") return isList(value) ? value.map((item) => item.text).join(",") : value.text;
  return String(value);
}

function anyJson(value: Value): string {
  if (typeof value === "object")
    return isList(value) ? `[${value.map((item) => item.json).join(",")}]` : value.json;
  return typeof value === "bigint" ? `"${value}"` : String(value);
}

export const isList = (value: Value): value is readonly Text[] => Array.isArray(value);

type AnyNumber = number | bigint;

/** Ways to write numbers; `text` for the table, `json` for JSON. */
interface NumberFormat {
  readonly text: (n: AnyNumber) => string;
  readonly json: (n: AnyNumber) => string;
}

const decimal = (n: AnyNumber): string => String(n);
const exact = (n: AnyNumber): string => (typeof n === "bigint" ? `"${n}"` : String(n));
const hex = (n: AnyNumber): string => (n < 0 ? `-0x${(-n).toString(16)}` : `0x${n.toString(16)}`);

const BY_UNIT: Readonly<Record<NonNullable<IntType["unit"]>, NumberFormat>> = {
  duration: { text: (n) => durationText(Number(n)), json: exact },
  time: { text: (n) => durationText(Number(n)), json: exact },
  size: { text: decimal, json: exact },
  // An address means nothing in decimal and mostly exceeds 2^53: it is hex in both.
  pointer: { text: hex, json: (n) => `"${hex(n)}"` },
};

function intFormat(type: IntType): Format {
  if (type.names) return numbersBy(type.names.flags ? flagFormat(type.names) : enumFormat(type.names));
  return numbersBy(
    type.unit ? BY_UNIT[type.unit] : { text: type.base === "hex" ? hex : decimal, json: exact },
  );
}

function numbersBy(numbers: NumberFormat): Format {
  return {
    text: (value) =>
      typeof value === "object" || typeof value === "boolean" ? anyText(value) : numbers.text(value),
    json: (value) =>
      typeof value === "object" || typeof value === "boolean" ? anyJson(value) : numbers.json(value),
  };
}

/** The first name of a value wins: aliases stand after it in the kernel's enums. A number without name stays one. */
function enumFormat(names: EnumNames): NumberFormat {
  const byValue = new Map<number, string>();
  for (const [name, value] of names.values) {
    if (!byValue.has(Number(value))) byValue.set(Number(value), name);
  }
  return {
    text: (n) => byValue.get(Number(n)) ?? decimal(n),
    json: (n) => {
      const name = byValue.get(Number(n));
      return name === undefined ? exact(n) : `"${name}"`;
    },
  };
}

/** `SYN|ACK`, bits without name in hex at the end, and `none`. */
function flagFormat(names: EnumNames): NumberFormat {
  const known = new Map<AnyNumber, string>();
  const spell = (n: AnyNumber): string => {
    let rest = BigInt(n);
    const parts: string[] = [];
    for (const [name, mask] of names.values) {
      if (mask === 0n || (rest & mask) !== mask) continue;
      parts.push(name);
      rest &= ~mask;
    }
    if (rest !== 0n) parts.push(hex(rest));
    return parts.join("|") || "none";
  };
  const text = (n: AnyNumber): string => {
    let spelt = known.get(n);
    if (spelt === undefined) {
      spelt = spell(n);
      if (known.size < MAX_KNOWN) known.set(n, spelt);
    }
    return spelt;
  };
  return { text, json: (n) => `"${text(n)}"` };
}

/** Combinations of flags that are remembered; there are seldom more than a dozen. */
const MAX_KNOWN = 1024;
