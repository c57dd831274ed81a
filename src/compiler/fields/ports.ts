import type { Read } from "./field.ts";
import { first, given, header, path } from "./read.ts";

type WithPorts = "tcp" | "udp" | "sctp";

/**
 * The ports are the first four bytes of TCP, UDP and SCTP headers. Before these are written they are the socket's:
 * `skc_num` in host order, `skc_dport` in network order, 0 where not bound or not connected.
 */
export const sourcePort = (layer: WithPorts): Read =>
  first(
    header(layer, 0, 2),
    path("skb->sk->__sk_common.skc_num", { absent: 0n, given: given(`sock.${layer}`) }),
  );
export const destinationPort = (layer: WithPorts): Read =>
  first(
    header(layer, 2, 2),
    path("skb->sk->__sk_common.skc_dport", { absent: 0n, given: given(`sock.${layer}`) }),
  );
