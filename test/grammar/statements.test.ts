import { describe, expect, it } from "vitest";
import { parse } from "../../grammar/index.ts";
import { strip } from "./strip.ts";

function statementsOf(text: string) {
  const { program, problems } = parse(text);
  expect(problems, text).toEqual([]);
  return program.statements;
}
const kinds = (text: string) => statementsOf(text).map(({ kind }) => kind);
const word = (text: string) => ({ kind: "Word", text });

const WHOLE = `#!/usr/bin/env -S pwq run
pwq 1

## Packets that leave for a network but are dropped on the way, with the reason.
@tags drop, routing
@requires kernel >= 5.17, function ip_rcv, type nf_conn, module nf_conntrack

use "./common.pwq"

param net:  cidr = 0.0.0.0/0   "only packets to this network"
param port: port = 443

def web = tcp.dport == $port or tcp.sport == $port

trace skb where web and ip.dst in $net until drop show mark, netns

on drop (e) {
  if (e.drop.reason === "NETFILTER_DROP") report(\`\${e.func} refused \${e.ip.src} -> \${e.ip.dst}\`);
}
`;

describe("a whole file", () => {
  const found = statementsOf(WHOLE);
  it("has its statements in order", () => {
    expect(found.map(({ kind }) => kind)).toEqual([
      "LanguageVersion",
      "Tags",
      "Requires",
      "Use",
      "Param",
      "Param",
      "Def",
      "Trace",
      "Hook",
    ]);
  });
  it("has places that cover each statement", () => {
    expect(found.map(({ span }) => WHOLE.slice(span.start, span.end).split(/\s/)[0])).toEqual(
      "pwq @tags @requires use param param def trace on".split(" "),
    );
    const trace = found[7]!.span;
    expect(WHOLE.slice(trace.start, trace.end)).toMatch(/^trace skb .* show mark, netns$/);
  });
  it("has the requirements one by one", () => {
    expect(strip(found[2])).toEqual({
      kind: "Requires",
      items: [
        { kind: "KernelRequirement", op: ">=", version: "5.17" },
        { kind: "NamedRequirement", what: "function", name: word("ip_rcv") },
        { kind: "NamedRequirement", what: "type", name: word("nf_conn") },
        { kind: "NamedRequirement", what: "module", name: word("nf_conntrack") },
      ],
    });
  });
  it("has the parameter with type, default and description", () => {
    expect(strip(found[4])).toEqual({
      kind: "Param",
      name: word("net"),
      type: word("cidr"),
      default: { kind: "Cidr", version: 4, address: 0n, prefix: 0 },
      about: { kind: "String", value: "only packets to this network" },
    });
  });
  it("has the hook's body by its place", () => {
    const hook = found[8]!;
    if (hook.kind !== "Hook") throw new Error(hook.kind);
    expect(hook.parameter?.text).toBe("e");
    expect(WHOLE.slice(hook.body.start - 1, hook.body.start)).toBe("{");
    expect(WHOLE.slice(hook.body.end, hook.body.end + 2)).toBe("}\n");
  });
});

describe("documentation", () => {
  it("is the ## lines right above", () => {
    expect(statementsOf("## Title\n##\n## body *x*  \ntrace drop")[0]).toMatchObject({
      doc: "Title\n\nbody *x*",
    });
    expect(statementsOf("  ## indented\r\n  trace drop")[0]).toMatchObject({ doc: "indented" });
  });
  it("is not what has a blank line, another comment or a statement in between", () => {
    for (const text of [
      "## a\n\ntrace drop",
      "## a\n# b\ntrace drop",
      "# a\ntrace drop",
      "trace drop ## a",
      "trace drop\n## a",
    ])
      expect(statementsOf(text)[0]).not.toHaveProperty("doc");
  });
  it("belongs to one statement only", () => {
    const [first, second] = statementsOf("## a\ndef x = 1\n## b\ndef y = 2");
    expect(first).toMatchObject({ doc: "a" });
    expect(second).toMatchObject({ doc: "b" });
  });
  it("starts anew after a line that is no ## line", () => {
    expect(statementsOf("## a\n\n## b\ntrace drop")[0]).toMatchObject({ doc: "b" });
  });
});

describe("lines", () => {
  it.each([
    ["a clause on the next line", "trace skb\n  where tcp\nuntil drop\n\n# remark\n  show mark", ["Trace"]],
    ["an operator on the next line", "def x = a\n  or b\n  + 1", ["Def"]],
    ["a list over lines", "trace skb show mark,\n  netns,\n  # remark\n  len", ["Trace"]],
    ["a set over lines", "def x = {\n  80,\n  443,\n}", ["Def"]],
    [
      "statements without blank lines",
      "def x = 1\ndef y = 2\ntrace drop\ntrace skb",
      ["Def", "Def", "Trace", "Trace"],
    ],
    ["indented statements", "  def x = 1\n\tdef y = 2", ["Def", "Def"]],
    ["nothing", "", []],
    ["blanks and comments only", " \n# x\n\n## y\n", []],
    ["a statement word as a field", "trace skb show use.x, def.y\nwhere on.z", ["Trace"]],
    ["a statement word as the root of a path at the start of a line", "trace skb show\n  use->x", ["Trace"]],
    ["carriage returns", "def x = 1\r\ntrace skb\r\n  where x\r\n", ["Def", "Trace"]],
    ["a byte order mark", "\uFEFFtrace drop", ["Trace"]],
    ["glob at the end of a line, statement behind", "trace skb at\n  ip_*\ntrace drop", ["Trace", "Trace"]],
  ])("%s", (_, text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });
});

