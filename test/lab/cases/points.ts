import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { atLeast, type Case, type Kernel } from "../kit/case.ts";
import { complete, endsInDrop, every, onlyPacket, packets } from "../kit/expect.ts";

const withoutSessions = (kernel: Kernel): string | undefined =>
  atLeast(kernel, 6, 10) ? undefined : "no kprobe sessions in this kernel";

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
  {
    name: "arguments at the entry, and the result at the return, of the same packet",
    timeout: 240,
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6010");
      const trace = await pwq.trace(
        "trace skb at nf_hook_slow, udp_queue_rcv_skb, ip_output where udp.dport in {6010, 6011} show udp.dport, arg(1), arg(3), ret, mark",
        { patience: 120 },
      );
      client.udp("10.0.0.2", 6010, { mark: 7 });
      client.udp("10.0.0.2", 6011, { mark: 8 });
      const recorded = await trace.stop();
      complete(recorded);
      const [dropped, ...others] = packets(recorded);
      assert.equal(others.length, 1, "two packets");
      const verdicts = dropped!.filter((event) => event.func === "nf_hook_slow");
      const entry = verdicts.find((event) => event.return === undefined)!;
      assert.match(
        String(entry["arg(1)"]),
        /^0xff[0-9a-f]{14}$/,
        `a pointer to the state of the hook: ${JSON.stringify(verdicts)}`,
      );
      assert.equal(entry["arg(3)"], 0, "the first hook");
      assert.equal(entry["udp.dport"], 6010);
      const exits = verdicts.filter((event) => event.return === true);
      const exit = exits.at(-1)!;
      assert.deepEqual(
        exits.map((event) => event.ret),
        [1, -1],
        "sent on by the client, -EPERM at the server",
      );
      assert.equal(exit.mark, null, "at a return nothing is read from the packet");
      assert.equal(exit["udp.dport"], null);
      const sent = others[0]!.filter((event) => event.func === "ip_output");
      assert.deepEqual(
        sent.map((event) => [event.return ?? false, event.ret, event.mark]),
        [
          [false, null, 8],
          [true, 0, null],
        ],
      );
      const returns = recorded.events.filter((event) => event.return).length;
      const entries = recorded.events.length - returns;
      assert.equal(returns, entries, "every function that was entered has returned");
    },
  },
  {
    name: "`when ret == …` shows one result of all functions, whatever their types",
    unless: withoutSessions,
    async run({ hosts, pwq }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport 6012");
      const trace = await pwq.trace(
        "trace skb at all, !__copy_skb_header where udp.dport == 6012 when ret == 0xffffffffffffffff show ret",
      );
      client.udp("10.0.0.2", 6012);
      const recorded = await trace.stop();
      complete(recorded);
      const [events] = packets(recorded);
      assert.ok(
        events!.some((event) => event.func === "nf_hook_slow" && event.return === true),
        JSON.stringify(events),
      );
      every(events!, "only returns that are -1", (event) => event.return === true);
    },
  },
  {
    name: "dumps of whole structures agree with the fields, in the program's bytes",
    async run({ hosts, pwq }) {
      const { client } = hosts.pair();
      const trace = await pwq.trace(
        "trace skb at ip_rcv where udp.dport == 6013 show len, mark, iface, dump(skb) as all, dump(shinfo) as shared, dump(skb->dev->nd_net.net->ns) as ns, skb->dev->nd_net.net->ns.inum as inum",
      );
      client.udp("10.0.0.2", 6013, { mark: 9 });
      const recorded = await trace.stop();
      complete(recorded);
      const [event] = onlyPacket(recorded);
      const object = (of: unknown) => of as Readonly<Record<string, unknown>>;
      const all = object(event!.all);
      assert.equal(all.len, event!.len);
      assert.equal(all.mark, event!.mark);
      assert.equal(all.protocol, 0x0800, "network order is turned round");
      assert.match(String(all.head), /^0xff[0-9a-f]{14}$/);
      const shared = object(event!.shared);
      assert.equal(shared.nr_frags, 0);
      assert.deepEqual(shared.frags, []);
      assert.equal(object(event!.ns).inum, event!.inum);
    },
  },
  {
    name: "BPF programs at tc, with their names, also one that is loaded while the trace runs",
    timeout: 240,
    async run({ hosts, pwq, programs }) {
      const { client, server } = hosts.pair();
      const load = (host: typeof client, iface: string, where: string, section: string): void => {
        host.run("tc", "qdisc", "replace", "dev", iface, "clsact");
        host.run("tc", "filter", "add", "dev", iface, where, "bpf", "da", "obj", programs, "sec", section);
      };
      load(server, "s0", "ingress", "tc/marks");
      const trace = await pwq.trace(
        'trace skb at tc where udp.dport in {6014, 6016} when udp.dport == 6014 or func ~ "marks_*" show mark, udp.dport, netns',
        {
          patience: 120,
        },
      );
      client.udp("10.0.0.2", 6014);
      load(client, "c0", "egress", "tc/passes");
      // Half a second is what it takes at most until a new program is looked at, on a machine that has time.
      await setTimeout(5000);
      client.udp("10.0.0.2", 6014);
      client.udp("10.0.0.2", 6015);
      client.udp("10.0.0.2", 6016);
      const recorded = await trace.stop();
      complete(recorded);
      const seen = recorded.events.map(({ packet, func, netns }) => [packet, func, netns]);
      assert.deepEqual(seen, [
        [1, "marks_everything(tc)", server.name],
        [2, "passes_everything(tc)", client.name],
        [2, "marks_everything(tc)", server.name],
        // Not of the other program, whose name was not known when the query was compiled either.
        [3, "marks_everything(tc)", server.name],
      ]);
      every(recorded.events, "before the program has set it", (event) => event.mark === 0);
    },
  },
  {
    name: "frames at XDP programs: headers, device, queue, raw members and the verdict",
    timeout: 240,
    async run({ hosts, pwq, programs }) {
      const { client, server } = hosts.pair();
      server.run("ip", "link", "set", "s0", "xdp", "obj", programs, "sec", "xdp/filters");
      const trace = await pwq.trace(
        'trace xdp where udp.dport in {6017, 6018} and pcap "udp and less 80 and not vlan" show ip.src, udp.dport, len, iface, netns, queue, ret, xdp->rxq->dev->ifindex as raw, ifindex',
        { patience: 120 },
      );
      client.udp("10.0.0.2", 6017, { size: 20 });
      client.udp("10.0.0.2", 6018, { size: 30 });
      client.udp("10.0.0.2", 6018, { size: 100 });
      client.udp("10.0.0.2", 6019);
      const recorded = await trace.stop();
      complete(recorded);
      const seen = recorded.events.map((event) => [event.func, event["udp.dport"], event.len, event.ret]);
      assert.deepEqual(seen, [
        ["filters_frames(xdp)", 6017, 62, "XDP_DROP"],
        ["filters_frames(xdp)", 6018, 72, "XDP_PASS"],
      ]);
      every(
        recorded.events,
        "where it came in",
        (event) =>
          event.iface === "s0" &&
          event.netns === server.name &&
          event.queue === 0 &&
          event["ip.src"] === "10.0.0.1" &&
          event.raw === event.ifindex &&
          event.packet === null,
      );
    },
  },
] satisfies Case[];
