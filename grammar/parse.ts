/** Text to syntax tree, statement by statement. */
import type { IToken } from "chevrotain";
import type { Expr, Program, Statement } from "./ast.ts";
import type { SyntaxProblem } from "./errors.ts";
import { explain } from "./explain.ts";
import { type Chunk, lex, statements } from "./lexer.ts";
import { PwqParser } from "./parser.ts";

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

let built: PwqParser | undefined;
const parser = (): PwqParser => {
  built ??= new PwqParser();
  return built;
};

/** Parses a file or a REPL entry. Never throws. */
export function parse(text: string): ParsedProgram {
  const parsed: Statement[] = [];
  const problems: SyntaxProblem[] = [];
  for (const chunk of statements(lex(text))) {
    const { node, problem } = parseChunk(text, chunk, (p) => p.statement());
    if (node !== undefined) parsed.push(node);
    if (problem !== undefined) problems.push(problem);
  }
  return { program: { kind: "Program", statements: parsed, span: { start: 0, end: text.length } }, problems };
}

/** Parses a text that is one expression. Never throws. */
export function parseExpression(text: string): ParsedExpression {
  const { node, problem } = parseChunk(text, { tokens: [...lex(text).tokens] }, (p) => p.expression());
  return {
    ...(node === undefined ? {} : { expression: node }),
    problems: problem === undefined ? [] : [problem],
  };
}

interface Outcome<T> {
  readonly node?: T;
  readonly problem?: SyntaxProblem;
}

function parseChunk<T>(text: string, { tokens, doc }: Chunk, rule: (parser: PwqParser) => T): Outcome<T> {
  const p = parser();
  p.begin(tokens, doc);
  const node = rule(p);
  const literal = p.problems[0];
  const stopped: IToken | undefined = p.errors[0]?.token;
  if (stopped === undefined) return literal === undefined ? { node } : { problem: literal };
  const problem = explain(text, tokens, stopped);
  return { problem: literal !== undefined && literal.span.start <= problem.span.start ? literal : problem };
}
