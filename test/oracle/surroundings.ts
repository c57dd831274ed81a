import type { Random } from "../random.ts";
import {
  AF_INET,
  AF_INET6,
  type Conntrack,
  type Device,
  NEW_SYN_RECV,
  type Route,
  type Socket,
  TIME_WAIT,
} from "./packet.ts";
import { POOL } from "./pools.ts";

/** What hangs on a socket buffer: device, socket, route, connection. */

export const randomDevice = (random: Random): Device => ({
  name: random.pick(POOL.iface),
  ifindex: random.pick(POOL.ifindex),
  type: random.pick([1, 1, 1, 1, 772, 65534]),
  mtu: random.pick(POOL.mtu),
  netns: random.pick(POOL.netns),
});

export function randomSocket(random: Random): Socket {
  const family = random.pick([AF_INET, AF_INET, AF_INET6, AF_INET6, 0, 1, 17]);
  const connected = !random.once(4);
  const bound = !random.once(4);
  const four = random.pick(POOL.address4);
  const mapped = (0xffffn << 32n) | BigInt(four);
  return {
    family,
    state: random.pick([1, 2, 4, 7, 10, TIME_WAIT, NEW_SYN_RECV]),
    protocol: random.pick([6, 6, 17, 17, 132, 1, 58, 255, 262]),
    source4: bound ? random.pick(POOL.address4) : 0,
    target4: connected ? four : 0,
    source6: bound ? random.pick(POOL.address6) : 0n,
    target6: connected ? random.pick([mapped, ...POOL.address6]) : 0n,
    sourcePort: bound ? random.pick(POOL.port) : 0,
    targetPort: connected ? random.pick(POOL.port) : 0,
    netns: random.pick(POOL.netns),
    uid: random.pick(POOL.uid),
    mark: random.pick(POOL.mark),
    cgroup: random.pick(POOL.cgroup),
  };
}

export const randomRoute = (random: Random): Route => ({
  // 0: metadata of a tunnel, which is no route.
  family: random.pick([AF_INET, AF_INET, AF_INET6, 0]),
  pathMtu: random.pick([0, ...POOL.mtu.slice(0, 3)]),
  metricMtu: random.pick([0, ...POOL.mtu]),
});

export function randomConntrack(random: Random): Conntrack | undefined {
  const info = random.int(0, 7);
  if (random.once(2)) return undefined;
  // 7: untracked, without an entry.
  if (info > 4) return { info: 7 };
  return {
    info,
    entry: { mark: random.pick(POOL.mark), zone: random.int(0, 3), status: random.int(0, 0xffff) },
  };
}
