import type { Call, Expr } from "../../../../grammar/ast.ts";
import { isAggregateName } from "../../aggregates.ts";
import { wholeStruct } from "../../btf/path.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import { findField } from "../../fields/table.ts";
import type { TDump, TExpr, TFormat, TPast } from "../../typed.ts";
import { someExpr } from "../../typed-parts.ts";
import { bool, bytes, int, string, type Type, u32, unknown } from "../../types.ts";
import { numberOperand } from "./arithmetic.ts";
import { behind, type Context, placeOf, spanOf, textOf } from "./context.ts";
import { describe } from "./describe.ts";
import { expression } from "./expression.ts";
import { constantOf } from "./fit.ts";
import { isConstant } from "./fold.ts";
import { expectedBeside } from "./operand.ts";
import { canonical, isForeign, ROOTS, rawPath } from "./raw.ts";
import { signatureOf } from "./signature.ts";

interface Builtin {
  /** How it is called, for labels. */
  readonly usage: string;
  readonly args: readonly [least: number, most: number];
  readonly check: (node: Call, ctx: Context) => TExpr | undefined;
}

/** The most that `payload(n)`, `str(path, n)` and `hex(path, n)` copy. */
const MAX_BYTES = 256;
/** What `str` copies where nothing says how long the text can be. */
const STR_BYTES = 64;
/** Registers that carry arguments on x86-64; arm64 has two more. */
const ARGUMENTS = 6;

const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    str: { usage: "str(path) or str(path, bytes)", args: [1, 2], check: str },
    hex: { usage: "hex(value) or hex(path, bytes)", args: [1, 2], check: hex },
    arg: { usage: "arg(number)", args: [1, 1], check: arg },
    dump: { usage: "dump(skb), dump(shinfo) or dump(path)", args: [1, 1], check: dump },
    payload: { usage: "payload(bytes)", args: [1, 1], check: payload },
    len: { usage: "len(text)", args: [1, 1], check: len },
    abs: { usage: "abs(number)", args: [1, 1], check: numbers("abs") },
    min: { usage: "min(a, b)", args: [2, 8], check: numbers("min") },
    max: { usage: "max(a, b)", args: [2, 8], check: numbers("max") },
    changed: { usage: "changed(value)", args: [1, 1], check: past("changed") },
    first: { usage: "first(value)", args: [1, 1], check: past("first") },
  } satisfies Record<string, Builtin>),
);

/** `name(…)`. */
export function call(node: Call, ctx: Context): TExpr | undefined {
  const { report } = ctx.world;
  const name = node.callee.text;
  if (isAggregateName(name, node.args.length)) {
    return report.error("PWQ1222", placeOf(ctx, node), `\`${name}(…)\` is made of many events`, {
      label: "it stands by itself in `show`",
    });
  }
  const builtin = BUILTINS.get(name);
  if (!builtin) {
    return report.error("PWQ1104", placeOf(ctx, node.callee), `unknown function \`${name}\``, {
      label: didYouMean(name, BUILTINS.keys()) ?? `there are ${[...BUILTINS.keys()].join(", ")}`,
    });
  }
  const [least, most] = builtin.args;
  if (node.args.length < least || node.args.length > most) {
    return report.error("PWQ1105", placeOf(ctx, node), `\`${name}\` takes ${count(least, most)}`, {
      label: `write \`${builtin.usage}\``,
    });
  }
  return builtin.check(node, ctx);
}

function count(least: number, most: number): string {
  if (least === most) return least === 1 ? "one argument" : `${least} arguments`;
  return `${least} to ${most} arguments`;
}

/** A number that must be written out, within limits. */
function written(node: Expr, ctx: Context, low: number, high: number): number | undefined {
  const { node: literal } = behind(node, ctx);
  const value = literal.kind === "Int" || literal.kind === "Size" ? Number(literal.value) : undefined;
  if (value !== undefined && value >= low && value <= high) return value;
  return ctx.world.report.error("PWQ1106", placeOf(ctx, node), `\`${textOf(ctx, node)}\` cannot stand here`, {
    label: `a number from ${low} to ${high}, written out`,
  });
}

