import assert from "node:assert/strict";
import type { Case } from "../kit/case.ts";
import { separateJourneys, skbsAt } from "../kit/crowd.ts";
import { passes, values } from "../kit/expect.ts";

/** `follow` says what a journey goes through; what is left out ends it, and behind it is another packet. */

const SHOW = "show tuple, skb, netns";
const AT = "at path, veth_xmit, packet_rcv";
const to = (...ports: number[]) => {
  return (tuple: string) => ports.some((port) => tuple.includes(`:${port} udp`));
};

export default [
  {
    name: "`follow` without `xdp` ends in front of an XDP program",
    async run({ hosts, pwq, programs }) {
      const { client, server } = hosts.pair();
      server.ip(`link set dev s0 xdpgeneric obj ${programs} sec xdp/filters`);
      const trace = await pwq.trace(
        `trace skb ${AT} where udp.dport == 6302 follow clone, copy, nat, segment, netns, veth until drop ${SHOW}`,
      );
      client.udp("10.0.0.2", 6302);
      const [first, second] = separateJourneys(await trace.stop(), 2, to(6302));
      assert.equal(first!.at(-1)!.func, "bpf_prog_run_generic_xdp");
      passes(second!, ["ip_rcv", "udp_rcv"]);
    },
  },
  {
    name: "`follow` without `netns` and `nat` ends where the packet is translated and where it leaves its namespace",
    async run({ hosts, pwq }) {
      const { client, router, server } = hosts.routed();
      await server.listen("udp", "10.0.2.2", 53);
      router.nft(
        "table ip nat { chain pre { type nat hook prerouting priority dstnat; udp dport 8053 dnat to 10.0.2.2:53; }; }",
      );
      const trace = await pwq.trace(
        `trace skb ${AT} where udp.dport in {8053, 53} follow clone, copy, segment, veth, xdp until deliver, drop ${SHOW}`,
      );
      client.udp("10.0.1.254", 8053);
      const journeys = separateJourneys(await trace.stop(), 4, to(8053, 53));
      const ways = journeys.map((events) => [...new Set(events.map(({ netns }) => netns))].join());
      assert.deepEqual(ways, [client.name, router.name, router.name, server.name]);
      values(journeys[0]!, "tuple", [String(journeys[1]![0]!.tuple)]);
      assert.ok(String(journeys[2]![0]!.tuple).includes("10.0.2.2:53"));
    },
  },
  {
    name: "`follow` without `clone` and `segment`: clones and segments are packets of their own",
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      await server.listen("udp", "10.0.0.2", 6303);
      await client.tap("c0");
      client.ip("link set c0 gso_max_segs 1");
      const trace = await pwq.trace(
        `trace skb ${AT} where udp.dport == 6303 follow copy, nat, netns, veth, xdp until drop ${SHOW}`,
      );
      client.udp("10.0.0.2", 6303, { size: 3000, segment: 1000 });
      const journeys = separateJourneys(await trace.stop(), 7, to(6303));
      const large = journeys.filter((events) => events[0]!.func.endsWith("ip_local_out"));
      assert.equal(large.length, 1);
      const taken = journeys.filter((events) => skbsAt(events, "packet_rcv") === 1);
      const received = journeys.filter((events) => skbsAt(events, "ip_rcv") === 1);
      assert.equal(taken.length, 3, "each segment is cloned for the packet socket");
      assert.equal(received.length, 3);
    },
  },
] satisfies Case[];
