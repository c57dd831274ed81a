/** Text to syntax tree, statement by statement. */
import type { IToken } from "chevrotain";
import type { Expr, Program, Statement } from "./ast.ts";
import { parser } from "./engine.ts";
import type { SyntaxProblem } from "./errors.ts";
import { explain } from "./explain.ts";
import { type Chunk, endOf, lex, statements } from "./lexer.ts";
import { tooDeep } from "./limits.ts";
import { nearest } from "./nearest.ts";
import { Identifier, STATEMENT_STARTS, STATEMENT_WORDS, startsLine } from "./tokens.ts";

export interface ParsedProgram {
  /** The statements that have no problem. */
  readonly program: Program;
  /** In the order of the text, at most one for each statement. */
  readonly problems: readonly SyntaxProblem[];
}

export interface ParsedExpression {
  /** Absent if there is a problem. */
  readonly expression?: Expr;
  readonly problems: readonly SyntaxProblem[];
}

/** Parses a file or a REPL entry. Never throws. */
export function parse(text: string): ParsedProgram {
  const outcomes = statements(lex(text)).map((chunk) => parseStatement(text, chunk));
  const program: Program = {
    kind: "Program",
    statements: outcomes.flatMap(({ node }) => node ?? []),
    span: { start: 0, end: text.length },
  };
  return { program, problems: outcomes.flatMap(({ problem }) => problem ?? []) };
}

/** Parses a text that is one expression. Never throws. */
export function parseExpression(text: string): ParsedExpression {
  const { node, problem } = run<Expr>(text, { tokens: [...lex(text).tokens] }, "expression");
  return {
    ...(node === undefined ? {} : { expression: node }),
    problems: problem === undefined ? [] : [problem],
  };
}

/** False if a REPL entry is the beginning of something: an open bracket, an operator at the end, a lone `##` line. */
export function isComplete(text: string): boolean {
  const lexed = lex(text);
  const chunk = statements(lexed).at(-1);
  const comment = lexed.comments.at(-1);
  const last = lexed.tokens.at(-1);
  const below = comment !== undefined && (last === undefined || endOf(last) <= comment.startOffset);
  if (below && comment.image.startsWith("##") && startsLine(text, comment.startOffset)) return false;
  return chunk === undefined || parseStatement(text, chunk).unfinished !== true;
}

/** True if an entry is this language's: its first word begins a statement, or it is comments alone. */
export function beginsStatement(text: string): boolean {
  const [first] = lex(text).tokens;
  return first === undefined || STATEMENT_STARTS.has(first.tokenType);
}

/** True if the first word is none that begins a statement, but looks like a misspelt one. */
export function nearlyBegins(text: string): boolean {
  const [first] = lex(text).tokens;
  return first?.tokenType === Identifier && nearest(first.image, STATEMENT_WORDS) !== undefined;
}

interface Outcome<T> {
  readonly node?: T;
  readonly problem?: SyntaxProblem;
  /** There is a problem, and more text could mend it. */
  readonly unfinished?: boolean;
}

const parseStatement = (text: string, chunk: Chunk) => run<Statement>(text, chunk, "statement");

function run<T extends Statement | Expr>(
  text: string,
  { tokens, doc }: Chunk,
  rule: "statement" | "expression",
): Outcome<T> {
  const deep = tooDeep(tokens);
  if (deep !== undefined) return { problem: deep };
  const p = parser();
  p.begin(tokens, doc);
  const node = p[rule]() as T;
  const literal = p.problems[0];
  const stopped: IToken | undefined = p.errors[0]?.token;
  if (stopped === undefined) {
    if (literal === undefined) return { node };
    return { problem: literal, unfinished: literal.code === "PWQ1013" };
  }
  const { problem, atEnd } = explain(text, tokens, rule);
  if (literal !== undefined && literal.span.start <= problem.span.start) return { problem: literal };
  // What stands on lines of its own behind a whole statement does not spoil it.
  const whole = problem.code === "PWQ1015" && problem.span.start !== tokens[0]!.startOffset;
  return { ...(whole ? { node } : {}), problem, unfinished: atEnd };
}
