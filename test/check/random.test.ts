import { describe, expect, it } from "vitest";
import { printProgram } from "../../grammar/index.ts";
import { check } from "../../src/compiler/check/check.ts";
import { render } from "../../src/compiler/diagnostics/render.ts";
import { FIELDS, PRESENCE } from "../../src/compiler/fields/table.ts";
import type { TExpr } from "../../src/compiler/typed.ts";
import { fixtureFacts } from "../fixtures/btf.ts";
import { Trees } from "../grammar/random.ts";
import { Random } from "../random.ts";

const ATOMS = [
  ...FIELDS.keys(),
  ...PRESENCE.keys(),
  ..."SYN ACK NEW TCP NETFILTER_DROP nothing nothing.at.all web ports $p $q $none".split(" "),
  ..."0 1 7 443 70000 0xffffffffffffffff 5ms 1500B 64KiB true false".split(" "),
  ..."10.0.0.1 ::1 10.0.0.0/8 10.1.2.3/8 fd00::/8 02:00:00:00:00:01".split(" "),
  ...'"eth0" "10.0.0.1" "443" "a(" "a*" {80,443} {SYN} {10.0.0.0/8,::1} {"a","b"} 80..443 443..80'.split(" "),
  ..."skb->len skb->dev->name skb->dev skb->cb skb->nothing skb->dev.name skb->cb[50] dev->x".split(" "),
  ..."payload(4) payload(mark) str(skb->dev->name) hex(mark) arg(1) arg(9) len(iface) count() first(mark) foo(1)".split(
    " ",
  ),
];
const OPERATORS = "== != < <= > >= in~not_in ~ matches has and or + - * / % & | ^ << >>"
  .split(" ")
  .flatMap((op) => (op === "in~not_in" ? ["in", "not in"] : [op]));

function expressionText(random: Random, depth: number): string {
  if (depth === 0 || random.once(5)) return random.pick(ATOMS);
  const inner = () => expressionText(random, depth - 1);
  switch (random.int(0, 5)) {
    case 0:
      return `(${inner()})`;
    case 1:
      return `not ${inner()}`;
    case 2:
      return `(${random.pick(["-", "~"])}${inner()})`;
    case 3:
      return `${random.pick(["min", "max", "abs", "str", "hex"])}(${inner()}, ${inner()})`;
    default:
      return `(${inner()}) ${random.pick(OPERATORS)} (${inner()})`;
  }
}

function* everyPart(expr: TExpr): Generator<TExpr> {
  yield expr;
  for (const part of Object.values(expr)) {
    const parts: unknown[] = Array.isArray(part) ? part : [part];
    for (const each of parts) if (isExpr(each)) yield* everyPart(each);
  }
}
const isExpr = (value: unknown): value is TExpr =>
  typeof value === "object" && value !== null && "kind" in value && "span" in value && "type" in value;

const DECLARATIONS =
  "param p: port = 443\nparam q: cidr = 10.0.0.0/8\ndef web = tcp.dport == $p\ndef ports = {80, 443}\n";

describe("any program", () => {
  const facts = fixtureFacts("6.12");
  const look = (text: string) => {
    const { program, diagnostics } = check({ name: "random.pwq", text }, { facts });
    for (const { at } of diagnostics) {
      expect(at!.span.start, text).toBeGreaterThanOrEqual(0);
      expect(at!.span.end, text).toBeLessThanOrEqual(at!.source.text.length);
    }
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(program === undefined, text).toBe(errors.length > 0);
    expect(render(diagnostics, { color: true }) === "").toBe(diagnostics.length === 0);
    return program;
  };

  it("of any shape the grammar allows is answered", () => {
    for (let seed = 0; seed < 300; seed++) look(printProgram(new Trees(seed).program(), ""));
  });

  it("of well-formed conditions is answered, and if it is accepted it is typed throughout", () => {
    let accepted = 0;
    for (let seed = 0; seed < 2500; seed++) {
      const random = new Random(seed);
      const text = `${DECLARATIONS}trace skb where ${expressionText(random, random.int(1, 3))}`;
      const where = look(text)?.queries[0]?.where;
      if (!where) continue;
      accepted++;
      for (const part of everyPart(where)) {
        expect(part.span.end, text).toBeLessThanOrEqual(text.length);
        expect(part.type.kind, text).not.toBe("unknown");
        if (part.kind === "compare") {
          expect(part.left.type.kind, text).toBe(part.right.type.kind);
          expect(part.left.kind === "const" && part.right.kind !== "const", text).toBe(false);
        }
        if (part.kind === "field") expect(part.field.read.from, text).not.toBe("either");
      }
    }
    expect(accepted).toBeGreaterThan(50);
  });
});
