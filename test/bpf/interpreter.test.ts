import { describe, expect, it } from "vitest";
import {
  alu,
  atomic,
  be16,
  be32,
  be64,
  call,
  constant,
  exit,
  fp,
  HELPER,
  type Insn,
  type Item,
  ja,
  jump,
  label,
  lddw,
  lddwSymbol,
  ldx,
  le16,
  le32,
  le64,
  mov,
  neg,
  neg32,
  r0,
  r1,
  r2,
  r3,
  r6,
  st,
  stx,
} from "../../src/compiler/bpf/index.ts";
import { helpers, rdonlyCast } from "./helpers.ts";
import { Machine, type MachineOptions, native } from "./interpreter.ts";
import { Memory } from "./memory.ts";

const main = (insns: readonly Item[], params = 0): MachineOptions => ({
  functions: [{ name: "main", params, insns }],
});
const run = (insns: readonly Item[], ...args: bigint[]): bigint =>
  new Machine(main(insns, args.length)).call("main", args);
const M1 = 0xffff_ffff_ffff_ffffn;
const MIN = 0x8000_0000_0000_0000n;

/** [operation, left, right, 64-bit result, 32-bit result]. Expected values by hand from RFC 9669. */
const ARITHMETIC: readonly [Exclude<keyof typeof alu, "mov">, bigint, bigint, bigint, bigint][] = [
  ["add", M1, 1n, 0n, 0n],
  ["add", 0xffff_ffffn, 1n, 0x1_0000_0000n, 0n],
  ["sub", 0n, 1n, M1, 0xffff_ffffn],
  ["sub", 0x1_0000_0000n, 1n, 0xffff_ffffn, 0xffff_ffffn],
  ["mul", 0x1_0000_0001n, 3n, 0x3_0000_0003n, 3n],
  ["mul", M1, M1, 1n, 1n],
  ["div", M1, 2n, 0x7fff_ffff_ffff_ffffn, 0x7fff_ffffn],
  ["div", 7n, 0n, 0n, 0n],
  ["div", 0x1_0000_0008n, 0x2_0000_0002n, 0n, 4n],
  ["mod", 7n, 4n, 3n, 3n],
  ["mod", 0x5_0000_0007n, 0n, 0x5_0000_0007n, 7n],
  ["mod", M1, 10n, 5n, 5n],
  ["or", 0xf0n, 0x1_0000_000fn, 0x1_0000_00ffn, 0xffn],
  ["and", M1, 0x1_0000_0001n, 0x1_0000_0001n, 1n],
  ["xor", M1, 1n, 0xffff_ffff_ffff_fffen, 0xffff_fffen],
  ["lsh", 1n, 63n, MIN, 0x8000_0000n],
  ["lsh", 3n, 64n, 3n, 3n],
  ["lsh", 3n, 33n, 0x6_0000_0000n, 6n],
  ["rsh", MIN, 63n, 1n, 0n],
  ["rsh", 0x8000_0000n, 32n, 0n, 0x8000_0000n],
  ["arsh", MIN, 63n, M1, 0n],
  ["arsh", 0x8000_0000n, 4n, 0x0800_0000n, 0xf800_0000n],
  ["arsh", 0x8000_0000_8000_0000n, 65n, 0xc000_0000_4000_0000n, 0xc000_0000n],
];

/** [condition, left, right, 64-bit result, 32-bit result] */
const COMPARISONS: readonly [keyof typeof jump, bigint, bigint, boolean, boolean][] = [
  ["eq", 5n, 5n, true, true],
  ["eq", 0x1_0000_0005n, 5n, false, true],
  ["ne", 0x1_0000_0005n, 5n, true, false],
  ["gt", M1, 1n, true, true],
  ["gt", 1n, 1n, false, false],
  ["gt", 0x1_0000_0000n, 1n, true, false],
  ["ge", 1n, 1n, true, true],
  ["ge", 0n, 1n, false, false],
  ["lt", 1n, M1, true, true],
  ["lt", 0x1_0000_0000n, 1n, false, true],
  ["le", 1n, 1n, true, true],
  ["le", 2n, 1n, false, false],
  ["set", 6n, 2n, true, true],
  ["set", 6n, 1n, false, false],
  ["set", 0x1_0000_0000n, 0x1_0000_0000n, true, false],
  ["sgt", 1n, M1, true, true],
  ["sgt", M1, 1n, false, false],
  ["sgt", 0xffff_ffffn, 1n, true, false],
  ["sge", M1, M1, true, true],
  ["sge", MIN, 0n, false, true],
  ["slt", M1, 1n, true, true],
  ["slt", 0xffff_ffffn, 1n, false, true],
  ["sle", MIN, 0x7fff_ffffn, true, true],
  ["sle", 1n, 0n, false, false],
];

