import { expect, test } from "vitest";
import { journeyText } from "../../src/repl/journey.ts";
import { recorded } from "./recorded.ts";

const demo = recorded();

test("a journey step by step: what it began with, then what changed, to its end", () => {
  const lines = journeyText(demo, 1n, false)!.split("\n");
  expect(lines[0]).toMatch(/^packet 1: \d+ events in \d+\.\d us$/);
  expect(lines.slice(1, 4)).toEqual([
    expect.stringMatching(/^ +\+0\.0 us {2}\w+$/),
    expect.stringMatching(/^ +mark 0x0$/),
    expect.stringMatching(/^ +netns client\S*$/),
  ]);
  expect(lines.filter((line) => / mark /.test(line))).toHaveLength(1);
  expect(lines.filter((line) => /^ +netns client\S* -> server\S*$/.test(line))).toHaveLength(1);
  expect(lines.at(-2)).toMatch(
    /^ +\+\d+\.\d us {2}nft_do_chain\+0x[0-9a-f]+ dropped: NETFILTER_DROP \(end\)$/,
  );
});

test("what changed is highlighted, what it began with is not", () => {
  const lines = journeyText(demo, 1n, true)!.split("\n");
  const colored = lines.filter((line) => line.includes("netns")).map((line) => line.includes("\x1b[36m"));
  expect(colored).toEqual([false, true]);
});

test("a packet of which nothing was seen has no journey", () => {
  expect(journeyText(demo, 4711n, false)).toBeUndefined();
});
