import { describe, expect, it } from "vitest";
import { resolvePathText } from "../../src/compiler/btf/path.ts";
import { type FixtureKernel, fixtureBtf, fixtureModules } from "../fixtures/btf.ts";
import { Random } from "../random.ts";
import { type LaidOut, layOut } from "./memory.ts";
import { randomPacket } from "./packets.ts";
import { surroundings } from "./surroundings-fields.ts";

const KERNELS: readonly FixtureKernel[] = ["6.1", "6.12", "7.2"];

/** The number at the end of a path, as the kernel would find it; undefined where a pointer leads nowhere. */
function follow({ skb, regions }: LaidOut, kernel: FixtureKernel, path: string): bigint | undefined {
  const result = resolvePathText([fixtureBtf(kernel), ...fixtureModules(kernel)], path);
  if ("problem" in result) throw new Error(`${path}: ${result.problem.kind}`);
  const { derefs, offset, value } = result.ok;
  const load = (address: bigint, size: number): DataView | undefined => {
    const region = regions.find((r) => r.address <= address && address < r.address + BigInt(r.bytes.length));
    const bytes = region?.bytes.slice(
      Number(address - region.address),
      Number(address - region.address) + size,
    );
    return bytes && new DataView(bytes.buffer);
  };
  let base: bigint | undefined = skb;
  for (const deref of derefs) {
    base = load(base + BigInt(deref.offset), 8)?.getBigUint64(0, true);
    if (base === undefined) return undefined;
    base &= deref.mask ?? -1n;
  }
  if (value.kind !== "scalar") throw new Error(`${path}: a number was wanted`);
  const bytes = load(base + BigInt(offset), value.size);
  if (!bytes) return undefined;
  const little = !value.bigEndian;
  const sizes = {
    1: () => BigInt(bytes.getUint8(0)),
    2: () => BigInt(bytes.getUint16(0, little)),
    4: () => BigInt(bytes.getUint32(0, little)),
    8: () => bytes.getBigUint64(0, little),
  };
  const word = sizes[value.size]();
  return value.bits ? (word >> BigInt(value.bits.shift)) & ((1n << BigInt(value.bits.width)) - 1n) : word;
}

describe.each(KERNELS)("simulated memory of Linux %s", (kernel) => {
  const btfs = [fixtureBtf(kernel), ...fixtureModules(kernel)];

  it("has what the packet has, where the types say", () => {
    const random = new Random(3);
    for (let i = 0; i < 200; i++) {
      const packet = randomPacket(random);
      const memory = layOut(packet, btfs);
      const known = new Map(surroundings(packet));
      const paths = [...known.keys()].filter((name) => name.startsWith("skb->"));
      expect(paths.map((path) => [path, follow(memory, kernel, path)])).toEqual(
        paths.map((path) => [path, known.get(path)]),
      );
      expect(follow(memory, kernel, "skb->tail")).toBe(BigInt(packet.tail));
      expect(follow(memory, kernel, "skb->_nfct & ~7 : nf_conn -> mark")).toBe(known.get("ct.mark"));
      if (packet.tag && kernel === "6.1") expect(follow(memory, kernel, "skb->vlan_present")).toBe(1n);
    }
  });

  it("has regions at kernel addresses that do not touch", () => {
    const { regions } = layOut(randomPacket(new Random(1)), btfs);
    const ends = regions.map(({ address, bytes }) => address + BigInt(bytes.length));
    expect(regions.every(({ address }) => address >> 47n === 0x1ffffn)).toBe(true);
    expect(regions.slice(1).every(({ address }, i) => address > ends[i]!)).toBe(true);
  });
});
