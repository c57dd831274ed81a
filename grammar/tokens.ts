/**
 * The vocabulary of pwq: every token with the text that documents it.
 * Keywords come in two strengths. A *reserved* word (a clause, an operator) is never a name by itself; any other
 * keyword is also a `Name`. After `->`, `$`, `as`, inside a dotted name and wherever a fresh name is wanted, all of
 * them are plain words (`AnyWord`), so `skb->for`, `ip.src as from` and `param to: ip` are fine.
 */
import { type CustomPatternMatcherFunc, createToken, type IToken, Lexer, type TokenType } from "chevrotain";
import { hookBodyEnd } from "./hook-body.ts";

/** What a token is to a highlighter. */
export type TokenKind =
  | "keyword"
  | "name"
  | "param"
  | "number"
  | "address"
  | "string"
  | "glob"
  | "operator"
  | "punctuation"
  | "code"
  | "comment"
  | "doc"
  | "error";

/** What is said about a token in messages, completions and the published grammar. */
export interface Entry {
  readonly kind: TokenKind;
  /** The exact spelling, where there is only one. */
  readonly text?: string;
  /** One line. */
  readonly doc: string;
  /** Tokens of one group are summed up in messages: "a comparison", "a clause". */
  readonly group?: "clause" | "comparison" | "arithmetic" | "logic" | "value";
}

const entries = new Map<TokenType, Entry>();
/** All tokens in the order in which the lexer tries them. */
export const VOCABULARY: ReadonlyMap<TokenType, Entry> = entries;

export function entryOf(type: TokenType): Entry | undefined {
  return entries.get(type);
}

interface Shape {
  readonly name: string;
  readonly pattern: RegExp | string | CustomPatternMatcherFunc;
  readonly categories?: TokenType[];
  readonly start_chars_hint?: string[];
  readonly line_breaks?: boolean;
  readonly group?: string;
}

function token(shape: Shape, entry: Entry): TokenType {
  const type = createToken({ ...shape, label: entry.text === undefined ? entry.doc : `\`${entry.text}\`` });
  entries.set(type, entry);
  return type;
}

const category = (name: string, label: string, categories: TokenType[] = []): TokenType =>
  createToken({ name, pattern: Lexer.NA, label, categories });

export const AnyWord = category("AnyWord", "a name");
export const Name = category("Name", "a name", [AnyWord]);
/** A point that is a word of its own: `all`, `path`, … */
export const PointWord = category("PointWord", "a point");
export const OrOp = category("OrOp", "`or`");
export const AndOp = category("AndOp", "`and`");
export const NotOp = category("NotOp", "`not`");
export const CompareOp = category("CompareOp", "a comparison");
export const ShiftOp = category("ShiftOp", "a shift");
export const AddOp = category("AddOp", "`+` or `-`");
export const MulOp = category("MulOp", "`*`, `/` or `%`");

