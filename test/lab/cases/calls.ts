import assert from "node:assert/strict";
import { type Case, withoutKprobeMulti } from "../kit/case.ts";
import { crowd, separateJourneys } from "../kit/crowd.ts";
import { complete, onlyPacket } from "../kit/expect.ts";

/** Functions without an skb are events of the packet they work for, and of no other. */

const to = (port: number) => (tuple: string) => tuple.includes(`:${port} udp`);

export default [
  {
    name: "calls: a route is looked up and a socket is woken up for the packet, and for nobody else's",
    async run({ hosts, pwq }) {
      const { client, router, server } = hosts.routed();
      await server.listen("udp", "10.0.2.2", 6401);
      await server.listen("udp", "10.0.2.2", 9);
      const trace = await pwq.trace(
        "trace skb at path, calls fib_table_lookup, calls sock_def_readable, calls __neigh_create where udp.dport == 6401 show tuple, skb, netns, arg(1)",
      );
      for (let i = 0; i < 3; i++) {
        client.udp("10.0.2.2", 6401);
        // Their calls come at the same places of the same stacks.
        crowd(client, "10.0.2.2");
      }
      const journeys = separateJourneys(await trace.stop(), 3, to(6401), true);
      for (const events of journeys) {
        const woken = events.filter(({ func }) => func === "sock_def_readable");
        assert.equal(woken.length, 1, "the socket is woken up once");
        const queued = events.findIndex(({ func }) => func === "__udp_enqueue_schedule_skb");
        assert.ok(events.indexOf(woken[0]!) > queued && queued > 0, "after the packet was queued");
        const found = events.filter(({ func }) => func === "fib_table_lookup");
        // The sender looks its route up before there is a packet.
        assert.deepEqual(
          [...new Set(found.map(({ netns }) => netns))],
          [router.name, server.name],
          `routes are looked up: ${JSON.stringify(events.map(({ func }) => func))}`,
        );
        for (const event of found) {
          const before = events
            .slice(0, events.indexOf(event))
            .filter(({ func }) => func !== "fib_table_lookup");
          assert.equal(before.at(-1)!.func, "ip_route_input_noref");
        }
      }
    },
  },
  {
    name: "calls: by itself it means what network code calls",
    // Thousands of single kprobes take minutes under emulation.
    unless: withoutKprobeMulti,
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6402");
      const trace = await pwq.trace("trace skb at path, calls where udp.dport == 6402 show tuple, skb, len");
      client.udp("10.0.0.2", 6402);
      const recorded = await trace.stop();
      complete(recorded);
      const events = onlyPacket(recorded);
      const names = new Set(events.map(({ func }) => func));
      for (const name of ["dst_release", "ip_rcv", "fib_table_lookup", "dst_alloc", "nft_do_chain"])
        assert.ok(names.has(name), [...names].join(" "));
      assert.ok(names.size > 18, [...names].join(" "));
    },
  },
] satisfies Case[];