const asImm = (value: bigint): number => Number(BigInt.asIntN(64, value));
const fits32 = (value: bigint): boolean => BigInt.asIntN(32, value) === BigInt.asIntN(64, value);

describe("arithmetic", () => {
  it.each(ARITHMETIC)("%s %d, %d", (name, left, right, wide, narrow) => {
    expect(run([mov.reg(r0, r1), alu[name].reg(r0, r2), exit], left, right)).toBe(wide);
    expect(run([mov.reg(r0, r1), alu[name].reg32(r0, r2), exit], left, right)).toBe(narrow);
    const shift = name === "lsh" || name === "rsh" || name === "arsh";
    const refused = (bits: bigint): boolean =>
      shift ? right >= bits : right === 0n && ["div", "mod"].includes(name);
    if (!fits32(right)) return;
    if (!refused(64n)) expect(run([mov.reg(r0, r1), alu[name].imm(r0, asImm(right)), exit], left)).toBe(wide);
    if (!refused(32n))
      expect(run([mov.reg(r0, r1), alu[name].imm32(r0, asImm(right)), exit], left)).toBe(narrow);
  });

  it("refuses immediates that the verifier refuses", () => {
    expect(() => run([mov.imm(r0, 1), alu.div.imm(r0, 0), exit])).toThrow("division by zero");
    expect(() => run([mov.imm(r0, 1), alu.lsh.imm32(r0, 32), exit])).toThrow("shift by 32");
  });

  it("moves and sign-extends immediates only in 64-bit operations", () => {
    expect(run([mov.imm(r0, -1), exit])).toBe(M1);
    expect(run([mov.imm32(r0, -1), exit])).toBe(0xffff_ffffn);
    expect(run([mov.imm32(r0, 0xffff_fffe), exit])).toBe(0xffff_fffen);
    expect(run([mov.reg32(r0, r1), exit], M1)).toBe(0xffff_ffffn);
  });

  it("negates", () => {
    expect(run([mov.imm(r0, 1), neg(r0), exit])).toBe(M1);
    expect(run([mov.imm(r0, 1), neg32(r0), exit])).toBe(0xffff_ffffn);
    expect(run([mov.imm(r0, 0), neg32(r0), exit])).toBe(0n);
  });

  const x = 0x0102_0304_0506_0708n;
  it.each<[string, Insn, bigint]>([
    ["be16", be16(r0), 0x0807n],
    ["be32", be32(r0), 0x0807_0605n],
    ["be64", be64(r0), 0x0807_0605_0403_0201n],
    ["le16", le16(r0), 0x0708n],
    ["le32", le32(r0), 0x0506_0708n],
    ["le64", le64(r0), x],
  ])("swaps %s", (_, swap, expected) => {
    expect(run([lddw(r0, x), swap, exit])).toBe(expected);
  });

  it.each([
    0n,
    1n,
    -1n,
    0x7fff_ffffn,
    0x8000_0000n,
    0xffff_ffffn,
    0x1_0000_0000n,
    M1,
    -(2n ** 31n),
    -(2n ** 31n) - 1n,
  ])("loads the constant %d", (value) => {
    expect(run([constant(r0, value), exit])).toBe(BigInt.asUintN(64, value));
  });
});