// Blanks and comments. A comment group keeps `##` lines at hand for the statement below them.
token(
  // A byte order mark and a no-break space come in with text pasted from web pages.
  { name: "Blank", pattern: /[ \t\r\n\uFEFF\u00A0]+/, group: Lexer.SKIPPED, line_breaks: true },
  { kind: "punctuation", doc: "white space" },
);
token(
  { name: "Comment", pattern: /#[^\n]*/, group: "comments" },
  { kind: "comment", doc: "a comment; `##` documents the statement below" },
);

// Patterns that depend on what stands before them.
export const HookBody = token(
  { name: "HookBody", pattern: matchHookBody, start_chars_hint: ["{"], line_breaks: true },
  { kind: "code", doc: "TypeScript in braces" },
);
const WORD_START = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"];
export const Glob = token(
  {
    name: "Glob",
    pattern: matchGlob,
    start_chars_hint: [...WORD_START, ..."0123456789.*?["],
    line_breaks: false,
  },
  { kind: "glob", doc: "a function name or glob" },
);

// Literals are matched loosely and judged when they are read, so that a wrong one is one clean problem.
export const Address = token(
  {
    name: "Address",
    pattern:
      /[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}(?![\w-])|[0-9A-Fa-f]*(?::\w*){2,}(?:\.\w+)*(?:%\w+)?(?:\/\w*)?|\d+\.\d+\.\d+(?:\.(?:\w+|\*))+(?:\/\w*(?:\.\w+)*)?|\d+\.\d+(?:\.\d+)?\/\d+/,
    start_chars_hint: [..."0123456789abcdefABCDEF:"],
  },
  { kind: "address", doc: "an IP, network or MAC address", group: "value" },
);
export const Numeral = token(
  { name: "Number", pattern: /\d[\wµ]*(?:\.\w+)*/ },
  { kind: "number", doc: "a number", group: "value" },
);
// Up to the end of the line where the closing quote is missing.
export const Quoted = token(
  { name: "String", pattern: /"(?:[^"\\\n]|\\[^\n])*(?:"|\\)?|'(?:[^'\\\n]|\\[^\n])*(?:'|\\)?/ },
  { kind: "string", doc: "a string", group: "value" },
);
export const ParamRef = token(
  { name: "ParamRef", pattern: /\$\w*/ },
  { kind: "param", doc: "a parameter", group: "value" },
);

export const InnerPcap = token(
  { name: "InnerPcap", pattern: /inner\.pcap(?![\w.])/ },
  {
    kind: "keyword",
    text: "inner.pcap",
    doc: "a libpcap filter on the packet inside a tunnel",
    group: "value",
  },
);
export const DottedName = token(
  { name: "DottedName", pattern: /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+/ },
  { kind: "name", doc: "a dotted name", group: "value" },
);
/** `where` -> a token named Where. */
function keyword(
  text: string,
  doc: string,
  categories: TokenType[] = [Name],
  group?: Entry["group"],
): TokenType {
  const name = text.replace("@", "At-").replace(/(?:^|-)\w/g, (s) => s.replace("-", "").toUpperCase());
  const pattern = new RegExp(`${text}(?!\\w)`);
  return token(
    { name, pattern, categories },
    { kind: "keyword", text, doc, ...(group === undefined ? {} : { group }) },
  );
}
const reserved = (text: string, doc: string, group?: Entry["group"], categories: TokenType[] = []) =>
  keyword(text, doc, [AnyWord, ...categories], group);
const clause = (text: string, doc: string) => reserved(text, doc, "clause");

// Statements
export const Pwq = keyword("pwq", "the language version this file was written for");
export const Use = keyword("use", "definitions from another file or the shipped library");
export const Param = keyword("param", "a typed parameter, used as `$name`");
export const Def = keyword("def", "a named expression");
export const Trace = keyword("trace", "a query: which packets, where, and what to show");
export const On = keyword("on", "a TypeScript hook");
export const AtTags = keyword("@tags", "words to find this file by", []);
export const AtRequires = keyword("@requires", "what the kernel must have", []);

// Clauses
export const At = clause("at", "where in the kernel to look");
export const Where = clause("where", "selects packets: followed from the first event for which this is true");
export const When = clause("when", "selects the events of followed packets to show");
export const Follow = clause("follow", "what following a packet crosses");
export const Until = clause("until", "ends a packet's journey");
export const Ending = clause("ending", "shows only journeys that end so");
export const From = clause("from", "starts a journey at a point; with `to`");
export const To = clause("to", "ends a journey at a point; after `from`");
export const Show = clause("show", "what to print");
export const By = clause("by", "the keys to aggregate by");
export const Every = clause("every", "how often an aggregation is printed");
export const Top = clause("top", "how many rows of an aggregation are printed");
export const Sample = clause("sample", "thins out selected packets: one of so many");
export const Rate = clause("rate", "thins out selected packets: so many a second");
export const Limit = clause("limit", "ends the session after so many packets or events");
export const For = clause("for", "ends the session after a time");
export const Stop = clause("stop", "ends the session when something is true");

// Words within clauses
export const All = keyword("all", "every function that takes a packet", [Name, PointWord]);
export const Path = keyword("path", "some forty waypoints of a packet's path, cheap on a busy host", [
  Name,
  PointWord,
]);
export const Tc = keyword("tc", "the loaded tc programs", [Name, PointWord]);
export const Xdp = keyword("xdp", "the loaded XDP programs", [Name, PointWord]);
export const Calls = keyword("calls", "functions without a packet that run on behalf of a followed one", [
  Name,
]);
export const Drop = keyword(
  "drop",
  "the kernel gives the packet up, with a reason",
  [AnyWord, PointWord],
  "value",
);
export const Deliver = reserved("deliver", "the packet is queued to a socket");
export const Xmit = reserved("xmit", "the packet is handed to a driver");
export const Free = reserved("free", "the packet's memory is given back");
export const Fn = reserved("fn", "a call of a function that the glob names");
export const Module = keyword("module", "the functions of kernel modules");
export const Tracepoint = keyword("tracepoint", "tracepoints that carry a packet");
export const Kernel = keyword("kernel", "a kernel version");
export const FunctionWord = keyword("function", "a kernel function that must exist");
export const Type = keyword("type", "a kernel type that must exist");
export const As = reserved("as", "the name of a column");
export const If = reserved("if", "shows a column only where something is true");

// Values and word operators
export const True = reserved("true", "the truth value", "value");
export const False = reserved("false", "the truth value", "value");
export const Pcap = reserved("pcap", "a libpcap filter", "value");
export const Or = reserved("or", "either is true", "logic", [OrOp]);
export const And = reserved("and", "both are true", "logic", [AndOp]);
export const Not = reserved("not", "turns true and false round; unknown stays unknown", undefined, [NotOp]);
export const In = reserved("in", "is one of a set, a range or a network", "comparison");
export const Matches = reserved("matches", "matches a regular expression", "comparison");
export const Has = reserved("has", "has all these flags", "comparison");

// Behind the keywords, which it would match as well.
export const Identifier = token(
  { name: "Identifier", pattern: /[A-Za-z_]\w*/, categories: [Name] },
  { kind: "name", doc: "a name", group: "value" },
);

function sign(
  name: string,
  text: string,
  doc: string,
  group?: Entry["group"],
  categories: TokenType[] = [],
): TokenType {
  const isOperator = categories.length > 0 || (group !== undefined && group !== "value");
  const kind = isOperator ? "operator" : "punctuation";
  return token({ name, pattern: text, categories }, { kind, text, doc, ...(group ? { group } : {}) });
}
const operator = (name: string, text: string, doc: string, of: TokenType) =>
  sign(name, text, doc, of === CompareOp ? "comparison" : "arithmetic", [of]);

/** What other languages write; never accepted, but answered with what pwq writes. Before the signs they begin with. */
export const Foreign = token(
  { name: "Foreign", pattern: /===|!==|=~|!~(?=\s*["$])|<>|:=|;|\?/ },
  { kind: "error", doc: "a sign of another language" },
);
export const Equal = operator("Equal", "==", "is", CompareOp);
export const NotEqual = operator("NotEqual", "!=", "is not", CompareOp);
export const ShiftLeft = operator("ShiftLeft", "<<", "shifted left by", ShiftOp);
export const ShiftRight = operator("ShiftRight", ">>", "shifted right by", ShiftOp);
export const LessEqual = operator("LessEqual", "<=", "is at most", CompareOp);
export const GreaterEqual = operator("GreaterEqual", ">=", "is at least", CompareOp);
export const Less = operator("Less", "<", "is less than", CompareOp);
export const Greater = operator("Greater", ">", "is more than", CompareOp);
export const OrOr = sign("OrOr", "||", "either is true", "logic", [OrOp]);
export const AndAnd = sign("AndAnd", "&&", "both are true", "logic", [AndOp]);
export const Bang = sign("Bang", "!", "turns true and false round; takes functions away", undefined, [NotOp]);
export const Tilde = sign("Tilde", "~", "matches a glob", "comparison");
export const Pipe = sign("Pipe", "|", "bits of either", "arithmetic");
export const Caret = sign("Caret", "^", "bits of one only", "arithmetic");
export const Ampersand = sign("Ampersand", "&", "bits of both", "arithmetic");
export const Arrow = sign("Arrow", "->", "follows a pointer");
export const Plus = operator("Plus", "+", "plus", AddOp);
export const Minus = operator("Minus", "-", "minus", AddOp);
export const Star = operator("Star", "*", "times", MulOp);
export const Slash = operator("Slash", "/", "divided by", MulOp);
export const Percent = operator("Percent", "%", "the rest of a division by", MulOp);
export const Assign = sign("Assign", "=", "is defined as");
export const Upto = sign("Range", "..", "up to and including");
export const Dot = sign("Dot", ".", "a member");
export const Comma = sign("Comma", ",", "and the next");
export const Colon = sign("Colon", ":", "of the type");
export const LParen = sign("LParen", "(", "opens a group");
export const RParen = sign("RParen", ")", "closes a group");
export const LCurly = sign("LCurly", "{", "opens a set", "value");
export const RCurly = sign("RCurly", "}", "closes a set");
export const LSquare = sign("LSquare", "[", "opens an index");
export const RSquare = sign("RSquare", "]", "closes an index");
/** `@tag`: looks like a statement, so that it can be answered as a misspelt one. */
export const Annotation = token(
  { name: "Annotation", pattern: /@\w*/ },
  { kind: "error", doc: "an annotation" },
);
/** Never matched: the lexer makes these of what no pattern takes. */
export const BadText = createToken({ name: "BadText", pattern: Lexer.NA, label: "unknown characters" });
entries.set(BadText, { kind: "error", doc: "unknown characters" });

export const CATEGORIES: readonly TokenType[] = [
  AnyWord,
  Name,
  PointWord,
  OrOp,
  AndOp,
  NotOp,
  CompareOp,
  ShiftOp,
  AddOp,
  MulOp,
];

/** The statements, by the token that starts each at the beginning of a line. */
export const STATEMENT_STARTS: ReadonlySet<TokenType> = new Set([
  Pwq,
  Use,
  Param,
  Def,
  Trace,
  On,
  AtTags,
  AtRequires,
  Annotation,
]);

export const STATEMENT_WORDS: readonly string[] = [...STATEMENT_STARTS].flatMap(
  (type) => entries.get(type)?.text ?? [],
);

/** Every keyword by its spelling. */
export const KEYWORDS: ReadonlyMap<string, TokenType> = new Map(
  [...entries].flatMap(([type, entry]) => (entry.kind === "keyword" ? [[entry.text ?? "", type]] : [])),
);

/** True if nothing but blanks stands before this offset on its line. */
export function startsLine(text: string, offset: number): boolean {
  let i = offset - 1;
  while (i >= 0 && (text[i] === " " || text[i] === "\t" || text[i] === "\uFEFF" || text[i] === "\u00A0")) i--;
  return i < 0 || text[i] === "\n";
}

const GLOB = /(?:[\w.*?]|\[[!^]?[^\]\s]+\])+/y;

function matchGlob(text: string, offset: number, before: IToken[]): [string] | null {
  GLOB.lastIndex = offset;
  const image = GLOB.exec(text)?.[0];
  if (image === undefined) return null;
  // `all`, `module`, `where` keep their meaning, except where only a glob can be.
  const word = KEYWORDS.get(image);
  if (word !== undefined) {
    if (!onlyGlob.has(before[before.length - 1]?.tokenType) || entries.get(word)?.group === "clause")
      return null;
    if (STATEMENT_STARTS.has(word) && startsLine(text, offset)) return null;
  }
  return pointWanted(before) ? [image] : null;
}

const POINT_CLAUSES: ReadonlySet<TokenType | undefined> = new Set([At, From, To]);
const onlyGlob: ReadonlySet<TokenType | undefined> = new Set([Module, Tracepoint, Calls, Colon, LParen]);

/** Is the next token a point (or a part of one)? Looks back no further than to the first token that decides. */
function pointWanted(before: IToken[]): boolean {
  let i = before.length - 1;
  const at = (k: number) => before[k]?.tokenType;
  if (at(i) === LParen) return at(i - 1) === Fn;
  if (at(i) === Colon) return at(i - 1) === Glob && at(i - 2) === Tracepoint;
  if (at(i) === Module || at(i) === Tracepoint || at(i) === Calls) i--;
  if (at(i) === Bang) i--;
  while (at(i) === Comma) {
    if (at(i - 1) === Glob) return true;
    if (at(i - 1) !== Calls && at(i - 1)?.CATEGORIES?.includes(PointWord) !== true) return false;
    i -= 2;
  }
  return POINT_CLAUSES.has(at(i)) && at(i - 1) !== Arrow;
}

/** The longest header of a hook: `on tick ( 1s ) ( e )`. */
const HOOK_HEADER = 8;

function matchHookBody(text: string, offset: number, before: IToken[]): [string] | null {
  for (let i = before.length - 1; i >= 0 && i >= before.length - HOOK_HEADER; i--) {
    const word = before[i]!;
    if (!STATEMENT_STARTS.has(word.tokenType) || !startsLine(text, word.startOffset)) continue;
    return word.tokenType === On ? [text.slice(offset, hookBodyEnd(text, offset).end)] : null;
  }
  return null;
}

/** What the lexer tries, first match first. */
export const LEXER_ORDER: TokenType[] = [...entries.keys()].filter((type) => type !== BadText);
