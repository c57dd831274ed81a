import { XDP_FIELDS } from "../fields/xdp.ts";
import { conditionsAndColumns } from "../returns.ts";
import { type CheckedQuery, presenceKey, type TExpr } from "../typed.ts";
import { someExpr } from "../typed-parts.ts";
import type { Context } from "./expression/context.ts";

/** `trace xdp` sees frames for which there is no `struct sk_buff`: what is only there is reported. */
export function checkXdp(query: CheckedQuery, ctx: Context): void {
  const exprs = [...(query.where ? [query.where] : []), ...conditionsAndColumns(query)];
  for (const expr of exprs) someExpr(expr, (part) => report(part, ctx));
}

/** The columns of `trace xdp` without `show`. */
export const XDP_COLUMNS = ["cpu", "netns", "iface", "queue", "len", "tuple", "ret", "func"] as const;

function report(part: TExpr, ctx: Context): boolean {
  const name = whatIsMissing(part);
  if (name === undefined) return false;
  ctx.world.report.error(
    "PWQ1216",
    { source: ctx.scope.source, span: part.span },
    `\`${name}\` is not there at XDP programs`,
    {
      label: XDP_FIELDS.has(name)
        ? "in a `def` it is the packet's: write it in the query"
        : "a frame has no socket buffer yet",
      help: [
        "header fields, `tuple`, `len`, `iface`, `ifindex`, `netns`, `queue`, `ret` and paths from `xdp->` are",
      ],
    },
  );
  return true;
}

function whatIsMissing(part: TExpr): string | undefined {
  switch (part.kind) {
    case "field":
      return XDP_FIELDS.get(part.field.name) === part.field ? undefined : part.field.name;
    case "raw":
    case "dump":
      return part.text.startsWith("xdp") ? undefined : part.text;
    case "arg":
      return `arg(${part.index})`;
    case "pcap":
      return part.inner ? "inner.pcap" : undefined;
    case "present":
      return part.layer === "drop" || part.inner ? presenceKey(part) : undefined;
    default:
      return undefined;
  }
}
