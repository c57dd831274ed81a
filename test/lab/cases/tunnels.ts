import assert from "node:assert/strict";
import type { Case } from "../kit/case.ts";
import { complete, endsInDrop, every, packets, values } from "../kit/expect.ts";
import { type Host, MAC } from "../kit/hosts.ts";

/** Tunnels of the kernel between the two hosts of the usual pair, each with a network of its own. */
interface Tunnel {
  readonly kind: string;
  readonly vni?: number;
  /** What `ip link add` is told, given the ends of the outer packet. */
  readonly link: (local: string, remote: string) => string;
  readonly outer: 4 | 6;
  readonly inner: 4 | 6;
  /** It carries frames. */
  readonly frames?: true;
}

const TUNNELS: readonly Tunnel[] = [
  {
    kind: "VXLAN",
    vni: 7,
    link: (local, remote) => `type vxlan id 7 dstport 4789 local ${local} remote ${remote}`,
    outer: 4,
    inner: 4,
    frames: true,
  },
  {
    kind: "VXLAN",
    vni: 4711,
    link: (local, remote) => `type vxlan id 4711 dstport 8472 udp6zerocsumrx local ${local} remote ${remote}`,
    outer: 6,
    inner: 4,
    frames: true,
  },
  {
    kind: "GENEVE",
    vni: 9,
    link: (_, remote) => `type geneve id 9 remote ${remote}`,
    outer: 4,
    inner: 4,
    frames: true,
  },
  { kind: "GRE", link: (a, b) => `type gre local ${a} remote ${b} key 5 csum`, outer: 4, inner: 4 },
  {
    kind: "GRE",
    link: (a, b) => `type gretap local ${a} remote ${b} key 6`,
    outer: 4,
    inner: 4,
    frames: true,
  },
  { kind: "IPIP", link: (a, b) => `type ipip local ${a} remote ${b}`, outer: 4, inner: 4 },
  { kind: "SIT", link: (a, b) => `type sit local ${a} remote ${b}`, outer: 4, inner: 6 },
  // With a destination options header, which says how often it may be put into a tunnel again.
  { kind: "IPIP6", link: (a, b) => `type ip6tnl mode ipip6 local ${a} remote ${b}`, outer: 6, inner: 4 },
];

const address = (inner: 4 | 6, network: number, host: 1 | 2): string =>
  inner === 4 ? `10.9.${network}.${host}` : `fd09:${network}::${host}`;

function build(client: Host, server: Host): void {
  TUNNELS.forEach(({ link, outer, inner, frames }, n) => {
    const ends = outer === 4 ? ["10.0.0.1", "10.0.0.2"] : ["fd00::1", "fd00::2"];
    for (const [host, own, peer] of [
      [client, 1, 2],
      [server, 2, 1],
    ] as const) {
      const [mac, peerMac] = own === 1 ? [MAC.a, MAC.b] : [MAC.b, MAC.a];
      const length = inner === 4 ? "/24" : "/64 nodad";
      host.ip(
        `link add t${n} ${link(ends[own - 1]!, ends[peer - 1]!)}`,
        `link set t${n} addrgenmode none${frames ? ` address ${mac}` : ""}`,
        `link set t${n} up`,
        `addr add ${address(inner, n, own)}${length} dev t${n}`,
        ...(frames
          ? [`neigh replace ${address(inner, n, peer)} lladdr ${peerMac} dev t${n} nud permanent`]
          : []),
      );
    }
  });
}

export default [
  {
    name: "tunnels: the packet inside is found as soon as it is in, by fields and by libpcap, and only that",
    timeout: 240,
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.pair();
      build(client, server);
      server.dropOnInput("udp dport { 6005, 6006 }");
      const trace = await pwq.trace(
        [
          `trace skb ${at} where inner.udp.dport == 6005 until drop show tunnel.kind, tunnel.vni, inner.ip.dst, inner.udp.dport, inner.eth, ip.dst, drop.reason`,
          `trace skb at veth_xmit where inner.pcap "udp dst port 6005" follow none show inner.ip.dst as filtered`,
          `trace skb at veth_xmit where pcap "udp dst port 6005" follow none show ip.dst as outside`,
        ].join("\n"),
        { patience: 60 },
      );
      TUNNELS.forEach(({ inner }, n) => {
        client.udp(address(inner, n, 2), 6005);
        client.udp(address(inner, n, 2), 6006);
      });
      // Not in a tunnel.
      client.udp("10.0.0.2", 6005);
      const recorded = await trace.stop();
      complete(recorded);
      const wanted = TUNNELS.map(({ inner }, n) => address(inner, n, 2));
      const of = (item: string) => recorded.events.filter((event) => item in event);
      values(of("filtered"), "filtered", wanted);
      values(of("outside"), "outside", ["10.0.0.2"]);

      const journeys = packets({ ...recorded, events: of("tunnel.kind") });
      assert.equal(journeys.length, TUNNELS.length, "one packet for each tunnel, and no other");
      TUNNELS.forEach(({ kind, vni, frames }, n) => {
        const events = journeys[n]!;
        const wire = events.filter((event) => event.func === "veth_xmit");
        every(wire, `${kind}: the packet inside, on the wire`, (event) => {
          const seen = [
            event["tunnel.kind"],
            event["tunnel.vni"],
            event["inner.ip.dst"],
            event["inner.udp.dport"],
          ];
          assert.deepEqual(seen, [kind, vni ?? null, wanted[n], 6005]);
          return (event["inner.eth"] === true) === (frames === true);
        });
        endsInDrop(events, "NETFILTER_DROP");
        const last = events.at(-1)!;
        assert.deepEqual(
          [last["tunnel.kind"], last["inner.ip.dst"], last["ip.dst"]],
          [null, null, wanted[n]],
        );
      });
    },
  },
] satisfies Case[];
