import { describe, expect, it } from "vitest";
import { distance, suggest } from "../../src/compiler/diagnostics/suggest.ts";

describe("distance", () => {
  it.each([
    ["mark", "mark", 0],
    ["mrak", "mark", 1],
    ["mark", "marks", 1],
    ["mark", "mak", 1],
    ["mark", "nark", 1],
    ["tcp.dstport", "tcp.dport", 2],
  ])("of %s and %s is %d", (a, b, expected) => {
    expect(distance(a, b, 5)).toBe(expected);
    expect(distance(b, a, 5)).toBe(expected);
  });

  it("stops counting beyond the limit", () => {
    expect(distance("abcdefgh", "zzzzzzzz", 2)).toBe(3);
    expect(distance("a", "abcdefgh", 2)).toBe(3);
  });
});

describe("suggest", () => {
  const fields = ["mark", "mtu", "tcp.dport", "tcp.sport", "udp.dport"];
  it.each([
    ["mrak", "mark"],
    ["MARK", "mark"],
    ["tcp.dprot", "tcp.dport"],
    ["tcp.dstport", "tcp.dport"],
    ["mtuu", "mtu"],
    ["zz", undefined],
    ["entirely", undefined],
    ["m", undefined],
  ])("%s -> %s", (word, expected) => {
    expect(suggest(word, fields)).toBe(expected);
  });

  it("takes the nearest, and the first of equals", () => {
    expect(suggest("abcx", ["abyy", "abcd", "abce"])).toBe("abcd");
  });
});
