import { asText, type Text } from "../format.ts";
import type { Batch } from "./batch.ts";
import type { DecodeContext } from "./context.ts";
import { head } from "./head.ts";

/** At a drop the function that holds the drop's location, otherwise the point's name. */
export function functionText(batch: Batch, context: DecodeContext): (at: number) => Text {
  const { point, location } = head(batch);
  const names = context.points.map((p) => (p.kind === "drop" ? undefined : asText(p.name)));
  const known = new Map<number | bigint, Text>();
  return (at) => {
    const name = names[point(at)];
    if (name) return name;
    const address = location(at);
    let text = known.get(address);
    if (!text) {
      const fallback = context.points[point(at)]?.name ?? `point ${point(at)}`;
      text = asText(context.names.symbol(BigInt(address))?.name ?? fallback);
      known.set(address, text);
    }
    return text;
  };
}
