import { isIPv6 } from "node:net";
import { describe, expect, it } from "vitest";
import { parseExpression } from "../../grammar/index.ts";
import { strip } from "./strip.ts";

const read = (text: string) => strip(parseExpression(text).expression);

describe("numbers", () => {
  it.each([
    ["0", 0n],
    ["10", 10n],
    ["0x0a", 10n],
    ["0XFF", 255n],
    ["0b1010", 10n],
    ["1_000", 1000n],
    ["0xdead_beef", 0xdeadbeefn],
    ["18446744073709551615", (1n << 64n) - 1n],
    ["0xffffffffffffffff", (1n << 64n) - 1n],
  ])("%s", (text, value) => {
    expect(read(text)).toEqual({ kind: "Int", value });
  });

  it.each([
    ["7ns", 7n],
    ["250us", 250_000n],
    ["3ms", 3_000_000n],
    ["5s", 5_000_000_000n],
    ["2m", 120_000_000_000n],
    ["1h", 3_600_000_000_000n],
    ["0s", 0n],
    ["1_000ms", 1_000_000_000n],
  ])("%s", (text, value) => {
    expect(read(text)).toEqual({ kind: "Duration", value });
  });

  it.each([
    ["1500B", 1500n],
    ["2KB", 2000n],
    ["64KiB", 65_536n],
    ["1MB", 1_000_000n],
    ["1MiB", 1_048_576n],
    ["1GB", 1_000_000_000n],
    ["1GiB", 1_073_741_824n],
  ])("%s", (text, value) => {
    expect(read(text)).toEqual({ kind: "Size", value });
  });
});

describe("strings", () => {
  it.each([
    ['""', ""],
    ['"eth0"', "eth0"],
    [String.raw`"a\"b"`, 'a"b'],
    [String.raw`"\\ \n \r \t \0"`, "\\ \n \r \t \0"],
    [String.raw`"\x41\u{1f600}"`, "A\u{1f600}"],
    ['"# no remark"', "# no remark"],
    ['"größe"', "größe"],
  ])("%s", (text, value) => {
    expect(read(text)).toEqual({ kind: "String", value });
  });
});

describe("addresses", () => {
  it.each([
    ["10.0.0.1", { kind: "Ip", version: 4, value: 0x0a000001n }],
    ["0.0.0.0", { kind: "Ip", version: 4, value: 0n }],
    ["255.255.255.255", { kind: "Ip", version: 4, value: 0xffffffffn }],
    ["::", { kind: "Ip", version: 6, value: 0n }],
    ["::1", { kind: "Ip", version: 6, value: 1n }],
    ["fe80::1", { kind: "Ip", version: 6, value: (0xfe80n << 112n) | 1n }],
    ["FE80::", { kind: "Ip", version: 6, value: 0xfe80n << 112n }],
    ["1:2:3:4:5:6:7:8", { kind: "Ip", version: 6, value: 0x00010002000300040005000600070008n }],
    ["aa:bb:cc:dd:ee:ff:aa:bb", { kind: "Ip", version: 6, value: 0x00aa00bb00cc00dd00ee00ff00aa00bbn }],
    ["::ffff:10.0.0.1", { kind: "Ip", version: 6, value: 0xffff0a000001n }],
    ["64:ff9b::10.0.0.1", { kind: "Ip", version: 6, value: (0x0064ff9bn << 96n) | 0x0a000001n }],
    ["10.0.0.0/8", { kind: "Cidr", version: 4, address: 0x0a000000n, prefix: 8 }],
    ["10.0.0.1/32", { kind: "Cidr", version: 4, address: 0x0a000001n, prefix: 32 }],
    ["0.0.0.0/0", { kind: "Cidr", version: 4, address: 0n, prefix: 0 }],
    ["10.1.2.3/8", { kind: "Cidr", version: 4, address: 0x0a010203n, prefix: 8 }],
    ["::/0", { kind: "Cidr", version: 6, address: 0n, prefix: 0 }],
    ["fe80::/10", { kind: "Cidr", version: 6, address: 0xfe80n << 112n, prefix: 10 }],
    ["aa:bb:cc:dd:ee:ff", { kind: "Mac", value: 0xaabbccddeeffn }],
    ["00-11-22-33-44-55", { kind: "Mac", value: 0x001122334455n }],
    ["AA:BB:CC:DD:EE:01", { kind: "Mac", value: 0xaabbccddee01n }],
  ])("%s", (text, node) => {
    expect(read(text)).toEqual(node);
  });

  it("range over addresses of both families", () => {
    expect(read("10.0.0.1..10.0.0.9")).toMatchObject({ kind: "Range", high: { version: 4 } });
    expect(read("::..fe80::1")).toMatchObject({ kind: "Range", low: { value: 0n }, high: { version: 6 } });
  });

  it("are those IPv6 addresses that Node knows, for texts of the right letters", () => {
    let state = 7;
    const random = (below: number) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * below);
    };
    const groups = ["0", "1", "ffff", "abc", "", "", "1.2.3.4", "10000"];
    let valid = 0;
    for (let i = 0; i < 5_000; i++) {
      const text = Array.from({ length: 3 + random(7) }, () => groups[random(groups.length)]).join(":");
      const node = parseExpression(text).expression;
      const isAddress = node?.kind === "Ip" && node.version === 6 && node.span.end === text.length;
      if (isIPv6(text)) valid++;
      expect(isAddress, text).toBe(isIPv6(text));
    }
    expect(valid).toBeGreaterThan(100);
  });
});

it("reads the truth values", () => {
  expect(read("true")).toEqual({ kind: "Bool", value: true });
  expect(read("false")).toEqual({ kind: "Bool", value: false });
});
