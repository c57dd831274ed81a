import type { KernelFacts } from "../../facts.ts";
import { constant, type Value } from "../ir.ts";
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

/**
 * The same of a frame at an XDP program, `struct xdp_buff`: it begins with its Ethernet header, nothing has been found in
 * it yet, and all of it that the program sees is in one piece.
 */
export function xdpMembers(facts: KernelFacts): Readonly<Record<SkbMember, Value | undefined>> {
  const number = (path: string): Value => {
    const lowered = lowerRead({ from: "path", path }, { kind: "int", bits: 64, signed: false }, facts);
    if (lowered?.shape !== "number") throw new RangeError(`struct xdp_buff has no ${path}`);
    return lowered.value;
  };
  const data = number("xdp->data");
  return {
    head: data,
    tail: { op: "alu", alu: "-", signed: false, left: number("xdp->data_end"), right: data },
    mac: constant(0),
    network: constant(0),
    protocol: undefined,
    route: undefined,
    tagged: undefined,
    tci: undefined,
    deviceType: number("xdp->rxq->dev->type"),
    family: undefined,
    state: undefined,
    protocolOfSocket: undefined,
    addressHigh: undefined,
    addressLow: undefined,
  };
}
