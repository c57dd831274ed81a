import type { KernelFacts } from "../../facts.ts";
import type { Value } from "../ir.ts";
import { lowerRead } from "../lower-read.ts";

/** Members of the skb and what hangs on it, as values; undefined where this kernel has no such member. */
export function skbMembers(facts: KernelFacts) {
  const number = (path: string): Value | undefined => {
    const lowered = lowerRead({ from: "path", path }, { kind: "int", bits: 64, signed: false }, facts);
    return lowered?.shape === "number" ? lowered.value : undefined;
  };
  const address = lowerRead(
    { from: "path", path: "skb->sk->__sk_common.skc_v6_daddr" },
    { kind: "ip" },
    facts,
  );
  const [high, low] = address?.shape === "ip" && address.v6 ? address.v6 : [undefined, undefined];
  return {
    head: number("skb->head"),
    tail: number("skb->tail"),
    mac: number("skb->mac_header"),
    network: number("skb->network_header"),
    protocol: number("skb->protocol"),
    route: number("skb->_skb_refdst"),
    // `vlan_present` up to 6.1; afterwards a tag is there if any bit of protocol and TCI is set.
    tagged: number("skb->vlan_present") ?? number("skb->vlan_all"),
    tci: number("skb->vlan_tci"),
    deviceType: number("skb->dev->type"),
    family: number("skb->sk->__sk_common.skc_family"),
    state: number("skb->sk->__sk_common.skc_state"),
    protocolOfSocket: number("skb->sk->sk_protocol"),
    addressHigh: high,
    addressLow: low,
  };
}

export type SkbMember = keyof ReturnType<typeof skbMembers>;
