import { describe, expect, it } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import { evaluate, type Value } from "../../src/compiler/evaluate.ts";
import type { TExpr, TPast } from "../../src/compiler/typed.ts";
import { type FixtureKernel, fixtureFacts } from "../fixtures/btf.ts";
import { Random } from "../random.ts";
import { Generated } from "./generated.ts";
import { fieldsOf, randomOccasion } from "./occasion.ts";
import { randomPacket } from "./packets.ts";
import { environmentOf, explain } from "./parse.ts";
import { slotsOf } from "./slots.ts";

/** Values of all shapes: numbers, addresses of either family and of one, text, conditions, what packets lack. */
const VALUES = [
  "len",
  "mark",
  "ip.src",
  "ip4.dst",
  "ip6.src",
  "iface",
  "comm",
  "tcp.dport",
  "eth.src",
  "tcp",
  "ip.ttl > 64",
  "len % 3",
];
const PACKETS = 400;
const KERNELS: readonly FixtureKernel[] = ["6.1", "6.12", "7.2"];

describe.each(KERNELS)("earlier events on Linux %s", (kernel) => {
  it.each(VALUES)("are compared with by changed and first: %s", (text) => {
    const facts = fixtureFacts(kernel);
    const random = new Random(11);
    const { program, diagnostics } = check(
      { name: "past", text: `trace skb at ip_rcv, drop show changed(${text}) as c, first(${text}) as f` },
      { facts },
    );
    expect(diagnostics.map(({ message }) => message)).toEqual([]);
    const { value } = program!.queries[0]!.show[0]!.value as TPast satisfies TExpr;
    const generated = new Generated(program!, facts);
    const seen = new Set<string>();
    let before: string | undefined;
    const wanted: (boolean | undefined)[][] = [];
    const got: (Value | undefined)[][] = [];
    // Few packets, each again and again, so that values repeat themselves; half of them have the value.
    const made = Array.from({ length: 500 }, () => randomPacket(random));
    const has = (packet: (typeof made)[number]): boolean =>
      evaluate(value, environmentOf(explain(packet), new Map())) !== undefined;
    const packets = [...made.filter(has).slice(0, 10), ...made.slice(0, 10)];
    for (let i = 0; i < PACKETS; i++) {
      const packet = random.pick(packets);
      const occasion = randomOccasion(random);
      const now = evaluate(value, environmentOf(explain(packet), fieldsOf(occasion)));
      const key = now === undefined ? undefined : keyOf(now);
      wanted.push(
        key === undefined ? [undefined, undefined] : [before !== undefined && before !== key, !seen.has(key)],
      );
      if (key !== undefined) {
        before = key;
        seen.add(key);
      }
      const slots = slotsOf(generated.run(packet, occasion).record!, generated.record);
      got.push(generated.record.slots.map((slot) => slots.get(slot.key)));
    }
    expect(got).toEqual(wanted);
    expect(new Set(wanted.map(String)).size).toBeGreaterThan(1);
  });
});

const keyOf = (value: Value): string =>
  typeof value === "object" && "version" in value ? `${value.version} ${value.value}` : String(value);
