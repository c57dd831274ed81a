import type { RecordLayout, Slot } from "../../compiler/compiled.ts";
import type { TExpr } from "../../compiler/typed.ts";

/** The slot that captures an expression as a whole, if one does. */
export function findSlot(record: RecordLayout, expr: TExpr): Slot | undefined {
  const key = keyOf(expr);
  return record.slots.find((slot) => slot.expr === expr || slot.key === key);
}

function keyOf(expr: TExpr): string | undefined {
  switch (expr.kind) {
    case "field":
      return expr.field.name;
    case "raw":
      return expr.text;
    case "payload":
      return `payload(${expr.size})`;
    case "arg":
      return `arg(${expr.index})`;
    case "present":
      return expr.layer;
    default:
      return undefined;
  }
}
