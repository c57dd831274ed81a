/**
 * A socket buffer and what hangs on it, as a plain value: what `packets.ts` invents, `parse.ts` explains and
 * `memory.ts` lays out as a kernel would. Offsets are from `skb->head`.
 */
export interface Packet {
  /** What was meant, for messages of failing tests. */
  readonly story: string;
  /** From `skb->head` to `skb->head + skb->end`, what lies beyond `tail` included. */
  readonly head: Uint8Array;
  readonly data: number;
  readonly tail: number;
  /** Bytes in page fragments. */
  readonly dataLen: number;
  /** undefined: 0xffff. */
  readonly macHeader: number | undefined;
  /** 0: not set. */
  readonly networkHeader: number;
  readonly protocol: number;
  /** The VLAN tag that the socket buffer carries. */
  readonly tag?: { readonly proto: number; readonly tci: number };
  readonly mark: number;
  readonly priority: number;
  readonly hash: number;
  readonly queue: number;
  readonly pktType: number;
  readonly ipSummed: number;
  readonly tstamp: bigint;
  readonly cb: Uint8Array;
  readonly gso: { readonly size: number; readonly segs: number; readonly type: number };
  /** "queued": UDP keeps a number in the place of the pointer. */
  readonly device: Device | "queued" | undefined;
  readonly socket: Socket | undefined;
  /** "queued": TCP keeps a list head in the place of the pointer. */
  readonly route: Route | "queued" | undefined;
  readonly conntrack: Conntrack | undefined;
}

export interface Device {
  readonly name: string;
  readonly ifindex: number;
  /** ARPHRD_ETHER 1, ARPHRD_LOOPBACK 772, ARPHRD_NONE 65534 and so on. */
  readonly type: number;
  readonly mtu: number;
  readonly netns: number;
}

export interface Socket {
  readonly family: number;
  readonly state: number;
  readonly protocol: number;
  readonly source4: number;
  readonly target4: number;
  readonly source6: bigint;
  readonly target6: bigint;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly netns: number;
  readonly uid: number;
  readonly mark: number;
  /** Its inode number. */
  readonly cgroup: bigint;
}

export interface Route {
  readonly family: number;
  /** 0: none. */
  readonly pathMtu: number;
  readonly metricMtu: number;
}

export interface Conntrack {
  /** enum ip_conntrack_info. */
  readonly info: number;
  readonly entry?: { readonly mark: number; readonly zone: number; readonly status: number };
}

export const AF_INET = 2;
export const AF_INET6 = 10;
/** Sockets in these states end after `sock_common`. */
export const TIME_WAIT = 6;
export const NEW_SYN_RECV = 12;
export const isSmall = ({ state }: Socket): boolean => state === TIME_WAIT || state === NEW_SYN_RECV;

export const lengthOf = ({ data, tail, dataLen }: Packet): number => tail - data + dataLen;
