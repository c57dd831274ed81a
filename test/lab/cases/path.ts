import type { Case } from "../kit/case.ts";
import { complete, endsInDrop, every, onlyPacket, packets, passes, values } from "../kit/expect.ts";

/** The way of a packet from its sender to its end. */
const DEMO = "trace skb where tcp.dport==443 until drop show mark, netns, drop.reason, tcp.dport, ip.dst";

export default [
  {
    name: "a refused connection: its way from the socket to the firewall, and nothing of other ports",
    timeout: 500, // all functions, on every kernel
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("tcp dport 443");
      await server.listen("tcp", "10.0.0.2", 80);
      const trace = await pwq.trace(DEMO, { patience: 240 });
      if (client.connect("10.0.0.2", 80) !== "connected") throw new Error("port 80 should be open");
      if (client.connect("10.0.0.2", 443) !== "timeout") throw new Error("port 443 should be refused");
      const recorded = await trace.stop("SIGINT", 240);
      complete(recorded);
      const events = onlyPacket(recorded);
      passes(events, [
        "ip_output",
        "__dev_queue_xmit",
        "veth_xmit",
        "ip_rcv",
        "ip_local_deliver",
        "nf_hook_slow",
      ]);
      endsInDrop(events, "NETFILTER_DROP");
      values(events, "tcp.dport", [443]);
      values(events, "ip.dst", ["10.0.0.2"]);
      values(events, "netns", [client.name, server.name]);
    },
  },
  {
    name: "a datagram nobody listens for ends in NO_SOCKET",
    async run({ hosts, pwq, at }) {
      const { client } = hosts.pair();
      const trace = await pwq.trace(
        `trace skb ${at} where udp.dport == 6012 until drop show drop.reason, netns`,
      );
      client.udp("10.0.0.2", 6012, { count: 3 });
      const recorded = await trace.stop();
      complete(recorded);
      const all = packets(recorded);
      if (all.length !== 3) throw new Error(`3 packets were sent, ${all.length} seen`);
      for (const events of all) {
        passes(events, ["ip_output", "veth_xmit", "ip_rcv"]);
        endsInDrop(events, "NO_SOCKET");
      }
    },
  },
  {
    name: "a delivered datagram ends at `deliver`, without a drop",
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.pair();
      await server.listen("udp", "10.0.0.2", 6013);
      const trace = await pwq.trace(
        `trace skb ${at} where udp.dport == 6013 until deliver, drop show drop.reason`,
      );
      client.udp("10.0.0.2", 6013);
      const recorded = await trace.stop();
      complete(recorded);
      const events = onlyPacket(recorded);
      passes(events, ["ip_output", "ip_rcv"]);
      every(events, "nothing is dropped", (event) => event["drop.reason"] === null);
    },
  },
  {
    name: "the headers of a packet on its way out are its own from the first event, or absent",
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("tcp dport 443");
      const trace = await pwq.trace(
        `trace skb ${at} where tcp.dport == 443 until drop show tcp.sport, tcp.dport, udp.dport, ip.src, ip.dst, ip.proto, drop.reason`,
      );
      client.connect("10.0.0.2", 443);
      const events = onlyPacket(await trace.stop());
      every(events, "no ports of anything else", (event) =>
        [443, null].includes(event["tcp.dport"] as number | null),
      );
      every(events, "never UDP", (event) => event["udp.dport"] === null);
      values(events, "ip.src", ["10.0.0.1"]);
      values(events, "ip.dst", ["10.0.0.2"]);
      if (new Set(events.map((event) => event["tcp.sport"]).filter((port) => port !== null)).size !== 1) {
        throw new Error("the source port changes on the way");
      }
      passes(events, ["__ip_queue_xmit", "ip_output"]);
    },
  },
  {
    name: "`trace drop` alone shows the drop, its reason and nothing else",
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6005");
      const trace = await pwq.trace(
        "trace drop where udp.dport == 6005 show drop.reason, drop.location, netns, iface, ip.src",
      );
      client.udp("10.0.0.2", 6005, { count: 5 });
      const recorded = await trace.stop();
      complete(recorded);
      if (recorded.events.length !== 5)
        throw new Error(`5 packets were dropped, ${recorded.events.length} seen`);
      values(recorded.events, "drop.reason", ["NETFILTER_DROP"]);
      values(recorded.events, "netns", [server.name]);
      values(recorded.events, "iface", ["s0"]);
      values(recorded.events, "ip.src", ["10.0.0.1"]);
      if (new Set(recorded.events.map((event) => event.packet)).size !== 5)
        throw new Error("packet numbers repeat");
    },
  },
] satisfies Case[];
