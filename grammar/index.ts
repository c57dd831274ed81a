/** The pwq language as text: parsing, completion, highlighting and printing. */
export type * from "./ast.ts";
export { SYNTAX_CODES, type SyntaxCode, type SyntaxProblem } from "./errors.ts";
export { type Expectation, type ExpectationKind, type Expected, expected } from "./expect.ts";
export { type HighlightToken, tokens } from "./highlight.ts";
export { nearest } from "./nearest.ts";
export {
  beginsStatement,
  isComplete,
  nearlyBegins,
  type ParsedExpression,
  type ParsedProgram,
  parse,
  parseExpression,
} from "./parse.ts";
export { printExpression, printProgram } from "./print.ts";
export type { TokenKind } from "./tokens.ts";
