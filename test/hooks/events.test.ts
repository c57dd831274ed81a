import { describe, expect, test } from "vitest";
import { chars, le } from "../runtime/records.ts";
import { DROP, point, printed, running } from "./running.ts";

const TCP = { "tcp.dport": le(443, 2) };

describe("what an event offers", () => {
  test("fields as JSON prints them: numbers, names, texts, addresses", async () => {
    const trace = await running(
      "trace skb\non event (e) { print([e.mark, e.iface, e.ip.src, e.tcp.dport, e.func, e.netns, e.cpu]) }",
    );
    const src = new Uint8Array(24);
    src.set([4, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1]);
    const values = { mark: le(7, 4), iface: chars("eth0"), "ip.src": src, netns: le(4026532000, 4), ...TCP };
    expect(printed(trace.events({ cpu: 3, values }))).toEqual([
      '[7,"eth0","10.0.0.1",443,"ip_rcv","client",3]',
    ]);
  });

  test("what a packet does not have is undefined, its group is there", async () => {
    const trace = await running("trace skb\non event (e) { print(e.tcp.dport, typeof e.tcp) }");
    expect(printed(trace.events({}, { values: TCP }))).toEqual(["undefined object", "443 object"]);
  });

  test("a drop's reason by name; `drop` is missing elsewhere", async () => {
    const trace = await running("trace skb\non event (e) { print(e.drop?.reason, e.func) }");
    expect(printed(trace.events({}, DROP))).toEqual(["undefined ip_rcv", "NETFILTER_DROP nf_hook_slow"]);
  });

  test("numbers of 64 bits, and beyond 2^53 as text", async () => {
    const trace = await running("trace skb\non event (e) { print(e.elapsed, e.packet) }");
    const seen = trace.events(
      { packet: 5n, values: { elapsed: le(2n ** 40n + 3n, 8) } },
      { packet: 2n ** 60n, values: { elapsed: le(1, 8) } },
    );
    expect(printed(seen)).toEqual(["1099511627779 5", "1 1152921504606846976"]);
  });

  test("protocols that the packet has", async () => {
    const trace = await running('trace skb\non event (e) { print(e.has("tcp"), e.copy().has("tcp")) }');
    expect(printed(trace.events({ values: { tcp: le(1, 1) } }, {}))).toEqual(["true true", "false false"]);
  });

  test("shown items by their name", async () => {
    const trace = await running(
      'trace skb show skb->dev->ifindex as dev, skb->mark\non event (e) { print(e.dev, e["skb->mark"]) }',
    );
    const values = { "skb->dev->ifindex": le(-2, 4), "skb->mark": le(9, 4) };
    expect(printed(trace.events({ values }))).toEqual(["-2 9"]);
  });

  test("as a whole: what is shown and what hooks read, flat as in JSON", async () => {
    const trace = await running("trace skb show mark, tcp.dport\non event (e) { print(e) }");
    expect(JSON.parse(printed(trace.events({ values: TCP }))[0]!)).toEqual({
      time: "2026-01-02T03:04:05.000000000Z",
      packet: 1,
      func: "ip_rcv",
      mark: null,
      "tcp.dport": 443,
      query: 0,
      last: false,
    });
  });
});

describe("keeping", () => {
  const KEEP =
    "trace skb show mark\non event (e) {\n  if (state.kept) print(state.kept.mark);\n  state.kept = e";
  test("an event is over after its hook, and says so", async () => {
    const trace = await running(`${KEEP};\n}`);
    trace.events({ values: { mark: le(1, 4) } }, { values: { mark: le(2, 4) } });
    expect(trace.faults.join()).toMatch(
      /this event is over: keep `e\.copy\(\)` instead[\s\S]*test\.pwq:3:35/,
    );
  });
  test("a copy is not", async () => {
    const trace = await running(`${KEEP}.copy();\n}`);
    expect(printed(trace.events({ values: { mark: le(1, 4) } }, {}))).toEqual(["1"]);
    expect(trace.faults).toEqual([]);
  });
  test("a function that is called later sees that the event is over", async () => {
    const trace = await running("trace skb\non event (e) { state.f?.(); state.f = () => e.mark; }");
    trace.events({}, {});
    expect(trace.faults.join()).toMatch(/this event is over/);
  });
});

describe("verdicts", () => {
  test("drop() leaves events out, stop() ends the trace, both exactly", async () => {
    const trace = await running(
      "trace skb\non event (e) { if (e.mark === 1) drop(); if (e.mark === 2) stop(); print(e.mark) }",
    );
    const of = (mark: number) => ({ values: { mark: le(mark, 4) } });
    const seen = trace.events(of(0), of(1), of(2), of(3));
    expect([...seen.dropped]).toEqual([1]);
    expect(seen.stopAfter).toBe(2);
    expect(printed(seen)).toEqual(["0", "1", "2"]);
  });
  test("no hook sees an event beyond the limit; those left out do not count", async () => {
    const trace = await running("trace skb\non event (e) { if (e.mark === 1) drop(); print(e.mark) }", {
      room: 2,
    });
    const of = (mark: number) => ({ values: { mark: le(mark, 4) } });
    expect(printed(trace.events(of(0), of(1), of(2), of(3)))).toEqual(["0", "1", "2"]);
  });
});

describe("journeys", () => {
  const on = (body: string) => `trace skb until drop show mark\non packet (p) { ${body} }`;
  test("are handed over when they ended, with all events, the outcome and the path", async () => {
    const trace = await running(
      on("print(p.events.map((e) => e.mark).join(), p.outcome, p.path.join(), p.last)"),
    );
    const values = { mark: le(1, 4) };
    trace.events(
      { packet: 1n, values },
      { packet: 2n, point: point("nft_do_chain") },
      { ...DROP, packet: 1n, flags: ["last"], values },
    );
    const { said } = trace.hooks.stop({ events: 3, packets: 2, seconds: 1 });
    expect(said.map((one) => (one.kind === "print" ? one.text : ""))).toEqual([
      "1,1 drop ip_rcv,nf_hook_slow true",
      " unknown nft_do_chain false",
    ]);
  });
});
