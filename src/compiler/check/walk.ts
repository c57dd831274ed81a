import type { Expr } from "../../../grammar/ast.ts";

/** The expressions directly inside one. */
export function inside(node: Expr): readonly Expr[] {
  switch (node.kind) {
    case "Logic":
    case "Compare":
    case "Arithmetic":
      return [node.left, node.right];
    case "Not":
    case "Negate":
      return [node.operand];
    case "Membership":
      return [node.value, node.set];
    case "Match":
      return [node.value, node.pattern];
    case "Has":
      return [node.value, node.flags];
    case "Call":
      return node.args;
    case "Range":
      return [node.low, node.high];
    case "Set":
      return node.items;
    default:
      return [];
  }
}

/** An expression and all inside it, outer before inner. */
export function* everyNode(node: Expr): Generator<Expr> {
  yield node;
  for (const inner of inside(node)) yield* everyNode(inner);
}