function str(node: Call, ctx: Context): TFormat | undefined {
  const [path, limit] = node.args;
  const operand = expression(path!, ctx);
  const size = limit && written(limit, ctx, 1, MAX_BYTES);
  if (!operand || (limit && size === undefined)) return undefined;
  const isPointer =
    operand.kind === "raw" && operand.path?.value.kind === "pointer" && operand.path.value.target === "char";
  if (operand.type.kind !== "string" && operand.type.kind !== "unknown" && !isPointer) {
    return ctx.world.report.error("PWQ1127", placeOf(ctx, path!), `\`${textOf(ctx, path!)}\` is not a text`, {
      label: `it is ${describe(operand.type)}`,
    });
  }
  const own = operand.type.kind === "string" ? operand.type.size : STR_BYTES;
  return formatted("str", operand, Math.min(size ?? own, isPointer ? MAX_BYTES : own), string, node, ctx);
}

function hex(node: Call, ctx: Context): TFormat | undefined {
  const [value, limit] = node.args;
  const size = limit && written(limit, ctx, 1, MAX_BYTES);
  if (limit && size === undefined) return undefined;
  const { node: target, ctx: there } = behind(value!, ctx);
  const operand =
    target.kind === "RawPath" ? rawPath(target, there, { whole: true }) : expression(value!, ctx);
  if (!operand) return undefined;
  const own = sizeOf(operand.type);
  if (own === undefined) {
    return ctx.world.report.error(
      "PWQ1106",
      placeOf(ctx, value!),
      `\`${textOf(ctx, value!)}\` has no bytes to show`,
      {
        label: `it is ${describe(operand.type)}`,
      },
    );
  }
  if (size !== undefined && operand.kind !== "raw" && size > own) {
    return ctx.world.report.error(
      "PWQ1106",
      placeOf(ctx, limit!),
      `\`${textOf(ctx, value!)}\` has ${own} bytes`,
    );
  }
  return formatted("hex", operand, Math.min(size ?? own, MAX_BYTES), bytes, node, ctx);
}

function formatted(
  how: TFormat["how"],
  operand: TExpr,
  size: number,
  type: (size: number) => Type,
  node: Call,
  ctx: Context,
): TFormat {
  return { kind: "format", how, operand, size, type: type(size), span: spanOf(ctx, node) };
}

function sizeOf(type: Type): number | undefined {
  switch (type.kind) {
    case "int":
      return type.bits / 8;
    case "ip":
      return type.version === 4 ? 4 : 16;
    case "mac":
      return 6;
    case "string":
    case "bytes":
      return type.size;
    case "unknown":
      return 8;
    default:
      return undefined;
  }
}

function arg(node: Call, ctx: Context): TExpr | undefined {
  const index = written(node.args[0]!, ctx, 0, ARGUMENTS - 1);
  if (index === undefined) return undefined;
  const { type, mixed } = signatureOf(index, ctx);
  return { kind: "arg", index, type, ...(mixed ? { mixed } : {}), span: spanOf(ctx, node) };
}

