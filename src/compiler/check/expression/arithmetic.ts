import type { Arithmetic, Expr } from "../../../../grammar/ast.ts";
import type { TConst, TExpr } from "../../typed.ts";
import { int } from "../../types.ts";
import { type Context, placeOf, spanOf, textOf } from "./context.ts";
import { describe } from "./describe.ts";
import { divisionByZero, fold, isConstant } from "./fold.ts";
import { ownType } from "./folded.ts";
import { expectedBeside, operand } from "./operand.ts";
import { unitOfArithmetic } from "./units.ts";

/** Arithmetic of which at least one side is no constant. */
export function arithmetic(node: Arithmetic, ctx: Context): TExpr | undefined {
  const leftConstant = isConstant(node.left, ctx);
  const left = leftConstant ? undefined : numberOperand(node.left, ctx);
  const right = isConstant(node.right, ctx)
    ? left && constantBeside(left, node.left, node.right, ctx)
    : numberOperand(node.right, ctx);
  const first = leftConstant ? right && constantBeside(right, node.right, node.left, ctx) : left;
  if (!first || !right) return undefined;
  if ((node.op === "/" || node.op === "%") && right.kind === "const" && right.value === 0n) {
    return divisionByZero(node, ctx);
  }
  return calculated(node, first, right, ctx);
}

function calculated(node: Arithmetic, left: TExpr, right: TExpr, ctx: Context): TExpr | undefined {
  const [a, b] = [left.type, right.type];
  const span = spanOf(ctx, node);
  if (a.kind !== "int" || b.kind !== "int") {
    // One of them is of unknown type: `numberOperand` lets nothing else through.
    return { kind: "arithmetic", op: node.op, left, right, type: int(64), span };
  }
  const unit = unitOfArithmetic(node.op, a.unit, b.unit);
  if (unit === "mixed") {
    return ctx.world.report.error("PWQ1108", placeOf(ctx, node), "these do not go together", {
      label: `${describe(a)} on the left, ${describe(b)} on the right`,
    });
  }
  const shift = node.op === "<<" || node.op === ">>";
  // Flags under a mask are still flags: `tcp.flags & (SYN|ACK) == SYN`.
  const flags = "&|^".includes(node.op) ? [a.names, b.names].find((names) => names?.flags) : undefined;
  const type = int(64, {
    signed: a.signed || (!shift && b.signed),
    ...(unit ? { unit } : {}),
    ...(flags ? { names: flags } : {}),
  });
  return { kind: "arithmetic", op: node.op, left, right, type, span };
}

/** A side of a calculation: a number, or what may turn out to be one. */
export function numberOperand(node: Expr, ctx: Context): TExpr | undefined {
  const value = operand(node, ctx);
  if (!value) return undefined;
  const { report } = ctx.world;
  const text = textOf(ctx, node);
  if (value.kind === "field" && value.field.read.from === "either") {
    const [a, b] = value.field.read.fields;
    return report.error("PWQ1111", placeOf(ctx, node), `\`${text}\` is two values`, {
      label: `calculate with \`${a}\` or \`${b}\``,
    });
  }
  if (value.type.kind === "int" || value.type.kind === "unknown") return value;
  return report.error("PWQ1111", placeOf(ctx, node), `\`${text}\` is ${describe(value.type)}, not a number`, {
    label: value.type.kind === "ip" ? "addresses are compared with networks: `in 10.0.0.0/8`" : undefined,
  });
}

/** A constant in a calculation: its names are those of the other side, its size is not limited by it. */
function constantBeside(other: TExpr, otherNode: Expr, node: Expr, ctx: Context): TConst | undefined {
  const folded = fold(node, ctx, expectedBeside(other, otherNode, ctx));
  if (!folded) return undefined;
  if (folded.kind === "unknown")
    return { kind: "const", value: 0n, type: ownType(folded), span: spanOf(ctx, node) };
  if (folded.kind === "int") {
    return { kind: "const", value: folded.value, type: ownType(folded), span: spanOf(ctx, node) };
  }
  return ctx.world.report.error(
    "PWQ1111",
    placeOf(ctx, node),
    `\`${textOf(ctx, node)}\` is ${describe(ownType(folded))}, not a number`,
  );
}
