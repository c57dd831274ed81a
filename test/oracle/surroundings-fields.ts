import type { Value } from "../../src/compiler/evaluate.ts";
import { AF_INET, AF_INET6, isSmall, lengthOf, type Packet, type Route } from "./packet.ts";

/** The fields that do not come from headers, and the raw paths that filters use, with their values; absent ones left out. */
export function surroundings(packet: Packet): readonly (readonly [string, Value])[] {
  return Object.entries(values(packet)).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, typeof value === "number" ? BigInt(value) : value] as const];
  });
}

function values(packet: Packet): Readonly<Record<string, Value | number | undefined>> {
  const { conntrack, gso, mark, socket } = packet;
  const device = packet.device === "queued" ? undefined : packet.device;
  const owner = socket && !isSmall(socket) ? socket : undefined;
  const routeMtu = packet.route === "queued" ? undefined : mtuOf(packet.route);
  return {
    len: lengthOf(packet),
    data_len: packet.dataLen,
    mark,
    priority: packet.priority,
    hash: packet.hash,
    protocol: packet.protocol,
    iface: device?.name.slice(0, 15),
    ifindex: device?.ifindex,
    netns: device?.netns ?? socket?.netns,
    mtu: routeMtu ?? device?.mtu,
    queue: packet.queue,
    cb: packet.cb,
    "cb.bpf": packet.cb.subarray(8, 28),
    "gso.size": gso.size,
    "gso.segs": gso.segs,
    "gso.type": gso.type,
    pkt_type: packet.pktType,
    ip_summed: packet.ipSummed,
    tstamp: packet.tstamp === 0n ? undefined : packet.tstamp,
    "ct.state": conntrack?.info,
    "ct.mark": conntrack?.entry?.mark,
    "ct.zone": conntrack?.entry?.zone,
    "ct.status": conntrack?.entry?.status,
    "sk.state": socket?.state,
    "sk.family": socket?.family,
    "sk.uid": owner?.uid,
    "sk.mark": owner?.mark,
    "sk.cgroup": owner?.cgroup,
    "rt.mtu": routeMtu,
    "skb->mark": mark,
    "skb->pkt_type": packet.pktType,
    "skb->cb[3]": packet.cb[3],
    "skb->protocol": packet.protocol,
    "skb->dev->mtu": device?.mtu,
    "skb->dev->ifindex": device?.ifindex,
    "skb->sk->__sk_common.skc_family": socket?.family,
    "skb->sk->__sk_common.skc_dport": socket?.targetPort,
  };
}

function mtuOf(route: Route | undefined): number | undefined {
  if (!route || (route.family !== AF_INET && route.family !== AF_INET6)) return undefined;
  const learned = route.family === AF_INET ? route.pathMtu : 0;
  return learned || route.metricMtu || undefined;
}