/** A structure as a whole; of a pointer what it points to. */
function dump(node: Call, ctx: Context): TDump | undefined {
  const { report, facts } = ctx.world;
  const [argument] = node.args;
  const { node: target } = behind(argument!, ctx);
  const [root, steps] =
    target.kind === "RawPath"
      ? [target.root, target.steps]
      : target.kind === "Name"
        ? [target.name, []]
        : ["", []];
  const struct = ROOTS[root];
  const refuse = (label?: string): undefined =>
    report.error("PWQ1106", placeOf(ctx, argument!), `\`${textOf(ctx, argument!)}\` is no structure`, {
      label: label ?? "`dump(skb)`, `dump(shinfo)`, or a path to a structure: `dump(skb->dev)`",
    });
  if (struct === undefined || isForeign(root, ctx)) return refuse();
  const text = target.kind === "RawPath" ? canonical(target) : root;
  const made = { kind: "dump", text, span: spanOf(ctx, node) } as const;
  if (!facts) return { ...made, type: unknown };
  const found =
    wholeStruct(facts.btf, struct, steps) ?? wholeStruct([facts.btf, ...facts.modules()], struct, steps);
  if (found) {
    const { path, name, size, shape } = found;
    return { ...made, path, type: { kind: "dump", name, size, shape } };
  }
  // A wrong step says so itself; a right one ends in a number.
  const typed = target.kind === "RawPath" && rawPath(target, ctx);
  return typed ? refuse(`it is ${describe(typed.type)}`) : undefined;
}

function payload(node: Call, ctx: Context): TExpr | undefined {
  const size = written(node.args[0]!, ctx, 1, MAX_BYTES);
  return size === undefined
    ? undefined
    : { kind: "payload", size, type: bytes(size), span: spanOf(ctx, node) };
}

function len(node: Call, ctx: Context): TExpr | undefined {
  const [value] = node.args;
  if (value!.kind === "Name" && value!.name === "payload") {
    const field = findField("payload.len")!;
    return { kind: "field", field, type: field.type, span: spanOf(ctx, node) };
  }
  const operand = expression(value!, ctx);
  if (!operand) return undefined;
  const { kind } = operand.type;
  if (kind === "string" || kind === "bytes" || kind === "unknown") {
    return { kind: "call", callee: "len", args: [operand], type: u32, span: spanOf(ctx, node) };
  }
  return ctx.world.report.error("PWQ1106", placeOf(ctx, value!), `\`${textOf(ctx, value!)}\` has no length`, {
    label: `it is ${describe(operand.type)}; the packet's length is \`len\``,
  });
}

/** `abs`, `min` and `max`: constants take the unit of what they stand beside. */
function numbers(callee: "abs" | "min" | "max"): Builtin["check"] {
  return (node, ctx) => {
    const firstValue = node.args.find((argument) => !isConstant(argument, ctx));
    const first = firstValue && numberOperand(firstValue, ctx);
    if (firstValue && !first) return undefined;
    const args = node.args.map((argument) => {
      if (argument === firstValue) return first;
      if (!isConstant(argument, ctx)) return numberOperand(argument, ctx);
      const wide = first && { ...expectedBeside(first, firstValue!, ctx), bits: 64 };
      return constantOf(argument, ctx, wide ?? { type: int(64, { signed: true }), what: callee });
    });
    if (!args.every((argument) => argument !== undefined)) return undefined;
    const types = args.flatMap((argument) => (argument.type.kind === "int" ? [argument.type] : []));
    const units = new Set(types.map(({ unit }) => unit));
    if (units.size > 1) {
      return ctx.world.report.error("PWQ1108", placeOf(ctx, node), "these do not go together", {
        label: types.map(describe).join(", "),
      });
    }
    const [unit] = units;
    const type = int(64, { signed: types.some(({ signed }) => signed), ...(unit ? { unit } : {}) });
    return { kind: "call", callee, args, type, span: spanOf(ctx, node) };
  };
}

function past(how: TPast["how"]): Builtin["check"] {
  return (node, ctx) => {
    const [operand] = node.args;
    const value = expression(operand!, ctx);
    if (!value) return undefined;
    const constant = isConstant(operand!, ctx);
    const inner = someExpr(value, (part) => part.kind === "past");
    if (!constant && !inner) return { kind: "past", how, value, type: bool, span: spanOf(ctx, node) };
    return ctx.world.report.error(
      "PWQ1106",
      placeOf(ctx, operand!),
      `\`${textOf(ctx, operand!)}\` cannot stand here`,
      {
        label: constant ? "it never changes" : "`changed` and `first` do not go into one another",
      },
    );
  };
}
