import { expect, test } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import { compose, keptAfter, placed } from "../../src/repl/composed.ts";
import type { Kept } from "../../src/repl/kept.ts";

const after = (...entries: readonly string[]): readonly Kept[] =>
  entries.reduce(keptAfter, [] as readonly Kept[]);
const findings = (kept: readonly Kept[], entry: string, columns?: string) => {
  const composed = compose(kept, entry, columns);
  return placed(check(composed.source).diagnostics, composed).map(({ code, at }) => [
    code,
    at!.source.name,
    at!.source.text.slice(at!.span.start, at!.span.end),
  ]);
};

test("an entry is checked with what was defined before it, and wrong places are in the entry", () => {
  const kept = after("def dns = udp.port == 53", "param net: cidr = 10.0.0.0/8");
  expect(findings(kept, "trace skb where dns and ip.src in $net")).toEqual([]);
  expect(findings(kept, "trace skb where dns and udp.dprot == 1")).toEqual([
    ["PWQ1102", "<prompt>", "udp.dprot"],
  ]);
});

test("a definition is corrected by another of its name", () => {
  const kept = after("def port = 53", "def other = 1", "def port = udp.port == 53");
  expect(kept.map(({ text }) => text)).toEqual(["def other = 1", "def port = udp.port == 53"]);
  expect(findings(kept, "trace skb where port")).toEqual([]);
});

test("what an earlier definition does wrong now is shown in the earlier one", () => {
  const kept = after("def a = tcp.dport == 1", "def b = a and udp");
  expect(findings(kept, "def a = 7\ntrace skb where b")).toEqual([["PWQ1110", "<earlier>", "a"]]);
});

test("queries are not kept, their definitions are, with their documentation", () => {
  const kept = after("## Name lookups.\n## Both ways.\ndef dns = udp.port == 53\ntrace skb where dns");
  expect(kept.map(({ text }) => text)).toEqual(["## Name lookups.\n## Both ways.\ndef dns = udp.port == 53"]);
});

test("columns are put into queries without any, and places stay those of what was typed", () => {
  const entry = "trace skb\ntrace drop where mrak == 1 show len\ntrace drop where mrk == 1";
  const composed = compose([], entry, "mark, netns");
  expect(composed.source.text).toBe(
    "trace skb show mark, netns\ntrace drop where mrak == 1 show len\ntrace drop where mrk == 1 show mark, netns",
  );
  expect(findings([], entry, "mark, netns").map(([, , text]) => text)).toEqual(["mrak", "mrk"]);
});