describe("jumps", () => {
  const taken = (test: Insn, ...args: bigint[]): boolean =>
    run([test, mov.imm(r0, 0), exit, label("yes"), mov.imm(r0, 1), exit], ...args) === 1n;

  it.each(COMPARISONS)("%s %d, %d", (name, left, right, wide, narrow) => {
    expect(taken(jump[name].reg(r1, r2, "yes"), left, right)).toBe(wide);
    expect(taken(jump[name].reg32(r1, r2, "yes"), left, right)).toBe(narrow);
    if (!fits32(right)) return;
    expect(taken(jump[name].imm(r1, asImm(right), "yes"), left)).toBe(wide);
    expect(taken(jump[name].imm32(r1, asImm(right), "yes"), left)).toBe(narrow);
  });

  it("goes back and over two-slot instructions", () => {
    const sum = [
      mov.imm(r0, 0),
      label("again"),
      alu.add.reg(r0, r1),
      alu.sub.imm(r1, 1),
      jump.ne.imm(r1, 0, "again"),
      ja("end"),
      lddw(r0, 0n),
      label("end"),
      exit,
    ];
    expect(run(sum, 100n)).toBe(5050n);
  });

  it("stops what does not end", () => {
    expect(() => run([label("x"), ja("x")])).toThrow("more than 1000000 instructions");
  });
});

