import type { CidrLiteral } from "../../../../grammar/ast.ts";
import { formatIp } from "../../../../grammar/literals/format.ts";
import type { ConstRange } from "../../typed.ts";
import { type Context, placeOf } from "./context.ts";

/** First and last address of a network; warns about bits beyond the prefix. */
export function networkRange(node: CidrLiteral, ctx: Context): ConstRange {
  const hostBits = BigInt((node.version === 4 ? 32 : 128) - node.prefix);
  const hosts = (1n << hostBits) - 1n;
  const low = node.address & ~hosts;
  if (low !== node.address) {
    const network = `${formatIp(node.version, low)}/${node.prefix}`;
    const host = `${formatIp(node.version, node.address)}/${node.version === 4 ? 32 : 128}`;
    ctx.world.report.warn("PWQ1161", placeOf(ctx, node), "the network has host bits set", {
      label: `the network is \`${network}\`; this address alone is \`${host}\``,
    });
  }
  return { low, high: low | hosts };
}
