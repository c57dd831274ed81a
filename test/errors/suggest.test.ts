import { describe, expect, it } from "vitest";
import { didYouMean, suggest } from "../../src/compiler/diagnostics/suggest.ts";

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

  it("asks", () => {
    expect(didYouMean("mrak", fields)).toBe("did you mean `mark`?");
    expect(didYouMean("entirely", fields)).toBeUndefined();
  });
});