describe("memory", () => {
  it("has a stack that must be written before it is read, aligned", () => {
    expect(run([st(8, fp, -8, -2), ldx(4, r0, fp, -4), exit])).toBe(0xffff_ffffn);
    expect(run([stx(2, fp, -6, r1), ldx(2, r0, fp, -6), exit], 0x1_2345n)).toBe(0x2345n);
    expect(() => run([st(4, fp, -8, 0), ldx(8, r0, fp, -8), exit])).toThrow(
      "main, pc 1: read of frame0 fp-4, which was never written",
    );
    expect(() => run([st(4, fp, -6, 0), mov.imm(r0, 0), exit])).toThrow(
      "misaligned access of 4 bytes at frame0 fp-6",
    );
    expect(() => run([st(8, fp, -520, 0), exit])).toThrow("nothing there");
    expect(() => run([st(8, fp, 0, 0), exit])).toThrow("nothing there");
  });

  it("forgets the stack and the registers of an earlier call", () => {
    const machine = new Machine(
      main([jump.eq.imm(r1, 0, "read"), st(8, fp, -8, 1), label("read"), ldx(8, r0, fp, -8), exit], 1),
    );
    expect(machine.call("main", [1n])).toBe(1n);
    expect(() => machine.call("main", [0n])).toThrow("never written");
  });

  it("has constants that cannot be written", () => {
    const rodata = [{ name: "table", bytes: Uint8Array.of(1, 2, 3, 4) }];
    const machine = (insns: readonly Item[]): Machine => new Machine({ ...main(insns), rodata });
    expect(machine([lddwSymbol(r1, "table", 1), ldx(2, r0, r1, 1), exit]).call("main")).toBe(0x0403n);
    expect(() => machine([lddwSymbol(r1, "table"), st(1, r1, 0, 0), exit]).call("main")).toThrow(
      "table, which is not writable",
    );
    expect(() => machine([lddwSymbol(r1, "table"), ldx(4, r0, r1, 1), exit]).call("main")).toThrow(
      "over the end of table",
    );
  });

  it("does atomic operations", () => {
    const fetched = [
      st(8, fp, -8, 5),
      mov.imm(r1, 3),
      atomic.add.fetch(8, fp, -8, r1),
      ldx(8, r0, fp, -8),
      alu.lsh.imm(r0, 8),
      alu.or.reg(r0, r1),
      exit,
    ];
    expect(run(fetched)).toBe(0x805n);
    const wraps = [
      st(8, fp, -8, -1),
      mov.imm(r1, 1),
      atomic.add.plain(4, fp, -8, r1),
      ldx(8, r0, fp, -8),
      exit,
    ];
    expect(run(wraps)).toBe(0xffff_ffff_0000_0000n);
    for (const [name, expected] of [
      ["or", 7n],
      ["and", 2n],
      ["xor", 5n],
    ] as const)
      expect(
        run([st(8, fp, -8, 6), mov.imm(r1, 3), atomic[name].plain(8, fp, -8, r1), ldx(8, r0, fp, -8), exit]),
      ).toBe(expected);
  });

  const SKB = 0xffff_8880_1234_0000n;
  const withKernel = (insns: readonly Item[], rest: Partial<MachineOptions> = {}): Machine => {
    const memory = new Memory();
    memory.kernel(
      "skb",
      SKB,
      Uint8Array.from({ length: 16 }, (_, i) => i + 1),
    );
    return new Machine({ ...main(insns, 1), memory, helpers: helpers({ comm: "curl" }), ...rest });
  };
  const read = [
    mov.reg(r3, r1),
    mov.reg(r1, fp),
    alu.add.imm(r1, -8),
    mov.imm(r2, 8),
    call.helper(HELPER.probe_read_kernel),
  ];

  it("reads foreign memory by bpf_probe_read_kernel, which zeroes on a fault", () => {
    const value = [...read, ldx(8, r0, fp, -8), exit];
    expect(withKernel(value).call("main", [SKB])).toBe(0x0807_0605_0403_0201n);
    expect(withKernel(value).call("main", [SKB + 9n])).toBe(0n);
    expect(withKernel([...read, exit]).call("main", [SKB + 9n])).toBe(BigInt.asUintN(64, -14n));
    expect(withKernel([...read, exit]).call("main", [0n])).toBe(BigInt.asUintN(64, -14n));
  });

  it("loads from foreign memory only where there is bpf_rdonly_cast; a fault gives 0", () => {
    const load = [ldx(2, r0, r1, 2), exit];
    expect(() => withKernel(load).call("main", [SKB])).toThrow("direct load from skb");
    const cast = [mov.imm(r2, 42), call.kfunc(77), ldx(2, r0, r0, 2), exit];
    const kfuncs = { 77: rdonlyCast };
    expect(withKernel(cast, { kfuncs }).call("main", [SKB])).toBe(0x0403n);
    expect(withKernel(cast, { kfuncs }).call("main", [SKB + 13n])).toBe(0n);
    expect(withKernel(cast, { kfuncs }).call("main", [0n])).toBe(0n);
    expect(() => withKernel([st(1, r1, 0, 0), exit], { kfuncs }).call("main", [SKB])).toThrow(
      "skb, which is not writable",
    );
  });

  it("reads strings as the kernel does", () => {
    const text = (bytes: string, size: number): { length: bigint; stack: bigint } => {
      const memory = new Memory();
      memory.kernel("name", SKB, new TextEncoder().encode(bytes));
      const insns = [
        mov.reg(r3, r1),
        mov.reg(r1, fp),
        alu.add.imm(r1, -8),
        mov.imm(r2, size),
        call.helper(HELPER.probe_read_kernel_str),
      ];
      const machine = (tail: readonly Item[]): bigint =>
        new Machine({ ...main([...insns, ...tail], 1), memory, helpers: helpers() }).call("main", [SKB]);
      return { length: machine([exit]), stack: machine([ldx(8, r0, fp, -8), exit]) };
    };
    expect(text("lo\0xyz", 8)).toEqual({ length: 3n, stack: 0xa5a5_a5a5_a500_6f6cn });
    expect(text("abcdefghij", 8)).toEqual({ length: 8n, stack: 0x0067_6665_6463_6261n });
    expect(text("abc", 8)).toEqual({ length: BigInt.asUintN(64, -14n), stack: 0n });
  });

  it("tells the task's name", () => {
    const name = [
      mov.reg(r1, fp),
      alu.add.imm(r1, -16),
      mov.imm(r2, 16),
      call.helper(HELPER.get_current_comm),
      ldx(8, r0, fp, -16),
      exit,
    ];
    expect(withKernel(name).call("main", [0n])).toBe(0x6c72_7563n);
  });
});

