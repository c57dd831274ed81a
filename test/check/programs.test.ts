import { describe, expect, it } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import { fixtureFacts } from "../fixtures/btf.ts";
import { print, printQuery, printType } from "./print.ts";
import { checked, textLoader } from "./program.ts";

const lines = (...all: string[]): string => all.join("\n");
const query = (text: string): string => printQuery(checked(text).queries[0]!);

describe("clauses", () => {
  it("the shortest useful query", () => {
    expect(query("trace skb where tcp.dport==443 until drop show mark,netns")).toBe(
      lines(
        "at all",
        "where (tcp.dport == 443:u16)",
        "follow clone, copy, nat, segment, netns, veth, xdp",
        "until drop",
        "show mark=mark, netns=netns",
      ),
    );
  });

  it("all of them", () => {
    expect(
      query(`trace skb at path, !skb_*, module nf_*, tracepoint net:*
        where tcp when len > 100 until drop, fn(ip_rcv), xmit, len == 7 follow clone
        show ip.src as from, skb -> dev # the device
          ->ifindex, tuple
        sample 1/10 rate 100/s limit 5 packets for 10s stop when mark == 7`),
    ).toBe(
      lines(
        "at path, GlobPoint skb_*, ModulePoint nf_*, TracepointPoint *",
        "where has-tcp",
        "when (len > 100:sizeu32)",
        "stop (mark == 7:u32)",
        "follow clone",
        "until drop, fn(ip_rcv), xmit, (len == 7:sizeu32)",
        "show from=ip.src, skb -> dev ->ifindex=skb->dev->ifindex:i32, tuple=tuple",
        "sample 1/10",
        "rate 100 per 1000000000ns",
        "limit 5 packets",
        "for 10000000000ns",
      ),
    );
  });

  it("a column may have a condition, and `drop` is one", () => {
    expect(
      query("trace skb show stack if drop or len > 100 as trace, mark if tcp when drop until drop"),
    ).toBe(
      lines(
        "at all",
        "when has-drop",
        "follow clone, copy, nat, segment, netns, veth, xdp",
        "until drop",
        "show trace=stack if (has-drop or (len > 100:sizeu32)), mark=mark if has-tcp",
      ),
    );
  });

  it("arguments and results have the types of the functions that are named", () => {
    const facts = fixtureFacts("6.12");
    const types = (at: string) =>
      checked(`trace skb at ${at} show arg(0), arg(3), ret`, { facts }).queries[0]!.show.map(({ value }) =>
        printType(value.type),
      );
    expect(types("nf_hook_slow")).toEqual(["pointeru64", "u32", "i32"]);
    expect(types("ip_rcv, nf_hook_slow")).toEqual(["pointeru64", "u64", "i32"]);
    expect(types("all")).toEqual(["u64", "u64", "u64"]);
    expect(() =>
      checked("trace skb at nf_hook_slow when ret == -1 or ret == -70000 show ret", { facts }),
    ).not.toThrow();
  });

  it("`trace xdp` has fields of its own, and follows nothing", () => {
    const facts = fixtureFacts("6.12");
    const { queries } = checked(
      "trace xdp where ret == XDP_DROP and len > 60 show xdp->rxq->queue_index, ip.src",
      { facts },
    );
    expect(printQuery(queries[0]!)).toBe(
      lines(
        "at xdp",
        "where ((ret == 1:u32) and (len{(xdp->data_end:pointeru64 - xdp->data:pointeru64)} > 60:sizeu32))",
        "follow none",
        "show xdp->rxq->queue_index=xdp->rxq->queue_index:u32, ip.src=ip.src",
      ),
    );
    expect(
      checked("trace xdp", { facts })
        .queries[0]!.show.map(({ name }) => name)
        .join(" "),
    ).toBe("cpu netns iface queue len tuple ret func");
  });

  it("`trace drop` is the point `drop`", () => {
    expect(query("trace drop where tcp")).toBe(
      lines("at drop", "where has-tcp", "follow clone, copy, nat, segment, netns, veth, xdp"),
    );
  });

  it("`follow none` follows nothing", () => {
    expect(query("trace skb where tcp follow none limit 3 events")).toBe(
      lines("at all", "where has-tcp", "follow none", "limit 3 events"),
    );
  });

  it("has pwru's columns without `show`", () => {
    const { show, explicitShow } = checked("trace skb").queries[0]!;
    expect(explicitShow).toBe(false);
    expect(show.map(({ name }) => name).join(" ")).toBe(
      "packet cpu process netns mark iface proto mtu len tuple func",
    );
  });

  it("takes parameters for amounts", () => {
    expect(query("param n: int = 7\nparam t: duration = 2s\ntrace drop limit $n events for $t")).toBe(
      lines(
        "at drop",
        "follow clone, copy, nat, segment, netns, veth, xdp",
        "limit 7 events",
        "for 2000000000ns",
      ),
    );
  });
});

