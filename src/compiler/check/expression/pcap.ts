import type { Pcap } from "../../../../grammar/ast.ts";
import { compileFilter } from "../../pcap/filter.ts";
import type { TExpr } from "../../typed.ts";
import { bool } from "../../types.ts";
import { type Context, placeOf, spanOf } from "./context.ts";

/** `pcap "…"`: libpcap says whether it is right. */
export function pcapFilter(node: Pcap, ctx: Context): TExpr | undefined {
  const { report, pcap } = ctx.world;
  const text = node.text.value;
  const typed: TExpr = { kind: "pcap", inner: node.inner, text, type: bool, span: spanOf(ctx, node) };
  if (!pcap) return typed;
  const at = placeOf(ctx, node.text);
  const compiled = compileFilter(text, pcap);
  if (compiled === "no libpcap") {
    return report.error("PWQ3019", at, "`pcap` needs libpcap, which is not installed", {
      label: "apt-get install libpcap0.8",
    });
  }
  if ("refused" in compiled)
    return report.error("PWQ1133", at, "libpcap refuses this filter", { label: compiled.refused });
  if ("unfit" in compiled)
    return report.error("PWQ1266", at, "this filter cannot run in the kernel", { label: compiled.unfit });
  return { ...typed, filter: compiled.filter };
}
