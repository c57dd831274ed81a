import { HELPER } from "../bpf/helpers.ts";
import type { Btf } from "../btf/btf.ts";
import type { KernelFacts } from "../facts.ts";

/** A function that gets no packet, and may run on behalf of one: the point `calls`. */
export interface Callee {
  readonly name: string;
  readonly module?: string;
  /** One of those that `calls` by itself means. */
  readonly ofNetwork: boolean;
}

/** What network code hands around besides packets: a function that gets one of these is about the network. */
const NETWORK: ReadonlySet<string> = new Set(
  `sock tcp_sock inet_sock inet_connection_sock request_sock net net_device in_device inet6_dev netdev_queue napi_struct
  softnet_data Qdisc dst_entry rtable rt6_info fib_info fib6_info fib_table fib6_table fib_result fib6_result fib6_node
  neighbour neigh_table inet_peer flowi flowi4 flowi6 xfrm_state xfrm_policy nf_conn nf_conntrack_tuple nf_hook_state
  nft_pktinfo sk_buff_head`.split(/\s+/),
);

/**
 * What the names of helpers begin with that pwq's own programs call: within them the kernel runs no program, which would
 * count as missed. Some have an end that says where they may be called: `bpf_get_attach_cookie_kprobe_multi`.
 */
const OWN: readonly string[] = [
  ...Object.keys(HELPER),
  // What `get_prandom_u32` is called.
  "user_rnd_u32",
].map((name) => `bpf_${name}`);

/** `BPF_CALL_n` (include/linux/filter.h) makes all helpers functions of five 64-bit numbers. */
const HELPER_ARGUMENTS = 5;

/** All functions of these kernel parts that ftrace can attach to by name and that take no skb, by name. */
export function findCallees(parts: readonly Btf[], facts: KernelFacts): ReadonlyMap<string, Callee> {
  const found = new Map<string, Callee>();
  const ftrace = facts.traceable();
  const packets = new Set<string>();
  for (const btf of parts)
    for (const { name } of [...btf.skbFunctions(), ...btf.skbFunctionsLeftOut()]) packets.add(name);
  for (const btf of parts) {
    const of = btf === facts.btf ? {} : { module: btf.name };
    const about = network(btf);
    for (const { name, prototype } of btf.functions()) {
      if (packets.has(name) || found.has(name)) continue;
      if (ftrace && (!ftrace.has(name, of.module) || ftrace.isAmbiguous(name, of.module))) continue;
      found.set(name, { name, ...of, ofNetwork: about(prototype) || isHelper(btf, name, prototype) });
    }
  }
  return found;
}

/** Whether a prototype has one of the network's structures among its arguments. */
function network(btf: Btf): (prototype: number) => boolean {
  const types = new Map<number, boolean>();
  const isNetwork = (type: number): boolean => {
    let is = types.get(type);
    if (is === undefined) {
      const pointer = btf.resolve(type);
      is = pointer.kind === "ptr" && NETWORK.has(btf.resolve(pointer.type).name);
      types.set(type, is);
    }
    return is;
  };
  return (prototype) => btf.type(prototype).params.some(({ type }) => isNetwork(type));
}

function isHelper(btf: Btf, name: string, prototype: number): boolean {
  if (!name.startsWith("bpf_") || OWN.some((own) => name.startsWith(own))) return false;
  const { params } = btf.type(prototype);
  return (
    params.length === HELPER_ARGUMENTS &&
    params.every(({ type }) => {
      const { kind, size } = btf.resolve(type);
      return kind === "int" && size === 8;
    })
  );
}