describe("definitions", () => {
  const where = (text: string, texts: Record<string, string> = {}): string =>
    print(checked(text, { loader: textLoader(texts) }).queries[0]!.where!);

  it("are expressions, not text", () => {
    expect(where("def a = tcp or udp\ntrace skb where not a and icmp")).toBe(
      "((not (has-tcp or has-udp)) and has-icmp)",
    );
    expect(where("def sum = len + 1\ntrace skb where sum * 2 == 4")).toBe(
      "(((len + 1:u64) * 2:u64) == 4:sizeu64)",
    );
  });

  it("may come in any order", () => {
    expect(where("def a = b and tcp\ndef b = udp\ntrace skb where a")).toBe("(has-udp and has-tcp)");
  });

  it("may be constants, which get their type where they are used", () => {
    const text =
      "def lost = {NETFILTER_DROP, NO_SOCKET}\ndef web = {80, https}\ndef https = 443\ndef slow = 5ms\n";
    expect(where(`${text}trace skb where tcp.dport in web`)).toBe("(tcp.dport in {80, 443})");
    expect(where(`${text}trace skb where tcp.dport == https`)).toBe("(tcp.dport == 443:u16)");
    expect(where(`${text}trace skb where delta > slow`)).toBe("(delta > 5000000:durationu64)");
    expect(where(`${text}trace drop where drop.reason in lost`)).toMatch(
      /^\(drop\.reason in \{\d+(\.\.\d+|, \d+)\}\)$/,
    );
  });

  it("mean what they mean where they were written", () => {
    const used = 'use "./ports.pwq"\ndef web = tcp.dport in ports\n';
    const ports = "def ports = {80, 443}\n";
    // The main file's `ports` is another one.
    expect(
      where('use "./web.pwq"\ndef ports = {1, 2}\ntrace skb where web and udp.dport in ports', {
        "web.pwq": used,
        "ports.pwq": ports,
      }),
    ).toBe("((tcp.dport in {80, 443}) and (udp.dport in {1..2}))");
  });

  it("of a used file lie, by their spans, where they are used", () => {
    const text = 'use "./web.pwq"\ntrace skb where web';
    const tree = checked(text, { loader: textLoader({ "web.pwq": "def web = tcp.dport == 443" }) })
      .queries[0]!.where!;
    expect(tree.kind === "compare" && text.slice(tree.left.span.start, tree.left.span.end)).toBe("web");
  });

  it("are read once, however often they are used", () => {
    const texts = {
      "a.pwq": 'use "./c.pwq"\ndef a = c',
      "b.pwq": 'use "./c.pwq"\ndef b = c',
      "c.pwq": "def c = tcp",
    };
    expect(where('use "./a.pwq"\nuse "./b.pwq"\nuse "./c.pwq"\ntrace skb where a and b and c', texts)).toBe(
      "((has-tcp and has-tcp) and has-tcp)",
    );
  });

  it("of a used file bring no queries along", () => {
    const texts = { "a.pwq": "def a = tcp\ntrace skb where udp" };
    expect(checked('use "./a.pwq"\ntrace skb where a', { loader: textLoader(texts) }).queries).toHaveLength(
      1,
    );
  });
});

