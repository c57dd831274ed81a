import { asText, type Text } from "../format.ts";
import type { Names } from "./context.ts";

/** Most addresses that are remembered; a kernel has fewer drop locations and call sites. */
const MAX_KNOWN = 65_536;

/** Addresses as `ip_rcv+0x1b [module]`, remembered; an address without a symbol is hex. */
export function symbolText(names: Names): (address: number | bigint) => Text {
  const known = new Map<bigint, Text>();
  return (given) => {
    const address = BigInt(given);
    let text = known.get(address);
    if (text === undefined) {
      text = asText(spell(names, address));
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(address, text);
    }
    return text;
  };
}

function spell(names: Names, address: bigint): string {
  const place = names.symbol(address);
  if (!place) return `0x${address.toString(16)}`;
  const offset = place.offset === 0 ? "" : `+0x${place.offset.toString(16)}`;
  return `${place.name}${offset}${place.module ? ` [${place.module}]` : ""}`;
}
