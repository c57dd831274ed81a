import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { list, readText, readUnsized } from "../../../src/runtime/kernel/files.ts";
import { machineArch, parseVersion } from "../../../src/runtime/kernel/release.ts";
import { findTracefs } from "../../../src/runtime/kernel/tracefs.ts";
import { parseEvents } from "../../../src/runtime/kernel/tracepoints.ts";
import { tree } from "./tree.ts";

describe("files", () => {
  test("of proc have no size and are read to their end", () => {
    const own = readUnsized("/proc/self/maps")!.toString();
    expect(own.split("\n").length).toBeGreaterThan(10);
    expect(own.endsWith("\n")).toBe(true);
  });
  test("larger than the first buffer are whole", () => {
    const bytes = Buffer.alloc((1 << 24) + 7, "x");
    expect(readUnsized(join(tree({ big: bytes }), "big"))!.equals(bytes)).toBe(true);
  });
  test("that are not there", () => {
    const root = tree({ "folder/x": "" });
    expect(readUnsized(join(root, "nope"))).toBeUndefined();
    expect(readUnsized(join(root, "folder"))).toBeUndefined();
    expect(readText(join(root, "nope"))).toBeUndefined();
    expect(list(join(root, "nope"))).toEqual([]);
    expect(list(join(root, "folder"))).toEqual(["x"]);
  });
});

test.each([
  ["6.12.95+deb12-amd64", [6, 12, 95]],
  ["6.1.0-50-amd64", [6, 1, 0]],
  ["7.2-rc1", [7, 2, 0]],
  ["vmlinux.btf", undefined],
])("version of %s", (text, version) => {
  expect(parseVersion(text)).toEqual(version);
});

test("architectures by Node's names", () => {
  expect(["x64", "arm64", "riscv64", "constructor"].map((name) => machineArch(name))).toEqual([
    "x86_64",
    "arm64",
    undefined,
    undefined,
  ]);
});

describe("tracefs", () => {
  test("is at its own place before the one in debugfs", () => {
    const both = tree({ "sys/kernel/tracing/trace": "", "sys/kernel/debug/tracing/trace": "" });
    expect(findTracefs(both)).toEqual({ path: join(both, "sys/kernel/tracing") });
    const old = tree({ "sys/kernel/tracing/.keep": "", "sys/kernel/debug/tracing/trace": "" });
    expect(findTracefs(old)).toEqual({ path: join(old, "sys/kernel/debug/tracing") });
  });
  test("is not mounted where its folder is empty, or not there", () => {
    const empty = tree({ "sys/kernel/tracing/.keep": "" });
    const path = join(empty, "sys/kernel/tracing");
    expect(findTracefs(empty)).toEqual({ problem: "not mounted", path });
    const none = tree({});
    expect(findTracefs(none)).toEqual({ problem: "not mounted", path: join(none, "sys/kernel/tracing") });
  });
});

test("tracepoint groups; of a name that two have, the first", () => {
  const groups = parseEvents("skb:kfree_skb\nnet:netif_rx\nother:netif_rx\n");
  expect(groups.get("kfree_skb")).toBe("skb");
  expect(groups.get("netif_rx")).toBe("net");
  expect(groups.get("nope")).toBeUndefined();
  expect(parseEvents("").size).toBe(0);
});
