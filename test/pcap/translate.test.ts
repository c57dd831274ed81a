import { describe, expect, it } from "vitest";
import type { CbpfInsn, CbpfProgram } from "../../src/compiler/pcap/cbpf.ts";
import type { PcapFilter } from "../../src/compiler/pcap/filter.ts";
import { type FixtureKernel, fixtureFacts } from "../fixtures/btf.ts";
import { vlanTag } from "../oracle/headers.ts";
import { ETH_QINQ, ETH_VLAN, POOL } from "../oracle/pools.ts";
import { Random } from "../random.ts";
import { accepts } from "./cbpf.ts";
import { bytesOf, randomFrame, received, sent } from "./frames.ts";
import { Capture } from "./run.ts";

const PROGRAMS = Number(process.env.PWQ_CBPF_PROGRAMS ?? 80);
const FRAMES = 16;
const LENGTH = 24;

const insn = (code: number, k = 0, jt = 0, jf = 0): CbpfInsn => ({ code, jt, jf, k });
const K = [0, 1, 2, 4, 12, 14, 31, 32, 0x11, 0x800, 0xffff, 0x8000_0000, 0xffff_ffff];
const OFFSETS = [
  0, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 23, 30, 36, 54, 63, 64, 100, 1000, 0x7fff_fffe,
  0xffff_fffe,
];

/** Any instruction but the last, as good as any other; all of the machine in a few dozen. */
function randomInsn(random: Random, at: number): CbpfInsn {
  const word = (): number => random.int(0, 3);
  const ahead = (): number => random.int(0, Math.min(LENGTH - 2 - at, 5));
  const make: readonly (() => CbpfInsn)[] = [
    () => insn(random.pick([0x20, 0x28, 0x30]), random.pick(OFFSETS)),
    () => insn(random.pick([0x20, 0x28, 0x30]), random.pick(OFFSETS)),
    () => insn(random.pick([0x40, 0x48, 0x50]), random.pick(OFFSETS)),
    () => insn(random.pick([0x40, 0x48, 0x50]), random.int(0, 20)),
    () => insn(0xb1, random.pick(OFFSETS.slice(0, 16))),
    () => insn(random.pick([0x00, 0x01]), random.pick(K)),
    () => insn(0x01, random.int(0, 20)),
    () => insn(random.pick([0x80, 0x81])),
    () => insn(random.pick([0x60, 0x61, 0x02, 0x03]), word()),
    () => insn(random.pick([0x07, 0x87, 0x84])),
    () =>
      insn(0x04 | (random.pick([0, 1, 2, 3, 4, 5, 6, 7, 9, 10]) << 4) | random.pick([0, 8]), random.pick(K)),
    () => insn(0x05 | (random.int(1, 4) << 4) | random.pick([0, 8]), random.pick(K), ahead(), ahead()),
    () => insn(0x05 | (random.int(1, 4) << 4) | random.pick([0, 8]), random.pick(K), ahead(), 0),
    () => insn(0x05, ahead()),
  ];
  return random.pick(make)();
}

/** Ends in A, or in whether A is even: programs that reject everything would show little. */
function randomProgram(random: Random): CbpfProgram {
  const body = Array.from({ length: LENGTH - 1 }, (_, at) => randomInsn(random, at));
  return random.once(2) ? [...body, insn(0x16)] : [...body.slice(1), insn(0x54, 1), insn(0x16)];
}

const random = new Random(23);
const frames = Array.from({ length: FRAMES }, () => randomFrame(random));
const whole = frames.map((frame) => bytesOf(frame));
const tags = frames.map(() => ({ proto: random.pick([ETH_VLAN, ETH_QINQ]), tci: random.pick(POOL.tci) }));
/** What a filter that asks for tags sees of a frame whose tag the socket buffer carries. */
const tagged = whole.map((bytes, i) => {
  const { proto, tci } = tags[i]!;
  const type = (bytes[12]! << 8) | bytes[13]!;
  const announced = Uint8Array.of(proto >> 8, proto & 0xff);
  return Uint8Array.from([...bytes.slice(0, 12), ...announced, ...vlanTag(tci, type), ...bytes.slice(14)]);
});
/** An IPv4 header, then anything. */
const networks = whole.map((_, i) => Uint8Array.from([0x45, ...random.bytes(19 + 5 * i)]));

describe.each<FixtureKernel>(["6.1", "6.12"])("translated on Linux %s", (kernel) => {
  const facts = fixtureFacts(kernel);
  const captures = {
    whole: new Capture(
      whole.map((bytes) => received(bytes)),
      facts,
    ),
    tagged: new Capture(
      whole.map((bytes, i) => received(bytes, tags[i])),
      facts,
    ),
    networks: new Capture(networks.map(sent), facts),
  };

  it("random programs do what classic BPF says", () => {
    const more = new Random(7);
    const wrong: string[] = [];
    const seen = new Set<boolean>();
    for (let i = 0; i < PROGRAMS; i++) {
      const program = randomProgram(more);
      const filter: PcapFilter = { text: "", ethernet: program, raw: program, tags: true };
      const wanted = {
        whole: whole.map((bytes) => accepts(program, bytes, bytes.length)),
        tagged: tagged.map((bytes) => accepts(program, bytes, bytes.length)),
        networks: networks.map((bytes) => accepts(program, bytes, bytes.length)),
      };
      for (const where of ["whole", "tagged", "networks"] as const) {
        const got = captures[where].verdicts(filter);
        for (const one of wanted[where]) seen.add(one);
        if (got.some((one, n) => one !== wanted[where][n]))
          wrong.push(
            `${where}: ${program.map(({ code, jt, jf, k }) => `${code.toString(16)} ${jt} ${jf} ${k}`).join("; ")}`,
          );
      }
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(seen.size).toBe(2);
  }, 60_000);
});
