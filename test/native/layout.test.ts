import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { EVENT, TRACK } from "../../src/compiler/layout.ts";

const { HEADER, layoutHeader } = (await import(
  new URL("../../scripts/layout.mjs", import.meta.url).href
)) as {
  HEADER: string;
  layoutHeader(): Promise<string>;
};

it("the committed header is what the layouts say", async () => {
  expect(readFileSync(HEADER, "utf8")).toBe(await layoutHeader());
});

it("the event holds the tracking entry in one piece", () => {
  const start = EVENT.offsets.packet!;
  const { unused: _, ...entry } = TRACK.offsets;
  for (const [member, offset] of Object.entries(entry)) {
    expect([member, EVENT.offsets[member]]).toEqual([member, start + offset]);
  }
  expect(EVENT.offsets.at! - start).toBeGreaterThanOrEqual(TRACK.size);
});
