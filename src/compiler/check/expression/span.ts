import type { Span } from "../../source.ts";
import type { TExpr } from "../../typed.ts";
import type { World } from "./context.ts";

/**
 * The same expression with all spans moved to one place. What comes from another text (a used file's def, a field's own
 * expression) is placed where it is used, so that every span of a query lies in the query's text.
 */
export function moveTo(span: Span, expr: TExpr, world: World): TExpr {
  const moved = copy(span, expr, world);
  const place = world.written.get(expr);
  if (place) world.written.set(moved, place);
  return moved;
}

function copy(span: Span, expr: TExpr, world: World): TExpr {
  const move = (inner: TExpr) => moveTo(span, inner, world);
  switch (expr.kind) {
    case "const":
    case "raw":
    case "present":
    case "payload":
    case "arg":
    case "dump":
    case "pcap":
      return { ...expr, span };
    case "field":
      return { ...expr, span, ...(expr.expansion ? { expansion: move(expr.expansion) } : {}) };
    case "not":
    case "negate":
    case "format":
      return { ...expr, span, operand: move(expr.operand) };
    case "in":
    case "match":
    case "has":
    case "past":
      return { ...expr, span, value: move(expr.value) };
    case "logic":
    case "compare":
    case "arithmetic":
      return { ...expr, span, left: move(expr.left), right: move(expr.right) };
    case "call":
      return { ...expr, span, args: expr.args.map(move) };
  }
}
