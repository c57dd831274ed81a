import { describe, expect, test } from "vitest";
import { native } from "../../src/native/native.ts";
import { LineTable, SCRIPT_LINE_HASHING } from "../../src/runtime/kernel/line-table.ts";
import { fixtureFile } from "../fixtures/btf.ts";

const HASHINGS = { addon: native(), script: SCRIPT_LINE_HASHING } as const;

describe.each(["addon", "script"] as const)("lines, found by the %s", (which) => {
  const count = (text: string, line: string) => new LineTable(Buffer.from(text), HASHINGS[which]).count(line);

  test("whole ones, as often as they are there", () => {
    const text = "ip_rcv\nip_rcv_core\n\nhelp [nf_a]\nip_rcv\nlast";
    for (const [line, times] of [
      ["ip_rcv", 2],
      ["ip_rc", 0],
      ["ip_rcv_core", 1],
      ["help [nf_a]", 1],
      ["help", 0],
      ["last", 1],
      ["", 0],
    ] as const)
      expect([line, count(text, line)]).toEqual([line, times]);
    expect(count("", "a")).toBe(0);
  });

  test("lines so short that the first table is too small", () => {
    expect(count("a\n".repeat(1000), "a")).toBe(1000);
  });
});

test("both make the same table of a kernel's functions", () => {
  const text = fixtureFile("6.12.functions");
  const tables = Object.values(HASHINGS).map(({ hashLines }) => {
    const table = new Uint32Array(2 ** 20);
    expect(hashLines(text, table)).toBe(true);
    return table;
  });
  expect(tables[0]).toEqual(tables[1]);
});

test("a table that is none is refused, or found empty", () => {
  const { hashLines, countLines } = native();
  const text = Buffer.from("a\n");
  expect(() => hashLines(text, new Uint32Array(3))).toThrow("power of two");
  expect(() => hashLines(text, new Uint32Array(0))).toThrow("power of two");
  expect(countLines(text, Uint32Array.of(99, 7), "a")).toBe(0);
});
