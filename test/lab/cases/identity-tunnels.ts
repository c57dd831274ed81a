import type { Case, Lab } from "../kit/case.ts";
import { crowd, separateJourneys } from "../kit/crowd.ts";
import { passes, values } from "../kit/expect.ts";
import type { Host } from "../kit/hosts.ts";
import { sh } from "../kit/process.ts";

/** A packet that goes into a tunnel is the same packet in it and behind it. */

const INNER = { a: "10.9.0.1", b: "10.9.0.2" } as const;
const OUTER = { a: "192.168.0.1", b: "192.168.0.2" } as const;

interface Tunnel {
  readonly kind: string;
  readonly port: number;
  /** Makes `t0` in a host; the addresses are of the underlay. */
  readonly make: (host: Host, own: string, peer: string) => void;
  /** What the tunnel's end adds to the way of a packet. */
  readonly passes: readonly string[];
  readonly outer: RegExp;
}

const linked = (type: string, options: (own: string, peer: string) => string) => ({
  make: (host: Host, own: string, peer: string): void =>
    host.ip(`link add t0 type ${type} ${options(own, peer)}`),
});

const TUNNELS: readonly Tunnel[] = [
  {
    kind: "VXLAN",
    port: 6201,
    ...linked("vxlan", (own, peer) => `id 42 local ${own} remote ${peer} dstport 4789`),
    passes: ["vxlan_xmit", "ip_output", "veth_xmit", "vxlan_rcv", "udp_rcv"],
    outer: /192\.168\.0\.1:\d+ > 192\.168\.0\.2:4789 udp/,
  },
  {
    kind: "Geneve",
    port: 6202,
    ...linked("geneve", (_, peer) => `id 42 remote ${peer}`),
    passes: ["geneve_xmit", "ip_output", "veth_xmit", "udp_rcv"],
    outer: /192\.168\.0\.1:\d+ > 192\.168\.0\.2:6081 udp/,
  },
  {
    kind: "GRE",
    port: 6203,
    ...linked("gre", (own, peer) => `local ${own} remote ${peer}`),
    passes: ["ipgre_xmit", "ip_output", "veth_xmit", "udp_rcv"],
    outer: /192\.168\.0\.1 > 192\.168\.0\.2 gre/,
  },
  {
    kind: "IPIP",
    port: 6204,
    ...linked("ipip", (own, peer) => `local ${own} remote ${peer}`),
    passes: ["ipip_tunnel_xmit", "ip_output", "veth_xmit", "ipip_rcv", "udp_rcv"],
    outer: /192\.168\.0\.1 > 192\.168\.0\.2 ipip/,
  },
];

/** Two hosts with a link, and `t0` on both. */
function ends({ hosts }: Lab, make: Tunnel["make"]): { a: Host; b: Host } {
  const [a, b] = hosts.hosts("ta", "tb") as [Host, Host];
  hosts.link(a, "e0", [`${OUTER.a}/24`], b, "e0", [`${OUTER.b}/24`]);
  make(a, OUTER.a, OUTER.b);
  make(b, OUTER.b, OUTER.a);
  for (const [host, inner] of [
    [a, INNER.a],
    [b, INNER.b],
  ] as const)
    host.ip("link set t0 addrgenmode none", `addr add ${inner}/24 dev t0`, "link set t0 up");
  return { a, b };
}

/** One packet through the tunnel, and a thousand others on the same link. */
async function through(lab: Lab, a: Host, b: Host, tunnel: Omit<Tunnel, "make" | "kind">): Promise<void> {
  const { port, outer } = tunnel;
  await b.listen("udp", INNER.b, port);
  const trace = await lab.pwq.trace(
    `trace skb at path, veth_xmit where udp.dport == ${port} until deliver, drop show tuple, skb, netns`,
  );
  a.udp(INNER.b, port);
  crowd(a, OUTER.b);
  const [events] = separateJourneys(
    await trace.stop(),
    1,
    (tuple) => tuple.includes(`:${port} udp`) || outer.test(tuple),
  );
  passes(events!, tunnel.passes);
  values(events!, "netns", [a.name, b.name]);
  if (!events!.some(({ tuple }) => outer.test(String(tuple)))) throw new Error("not seen in the tunnel");
}

/** The neighbours' addresses are looked for before, so that no packet waits. */
const cases = TUNNELS.map(
  (tunnel): Case => ({
    name: `identity: through ${tunnel.kind} and out of it`,
    async run(lab) {
      const { a, b } = ends(lab, tunnel.make);
      a.udp(INNER.b, 9);
      await through(lab, a, b, tunnel);
    },
  }),
);

export default [
  ...cases,
  {
    name: "identity: encrypted and decrypted by WireGuard",
    async run(lab) {
      const keys = ["a", "b"].map((end) => {
        const secret = sh("wg", ["genkey"]);
        sh("tee", [`${lab.folder}/${end}`], secret);
        return sh("wg", ["pubkey"], secret).trim();
      });
      const { a, b } = ends(lab, (host) => host.ip("link add t0 type wireguard"));
      const set = (host: Host, own: string, peerKey: string, peer: string): void => {
        const words = `set t0 private-key ${lab.folder}/${own} listen-port 51820 peer ${peerKey} endpoint ${peer}:51820 allowed-ips 10.9.0.0/24`;
        host.run("wg", ...words.split(" "));
      };
      set(a, "a", keys[1]!, OUTER.b);
      set(b, "b", keys[0]!, OUTER.a);
      // The handshake, so that the packet does not wait for it.
      a.udp(INNER.b, 9);
      await new Promise((done) => setTimeout(done, 1000));
      await through(lab, a, b, {
        port: 6205,
        passes: ["wg_xmit", "ip_output", "veth_xmit", "udp_rcv"],
        outer: /192\.168\.0\.1:51820 > 192\.168\.0\.2:51820 udp/,
      });
    },
  },
] satisfies Case[];
