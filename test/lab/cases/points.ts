import assert from "node:assert/strict";
import { atLeast, type Case } from "../kit/case.ts";
import { complete, endsInDrop, every, onlyPacket } from "../kit/expect.ts";

/** What is seen besides the entries of functions that take an skb. */
export default [
  {
    name: "a stack where the condition of its column is true, and nowhere else",
    async run({ hosts, pwq, at, kernel }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6009");
      const trace = await pwq.trace(
        `trace skb ${at} where udp.dport == 6009 until drop show drop.reason, stack if drop, stack if func == "ip_output" as sent`,
      );
      client.udp("10.0.0.2", 6009);
      const recorded = await trace.stop();
      complete(recorded);
      const events = onlyPacket(recorded);
      endsInDrop(events, "NETFILTER_DROP");
      const frames = (of: unknown): string[] => (Array.isArray(of) ? of.map(String) : []);
      const drop = frames(events.at(-1)!.stack);
      assert.match(
        drop[0]!,
        /^(kfree_skb_reason|sk_skb_reason_drop|__sk_skb_reason_drop)\+0x/,
        drop.join("\n"),
      );
      assert.ok(
        drop.some((frame) => /^nf_hook_slow\+0x/.test(frame)),
        drop.join("\n"),
      );
      // Since 6.4 the drop is where the verdict is made; before, nf_hook_slow made it.
      if (atLeast(kernel, 6, 4)) {
        assert.ok(
          drop.some((frame) => /^nft_do_chain\w*\+0x[0-9a-f]+ \[nf_tables\]$/.test(frame)),
          drop.join("\n"),
        );
      }
      every(events.slice(0, -1), "no stack but of the drop", (event) => event.stack === null);
      const sent = events.filter((event) => event.func === "ip_output");
      every(sent, "the stack of the function", (event) =>
        /^ip_output(\+|$)/.test(frames(event.sent)[0] ?? ""),
      );
      every(sent, "down to the system call", (event) => frames(event.sent).some((f) => /_sys_send/.test(f)));
    },
  },
] satisfies Case[];
