import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Case } from "../kit/case.ts";
import { crowd, separateJourneys } from "../kit/crowd.ts";
import { passes } from "../kit/expect.ts";

/** XDP programs on the way of packets. */

const RUN = "filters_frames(xdp)";

export default [
  {
    name: "xdp: a packet on a veth device goes through its program, for which it is built anew",
    async run({ hosts, pwq, programs }) {
      const { client, server } = hosts.pair();
      await server.listen("udp", "10.0.0.2", 6403);
      server.ip(`link set dev s0 xdpdrv obj ${programs} sec xdp/filters`);
      const trace = await pwq.trace(
        "trace skb at path, xdp, veth_xmit where udp.dport in {6403, 6017} until deliver, drop show tuple, skb, netns",
      );
      client.udp("10.0.0.2", 6403);
      crowd(client, "10.0.0.2");
      client.udp("10.0.0.2", 6017);
      const [passed, dropped] = separateJourneys(await trace.stop(), 2, (tuple) =>
        /:(6403|6017) udp/.test(tuple),
      );
      // GRO hands lists to IP, which begin behind `ip_rcv`.
      passes(passed!, ["veth_xmit", RUN, "ip_rcv_core", "ip_local_deliver", "udp_rcv"]);
      passes(dropped!, ["veth_xmit", RUN]);
      for (const events of [passed!, dropped!]) {
        const runs = events.filter(({ func }) => func === RUN);
        assert.equal(runs.length, 1, "the program runs once for a packet");
        assert.equal(runs[0]!.netns, server.name);
        const sent = events.find(({ func }) => func === "veth_xmit")!;
        assert.notEqual(runs[0]!.skb, sent.skb, "the driver should have had to build it anew");
      }
      const behind = passed!.find(({ func }) => func === "ip_local_deliver")!;
      assert.equal(behind.skb, passed!.find(({ func }) => func === RUN)!.skb);
      assert.ok(!dropped!.some(({ func }) => func === "ip_local_deliver"));
    },
  },
  {
    name: "xdp: packets are selected at programs in generic mode, also at one that is loaded while the trace runs",
    async run({ hosts, pwq, programs }) {
      const { client, server } = hosts.pair();
      const trace = await pwq.trace(
        'trace skb at xdp where udp.dport in {6404, 6405} and func == "filters_frames(xdp)" show tuple, skb',
      );
      client.udp("10.0.0.2", 6404);
      server.ip(`link set dev s0 xdpgeneric obj ${programs} sec xdp/filters`);
      // Half a second is what it takes at most until a new program is looked at, on a machine that has time.
      await sleep(4000);
      client.udp("10.0.0.2", 6405, { count: 3 });
      crowd(client, "10.0.0.2");
      const journeys = separateJourneys(await trace.stop(), 3, (tuple) => tuple.includes(":6405 udp"));
      assert.deepEqual(
        journeys.map((events) => events.map(({ func }) => func)),
        [[RUN], [RUN], [RUN]],
      );
    },
  },
] satisfies Case[];
