export type * from "./ast.ts";
export { SYNTAX_CODES, type SyntaxCode, type SyntaxProblem } from "./errors.ts";
export { type ParsedExpression, type ParsedProgram, parse, parseExpression } from "./parse.ts";
