import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Case } from "../kit/case.ts";
import { crowd, separateJourneys } from "../kit/crowd.ts";
import { passes, values } from "../kit/expect.ts";
import type { Host } from "../kit/hosts.ts";
import { sh } from "../kit/process.ts";

/** A packet that goes into a tunnel is the same packet in it and behind it. */

const OUTER = ["192.168.0.1", "192.168.0.2"] as const;
const inner = (network: number, end: number): string => `10.9.${network}.${end + 1}`;

interface Tunnel {
  /** Type of the interface, and its name. */
  readonly type: string;
  readonly port: number;
  readonly options: (own: string, peer: string) => string;
  /** What the tunnel adds to the way of a packet. */
  readonly passes: readonly string[];
  readonly outer: RegExp;
}

const TUNNELS: readonly Tunnel[] = [
  {
    type: "vxlan",
    port: 6201,
    options: (own, peer) => `id 42 local ${own} remote ${peer} dstport 4789`,
    passes: ["vxlan_xmit", "ip_output", "veth_xmit", "vxlan_rcv", "udp_rcv"],
    outer: /192\.168\.0\.1:\d+ > 192\.168\.0\.2:4789 udp/,
  },
  {
    type: "geneve",
    port: 6202,
    options: (_, peer) => `id 42 remote ${peer}`,
    passes: ["geneve_xmit", "ip_output", "veth_xmit", "udp_rcv"],
    outer: /192\.168\.0\.1:\d+ > 192\.168\.0\.2:6081 udp/,
  },
  {
    type: "gre",
    port: 6203,
    options: (own, peer) => `local ${own} remote ${peer}`,
    passes: ["ipgre_xmit", "ip_output", "veth_xmit", "udp_rcv"],
    outer: /192\.168\.0\.1 > 192\.168\.0\.2 gre/,
  },
  {
    type: "ipip",
    port: 6204,
    options: (own, peer) => `local ${own} remote ${peer}`,
    passes: ["ipip_tunnel_xmit", "ip_output", "veth_xmit", "ipip_rcv", "udp_rcv"],
    outer: /192\.168\.0\.1 > 192\.168\.0\.2 ipip/,
  },
  {
    type: "wireguard",
    port: 6205,
    options: () => "",
    passes: ["wg_xmit", "ip_output", "veth_xmit", "udp_rcv"],
    outer: /192\.168\.0\.1:51820 > 192\.168\.0\.2:51820 udp/,
  },
];

/** A key for each end, and the other's. */
function exchangeKeys(ends: readonly Host[], folder: string): void {
  const keys = ends.map((_, end) => {
    const secret = sh("wg", ["genkey"]);
    sh("tee", [`${folder}/${end}`], secret);
    return sh("wg", ["pubkey"], secret).trim();
  });
  ends.forEach((host, end) => {
    const peer = 1 - end;
    const words = `set wireguard0 private-key ${folder}/${end} listen-port 51820 peer ${keys[peer]!} endpoint ${OUTER[peer]}:51820 allowed-ips 10.9.0.0/16`;
    host.run("wg", ...words.split(" "));
  });
}

export default [
  {
    name: "identity: through VXLAN, Geneve, GRE, IPIP and WireGuard, and out of them",
    async run({ hosts, pwq, folder }) {
      const ends = hosts.hosts("ta", "tb");
      const [a, b] = ends as [Host, Host];
      hosts.link(a, "e0", [`${OUTER[0]}/24`], b, "e0", [`${OUTER[1]}/24`]);
      ends.forEach((host, end) => {
        TUNNELS.forEach(({ type, options }, network) => {
          // `gre0` and the like are the kernel's own.
          const name = `${type}${type === "wireguard" ? 0 : 9}`;
          host.ip(
            `link add ${name} type ${type} ${options(OUTER[end]!, OUTER[1 - end]!)}`.trim(),
            `link set ${name} addrgenmode none`,
            `addr add ${inner(network, end)}/24 dev ${name}`,
            `link set ${name} up`,
          );
        });
      });
      exchangeKeys(ends, folder);
      // Neighbours are looked for and keys agreed on before, so that no packet waits.
      for (const network of TUNNELS.keys()) a.udp(inner(network, 1), 9);
      await Promise.all(TUNNELS.map(({ port }, network) => b.listen("udp", inner(network, 1), port)));
      await sleep(500);
      const trace = await pwq.trace(
        "trace skb at path, veth_xmit where udp.dport in {6201..6205} until deliver, drop show tuple, skb, netns",
      );
      for (const [network, { port }] of TUNNELS.entries()) a.udp(inner(network, 1), port);
      crowd(a, OUTER[1]);
      const journeys = separateJourneys(await trace.stop(), TUNNELS.length, (tuple) =>
        TUNNELS.some(({ port, outer }) => tuple.includes(`:${port} udp`) || outer.test(tuple)),
      );
      for (const { type, port, outer, passes: way } of TUNNELS) {
        const events = journeys.find(([first]) => String(first!.tuple).includes(`:${port} udp`));
        assert.ok(events, `${type}: no journey`);
        passes(events, way);
        values(events, "netns", [a.name, b.name]);
        const tuples = events.flatMap(({ tuple }) => (tuple === null ? [] : [String(tuple)]));
        assert.ok(
          tuples.some((tuple) => outer.test(tuple)),
          `${type}: not seen in the tunnel`,
        );
        const other = tuples.find((tuple) => !tuple.includes(`:${port} udp`) && !outer.test(tuple));
        assert.equal(other, undefined, `${type}: another packet`);
      }
    },
  },
] satisfies Case[];