describe("calls", () => {
  it("keep r6 to r9 and the frame, and lose r1 to r5", () => {
    const functions = [
      {
        name: "main",
        params: 1,
        insns: [
          mov.imm(r6, 5),
          st(8, fp, -8, 7),
          call.local("double"),
          alu.add.reg(r0, r6),
          ldx(8, r1, fp, -8),
          alu.add.reg(r0, r1),
          exit,
        ],
      },
      {
        name: "double",
        params: 1,
        insns: [mov.imm(r6, 100), st(8, fp, -8, 99), mov.reg(r0, r1), alu.lsh.imm(r0, 1), exit],
      },
      { name: "loses", params: 1, insns: [call.local("double"), mov.reg(r0, r1), exit] },
    ];
    const machine = new Machine({ functions });
    expect(machine.call("main", [10n])).toBe(32n);
    expect(() => machine.call("loses", [1n])).toThrow("loses, pc 1: r1 has no value");
  });

  it("pass pointers to the caller's stack", () => {
    const functions = [
      {
        name: "main",
        params: 0,
        insns: [
          st(8, fp, -8, 7),
          mov.reg(r1, fp),
          alu.add.imm(r1, -8),
          call.local("bump"),
          ldx(8, r0, fp, -8),
          exit,
        ],
      },
      {
        name: "bump",
        params: 1,
        insns: [ldx(8, r2, r1, 0), alu.add.imm(r2, 1), stx(8, r1, 0, r2), mov.imm(r0, 0), exit],
      },
    ];
    expect(new Machine({ functions }).call("main")).toBe(8n);
  });

  it("reach functions in TypeScript by name", () => {
    const options = main([mov.imm(r2, 3), call.local("pwq_admit"), exit], 1);
    const externs = { pwq_admit: native(2, ([a = 0n, b = 0n]) => a - b) };
    expect(new Machine({ ...options, externs }).call("main", [2n])).toBe(M1);
  });

  it("need their arguments and a result", () => {
    const externs = { f: native(2, () => 0n) };
    const noArgument = main([mov.imm(r1, 3), call.local("f"), exit]);
    expect(() => new Machine({ ...noArgument, externs }).call("main")).toThrow(
      "argument r2 of a call has no value",
    );
    expect(() => run([exit])).toThrow("r0 has no value at exit");
    expect(() => run([mov.imm(r0, 0)])).toThrow("falls off the end");
    expect(() => run([mov.imm(fp, 0), exit])).toThrow("writes r10");
    expect(() => run([call.local("g"), exit])).toThrow("unknown function g");
  });

  it("share 512 bytes of stack", () => {
    const deep = (bytes: number): Item[] => [st(8, fp, -bytes, 0), call.local("leaf"), exit];
    const leaf = { name: "leaf", params: 0, insns: [st(8, fp, -8, 0), mov.imm(r0, 0), exit] };
    const machine = (bytes: number, stackUsed = 0): Machine =>
      new Machine({ functions: [{ name: "main", params: 0, insns: deep(bytes) }, leaf], stackUsed });
    expect(machine(480).call("main")).toBe(0n);
    expect(machine(200, 256).call("main")).toBe(0n);
    expect(() => machine(488).call("main")).toThrow("leaf, pc 2: combined stack of 544 bytes");
    expect(() => machine(200, 300).call("main")).toThrow("combined stack");
  });

  it("nest at most eight deep", () => {
    const functions = [{ name: "main", params: 0, insns: [call.local("main"), exit] }];
    expect(() => new Machine({ functions }).call("main")).toThrow("more than 8 frames");
  });
});

it("runs 20,000 programs of 200 instructions in 10 s, measured on a quarter of them", () => {
  const body = Array.from({ length: 33 }, (_, i) => [
    ldx(4, r2, r1, 4 * (i % 4)),
    alu.add.reg(r0, r2),
    alu.and.imm(r0, 0xffff),
    stx(8, fp, -8, r0),
    ldx(2, r3, fp, -8),
    jump.eq.imm(r3, 0x12345, "end"),
  ]).flat();
  const machine = new Machine(main([mov.imm(r0, 0), ...body, label("end"), exit], 1));
  const event = machine.memory.own("event", "write", new Uint8Array(16).fill(1));
  const start = performance.now();
  for (let i = 0; i < 5_000; i++) machine.call("main", [event.address]);
  const seconds = (performance.now() - start) / 1000;
  expect(machine.steps).toBe(200);
  expect(seconds).toBeLessThan(2.5);
});
