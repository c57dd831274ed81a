/** What may come next, in the words of a person. */
import type { TokenType } from "chevrotain";
import type { Wanted } from "./automaton.ts";
import * as t from "./tokens.ts";
import { PLACE_LABELS, PLACE_WORDS } from "./words.ts";

/** More than this is a list nobody reads. */
const MOST = 8;

/** Where a category of operators is wanted, its members may come. */
export const membersOf = new Map<TokenType, TokenType[]>();
for (const type of t.VOCABULARY.keys())
  for (const category of type.CATEGORIES ?? [])
    membersOf.set(category, [...(membersOf.get(category) ?? []), type]);

/** The tokens with a spelling of their own that may come. Names that also are keywords do not count as keywords. */
export function spelled(wanted: readonly Wanted[]): TokenType[] {
  const types = wanted.flatMap(({ type }) =>
    type === t.Name || type === t.AnyWord ? [] : (membersOf.get(type) ?? [type]),
  );
  return [...new Set(types)].filter((type) => t.entryOf(type)?.text !== undefined);
}

const list = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} or ${parts.at(-1)}`;

/** "a field or a value", "an operator or a clause", "`packets` or `events`". */
export function describe(wanted: readonly Wanted[], complete: boolean): string {
  const parts = new Set<string>();
  const inGroup = (name: t.Entry["group"]) =>
    spelled(wanted).filter((type) => t.entryOf(type)?.group === name);
  const fields = wanted.some(({ rule, type }) => rule === "reference" && type === t.Name);
  const operators = inGroup("arithmetic").length > 2;
  const clauses = inGroup("clause");

  if (fields) parts.add("a field").add("a value");
  if (wanted.some(({ rule }) => rule === "namedTerminal")) parts.add("a terminal like `drop`");
  if (operators) parts.add("an operator");
  for (const { type, rule } of wanted) {
    const group = t.entryOf(type)?.group;
    const words = type === t.Name || type === t.AnyWord ? PLACE_WORDS[rule] : undefined;
    if (words !== undefined) for (const { text } of words) parts.add(`\`${text}\``);
    else if (fields && (VALUE_RULES.has(rule) || PREFIX.has(type))) continue;
    else if (operators && (OPERATORS.has(type) || TAIL.has(type) || group !== undefined)) continue;
    else if (QUIET_RULES.has(rule) || type === t.Fn || group === "clause") continue;
    else parts.add(PLACE_LABELS[`${rule} ${type.name}`] ?? labelOf(type));
  }
  if (clauses.length > 2) parts.add("a clause");
  else for (const type of clauses) parts.add(labelOf(type));
  if (complete && clauses.length === 0) parts.add("a new line");
  const shown = [...parts];
  return list(shown.length > MOST ? [...shown.slice(0, MOST - 1), "more"] : shown);
}

const labelOf = (type: TokenType) => type.LABEL ?? type.name;
const VALUE_RULES = new Set(["reference", "primary", "truth", "dropTest", "pcap", "group", "set"]);
/** Said in one word above, or not worth a word. */
const QUIET_RULES = new Set(["namedTerminal", "nameOnly", "group"]);
/** What may start an operand besides the operand itself. */
const PREFIX: ReadonlySet<TokenType> = new Set([t.NotOp, t.Minus, t.Tilde, t.LParen, t.LCurly]);
/** What may go on after a name. */
const TAIL: ReadonlySet<TokenType> = new Set([t.LParen, t.Arrow, t.LSquare, t.Dot, t.Upto, t.Not]);
const OPERATORS: ReadonlySet<TokenType> = new Set([
  t.CompareOp,
  t.OrOp,
  t.AndOp,
  t.ShiftOp,
  t.AddOp,
  t.MulOp,
]);
