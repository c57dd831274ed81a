import type { Expr } from "../../../../grammar/ast.ts";
import type { Code } from "../../diagnostics/codes.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import type { KernelFacts } from "../../facts.ts";
import type { Span } from "../../source.ts";
import type { TConst } from "../../typed.ts";
import type { IntType, Type } from "../../types.ts";
import { unknown } from "../../types.ts";
import { behind, type Context, placeOf, spanOf, textOf } from "./context.ts";
import { describe } from "./describe.ts";
import { fold } from "./fold.ts";
import { type Expected, type Folded, ownType } from "./folded.ts";

/** Why a constant is not what is expected. */
export interface Misfit {
  readonly code: Code;
  readonly message: string;
  readonly label?: string | undefined;
  readonly help?: readonly string[] | undefined;
}

/** A constant as the type that the other side has. Undefined: reported. */
export function constantOf(node: Expr, ctx: Context, expected: Expected): TConst | undefined {
  const folded = fold(node, ctx, expected);
  if (!folded) return undefined;
  const { node: literal, ctx: there } = behind(node, ctx);
  const written = textOf(there, literal) || textOf(ctx, node);
  const fitted = asType(folded, expected, spanOf(ctx, node), written, ctx.world.facts);
  if (!("code" in fitted)) return fitted;
  return ctx.world.report.error(fitted.code, placeOf(ctx, node), fitted.message, fitted);
}

/** `written`: the constant's text, for a fix that repeats it. */
export function asType(
  folded: Folded,
  expected: Expected,
  span: Span,
  written: string,
  facts: KernelFacts | undefined,
): TConst | Misfit {
  const { type } = expected;
  const fitted = (value: TConst["value"], as: Type = type): TConst => ({
    kind: "const",
    value,
    type: as,
    span,
  });
  if (folded.kind === "unknown") return fitted(0n, unknown);
  if (type.kind === "unknown") return fitted(folded.value, ownType(folded));
  if (expected.netns && folded.kind === "string") return namespace(folded.value, facts, fitted);
  if (folded.kind === "int" && type.kind === "int") return fitNumber(folded, expected, type, written, fitted);
  if (folded.kind === "ip" && type.kind === "ip") {
    if (type.version === undefined || type.version === folded.version) {
      return fitted(folded.value, { kind: "ip", version: folded.version });
    }
    return {
      code: "PWQ1114",
      message: `\`${expected.what}\` is ${describe(type)}, and \`${written}\` is ${describe(ownType(folded))}`,
      label: familyHint(expected.what, folded.version),
    };
  }
  if (folded.kind === "string" && type.kind === "string") {
    const bytes = new TextEncoder().encode(folded.value).length;
    if (bytes < type.size) return fitted(folded.value);
    return {
      code: "PWQ1109",
      message: `\`${expected.what}\` is never that long`,
      label: `it has at most ${type.size - 1} bytes, and this has ${bytes}`,
    };
  }
  if (folded.kind === type.kind && (folded.kind === "bool" || folded.kind === "mac"))
    return fitted(folded.value);
  return mismatch(folded, expected, written);
}

const familyHint = (what: string, version: 4 | 6): string | undefined =>
  /^ip[46]\./.test(what) ? `\`${what.replace(/^ip[46]/, `ip${version}`)}\` is IPv${version}` : undefined;

function mismatch(folded: Folded, { type, what }: Expected, written: string): Misfit {
  return {
    code: "PWQ1107",
    message: `\`${what}\` is ${describe(type)}, and \`${written}\` is ${describe(ownType(folded))}`,
    label: mismatchHint(folded, type, what),
  };
}

const LOOKS_LIKE: Readonly<Partial<Record<Type["kind"], RegExp>>> = {
  int: /^(0x[0-9a-f]+|\d+)$/i,
  ip: /^(\d+(\.\d+){3}|[0-9a-f:]*:[0-9a-f:.]*)$/i,
  mac: /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i,
};

