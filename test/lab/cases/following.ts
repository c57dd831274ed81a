import type { Case } from "../kit/case.ts";
import { complete, endsInDrop, every, onlyPacket, packets, passes, values } from "../kit/expect.ts";

/** A packet keeps its number whatever happens to it. */
export default [
  {
    name: "NAT does not lose the packet: same number before and after, and the drop behind it",
    async run({ hosts, pwq, at }) {
      const { client, router, server } = hosts.routed();
      router.nft(`
        table ip nat {
          chain pre { type nat hook prerouting priority dstnat; udp dport 8053 dnat to 10.0.2.2:53; }
          chain post { type nat hook postrouting priority srcnat; oifname "r2" masquerade; }
        }`);
      server.dropOnInput("udp dport 53");
      const trace = await pwq.trace(
        `trace skb ${at} where udp.dport == 8053 until drop show ip.src, ip.dst, udp.dport, netns, drop.reason`,
      );
      client.udp("10.0.1.254", 8053, { count: 2, sport: 5025 });
      const recorded = await trace.stop();
      complete(recorded);
      const all = packets(recorded);
      if (all.length !== 2) throw new Error(`2 packets were sent, ${all.length} seen`);
      for (const events of all) {
        passes(events, ["ip_output", "ip_rcv", "ip_forward", "ip_rcv", "nf_hook_slow"]);
        values(events, "udp.dport", [53, 8053]);
        values(events, "ip.src", ["10.0.1.1", "10.0.2.254"]);
        values(events, "netns", [client.name, router.name, server.name]);
        endsInDrop(events, "NETFILTER_DROP");
      }
    },
  },
  {
    name: "a clone belongs to the packet it was made of",
    async run({ hosts, pwq, at }) {
      const { client } = hosts.pair();
      await client.tap("c0");
      const trace = await pwq.trace(`trace skb ${at} where udp.dport == 6003 show skb`);
      client.udp("10.0.0.2", 6003);
      const events = onlyPacket(await trace.stop());
      passes(events, ["packet_rcv", "ip_rcv"]);
      const original = events.find((event) => event.func === "veth_xmit");
      const clone = events.find((event) => event.func === "packet_rcv");
      if (original?.skb === clone?.skb) throw new Error("the packet socket should have had a clone");
    },
  },
  {
    name: "`follow none` selects events one by one, and they have no packet",
    async run({ hosts, pwq, at }) {
      const { client, router } = hosts.routed();
      router.nft(
        "table ip nat { chain pre { type nat hook prerouting priority dstnat; udp dport 8053 dnat to 10.0.2.2:53; }; }",
      );
      const trace = await pwq.trace(
        `trace skb ${at} follow none where udp.dport == 8053 show udp.dport, netns`,
      );
      client.udp("10.0.1.254", 8053);
      const recorded = await trace.stop();
      complete(recorded);
      every(
        recorded.events,
        "only what matches",
        (event) => event["udp.dport"] === 8053 && event.packet === null,
      );
      values(recorded.events, "netns", [client.name, router.name]);
    },
  },
  {
    name: "marks: precedence as people read it, and the mark does not leave the namespace",
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6005");
      const trace = await pwq.trace(
        `trace skb ${at} where mark & 0xff00 == 0x1200 until drop show mark, netns, drop.reason`,
      );
      client.udp("10.0.0.2", 6005, { mark: 0x1234 });
      client.udp("10.0.0.2", 6005, { mark: 0x2234 });
      const recorded = await trace.stop();
      complete(recorded);
      const events = onlyPacket(recorded);
      endsInDrop(events, "NETFILTER_DROP");
      every(
        events.filter((event) => event.func === "ip_output"),
        "the mark of the socket",
        (event) => event.mark === 0x1234,
      );
      every(
        events.filter((event) => event.func === "ip_rcv"),
        "no mark in the other namespace",
        (event) => event.mark === 0,
      );
    },
  },
] satisfies Case[];
