import { EmbeddedActionsParser, type IToken } from "chevrotain";
import type * as ast from "../ast.ts";
import type { SyntaxProblem } from "../errors.ts";
import { endOf } from "../lexer.ts";
import { Literals } from "../nodes.ts";
import { CATEGORIES, Comma, VOCABULARY } from "../tokens.ts";

export interface ParserOptions {
  /** Checks the rules themselves for ambiguities and the like: for a test, as it takes time. */
  readonly validate?: boolean;
}

/**
 * What all rules share. A rule builds its node of `ast.ts` directly; what is wrong with a literal is kept, what is wrong
 * with the order of the tokens is said by `explain.ts`.
 * Every rule runs once during set-up with tokens that stand for nothing: what looks into a token is inside `ACTION`.
 */
export abstract class Rules extends EmbeddedActionsParser {
  protected literals: Literals = new Literals();
  private doc: string | undefined;

  constructor({ validate = false }: ParserOptions = {}) {
    super([...VOCABULARY.keys(), ...CATEGORIES], {
      maxLookahead: 2,
      recoveryEnabled: false,
      skipValidations: !validate,
    });
  }

  /** Takes the tokens of one statement; then call one of the public rules. */
  begin(tokens: IToken[], doc?: string): void {
    this.input = tokens;
    this.doc = doc;
    this.literals = new Literals();
  }

  /** What is wrong with literals, in order. */
  get problems(): readonly SyntaxProblem[] {
    return this.literals.problems;
  }

  /** One or more, with commas between; at most once in a rule. */
  protected list<T>(item: () => T): T[] {
    const items: T[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: Comma, DEF: () => items.push(item()) });
    return items;
  }

  protected documented(): { doc?: string } {
    return this.doc === undefined ? {} : { doc: this.doc };
  }

  protected spanFrom(start: IToken): ast.Span {
    return { start: start.startOffset, end: endOf(this.LA(0)) };
  }

  protected number = (token: IToken) => this.ACTION(() => this.literals.number(token));
  protected plainNumber = (token: IToken, label: string) =>
    this.ACTION(() => this.literals.plainNumber(token, label));
  protected address = (token: IToken) => this.ACTION(() => this.literals.address(token));
  protected string = (token: IToken) => this.ACTION(() => this.literals.string(token));
  protected quotedGlob = (token: IToken) => this.ACTION(() => this.literals.string(token).value);
  protected paramRef = (token: IToken) => this.ACTION(() => this.literals.param(token));
}
