/** Tokens to leaves of the syntax tree. */
import type { IToken } from "chevrotain";
import type * as ast from "./ast.ts";
import type { SyntaxCode, SyntaxProblem } from "./errors.ts";
import { endOf } from "./lexer.ts";
import { type AddressValue, readAddress } from "./literals/address.ts";
import { type Quantity, readNumber } from "./literals/number.ts";
import type { Reading } from "./literals/reading.ts";
import { readString } from "./literals/string.ts";

export const spanOf = (token: IToken): ast.Span => ({ start: token.startOffset, end: endOf(token) });

export const word = (token: IToken): ast.Word => ({ kind: "Word", text: token.image, span: spanOf(token) });

type Member = Extract<ast.RawStep, { kind: "Member" }>;

/** A dotted name as steps of a path; the first is behind an arrow or a dot. */
export function members(token: IToken, arrow: boolean): Member[] {
  let start = token.startOffset;
  return token.image.split(".").map((name, i) => {
    const span = { start, end: start + name.length };
    start = span.end + 1;
    return { kind: "Member", arrow: arrow && i === 0, name, span };
  });
}

/** Reads literals and keeps what is wrong with them; a wrong one becomes zero, so that parsing goes on. */
export class Literals {
  readonly problems: SyntaxProblem[] = [];

  number(token: IToken): ast.IntLiteral | ast.DurationLiteral | ast.SizeLiteral {
    const value = this.read<Quantity>(token, readNumber, { kind: "Int", value: 0n });
    return { ...value, span: spanOf(token) };
  }

  /** A number without a unit that JavaScript can hold: a version, an index. */
  plainNumber(token: IToken, label: string): number {
    const literal = this.number(token);
    if (literal.kind !== "Int" || literal.value > 0xffff_ffffn)
      this.report("PWQ1005", token, `\`${token.image}\` cannot stand here`, label);
    return Number(literal.value);
  }

  address(token: IToken): ast.IpLiteral | ast.CidrLiteral | ast.MacLiteral {
    const value = this.read<AddressValue>(token, readAddress, { kind: "Ip", version: 4, value: 0n });
    return { ...value, span: spanOf(token) };
  }

  string(token: IToken): ast.StringLiteral {
    return { kind: "String", value: this.read(token, readString, ""), span: spanOf(token) };
  }

  param(token: IToken): ast.ParamRef {
    const name = token.image.slice(1);
    if (!/^[A-Za-z_]/.test(name))
      this.report(
        "PWQ1001",
        token,
        `\`${token.image}\` is not a parameter`,
        "a parameter's name follows `$`: `$port`",
      );
    return { kind: "ParamRef", name, span: spanOf(token) };
  }

  kernelVersion(token: IToken): string {
    if (!/^\d+(?:\.\d+){0,2}$/.test(token.image))
      this.report("PWQ1005", token, `\`${token.image}\` is not a kernel version`, "write `6.1` or `6.1.50`");
    return token.image;
  }

  private read<T>(token: IToken, reader: (image: string) => Reading<T>, otherwise: T): T {
    const reading = reader(token.image);
    if (reading.ok) return reading.value;
    const { code, message, label, from = 0, to = token.image.length } = reading;
    const span = { start: token.startOffset + from, end: token.startOffset + to };
    this.problems.push({ code, span, message, ...(label === undefined ? {} : { label }) });
    return otherwise;
  }

  report(code: SyntaxCode, at: IToken, message: string, label: string): void {
    this.problems.push({ code, span: spanOf(at), message, label });
  }
}
