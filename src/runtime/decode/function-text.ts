import { asText, type Text } from "../format.ts";
import type { Batch } from "./batch.ts";
import type { DecodeContext } from "./context.ts";
import { head } from "./head.ts";

/** At a drop the function that holds the drop's location, at a BPF program its name, otherwise the point's name. */
export function functionText(batch: Batch, context: DecodeContext): (at: number) => Text {
  const { point, location } = head(batch);
  const names = context.points.map((p) =>
    p.kind === "drop" || p.kind === "program" ? undefined : asText(p.name),
  );
  const known = new Map<number | bigint, Text>();
  const program = (number: number): Text => {
    const text = asText(context.names.program?.(number) ?? context.points[number]!.name);
    names[number] = text;
    return text;
  };
  return (at) => {
    const name = names[point(at)];
    if (name) return name;
    if (context.points[point(at)]?.kind === "program") return program(point(at));
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
