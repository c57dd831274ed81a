import assert from "node:assert/strict";
import type { Case } from "../kit/case.ts";
import { crowd, separateJourneys, skbsAt } from "../kit/crowd.ts";
import { passes, values } from "../kit/expect.ts";

/**
 * One number from a packet's first event to its last, through everything that makes one skb out of another; and that
 * number for no other packet, though a thousand of them come between and take the addresses of those that are gone.
 */

const SHOW = "show tuple, skb, netns";
const AT = "at path, veth_xmit, packet_rcv, pskb_expand_head, skb_consume_udp";
const to = (port: number) => (tuple: string) => tuple.includes(`:${port} udp`);

export default [
  {
    name: "identity: a clone and a new head, when a rewritten packet is shared with a packet socket",
    async run({ hosts, pwq }) {
      const { client, router, server } = hosts.routed();
      await router.tap("r1", { reads: false });
      await server.listen("udp", "10.0.2.2", 53);
      router.nft(
        "table ip nat { chain pre { type nat hook prerouting priority dstnat; udp dport 8053 dnat to 10.0.2.2:53; }; }",
      );
      const trace = await pwq.trace(`trace skb ${AT} where udp.dport == 8053 until deliver, drop ${SHOW}`);
      for (let i = 0; i < 2; i++) {
        client.udp("10.0.1.254", 8053);
        crowd(client, "10.0.2.2");
      }
      const journeys = separateJourneys(
        await trace.stop(),
        2,
        (tuple) => tuple.includes(":8053 udp") || tuple.endsWith("10.0.2.2:53 udp"),
      );
      // Later the packet socket has no more room for clones.
      passes(journeys[0]!, ["packet_rcv", "pskb_expand_head", "ip_forward"]);
      for (const events of journeys) {
        passes(events, ["veth_xmit", "packet_rcv", "ip_forward", "udp_rcv"]);
        values(events, "netns", [client.name, router.name, server.name]);
      }
    },
  },
  {
    name: "identity: every segment of a large packet has its number",
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      await server.listen("udp", "10.0.0.2", 6101);
      client.ip("link set c0 gso_max_segs 1");
      const trace = await pwq.trace(`trace skb ${AT} where udp.dport == 6101 until drop ${SHOW}`);
      client.udp("10.0.0.2", 6101, { size: 3000, segment: 1000 });
      crowd(client, "10.0.0.2");
      const [events] = separateJourneys(await trace.stop(), 1, to(6101));
      assert.equal(skbsAt(events!, "ip_output"), 1);
      assert.equal(skbsAt(events!, "veth_xmit"), 3);
      assert.equal(events!.filter(({ func }) => func === "skb_consume_udp").length, 3);
    },
  },
  {
    name: "identity: fragments and what they are put together to have the number of the packet",
    async run({ hosts, pwq }) {
      const { client, router, server } = hosts.routed();
      await server.listen("udp", "10.0.2.2", 6102);
      client.sysctl("net.ipv4.ip_no_pmtu_disc=1");
      router.ip("link set r2 mtu 600");
      const trace = await pwq.trace(
        `trace skb ${AT} where udp.dport == 6102 until drop ${SHOW}, ip.frag, ip.id`,
      );
      client.udp("10.0.2.2", 6102, { size: 4000 });
      crowd(client, "10.0.2.2");
      // A later fragment shows no ports.
      const [events] = separateJourneys(
        await trace.stop(),
        1,
        (tuple) => to(6102)(tuple) || tuple === "10.0.1.1 > 10.0.2.2 udp",
      );
      assert.equal(events!.filter(({ func, netns }) => func === "ip_rcv" && netns === router.name).length, 3);
      assert.equal(events!.filter(({ func, netns }) => func === "ip_rcv" && netns === server.name).length, 8);
      passes(events!, ["ip_output", "ip_forward", "ip_defrag", "udp_rcv", "skb_consume_udp"]);
      assert.equal(events!.filter(({ func }) => func === "udp_rcv").length, 1);
    },
  },
  {
    name: "identity: fragments of IPv6",
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      await server.listen("udp", "fd00::2", 6103);
      const trace = await pwq.trace(`trace skb ${AT} where udp.dport == 6103 until drop ${SHOW}`);
      client.udp("fd00::2", 6103, { size: 4000 });
      crowd(client, "fd00::2");
      const [events] = separateJourneys(
        await trace.stop(),
        1,
        (tuple) => to(6103)(tuple) || tuple === "fd00::1 > fd00::2 udp",
      );
      assert.equal(events!.filter(({ func }) => func === "ipv6_rcv").length, 3);
      passes(events!, ["ip6_output", "ipv6_rcv", "udpv6_rcv", "skb_consume_udp"]);
    },
  },
  {
    name: "identity: a bridge that floods, with a VLAN tag",
    async run({ hosts, pwq }) {
      const [a, bridge, b, c] = hosts.hosts("a", "br", "b", "c");
      hosts.link(a!, "e0", ["10.0.0.1/24"], bridge!, "p1", []);
      hosts.link(bridge!, "p2", [], b!, "e0", []);
      hosts.link(bridge!, "p3", [], c!, "e0", []);
      bridge!.ip(
        "link add br0 type bridge",
        "link set br0 addrgenmode none up",
        ...["p1", "p2", "p3"].map((port) => `link set ${port} master br0`),
      );
      a!.ip(
        "link add link e0 name e0.7 type vlan id 7",
        "link set e0.7 addrgenmode none up",
        "addr add 10.7.0.1/24 dev e0.7",
        "neigh add 10.7.0.2 lladdr 02:00:00:00:00:77 dev e0.7 nud permanent",
        "neigh add 10.0.0.2 lladdr 02:00:00:00:00:78 dev e0 nud permanent",
      );
      const trace = await pwq.trace(
        `trace skb ${AT}, netif_rx_internal where udp.dport == 6104 ${SHOW}, vlan.id`,
      );
      a!.udp("10.7.0.2", 6104);
      crowd(a!, "10.0.0.2");
      const [events] = separateJourneys(await trace.stop(), 1, to(6104));
      values(events!, "netns", [a!.name, bridge!.name, b!.name, c!.name]);
      values(events!, "vlan.id", [7]);
      assert.equal(skbsAt(events!, "veth_xmit"), 2, "the bridge sends a clone");
    },
  },
  {
    name: "identity: being read from a socket, and more packets than the map has room for leave nothing behind",
    timeout: 240,
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      await server.listen("udp", "10.0.0.2", 6105);
      const trace = await pwq.trace(
        `trace skb at ip_rcv, skb_consume_udp where udp.dport == 6105 until drop ${SHOW}`,
        { options: ["--follow-map", "512"] },
      );
      for (let i = 0; i < 3; i++) {
        client.udp("10.0.0.2", 6105, { count: 300 });
        crowd(client, "10.0.0.2");
      }
      const journeys = separateJourneys(await trace.stop(), 900, to(6105));
      for (const events of journeys) {
        passes(events, ["ip_rcv", "skb_consume_udp"]);
        assert.equal(events.length, 2);
      }
    },
  },
  {
    name: "identity: packets that the map forgets are counted",
    async run({ hosts, pwq }) {
      const { client, router } = hosts.routed();
      router.run("tc", ..."qdisc add dev r2 root tbf rate 8kbit burst 1600 limit 10000000".split(" "));
      const trace = await pwq.trace(`trace skb at ip_forward where udp.dport == 6106 until drop ${SHOW}`, {
        options: ["--follow-map", "256"],
      });
      client.udp("10.0.2.2", 6106, { count: 1500 });
      const recorded = await trace.stop();
      const evicted = recorded.lost.find(({ cause }) => cause === "evicted")?.count ?? 0;
      assert.ok(evicted >= 1000, `${evicted} were evicted`);
    },
  },
] satisfies Case[];
