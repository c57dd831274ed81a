/** What may come at a cursor: completion for a REPL and for editors. */
import { type IToken, type TokenType, tokenMatcher } from "chevrotain";
import type { Span } from "./ast.ts";
import type { Wanted } from "./automaton.ts";
import { automaton } from "./engine.ts";
import { endOf, lex, statements } from "./lexer.ts";
import * as t from "./tokens.ts";
import { membersOf } from "./wanted.ts";
import { PLACE_LABELS, PLACE_WORDS } from "./words.ts";

/**
 * One thing that may come. With `text`, it is that text; without, it is anything of its kind, and the caller has the
 * list: fields, enumerators, parameters, definitions, functions, types, members.
 */
export interface Expectation {
  readonly kind: ExpectationKind;
  readonly text?: string;
  /** One line. */
  readonly doc?: string;
  /** For an enumerator and a text, the field it is compared with; for a member, the path it belongs to; for an event, the group. */
  readonly of?: string;
}

export type ExpectationKind =
  | "statement"
  | "keyword"
  | "operator"
  | "word"
  | "field"
  | "enumerator"
  | "param"
  | "literal"
  | "name"
  | "param-type"
  | "member"
  | "function-glob"
  | "module-glob"
  | "tracepoint-group"
  | "tracepoint-event"
  | "function"
  | "kernel-type"
  | "module"
  | "path"
  | "text"
  | "filter"
  | "code";

export interface Expected {
  readonly expectations: readonly Expectation[];
  /** What of the word at the cursor stands before it; the text of an expectation replaces `span`. */
  readonly prefix: string;
  readonly span: Span;
}

/** What may come at `offset`. Nothing inside comments and hooks, or behind what is wrong already. */
export function expected(text: string, offset: number): Expected {
  const before = text.slice(0, offset);
  const lexed = lex(before);
  const nothing = { expectations: [], prefix: "", span: { start: offset, end: offset } };
  const comment = lexed.comments.at(-1);
  if (comment !== undefined && endOf(comment) === before.length) return nothing;

  const typed = typedWord(lexed.tokens, before.length);
  const start = typed?.startOffset ?? before.length;
  const chunk = (statements(lexed).at(-1)?.tokens ?? []).filter((token) => token.startOffset < start);
  const walk = automaton().walk("statement");
  if (!chunk.every((token) => walk.step(token))) return nothing;

  let prefix = before.slice(start);
  let expectations: Expectation[];
  if (typed?.tokenType === t.Quoted) {
    prefix = prefix.slice(1);
    expectations = insideString(chunk);
  } else {
    expectations = walk.wanted().flatMap((wanted) => expectationsOf(wanted, chunk, prefix));
    if (chunk.length === 0) expectations = STATEMENTS;
    else if (walk.complete() && t.startsLine(text, start)) expectations.push(...STATEMENTS);
    // Behind an arrow a dotted name is a way through members; only the last of them is being typed.
    if (expectations.some(({ kind }) => kind === "member"))
      prefix = prefix.slice(prefix.lastIndexOf(".") + 1);
  }
  const span = { start: before.length - prefix.length, end: before.length };
  return { expectations: distinct(expectations), prefix, span };
}

/** The token at which the word before the cursor starts, if the cursor is at the end of a word or in a string. */
function typedWord(tokens: readonly IToken[], offset: number): IToken | undefined {
  const last = tokens.at(-1);
  if (last === undefined || endOf(last) !== offset) return undefined;
  if (last.tokenType === t.Quoted) return isOpen(last.image) ? last : undefined;
  if (WORDS.some((type) => tokenMatcher(last, type))) return last;
  const owner = tokens.at(-2);
  if (last.tokenType !== t.Dot || owner === undefined || endOf(owner) !== last.startOffset) return undefined;
  return tokenMatcher(owner, t.AnyWord) || owner.tokenType === t.DottedName ? owner : undefined;
}
const WORDS = [t.AnyWord, t.DottedName, t.ParamRef, t.Glob, t.Annotation, t.InnerPcap];

const isOpen = (image: string) =>
  image.length < 2 || image.at(-1) !== image[0] || /[^\\](?:\\\\)*\\.$/.test(image);

function insideString(chunk: readonly IToken[]): Expectation[] {
  const kind = IN_STRING.get(chunk.at(-1)?.tokenType);
  if (kind !== undefined) return [{ kind }];
  const of = compared(chunk);
  return of === undefined ? [] : [{ kind: "text", of }];
}
const IN_STRING: ReadonlyMap<TokenType | undefined, ExpectationKind> = new Map([
  [t.Use, "path"],
  [t.Pcap, "filter"],
  [t.InnerPcap, "filter"],
]);