function mismatchHint(folded: Folded, type: Type, what: string): string | undefined {
  if (folded.kind === "string") {
    if (what === "pid" || what === "tid") return "the name of the task is `comm`";
    if (type.kind === "int" && type.names?.values.has(folded.value))
      return `without quotes: \`${folded.value}\``;
    return LOOKS_LIKE[type.kind]?.test(folded.value) ? `without quotes: \`${folded.value}\`` : undefined;
  }
  if (type.kind === "string") {
    if (what === "iface" && folded.kind === "int") return "the number of an interface is `ifindex`";
    return folded.kind === "int" ? `in quotes: \`"${folded.value}"\`` : undefined;
  }
  if (type.kind === "bool" && folded.kind === "int") return "write `true` or `false`";
  if (folded.kind === "ip" && type.kind === "int" && folded.version === 4) {
    return `as a number: \`0x${folded.value.toString(16).padStart(8, "0")}\``;
  }
  if (folded.kind === "bool" && type.kind === "int") return folded.value ? "write `1`" : "write `0`";
  return undefined;
}

type Fitted = (value: TConst["value"]) => TConst;

function fitNumber(
  { value, unit, complement }: Extract<Folded, { kind: "int" }>,
  expected: Expected,
  type: IntType,
  written: string,
  fitted: Fitted,
): TConst | Misfit {
  const wrong = unitMisfit(value, unit, expected, type, written);
  if (wrong) return wrong;
  const bits = expected.bits ?? type.bits;
  if (complement) return fitted(BigInt.asUintN(bits, value));
  const { low, high } = limits(type, bits);
  if (value >= low && value <= high) return fitted(value);
  const unsigned = value < 0n && value >= -(1n << BigInt(bits - 1));
  return {
    code: "PWQ1109",
    message: `\`${expected.what}\` is never ${written}`,
    label: `it is from ${low} to ${high}`,
    help: unsigned ? [`its bits are \`0x${BigInt.asUintN(bits, value).toString(16)}\``] : undefined,
  };
}

/** The smallest and the largest number of a type, or of that many bits of it. */
export function limits(type: IntType, bits: number = type.bits): { low: bigint; high: bigint } {
  const span = 1n << BigInt(bits);
  return type.signed ? { low: -span / 2n, high: span / 2n - 1n } : { low: 0n, high: span - 1n };
}

/** A plain number takes the unit of a size or an address; a time needs one, unless it is zero. */
function unitMisfit(
  value: bigint,
  unit: "duration" | "size" | undefined,
  { what, anyUnit }: Expected,
  type: IntType,
  written: string,
): Misfit | undefined {
  if (anyUnit || unit === type.unit) return undefined;
  if (type.unit === "time") {
    return {
      code: "PWQ1107",
      message: `\`${what}\` is a point in time, and \`${written}\` is not`,
      label: "`elapsed` is the time since the packet's first event",
    };
  }
  if (unit === undefined) {
    if (type.unit !== "duration" || value === 0n) return undefined;
    return {
      code: "PWQ1108",
      message: `\`${what}\` is a duration, and \`${written}\` has no unit`,
      label: `write \`${written}ns\`, \`${written}us\` or \`${written}ms\``,
    };
  }
  return {
    code: "PWQ1108",
    message: `\`${what}\` is ${describe(type)}, and \`${written}\` is a ${unit}`,
    label: type.unit === undefined ? `without a unit: \`${value}\`` : undefined,
  };
}

/** The kernel knows a network namespace by its inode number only. */
function namespace(
  name: string,
  facts: KernelFacts | undefined,
  fitted: (value: TConst["value"], as?: Type) => TConst,
): TConst | Misfit {
  if (!facts) return fitted(0n, unknown);
  const inode = facts.netnsInode(name);
  if (inode !== undefined) return fitted(BigInt(inode));
  if (name.startsWith("/")) {
    return { code: "PWQ1131", message: `\`${name}\` is no network namespace`, label: undefined };
  }
  const known = facts.netnsNames();
  return {
    code: "PWQ1131",
    message: `there is no network namespace \`${name}\``,
    label:
      didYouMean(name, known) ??
      (known.length > 0 ? `there are ${quoted(known)}` : "no namespace has a name"),
  };
}

const quoted = (names: readonly string[]): string => {
  const some = names.slice(0, 4).map((name) => `\`${name}\``);
  return names.length > some.length ? `${some.join(", ")} …` : some.join(", ");
};
