import { describe, expect, it } from "vitest";
import { type Expr, parseExpression } from "../../grammar/index.ts";

/** Every operator with its operands in parentheses. */
function shape(node: Expr): string {
  switch (node.kind) {
    case "Logic":
    case "Compare":
    case "Arithmetic":
      return `(${shape(node.left)} ${node.op} ${shape(node.right)})`;
    case "Not":
      return `(not ${shape(node.operand)})`;
    case "Negate":
      return `(${node.op}${shape(node.operand)})`;
    case "Membership":
      return `(${shape(node.value)} ${node.negated ? "not in" : "in"} ${shape(node.set)})`;
    case "Match":
      return `(${shape(node.value)} ${node.op} ${shape(node.pattern)})`;
    case "Has":
      return `(${shape(node.value)} has ${shape(node.flags)})`;
    case "Range":
      return `(${shape(node.low)}..${shape(node.high)})`;
    case "Set":
      return `{${node.items.map(shape).join(" ")}}`;
    case "Call":
      return `${node.callee.text}[${node.args.map(shape).join(" ")}]`;
    case "RawPath":
      return `${node.root}${node.steps.map((s) => (s.kind === "Index" ? `[${s.index}]` : `${s.arrow ? "->" : "."}${s.name}`)).join("")}`;
    case "Pcap":
      return `${node.inner ? "inner." : ""}pcap<${node.text.value}>`;
    case "Name":
      return node.name;
    case "ParamRef":
      return `$${node.name}`;
    case "Cidr":
      return `${node.address}/${node.prefix}`;
    default:
      return String(node.value);
  }
}

describe("how operators bind", () => {
  it.each([
    ["a or b and c", "(a or (b and c))"],
    ["a and b or c", "((a and b) or c)"],
    ["a or b or c", "((a or b) or c)"],
    ["a || b && !c", "(a or (b and (not c)))"],
    ["not a and b", "((not a) and b)"],
    ["not a == b", "(not (a == b))"],
    ["! a in b", "(not (a in b))"],
    ["not not a", "(not (not a))"],
    ["mark & 0xff == 7", "((mark & 255) == 7)"],
    ["a | b == c", "((a | b) == c)"],
    ["a == b | c", "(a == (b | c))"],
    ["a | b ^ c & d", "(a | (b ^ (c & d)))"],
    ["a & b | c", "((a & b) | c)"],
    ["a & 1 << 2 + 3 * 4", "(a & (1 << (2 + (3 * 4))))"],
    ["a - b - c", "((a - b) - c)"],
    ["a / b * c % d", "(((a / b) * c) % d)"],
    ["a << b >> c", "((a << b) >> c)"],
    ["-a * b", "((-a) * b)"],
    ["~a & b", "((~a) & b)"],
    ["- - 1", "(-(-1))"],
    ["(a or b) and c", "((a or b) and c)"],
    ["a not in b and c", "((a not in b) and c)"],
    ["a in 1..2", "(a in (1..2))"],
    ["a in b + 1..c | 2", "(a in ((b + 1)..(c | 2)))"],
    ["a == ~b", "(a == (~b))"],
    ['func ~ "ip_*" or x', "((func ~ ip_*) or x)"],
    ['comm matches "^ng" and y', "((comm matches ^ng) and y)"],
    ["tcp.flags has SYN | ACK", "(tcp.flags has (SYN | ACK))"],
    ["a in {1, 2..3,}", "(a in {1 (2..3)})"],
    ["a in {10.0.0.0/8, ::1}", "(a in {167772160/8 1})"],
    ["a\n  and b\n  # remark\n\n  or c", "((a and b) or c)"],
  ])("%s", (text, expected) => {
    const { expression, problems } = parseExpression(text);
    expect(problems).toEqual([]);
    expect(shape(expression!)).toBe(expected);
  });
});

describe("names, paths and calls", () => {
  it.each([
    ["tcp.dport", "tcp.dport"],
    ["inner.ip.src", "inner.ip.src"],
    ["sk.mark", "sk.mark"],
    ["drop.reason", "drop.reason"],
    ["for.at.where", "for.at.where"],
    ["module", "module"],
    ["type", "type"],
    ["trace", "trace"],
    ["$for", "$for"],
    ["skb->dev->name", "skb->dev->name"],
    ["skb->cb[3]", "skb->cb[3]"],
    ["skb->cb[3].x[1]->y", "skb->cb[3].x[1]->y"],
    ["skb->sk->__sk_common.skc_family", "skb->sk->__sk_common.skc_family"],
    ["skb->for->in.not", "skb->for->in.not"],
    ["skb -> dev", "skb->dev"],
    ["a.b->c", "a.b->c"],
    ["count()", "count[]"],
    ["hex(skb->cb, 16)", "hex[skb->cb 16]"],
    ["changed(mark)", "changed[mark]"],
    ["lhist(len, 0, 100, 10)", "lhist[len 0 100 10]"],
    ['pcap "tcp port 443"', "pcap<tcp port 443>"],
    ['inner.pcap "udp"', "inner.pcap<udp>"],
    ["inner.pcap.x", "inner.pcap.x"],
  ])("%s", (text, expected) => {
    const { expression, problems } = parseExpression(text);
    expect(problems).toEqual([]);
    expect(shape(expression!)).toBe(expected);
  });
});

describe("places", () => {
  const at = (text: string) => parseExpression(text).expression!;
  it("cover the parentheses of an operand, but not those around the whole", () => {
    expect(at("(a or b) and (c)").span).toEqual({ start: 0, end: 16 });
    expect(at("  (a)  ").span).toEqual({ start: 3, end: 4 });
  });
  it("are those of the names in a path", () => {
    expect(at("skb->a.b[1]")).toMatchObject({
      span: { start: 0, end: 11 },
      steps: [
        { name: "a", arrow: true, span: { start: 5, end: 6 } },
        { name: "b", arrow: false, span: { start: 7, end: 8 } },
        { index: 1, span: { start: 8, end: 11 } },
      ],
    });
  });
  it("include the operator's own", () => {
    expect(at("a  ==  b")).toMatchObject({ opSpan: { start: 3, end: 5 }, span: { start: 0, end: 8 } });
    expect(at("a + b")).toMatchObject({ opSpan: { start: 2, end: 3 } });
  });
});
