import type { CidrLiteral } from "../../../../grammar/ast.ts";
import type { ConstRange } from "../../typed.ts";
import { formatAddress } from "../address.ts";
import { type Context, placeOf } from "./context.ts";

export type Network = CidrLiteral;

/** First and last address of a network; warns about bits beyond the prefix. */
export function networkRange(node: Network, ctx: Context): ConstRange {
  const hostBits = BigInt((node.version === 4 ? 32 : 128) - node.prefix);
  const hosts = (1n << hostBits) - 1n;
  const low = node.address & ~hosts;
  if (low !== node.address) {
    const network = `${formatAddress(node.version, low)}/${node.prefix}`;
    const host = `${formatAddress(node.version, node.address)}/${node.version === 4 ? 32 : 128}`;
    ctx.world.report.warn("PWQ1161", placeOf(ctx, node), "the network has host bits set", {
      label: `the network is \`${network}\`; this address alone is \`${host}\``,
    });
  }
  return { low, high: low | hosts };
}
