import type { RecordLayout, Slot } from "../../compiler/compiled.ts";
import { pcapKey } from "../../compiler/pcap/filter.ts";
import { presenceKey, type TExpr } from "../../compiler/typed.ts";

/** The slot that captures an expression as a whole, if one does. */
export function findSlot(record: RecordLayout, expr: TExpr): Slot | undefined {
  const key = keyOf(expr);
  return key === undefined ? undefined : record.slots.find((slot) => slot.key === key);
}

/** Keys are given by the record's layout, `codegen/record.ts`. */
function keyOf(expr: TExpr): string | undefined {
  switch (expr.kind) {
    case "field":
      return expr.field.name;
    case "raw":
      return expr.text;
    case "payload":
      return `payload(${expr.size})`;
    case "pcap":
      return pcapKey(expr);
    case "arg":
      return `arg(${expr.index})`;
    case "dump":
      return `dump(${expr.text})`;
    case "past":
    case "format":
      return `${expr.how}@${expr.span.start}`;
    case "present":
      return presenceKey(expr);
    default:
      return undefined;
  }
}
