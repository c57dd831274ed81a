import type { Expr } from "../../../grammar/ast.ts";
import type { Code } from "../diagnostics/codes.ts";
import { int, ip, mac, string, type Type } from "../types.ts";
import type { Context } from "./expression/context.ts";
import { placeOf, spanOf, textOf } from "./expression/context.ts";
import { describe } from "./expression/describe.ts";
import { asType } from "./expression/fit.ts";
import { fold, isConstant } from "./expression/fold.ts";
import { ownType } from "./expression/folded.ts";

/** A type that `param` can declare. */
export interface ParamType {
  /** In words with an example, for "takes …". */
  readonly takes: string;
  /** What a constant must fit; undefined: a network. */
  readonly type?: Type;
  /** On the command line the text itself is the value, without quotes. */
  readonly bare?: boolean;
}

const number = (bits: 8 | 16 | 32 | 64): ParamType => ({
  takes: `a number from 0 to ${(1n << BigInt(bits)) - 1n}`,
  type: int(bits),
});

/** By the name written after the colon of `param`. */
export const PARAM_TYPES: ReadonlyMap<string, ParamType> = new Map<string, ParamType>([
  ["int", { takes: "a whole number, such as 7 or 0x1f", type: int(64, { signed: true }) }],
  ["u8", number(8)],
  ["u16", number(16)],
  ["u32", number(32)],
  ["u64", number(64)],
  ["port", { takes: "a port, from 0 to 65535", type: int(16) }],
  ["duration", { takes: "a duration, such as 5ms", type: int(64, { unit: "duration" }) }],
  ["size", { takes: "a size, such as 1500 or 64KiB", type: int(64, { unit: "size" }) }],
  ["string", { takes: "a text", type: string(256), bare: true }],
  ["ip", { takes: "an IP address", type: ip }],
  ["cidr", { takes: "a network, such as 10.0.0.0/8" }],
  ["mac", { takes: "a MAC address", type: mac }],
  ["iface", { takes: "the name of an interface", type: string(16), bare: true }],
  ["netns", { takes: "the name of a network namespace", type: string(256), bare: true }],
  ["bool", { takes: "true or false", type: { kind: "bool" } }],
]);

/** Whether a constant is of the type; if not it is reported under `code`, at its place. */
export function isOfType(value: Expr, ctx: Context, type: ParamType, name: string, code: Code): boolean {
  const { report } = ctx.world;
  const wrong = (label: string): false => {
    report.error(code, placeOf(ctx, value), `\`${name}\` takes ${type.takes}`, { label });
    return false;
  };
  if (!isConstant(value, ctx)) return wrong("this is not a constant");
  if (value.kind === "Range" || value.kind === "Set") return wrong("this is a set of values");
  if (value.kind === "Cidr") return type.type === undefined || wrong("this is a network");
  if (type.type === undefined && value.kind === "Ip") {
    return wrong(`write \`${textOf(ctx, value)}/${value.version === 4 ? 32 : 128}\``);
  }
  if (value.kind === "Name") return wrong(type.bare ? `in quotes: \`"${value.name}"\`` : "this is a name");
  const folded = fold(value, ctx, undefined);
  if (!folded || folded.kind === "unknown") return false;
  const own = `this is ${describe(ownType(folded))}`;
  if (type.type === undefined) return wrong(own);
  const fitted = asType(
    folded,
    { type: type.type, what: name },
    spanOf(ctx, value),
    textOf(ctx, value),
    undefined,
  );
  return "code" in fitted ? wrong(fitted.label ?? own) : true;
}