describe("parameters", () => {
  const text = `param port: port = 443 "only this port"
param net: cidr = 10.0.0.0/8
param dev: iface = "eth0"
param on: bool = true
param slow: duration = 1ms
trace skb where tcp.dport == $port and ip.dst in $net and iface == $dev and tcp == $on and delta > $slow`;

  it("have the values given, else their defaults", () => {
    const params = new Map([
      ["port", "80"],
      ["dev", "lan 1"],
      ["on", "false"],
      ["slow", "2s"],
    ]);
    const program = checked(text, { params });
    expect(print(program.queries[0]!.where!)).toBe(
      '(((((tcp.dport == 80:u16) and (ip.dst in {0xa000000..0xaffffff})) and (iface == "lan 1":string16)) and (has-tcp == false:bool)) and (delta > 2000000000:durationu64))',
    );
    expect(program.params).toEqual([
      { name: "port", type: "port", about: "only this port", default: "443", value: "80" },
      { name: "net", type: "cidr", default: "10.0.0.0/8", value: "10.0.0.0/8" },
      { name: "dev", type: "iface", default: '"eth0"', value: "lan 1" },
      { name: "on", type: "bool", default: "true", value: "false" },
      { name: "slow", type: "duration", default: "1ms", value: "2s" },
    ]);
  });

  it("of every type take a value of it", () => {
    const values = {
      int: "-7",
      u8: "255",
      u16: "0x10",
      u32: "1_000",
      u64: "18446744073709551615",
      port: "443",
      duration: "5ms",
      size: "64KiB",
      string: "a b",
      ip: "::1",
      cidr: "fd00::/8",
      mac: "02:00:00:00:00:01",
      iface: "eth0",
      netns: "web",
      bool: "true",
    };
    for (const [type, value] of Object.entries(values)) {
      const { params } = checked(`param x: ${type}\ntrace drop`, { params: new Map([["x", value]]) });
      expect(params[0]!.value, type).toBe(value);
    }
  });

  it("of a used file are parameters of the program", () => {
    const loader = textLoader({ "a.pwq": "param p: port = 1\ndef here = tcp.dport == $p" });
    const { queries } = checked('use "./a.pwq"\ntrace skb where here and udp.dport == $p', {
      loader,
      params: new Map([["p", "7"]]),
    });
    expect(print(queries[0]!.where!)).toBe("((tcp.dport == 7:u16) and (udp.dport == 7:u16))");
  });

  it("may be without value where only the text is checked, and then there is no program", () => {
    const source = { name: "x.pwq", text: "param p: port\ntrace skb where tcp.dport == $p" };
    const { program, typed, diagnostics } = check(source, { valuesOptional: true });
    expect([program, diagnostics]).toEqual([undefined, []]);
    expect(typed?.queries).toHaveLength(1);
  });
});

describe("the program", () => {
  it("tells its title and tags, and carries its warnings", () => {
    const program = checked(
      "pwq 1\n## Lost packets\n## of any kind\n@tags drop, routing\ntrace skb where udp.dport != 53",
    );
    expect(program.title).toBe("Lost packets");
    expect(program.tags).toEqual(["drop", "routing"]);
    expect(program.warnings.map(({ code }) => code)).toEqual(["PWQ1162"]);
  });

  it("may have several queries, or none", () => {
    expect(checked("trace drop\ntrace skb where tcp").queries).toHaveLength(2);
    expect(checked("def web = tcp.dport == 443").queries).toHaveLength(0);
  });

  it("requires what the kernel has", () => {
    const text =
      "@requires kernel >= 5.17, kernel == 6.12, kernel < 7, function ip_rcv, type sk_buff, module nf_conntrack\ntrace drop";
    expect(checked(text).queries).toHaveLength(1);
  });
});

describe("warnings about absent fields", () => {
  const codes = (condition: string): string[] =>
    checked(`trace skb where ${condition}`).warnings.map(({ code }) => code);
  it.each([
    "tcp and tcp.dport != 443",
    "not tcp or tcp.dport != 443",
    "tcp.sport == 80 and tcp.dport != 443",
    "tcp.flags has SYN and tcp.dport != 443",
    "ip.src != 10.0.0.1",
    "mark != 0",
    "not (udp or not tcp) and tcp.dport != 443",
  ])("none for %s", (condition) => expect(codes(condition)).toEqual([]));
  it.each([
    "tcp.dport != 443",
    "udp and tcp.dport != 443",
    "tcp or tcp.dport != 443",
    "not tcp.dport == 443",
  ])("one for %s", (condition) => expect(codes(condition)).toEqual(["PWQ1162"]));
});
