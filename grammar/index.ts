export type * from "./ast.ts";
export { SYNTAX_CODES, type SyntaxCode, type SyntaxProblem } from "./errors.ts";
export { isComplete, type ParsedExpression, type ParsedProgram, parse, parseExpression } from "./parse.ts";