describe("clauses", () => {
  const clauses = (text: string) => {
    const [trace] = statementsOf(`trace skb ${text}`);
    return trace?.kind === "Trace" ? strip(trace.clauses) : undefined;
  };
  const name = (text: string) => ({ kind: "Name", name: text });
  const int = (value: bigint) => ({ kind: "Int", value });
  const glob = (text: string, exclude = false) => ({ kind: "GlobPoint", exclude, glob: text });

  it.each<[string, unknown]>([
    [
      "at all, path, drop, tc, xdp",
      {
        kind: "At",
        points: ["all", "path", "drop", "tc", "xdp"].map((p) => ({ kind: "NamedPoint", name: p })),
      },
    ],
    [
      "at calls, calls fib_*, path, calls drop, calls",
      {
        kind: "At",
        points: [
          { kind: "CallsPoint" },
          { kind: "CallsPoint", glob: "fib_*" },
          { kind: "NamedPoint", name: "path" },
          { kind: "CallsPoint", glob: "drop" },
          { kind: "CallsPoint" },
        ],
      },
    ],
    [
      "at ip_*, nft_do_chain, !skb_*, ![ab]?, *, 8139_*, x.isra.0, drop_*",
      {
        kind: "At",
        points: [
          glob("ip_*"),
          glob("nft_do_chain"),
          glob("skb_*", true),
          glob("[ab]?", true),
          glob("*"),
          glob("8139_*"),
          glob("x.isra.0"),
          glob("drop_*"),
        ],
      },
    ],
    [
      "at module nf_*, !module nf_nat, tracepoint net:*, tracepoint xdp:xdp_redirect",
      {
        kind: "At",
        points: [
          { kind: "ModulePoint", exclude: false, glob: "nf_*" },
          { kind: "ModulePoint", exclude: true, glob: "nf_nat" },
          { kind: "TracepointPoint", exclude: false, group: "net", glob: "*" },
          { kind: "TracepointPoint", exclude: false, group: "xdp", glob: "xdp_redirect" },
        ],
      },
    ],
    ["where tcp", { kind: "Where", condition: name("tcp") }],
    ["when changed", { kind: "When", condition: name("changed") }],
    ["follow clone, xdp", { kind: "Follow", what: [word("clone"), word("xdp")] }],
    ["follow none", { kind: "Follow", what: [word("none")] }],
    [
      'until drop, deliver, xmit, free, fn(ip_*), fn("x"), len > 1',
      {
        kind: "Until",
        terminals: [
          ...["drop", "deliver", "xmit", "free"].map((terminal) => ({
            kind: "NamedTerminal",
            name: terminal,
          })),
          { kind: "FunctionTerminal", glob: "ip_*" },
          { kind: "FunctionTerminal", glob: "x" },
          {
            kind: "ExprTerminal",
            condition: { kind: "Compare", op: ">", left: name("len"), right: int(1n) },
          },
        ],
      },
    ],
    [
      "until drop.reason == NO_SOCKET",
      {
        kind: "Until",
        terminals: [
          {
            kind: "ExprTerminal",
            condition: { kind: "Compare", op: "==", left: name("drop.reason"), right: name("NO_SOCKET") },
          },
        ],
      },
    ],
    ["ending drop", { kind: "Ending", terminals: [{ kind: "NamedTerminal", name: "drop" }] }],
    ["from ip_rcv to drop", { kind: "From", from: glob("ip_rcv"), to: { kind: "NamedPoint", name: "drop" } }],
    [
      "show mark as m, ip.src as from, count()",
      {
        kind: "Show",
        items: [
          { kind: "ShowItem", value: name("mark"), as: word("m") },
          { kind: "ShowItem", value: name("ip.src"), as: word("from") },
          { kind: "ShowItem", value: { kind: "Call", callee: word("count"), args: [] } },
        ],
      },
    ],
    ["by func, iface", { kind: "By", keys: [name("func"), name("iface")] }],
    ["every 1s", { kind: "Every", interval: { kind: "Duration", value: 1_000_000_000n } }],
    ["top 10", { kind: "Top", count: int(10n) }],
    ["sample 1/100", { kind: "Sample", numerator: int(1n), denominator: int(100n) }],
    ["rate 100/s", { kind: "Rate", count: int(100n), per: word("s") }],
    ["limit 5 packets", { kind: "Limit", count: int(5n), unit: word("packets") }],
    ["limit $n events", { kind: "Limit", count: { kind: "ParamRef", name: "n" }, unit: word("events") }],
    ["for 10s", { kind: "For", duration: { kind: "Duration", value: 10_000_000_000n } }],
    ["stop when tcp", { kind: "Stop", condition: name("tcp") }],
  ])("%s", (text, expected) => {
    expect(clauses(text)).toEqual([expected]);
  });

  it("come in any order, and doubled too: that is the checker's", () => {
    expect(clauses("show a where b show c at *")).toMatchObject([
      { kind: "Show" },
      { kind: "Where" },
      { kind: "Show" },
      { kind: "At" },
    ]);
  });

  it("leave names to the names that are clauses in other places", () => {
    expect(clauses("show x as to, mark * 2 where skb->at * 2 == 1")).toMatchObject([
      { items: [{ as: { text: "to" } }, { value: { kind: "Arithmetic", op: "*" } }] },
      { condition: { left: { left: { kind: "RawPath" } } } },
    ]);
    expect(kinds('param to: ip\nparam where: port\n@tags from, at\nuse "x"')).toEqual([
      "Param",
      "Param",
      "Tags",
      "Use",
    ]);
  });
});
