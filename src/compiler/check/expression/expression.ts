import type { Expr, Logic, Name, Negate, Not } from "../../../../grammar/ast.ts";
import type { Field } from "../../fields/field.ts";
import { FIELDS, presenceNamed } from "../../fields/table.ts";
import { XDP_FIELDS } from "../../fields/xdp.ts";
import type { Span } from "../../source.ts";
import type { TConst, TExpr, TField } from "../../typed.ts";
import { bool, int } from "../../types.ts";
import type { Definition } from "../scope.ts";
import { arithmetic, numberOperand } from "./arithmetic.ts";
import { call } from "./call.ts";
import { comparison } from "./compare.ts";
import { condition } from "./condition.ts";
import { type Context, definitionOf, spanOf } from "./context.ts";
import { fieldValue } from "./field.ts";
import { fold, isConstant } from "./fold.ts";
import { ownType } from "./folded.ts";
import { has } from "./has.ts";
import { match } from "./match.ts";
import { membership } from "./membership.ts";
import { unknownName } from "./names.ts";
import { unknownParameter } from "./param-ref.ts";
import { pcapFilter } from "./pcap.ts";
import { rawPath } from "./raw.ts";
import { signatureOf } from "./signature.ts";
import { moveTo } from "./span.ts";

/** Types an expression where nothing is known of what it is compared with. Undefined: it has an error, reported. */
export function expression(node: Expr, ctx: Context): TExpr | undefined {
  if (isConstant(node, ctx)) return constant(node, ctx);
  switch (node.kind) {
    case "Logic":
      return logic(node, ctx);
    case "Not":
      return not(node, ctx);
    case "Compare":
      return comparison(node, ctx);
    case "Membership":
      return membership(node, ctx);
    case "Match":
      return match(node, ctx);
    case "Has":
      return has(node, ctx);
    case "Arithmetic":
      return arithmetic(node, ctx);
    case "Negate":
      return negate(node, ctx);
    case "Name":
      return name(node, ctx);
    case "ParamRef":
      return unknownParameter(node, ctx);
    case "RawPath":
      return rawPath(node, ctx);
    case "Call":
      return call(node, ctx);
    case "Pcap":
      return pcapFilter(node, ctx);
    default:
      return constant(node, ctx);
  }
}

/** A constant as the type it has by itself. */
function constant(node: Expr, ctx: Context): TConst | undefined {
  const folded = fold(node, ctx, undefined);
  if (!folded || folded.kind === "unknown") return undefined;
  return { kind: "const", value: folded.value, type: ownType(folded), span: spanOf(ctx, node) };
}

/** With a constant on one side the other decides, or nothing does: also where it is unknown (Kleene). */
function decided(op: Logic["op"], left: TExpr, right: TExpr): TExpr | undefined {
  const [constant, other] = left.kind === "const" ? [left, right] : [right, left];
  if (constant.kind !== "const" || typeof constant.value !== "boolean") return undefined;
  return constant.value === (op === "or") ? constant : other;
}

function logic(node: Logic, ctx: Context): TExpr | undefined {
  const left = condition(node.left, ctx);
  const right = condition(node.right, ctx);
  if (!left || !right) return undefined;
  return (
    decided(node.op, left, right) ?? {
      kind: "logic",
      op: node.op,
      left,
      right,
      type: bool,
      span: spanOf(ctx, node),
    }
  );
}

function not(node: Not, ctx: Context): TExpr | undefined {
  const operand = condition(node.operand, ctx);
  return operand && { kind: "not", operand, type: bool, span: spanOf(ctx, node) };
}

function negate(node: Negate, ctx: Context): TExpr | undefined {
  const operand = numberOperand(node.operand, ctx);
  if (!operand) return undefined;
  const unit = operand.type.kind === "int" && operand.type.unit ? { unit: operand.type.unit } : {};
  const type = int(64, { signed: node.op === "-", ...unit });
  return { kind: "negate", op: node.op, operand, type, span: spanOf(ctx, node) };
}

function name(node: Name, ctx: Context): TExpr | undefined {
  const definition = definitionOf(node, ctx);
  if (definition) return useOf(definition, node, ctx);
  const span = spanOf(ctx, node);
  const field = (ctx.subject === "xdp" ? XDP_FIELDS.get(node.name) : undefined) ?? FIELDS.get(node.name);
  if (field && field === FIELDS.get("ret")) return result(field, span, ctx);
  if (field) return fieldValue(field, span, ctx.world);
  const presence = presenceNamed(node.name);
  if (presence) return { kind: "present", ...presence, type: bool, span };
  return unknownName(node, ctx);
}

/** What functions return has the type that they return. */
function result(field: Field, span: Span, ctx: Context): TField {
  const { type, mixed } = signatureOf("ret", ctx);
  return { ...fieldValue(field, span, ctx.world), type, ...(mixed ? { mixed } : {}) };
}

/** A def is checked once, where it was written; its spans stay there if that is the same text. */
function useOf(definition: Definition, node: Name, ctx: Context): TExpr | undefined {
  const typed = definitionValue(definition, ctx.world);
  if (!typed || definition.scope.source === ctx.scope.source) return typed;
  return moveTo(spanOf(ctx, node), typed, ctx.world);
}

/** The typed value of a def that is no constant. Undefined: it has an error, reported when it was first asked for. */
export function definitionValue(definition: Definition, world: Context["world"]): TExpr | undefined {
  if (world.unusable.has(definition)) return undefined;
  const known = world.defs.get(definition);
  if (known) return known.typed;
  const typed = expression(definition.statement.value, { world, scope: definition.scope });
  world.defs.set(definition, { typed });
  return typed;
}
