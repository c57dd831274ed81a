import type { Case } from "../kit/case.ts";
import { complete, endsInDrop, every, onlyPacket, packets, passes, values } from "../kit/expect.ts";
import { ETHERTYPE, ethernet, extension, ip4, ip6, PROTO, udp } from "../kit/frames.ts";

/** Header fields of unusual packets: right, or absent. */
const V4 = { src: "10.0.0.1", dst: "10.0.0.2" };
const V6 = { src: "fd00::1", dst: "fd00::2" };
const PORTS = { sport: 5005, dport: 6005 };
const DATA = Buffer.from("where is my packet");

export default [
  {
    name: "IPv6: a refused connection, and ports behind extension headers",
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.pair();
      server.nft(
        "table inet lab { chain in { type filter hook input priority 0; tcp dport 443 drop; udp dport 6005 drop; }; }",
      );
      const trace = await pwq.trace(
        `trace skb ${at} where tcp.dport == 443 or udp.dport == 6005 until drop show ip.version, ip.src, ip.dst, ip.proto, udp.sport, drop.reason`,
      );
      client.connect("fd00::2", 443);
      const behind = extension(PROTO.dstopts, extension(PROTO.udp, udp(V6, PORTS, DATA)));
      client.frames("c0", ethernet(ETHERTYPE.ip6, ip6(V6, PROTO.hopopts, behind)));
      const recorded = await trace.stop();
      complete(recorded);
      const [tcp, datagram, ...more] = packets(recorded);
      if (!tcp || !datagram || more.length > 0)
        throw new Error(`2 packets were sent, ${packets(recorded).length} seen`);
      passes(tcp, ["ip6_output", "veth_xmit", "ipv6_rcv", "nf_hook_slow"]);
      endsInDrop(tcp, "NETFILTER_DROP");
      passes(datagram, ["veth_xmit", "ipv6_rcv", "nf_hook_slow"]);
      endsInDrop(datagram, "NETFILTER_DROP");
      values(recorded.events, "ip.version", [6]);
      values(recorded.events, "ip.src", ["fd00::1"]);
      values(recorded.events, "ip.dst", ["fd00::2"]);
      values(datagram, "ip.proto", ["UDP"]);
      values(datagram, "udp.sport", [5005]);
    },
  },
  {
    name: "IPv4 options move the transport header",
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6005");
      const trace = await pwq.trace(
        `trace skb ${at} where udp.dport == 6005 until drop show udp.sport, ip.ttl, ip.id, payload(5), drop.reason`,
      );
      const options = Buffer.from("0101010101010100", "hex"); // seven times no operation, end
      client.frames(
        "c0",
        ethernet(ETHERTYPE.ip, ip4(V4, PROTO.udp, udp(V4, PORTS, DATA), { options, ttl: 9, id: 77 })),
      );
      const recorded = await trace.stop();
      complete(recorded);
      const events = onlyPacket(recorded);
      passes(events, ["veth_xmit", "ip_rcv", "nf_hook_slow"]);
      endsInDrop(events, "NETFILTER_DROP");
      values(events, "udp.sport", [5005]);
      values(events, "ip.ttl", [9]);
      values(events, "ip.id", [77]);
    },
  },
  {
    name: "VLAN: the tag in the frame, and the tag that the driver would insert",
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.tagged();
      server.dropOnInput("udp dport 6005");
      const trace = await pwq.trace(
        `trace skb ${at} where udp.dport == 6005 until drop show vlan.id, udp.sport, ip.src, ip.dst, iface, drop.reason`,
      );
      const tagged = { src: "10.0.42.1", dst: "10.0.42.2" };
      client.frames("c0", ethernet(ETHERTYPE.ip, ip4(tagged, PROTO.udp, udp(tagged, PORTS, DATA)), 42));
      client.udp("10.0.42.2", 6005, { sport: 5005 });
      const recorded = await trace.stop();
      complete(recorded);
      const all = packets(recorded);
      if (all.length !== 2) throw new Error(`2 packets were sent, ${all.length} seen`);
      for (const events of all) {
        const wire = events.filter((event) => event.func === "veth_xmit");
        every(wire, "on the wire the packet has its tag", (event) => event["vlan.id"] === 42);
        passes(events, ["veth_xmit", "ip_rcv", "nf_hook_slow"]);
        endsInDrop(events, "NETFILTER_DROP");
        values(events, "vlan.id", [42]);
        values(events, "udp.sport", [5005]);
        values(events, "ip.src", ["10.0.42.1"]);
        if (events.at(-1)?.iface !== "tagged") throw new Error("the packet should end on the VLAN interface");
      }
    },
  },
  {
    name: "fragments: the first has ports and is followed through reassembly, later ones have none",
    async run({ hosts, pwq, at }) {
      const { client } = hosts.pair();
      const trace = await pwq.trace(
        [
          `trace skb ${at} where udp.dport == 6005 until drop show ip.frag, udp.sport, drop.reason`,
          "trace skb at ip_rcv follow none where ip.src == 10.0.0.1 and ip.frag > 0 show ip.frag as later, udp.dport as port",
        ].join("\n"),
      );
      const datagram = udp(V4, PORTS, Buffer.alloc(64, "x"));
      const first = ip4(V4, PROTO.udp, datagram.subarray(0, 32), { more: true });
      const later = ip4(V4, PROTO.udp, datagram.subarray(32), { offset: 32 });
      client.frames("c0", ethernet(ETHERTYPE.ip, first), ethernet(ETHERTYPE.ip, later));
      const recorded = await trace.stop();
      complete(recorded);
      const journey = recorded.events.filter((event) => "drop.reason" in event);
      const others = recorded.events.filter((event) => "later" in event);
      if (new Set(journey.map((event) => event.packet)).size !== 1)
        throw new Error("only the first fragment has ports");
      every(journey, "only the first fragment is followed", (event) => !event["ip.frag"]);
      passes(journey, ["veth_xmit", "ip_rcv", "ip_defrag"]);
      endsInDrop(journey, "NO_SOCKET");
      if (others.length !== 1) throw new Error(`one later fragment was sent, ${others.length} seen`);
      values(others, "later", [32]);
      every(others, "a later fragment has no ports", (event) => event.port === null);
    },
  },
  {
    name: "raw paths agree with /sys",
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6005");
      const trace = await pwq.trace(
        "trace skb at ip_rcv, veth_xmit where udp.dport == 6005 show skb->dev->ifindex, skb->dev->name, skb->len, ifindex, mtu",
      );
      client.udp("10.0.0.2", 6005, { size: 100 });
      const events = onlyPacket(await trace.stop());
      const at = (func: string) => events.find((event) => event.func === func);
      for (const [func, host, iface] of [
        ["veth_xmit", client, "c0"],
        ["ip_rcv", server, "s0"],
      ] as const) {
        const event = at(func);
        const seen = [event?.["skb->dev->ifindex"], event?.["skb->dev->name"], event?.ifindex, event?.mtu];
        const truth = [host.ifindex(iface), iface, host.ifindex(iface), 1500];
        if (JSON.stringify(seen) !== JSON.stringify(truth))
          throw new Error(`${func}: ${seen} is not ${truth}`);
      }
      if (at("ip_rcv")?.["skb->len"] !== 128)
        throw new Error(`100 bytes and two headers are 128, not ${at("ip_rcv")?.["skb->len"]}`);
    },
  },
] satisfies Case[];
