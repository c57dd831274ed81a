import type { Arithmetic, Expr, Name } from "../../../../grammar/ast.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import { FIELDS, PRESENCE } from "../../fields/table.ts";
import type { PresenceName } from "../../typed.ts";
import { behind, type Context, definitionOf, placeOf } from "./context.ts";
import { type Expected, type Folded, namesOf } from "./folded.ts";
import { unknownName } from "./names.ts";
import { unknownParameter } from "./param-ref.ts";
import { unitOfArithmetic } from "./units.ts";

/** Whether a node is a constant, or would be if its bare names are enumerators of the other side. */
export function isConstant(node: Expr, ctx: Context): boolean {
  switch (node.kind) {
    case "Int":
    case "Bool":
    case "String":
    case "Ip":
    case "Cidr":
    case "Mac":
    case "Duration":
    case "Size":
    case "Range":
    case "Set":
    case "ParamRef":
      return true;
    case "Negate":
      return isConstant(node.operand, ctx);
    case "Arithmetic":
      return isConstant(node.left, ctx) && isConstant(node.right, ctx);
    case "Name":
      return isConstantName(node, ctx);
    default:
      return false;
  }
}

function isConstantName(node: Name, ctx: Context): boolean {
  const definition = definitionOf(node, ctx);
  if (definition) {
    if (ctx.world.unusable.has(definition)) return true; // so that it is folded, which says nothing more
    return isConstant(definition.statement.value, { ...ctx, scope: definition.scope });
  }
  return !FIELDS.has(node.name) && !PRESENCE.has(node.name as PresenceName) && !node.name.includes(".");
}

/** The value of a constant, its names looked up in what is expected. Undefined: reported. */
export function fold(written: Expr, from: Context, expected: Expected | undefined): Folded | undefined {
  const { node, ctx } = behind(written, from);
  const { report } = ctx.world;
  const at = placeOf(ctx, node);
  switch (node.kind) {
    case "Int":
      return { kind: "int", value: node.value };
    case "Duration":
      return { kind: "int", value: node.value, unit: "duration" };
    case "Size":
      return { kind: "int", value: node.value, unit: "size" };
    case "Bool":
      return { kind: "bool", value: node.value };
    case "String":
      return { kind: "string", value: node.value };
    case "Ip":
      return { kind: "ip", version: node.version, value: node.value };
    case "Mac":
      return { kind: "mac", value: node.value };
    case "Name":
      return foldName(node, ctx, expected);
    case "ParamRef":
      return unknownParameter(node, ctx);
    case "Negate":
      return foldNegate(node.op, node.operand, ctx, expected);
    case "Arithmetic":
      return foldArithmetic(node, ctx, expected);
    case "Cidr":
    case "Range":
    case "Set":
      return report.error("PWQ1112", at, "a set of values stands where one value belongs", {
        label: "`in` asks whether a value is one of these",
      });
    default:
      return report.error("PWQ1115", at, "this is not a constant", {
        label: "its value is known only when a packet is seen",
      });
  }
}

function foldName(node: Name, ctx: Context, expected: Expected | undefined): Folded | undefined {
  if (definitionOf(node, ctx)) return undefined; // an unusable one, which is reported where it is defined
  const names = namesOf(expected);
  const value = names?.values.get(node.name);
  if (value !== undefined) return { kind: "int", value };
  const isField = FIELDS.has(node.name) || PRESENCE.has(node.name as PresenceName);
  if (isField) {
    return ctx.world.report.error("PWQ1115", placeOf(ctx, node), `\`${node.name}\` is not a constant`, {
      label:
        didYouMean(node.name, names?.values.keys() ?? []) ?? "its value is known only when a packet is seen",
    });
  }
  if (expected?.type.kind === "unknown" || (expected?.open && /^[A-Z]/.test(node.name)))
    return { kind: "unknown" };
  if (names) {
    return ctx.world.report.error(
      "PWQ1103",
      placeOf(ctx, node),
      `\`${expected!.what}\` has no value named \`${node.name}\``,
      enumeratorHint(node.name, names.values, expected!.what),
    );
  }
  if (expected?.type.kind === "string" && !node.name.includes(".")) {
    return ctx.world.report.error("PWQ1126", placeOf(ctx, node), `\`${node.name}\` is not a field`, {
      label: `a text is written in quotes: \`"${node.name}"\``,
    });
  }
  return unknownName(node, ctx);
}

/** The kernel's own full name (SKB_DROP_REASON_NO_SOCKET) is longer than ours by a prefix, others' by a suffix. */
function enumeratorHint(word: string, values: ReadonlyMap<string, bigint>, field: string): { label: string } {
  const part = [...values.keys()].find((name) => word.endsWith(`_${name}`) || word.startsWith(`${name}_`));
  const near = part === undefined ? didYouMean(word, values.keys()) : `did you mean \`${part}\`?`;
  if (near) return { label: near };
  const some = [...values.keys()].slice(0, 4).map((name) => `\`${name}\``);
  return { label: `values are ${some.join(", ")} …; \`pwq fields ${field}\` lists them` };
}

function foldNegate(
  op: "-" | "~",
  operand: Expr,
  ctx: Context,
  expected: Expected | undefined,
): Folded | undefined {
  const value = fold(operand, ctx, expected);
  if (!value || value.kind === "unknown") return value;
  if (value.kind !== "int") return notNumber(operand, ctx);
  return op === "-"
    ? { ...value, value: -value.value, complement: undefined }
    : { ...value, value: ~value.value, complement: true };
}

function foldArithmetic(node: Arithmetic, ctx: Context, expected: Expected | undefined): Folded | undefined {
  const left = fold(node.left, ctx, expected);
  const right = fold(node.right, ctx, expected);
  if (!left || !right) return undefined;
  if (left.kind === "unknown" || right.kind === "unknown") return { kind: "unknown" };
  if (left.kind !== "int") return notNumber(node.left, ctx);
  if (right.kind !== "int") return notNumber(node.right, ctx);
  const unit = unitOfArithmetic(node.op, left.unit, right.unit);
  if (unit === "mixed") {
    return ctx.world.report.error("PWQ1108", placeOf(ctx, node), "a duration and a size do not go together");
  }
  const value = calculate(node, left.value, right.value, ctx);
  if (value === undefined) return undefined;
  const bitwise = node.op === "|" || node.op === "&" || node.op === "^";
  return {
    kind: "int",
    value,
    unit: unit === "duration" || unit === "size" ? unit : undefined,
    complement: bitwise && value < 0n && (left.complement || right.complement),
  };
}

function calculate(node: Arithmetic, a: bigint, b: bigint, ctx: Context): bigint | undefined {
  switch (node.op) {
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "&":
      return a & b;
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
    case "%":
      if (b === 0n) return divisionByZero(node, ctx);
      return node.op === "/" ? a / b : a % b;
    case "<<":
    case ">>":
      if (b < 0n || b > 63n) {
        return ctx.world.report.error("PWQ1109", placeOf(ctx, node.right), `a shift by ${b} bits`, {
          label: "0 to 63",
        });
      }
      return node.op === "<<" ? a << b : a >> b;
  }
}

export function divisionByZero(node: Arithmetic, ctx: Context): undefined {
  const what = node.op === "/" ? "a division by zero" : "the remainder of a division by zero";
  return ctx.world.report.error("PWQ1128", placeOf(ctx, node.right), what, { label: "this is always 0" });
}

function notNumber(node: Expr, ctx: Context): undefined {
  return ctx.world.report.error("PWQ1111", placeOf(ctx, node), "only numbers can be calculated with");
}