const STATEMENTS: Expectation[] = [...t.STATEMENT_STARTS].flatMap((type) => {
  const { text, doc } = t.entryOf(type)!;
  return text === undefined ? [] : [{ kind: "statement", text, doc }];
});

function expectationsOf({ type, rule }: Wanted, chunk: readonly IToken[], prefix: string): Expectation[] {
  const previous = chunk.at(-1)?.tokenType;
  if (type === t.Name || type === t.AnyWord) {
    const words = PLACE_WORDS[rule];
    if (words !== undefined) return words.map((word) => ({ kind: "word", ...word }));
    if (rule === "reference") return operand(chunk);
    if (rule === "memberName") return [{ kind: "member", of: ownerOf(chunk, prefix) }];
    if (rule === "namedRequirement") return [{ kind: REQUIRED.get(previous) ?? "name" }];
    if (rule === "param" && previous === t.Colon) return [{ kind: "param-type" }];
    return rule === "nameOnly" ? [] : [{ kind: "name" }];
  }
  if (type === t.DottedName) return [];
  if (type === t.ParamRef) return [{ kind: "param" }];
  if (type === t.HookBody) return [{ kind: "code", text: "{" }];
  if (type === t.Quoted && previous !== undefined && IN_STRING.has(previous))
    return [{ kind: IN_STRING.get(previous)! }];
  if (type === t.Glob) {
    if (previous === t.Calls) return [];
    if (previous === t.Module) return [{ kind: "module-glob" }];
    if (previous === t.Tracepoint) return [{ kind: "tracepoint-group" }];
    if (previous === t.Colon) return [{ kind: "tracepoint-event", of: chunk.at(-2)!.image }];
    return [{ kind: "function-glob" }];
  }
  return (membersOf.get(type) ?? [type]).flatMap((member): Expectation => {
    const { kind, text, doc } = t.entryOf(member)!;
    if (text === undefined) return { kind: "literal", doc: PLACE_LABELS[`${rule} ${member.name}`] ?? doc };
    return { kind: kind === "keyword" ? "keyword" : "operator", text, doc };
  });
}

const REQUIRED: ReadonlyMap<TokenType | undefined, ExpectationKind> = new Map([
  [t.FunctionWord, "function"],
  [t.Type, "kernel-type"],
  [t.Module, "module"],
]);

/** A field; to the right of a comparison an enumerator of the field on the left as well. */
function operand(chunk: readonly IToken[]): Expectation[] {
  const of = compared(chunk);
  return of === undefined ? [{ kind: "field" }] : [{ kind: "field" }, { kind: "enumerator", of }];
}

/** The field on the left of the comparison at whose right the next token is; undefined if that is none. */
function compared(chunk: readonly IToken[]): string | undefined {
  for (let i = chunk.length - 1; i > 0; i--) {
    const type = chunk[i]!.tokenType;
    if (t.entryOf(type)?.group === "comparison") {
      const end = chunk[i - 1]!.tokenType === t.Not ? i - 1 : i;
      return pathText(chunk.slice(0, end));
    }
    if (!WITHIN_SET.has(type) && !tokenMatcher(chunk[i]!, t.Name)) return undefined;
  }
  return undefined;
}
const WITHIN_SET: ReadonlySet<TokenType> = new Set([t.LCurly, t.Comma, t.Numeral, t.Upto, t.Pipe]);

/** The path of which a member is typed: `skb->dev` for `skb->dev->na` and `skb->dev.na`. */
function ownerOf(chunk: readonly IToken[], prefix: string): string {
  const typed = prefix.includes(".") ? prefix.slice(0, prefix.lastIndexOf(".")) : "";
  const path = pathText(chunk);
  return typed === "" ? path.replace(/(?:->|\.)$/, "") : path + typed;
}

/** The name or path at the end of these tokens, as written without blanks. */
function pathText(tokens: readonly IToken[]): string {
  let text = "";
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i]!;
    if (!OF_PATH.has(token.tokenType) && !tokenMatcher(token, t.AnyWord)) break;
    text = token.image + text;
    // `where skb`: two words in a row are not one path.
    const before = tokens[i - 1];
    const isName = tokenMatcher(token, t.AnyWord) || token.tokenType === t.DottedName;
    if (isName && before?.tokenType !== t.Arrow && before?.tokenType !== t.Dot) break;
  }
  return text;
}
const OF_PATH: ReadonlySet<TokenType> = new Set([
  t.DottedName,
  t.Arrow,
  t.Dot,
  t.LSquare,
  t.RSquare,
  t.Numeral,
]);

function distinct(expectations: readonly Expectation[]): Expectation[] {
  const seen = new Set<string>();
  return expectations.filter(({ kind, text, of }) => {
    const key = `${kind} ${text ?? ""} ${of ?? ""}`;
    return !seen.has(key) && seen.add(key);
  });
}
