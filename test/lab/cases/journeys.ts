import type { Case } from "../kit/case.ts";
import { complete, endsInDrop, every, packets, passes } from "../kit/expect.ts";
import type { Recording } from "../kit/pwq.ts";

/** Journeys as a whole: those that end in a certain way, in order, and how long they take. */
export default [
  {
    name: "`ending drop` shows the journeys of dropped packets whole, and nothing of those delivered",
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.pair();
      await server.listen("udp", "10.0.0.2", 6020);
      server.dropOnInput("udp dport 6021");
      const trace = await pwq.trace(
        `trace skb ${at} where udp.dport in {6020, 6021} until deliver ending drop show udp.dport, netns, drop.reason`,
      );
      client.udp("10.0.0.2", 6020, { count: 5 });
      client.udp("10.0.0.2", 6021, { count: 2 });
      client.udp("10.0.0.2", 6020, { count: 5 });
      const recorded = await trace.stop();
      complete(recorded);
      const all = packets(recorded);
      if (all.length !== 2) throw new Error(`2 packets were dropped, ${all.length} shown`);
      for (const events of all) {
        passes(events, ["ip_output", "veth_xmit", "ip_rcv", "nf_hook_slow"]);
        endsInDrop(events, "NETFILTER_DROP");
        every(events, "only the port that is dropped", (event) =>
          [6021, null].includes(event["udp.dport"] as number | null),
        );
      }
      together(recorded);
      if (recorded.end.discarded === 0) throw new Error("nothing of the delivered packets was discarded");
      if (recorded.end.cut !== 0) throw new Error(`${recorded.end.cut} events were cut`);
    },
  },
  {
    name: "`ending` holds no more events of a journey than it may, and says how many are missing",
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6022");
      const trace = await pwq.trace(`trace skb ${at} where udp.dport == 6022 ending drop show drop.reason`, {
        options: ["--hold-events", "4"],
      });
      client.udp("10.0.0.2", 6022, { count: 2 });
      const recorded = await trace.stop();
      complete(recorded);
      for (const events of packets(recorded)) {
        if (events.length !== 4) throw new Error(`${events.length} events of a packet instead of 4`);
        endsInDrop(events, "NETFILTER_DROP");
      }
      const told = recorded.cut.filter(({ packet }) => packet !== undefined);
      if (told.length !== 2) throw new Error(`the cut was told of ${told.length} journeys, not 2`);
    },
  },
  {
    name: "`ending` waits for a packet no longer than it may",
    async run({ hosts, pwq, at }) {
      const { client } = hosts.pair();
      const trace = await pwq.trace(`trace skb ${at} where udp.dport == 6024 ending drop show drop.reason`, {
        options: ["--hold-time", "300ms"],
      });
      client.ip("link add d0 type dummy", "addr add 10.9.0.1/24 dev d0", "link set d0 up");
      // The neighbour never answers, and the packet waits for it for seconds.
      client.ip("link set d0 arp on");
      client.sysctl("net.ipv4.neigh.d0.retrans_time_ms=2000");
      client.udp("10.9.0.9", 6024);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const recorded = await trace.stop();
      complete(recorded);
      if (recorded.events.length !== 0) throw new Error("a journey without its end was shown");
      if (!recorded.cut.some(({ cause }) => cause === "timeout")) throw new Error("nothing was cut in time");
    },
  },
  {
    name: "each terminal ends a journey at its place: xmit, deliver, free, fn(), a condition",
    timeout: 400,
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      await server.listen("udp", "10.0.0.2", 6025);
      const ends: readonly (readonly [string, RegExp])[] = [
        ["xmit", /^net:net_dev_start_xmit$/],
        ["deliver", /^__udp_enqueue_schedule_skb$/],
        ["fn(ip_local_deliv*)", /^ip_local_deliver/],
        ["free", /free|consume|skb_cache/],
        ['netns == "NETNS"', /./],
      ];
      for (const [terminal, where] of ends) {
        const written = terminal.replace("NETNS", server.name);
        const trace = await pwq.trace(
          `trace skb at path where udp.dport == 6025 until ${written} show netns`,
          { patience: 120 },
        );
        client.udp("10.0.0.2", 6025, { count: 2 });
        const recorded = await trace.stop();
        complete(recorded);
        for (const events of packets(recorded)) {
          const ended = events.filter((event) => event.last === true);
          if (ended.length !== 1 || ended[0] !== events.at(-1))
            throw new Error(`${written}: ${ended.length} ends, or not at the end`);
          if (!where.test(ended[0]!.func)) throw new Error(`${written}: ended at ${ended[0]!.func}`);
        }
        if (packets(recorded).length !== 2) throw new Error(`${written}: not 2 packets`);
      }
    },
  },
  {
    name: "`from … to` measures the delay of a link, and `when latency` chooses by it",
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      await server.listen("udp", "10.0.0.2", 6026);
      const query = "trace skb from __dev_queue_xmit to ip_rcv where udp.dport == 6026";
      const between = async (when: string): Promise<number[]> => {
        const trace = await pwq.trace(`${query} ${when} show latency`);
        client.udp("10.0.0.2", 6026, { count: 2 });
        await new Promise((resolve) => setTimeout(resolve, 500));
        const recorded = await trace.stop();
        complete(recorded);
        const ends = recorded.events.filter((event) => event.last === true);
        every(ends, "ends where it was to", (event) => event.func === "ip_rcv");
        const others = recorded.events.filter((event) => event.last !== true);
        if (others.some((event) => event.latency !== null)) throw new Error("a latency before the end");
        return ends.map((event) => Number(event.latency));
      };
      const quick = await between("");
      if (quick.length !== 2) throw new Error(`2 packets, ${quick.length} ends`);
      client.run("tc", "qdisc", "add", "dev", "c0", "root", "netem", "delay", "80ms");
      const slow = await between("when latency > 80ms");
      if (slow.length !== 2 || !slow.every((ns) => ns >= 80e6 && ns < 480e6))
        throw new Error(`80 ms of delay, measured ${slow.join(", ")}`);
      if (!quick.every((ns) => ns > 0 && ns < 80e6))
        throw new Error(`no delay, measured ${quick.join(", ")}`);
    },
  },
  {
    name: "`changed` and `first` choose the events at which something is new",
    timeout: 300,
    async run({ hosts, pwq, at }) {
      const { client, router, server } = hosts.routed();
      router.nft(`
        table ip nat {
          chain pre { type nat hook prerouting priority dstnat; udp dport 8054 dnat to 10.0.2.2:54; }
        }`);
      server.dropOnInput("udp dport 54");
      const trace = await pwq.trace(
        `trace skb ${at} where udp.dport == 8054 when changed(udp.dport) or first(netns) until drop show udp.dport, netns, changed(udp.dport), first(netns), drop.reason`,
        { patience: 200 },
      );
      client.udp("10.0.1.254", 8054, { count: 2 });
      const recorded = await trace.stop();
      complete(recorded);
      const all = packets(recorded);
      if (all.length !== 2) throw new Error(`2 packets were sent, ${all.length} seen`);
      for (const events of all) {
        endsInDrop(events, "NETFILTER_DROP");
        const chosen = events.slice(0, -1);
        const spaces = chosen.filter((event) => event["first(netns)"] === true).map((event) => event.netns);
        if (spaces.join() !== [client.name, router.name, server.name].join())
          throw new Error(`first in ${spaces.join()}`);
        const ports = chosen.filter((event) => event["changed(udp.dport)"] === true);
        if (ports.map((event) => event["udp.dport"]).join() !== "54")
          throw new Error(`the port changes ${ports.length} times`);
        every(
          chosen,
          "what is asked for",
          (e) => e["changed(udp.dport)"] === true || e["first(netns)"] === true,
        );
      }
    },
  },
] satisfies Case[];

/** Every journey stands in one piece, in the order of time. */
function together({ events }: Recording): void {
  const seen = new Set<number | null>();
  events.forEach((event, i) => {
    const before = events[i - 1];
    if (before?.packet !== event.packet) {
      if (seen.has(event.packet)) throw new Error(`packet ${event.packet} is in pieces`);
      seen.add(event.packet);
    } else if (before.time > event.time) throw new Error(`${event.func} is before its time`);
  });
}
