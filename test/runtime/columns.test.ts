import { describe, expect, test } from "vitest";
import { TUPLE } from "../../src/compiler/layout.ts";
import { bytes as bytesType, duration, int, pointer, type Type } from "../../src/compiler/types.ts";
import { Batch } from "../../src/runtime/decode/batch.ts";
import { columnsOf } from "../../src/runtime/decode/columns.ts";
import { chars, context, fieldExpr, type HeadWanted, le, query, record, type SlotWanted } from "./records.ts";

/** Text and JSON of one shown item of one record. */
function cell(
  slots: readonly SlotWanted[],
  show: Parameters<typeof query>[1][number],
  values: Record<string, Uint8Array>,
  head: HeadWanted = {},
): [text: string, json: string] {
  const made = query(slots, [show]);
  const batch = new Batch();
  batch.use(record(made, head, values));
  const [column] = columnsOf(made, batch, context());
  return [column!.text(0), column!.json(0)];
}

const raw = (type: Type, size: number, value: bigint, signed = false) =>
  cell([{ key: "skb->x", encoding: signed ? "sint" : "uint", size, type }], "skb->x", {
    "skb->x": le(value, size),
  });

describe("numbers", () => {
  test.each<[string, Type, number, bigint, boolean, string, string]>([
    ["zero is printed", int(32), 4, 0n, false, "0", "0"],
    ["the largest u32", int(32), 4, 0xffffffffn, false, "4294967295", "4294967295"],
    ["a negative s32", int(32, { signed: true }), 4, -5n, true, "-5", "-5"],
    ["a negative s8", int(8, { signed: true }), 1, -1n, true, "-1", "-1"],
    ["a negative s16", int(16, { signed: true }), 2, -2n, true, "-2", "-2"],
    ["2^53 - 1 is a number", int(64), 8, 2n ** 53n - 1n, false, "9007199254740991", "9007199254740991"],
    ["2^53 is a string", int(64), 8, 2n ** 53n, false, "9007199254740992", '"9007199254740992"'],
    ["the largest u64", int(64), 8, 2n ** 64n - 1n, false, "18446744073709551615", '"18446744073709551615"'],
    [
      "the least s64",
      int(64, { signed: true }),
      8,
      -(2n ** 63n),
      true,
      "-9223372036854775808",
      '"-9223372036854775808"',
    ],
    ["hex is a number in JSON", int(32, { base: "hex" }), 4, 0x2an, false, "0x2a", "42"],
    [
      "a pointer is hex in both",
      pointer,
      8,
      0xffff888100000000n,
      false,
      "0xffff888100000000",
      '"0xffff888100000000"',
    ],
    ["a duration is ns in JSON", duration, 8, 1_204_000n, false, "1.204ms", "1204000"],
    ["a boolean", { kind: "bool" }, 1, 1n, false, "true", "true"],
    ["a false boolean", { kind: "bool" }, 1, 0n, false, "false", "false"],
  ])("%s", (_, type, size, value, signed, text, json) => {
    expect(raw(type, size, value, signed)).toEqual([text, json]);
  });
});

describe("names", () => {
  const state = {
    name: "s",
    values: new Map([
      ["NEW", 1n],
      ["OLD", 2n],
      ["ALIAS", 1n],
    ]),
  };
  const flags = {
    name: "f",
    flags: true,
    values: new Map([
      ["FIN", 1n],
      ["SYN", 2n],
      ["ACK", 16n],
    ]),
  };
  test.each<[string, Type, bigint, string, string]>([
    ["an enumerator", int(32, { names: state }), 1n, "NEW", '"NEW"'],
    ["a number without a name", int(32, { names: state }), 7n, "7", "7"],
    ["flags", int(8, { names: flags }), 18n, "SYN|ACK", '"SYN|ACK"'],
    ["bits without a name", int(8, { names: flags }), 0x42n, "SYN|0x40", '"SYN|0x40"'],
    ["no flag", int(8, { names: flags }), 0n, "none", '"none"'],
  ])("%s", (_, type, value, text, json) => {
    expect(raw(type, 4, value)).toEqual([text, json]);
  });
});

describe("addresses", () => {
  const six = Uint8Array.from([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  test("IPv4, IPv6 and either", () => {
    expect(
      cell([{ key: "ip4.src", encoding: "ip4", size: 4 }], "ip4.src", {
        "ip4.src": Uint8Array.of(10, 0, 0, 1),
      }),
    ).toEqual(["10.0.0.1", '"10.0.0.1"']);
    expect(cell([{ key: "ip6.src", encoding: "ip6", size: 16 }], "ip6.src", { "ip6.src": six })[0]).toBe(
      "fd00::1",
    );
    const either = (version: number, address: Uint8Array) =>
      cell([{ key: "ip.src", encoding: "ip", size: 24 }], "ip.src", {
        "ip.src": Uint8Array.from([version, 0, 0, 0, 0, 0, 0, 0, ...address]),
      })[0];
    expect(either(4, Uint8Array.of(192, 0, 2, 1))).toBe("192.0.2.1");
    expect(either(6, six)).toBe("fd00::1");
  });

  test("either end is a list", () => {
    const slots = ["ip.src", "ip.dst"].map((key) => ({ key, encoding: "ip" as const, size: 24 }));
    const values = Object.fromEntries(
      slots.map(({ key }, i) => [key, Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, i + 1)]),
    );
    expect(cell(slots, "ip.addr", values)).toEqual(["10.0.0.1,10.0.0.2", '["10.0.0.1","10.0.0.2"]']);
  });

  test("a MAC address", () => {
    expect(
      cell([{ key: "eth.src", encoding: "mac", size: 8 }], "eth.src", {
        "eth.src": Uint8Array.of(2, 0, 0, 0, 0xab, 1),
      })[0],
    ).toBe("02:00:00:00:ab:01");
  });

  function tuple(version: number, proto: number, has: number, ports: [number, number]): string {
    const value = new Uint8Array(TUPLE.size);
    const view = new DataView(value.buffer);
    value[TUPLE.offsets.version!] = version;
    value[TUPLE.offsets.proto!] = proto;
    value[TUPLE.offsets.has!] = has;
    view.setUint16(TUPLE.offsets.sport!, ports[0], true);
    view.setUint16(TUPLE.offsets.dport!, ports[1], true);
    value.set(version === 6 ? six : Uint8Array.of(10, 0, 0, 1), TUPLE.offsets.src!);
    value.set(version === 6 ? six : Uint8Array.of(10, 0, 0, 2), TUPLE.offsets.dst!);
    return cell([{ key: "tuple", encoding: "tuple", size: TUPLE.size }], "tuple", { tuple: value })[0];
  }
  test("a tuple", () => {
    expect(tuple(4, 6, 3, [40222, 443])).toBe("10.0.0.1:40222 > 10.0.0.2:443 tcp");
    expect(tuple(6, 17, 3, [53, 53])).toBe("[fd00::1]:53 > [fd00::1]:53 udp");
    expect(tuple(4, 1, 2, [0, 0])).toBe("10.0.0.1 > 10.0.0.2 icmp");
    expect(tuple(4, 253, 2, [0, 0])).toBe("10.0.0.1 > 10.0.0.2 proto 253");
    expect(tuple(4, 0, 0, [0, 0])).toBe("10.0.0.1 > 10.0.0.2");
  });
});

describe("text and bytes", () => {
  const comm = { key: "comm", encoding: "chars", size: 16 } as const;
  test("ends at NUL, and control characters are escaped", () => {
    expect(cell([comm], "comm", { comm: chars("curl") })).toEqual(["curl", '"curl"']);
    expect(cell([comm], "comm", { comm: chars("\x1b[31m\n") })).toEqual([
      "\\x1b[31m\\x0a",
      '"\\u001b[31m\\n"',
    ]);
  });
  test("raw bytes and counted bytes are hex", () => {
    const x = "skb->x";
    expect(
      cell([{ key: x, encoding: "bytes", size: 4, type: bytesType(4) }], x, {
        [x]: Uint8Array.of(0, 0xff, 16, 1),
      })[0],
    ).toBe("00ff1001");
    expect(
      cell([{ key: x, encoding: "counted", size: 12, type: bytesType(8) }], x, {
        [x]: Uint8Array.of(3, 0, 0, 0, 1, 2, 3, 4),
      })[0],
    ).toBe("010203");
  });
  test("bytes that are words are numbers in the machine's order", () => {
    const words: Type = { kind: "bytes", size: 8, words: true };
    expect(
      cell([{ key: "cb.bpf", encoding: "bytes", size: 8, type: words }], "cb.bpf", {
        "cb.bpf": Uint8Array.of(0x1f, 0, 0, 0, 0, 0, 0, 0xff),
      }),
    ).toEqual(["0x1f,0xff000000", "[31,4278190080]"]);
  });
  test("process is name and id of the event", () => {
    const slots = [comm, { key: "pid", encoding: "uint", size: 4 } as const];
    expect(cell(slots, "process", { comm: chars("nc"), pid: le(17, 4) })).toEqual(["nc:17", '"nc:17"']);
  });
});

describe("absent", () => {
  test("a dash and null", () => {
    expect(cell([{ key: "iface", encoding: "chars", size: 16, optional: true }], "iface", {})).toEqual([
      "-",
      "null",
    ]);
  });
  test("present where its bit says so", () => {
    const slots = [
      { key: "ct.mark", encoding: "uint", size: 4, optional: true },
      { key: "mark", encoding: "uint", size: 4, optional: true },
    ] as const;
    expect(cell(slots, "mark", { mark: le(0, 4) })).toEqual(["0x0", "0"]);
    expect(cell(slots, "ct.mark", { mark: le(0, 4) })).toEqual(["-", "null"]);
  });
  test("a drop's fields at an event that is none", () => {
    expect(cell([], "drop.reason", {})).toEqual(["-", "null"]);
    expect(cell([], "packet", {}, { packet: 0n })).toEqual(["-", "null"]);
  });
});

describe("what is in the head or known to user space", () => {
  test("time is the event's, to the nanosecond", () => {
    expect(cell([], "time", {}, { time: 1_000_000_042n })[1]).toBe('"2026-01-02T03:04:06.000000042Z"');
  });
  test("functions and modules", () => {
    expect(cell([], "func", {}, { point: 3 })[0]).toBe("nft_do_chain");
    expect(cell([], "module", {}, { point: 3 })[0]).toBe("nf_tables");
    expect(cell([], "module", {}, { point: 0 })[1]).toBe("null");
  });
  test("func of a drop holds the drop's location", () => {
    const drop = { point: 2, location: 0xffffffff81000086n, reason: 8 };
    expect(cell([], "func", {}, drop)[0]).toBe("nf_hook_slow");
    expect(cell([], "drop.location", {}, drop)[0]).toBe("nf_hook_slow+0x86");
    expect(cell([], "drop.location", {}, { ...drop, location: 0xffffffffc0000010n })[0]).toBe(
      "nft_do_chain+0x10 [nf_tables]",
    );
    expect(cell([], "drop.location", {}, { ...drop, location: 0x10n })[0]).toBe("0x10");
  });
  test("a network namespace by name, else by inode", () => {
    const netns = { key: "netns", encoding: "uint", size: 4 } as const;
    expect(cell([netns], "netns", { netns: le(4026532000, 4) })).toEqual(["client", '"client"']);
    expect(cell([netns], "netns", { netns: le(4026531840, 4) })).toEqual(["4026531840", "4026531840"]);
  });
  test("in brackets in the table what is told of a task that was interrupted; JSON says by what", () => {
    const slots = [
      { key: "comm", encoding: "chars", size: 16 },
      { key: "context", encoding: "uint", size: 1, optional: true },
    ] as const;
    const made = query(slots, ["comm"]);
    const batch = new Batch();
    const line = (interrupt: number | undefined): readonly (string | undefined)[] => {
      const told = interrupt !== undefined && { context: le(interrupt, 1) };
      batch.use(record(made, {}, { comm: chars("curl"), ...told }));
      const [column] = columnsOf(made, batch, context());
      return [column!.text(0), column!.json(0), column!.interrupt?.(0)];
    };
    expect(line(0)).toEqual(["curl", '"curl"', undefined]);
    expect(line(1)).toEqual(["(curl)", '"curl"', "SOFTIRQ"]);
    expect(line(2)).toEqual(["(curl)", '"curl"', "HARDIRQ"]);
    expect(line(undefined)).toEqual(["curl", '"curl"', undefined]);
  });
  test("in an interrupt the container is that of the packet's socket", () => {
    const slots = [
      { key: "cgroup", encoding: "uint", size: 8 },
      { key: "context", encoding: "uint", size: 1, optional: true },
      { key: "sk.cgroup", encoding: "uint", size: 8, optional: true },
    ] as const;
    const [mine, none] = [le(77, 8), le(1, 8)];
    const task = { cgroup: mine, context: le(0, 1), "sk.cgroup": none };
    expect(cell(slots, "container", task)[0]).toBe("web");
    expect(cell(slots, "container", { ...task, context: le(1, 1) })[0]).toBe("-");
    const socket = { cgroup: none, context: le(1, 1), "sk.cgroup": mine };
    expect(cell(slots, "container", socket)[0]).toBe("web");
    expect(cell(slots, "container", { ...socket, context: le(0, 1) })[0]).toBe("-");
    expect(cell(slots, "container", { cgroup: mine, context: le(1, 1) })[0]).toBe("-");
    expect(cell(slots, "sk.container", socket)[0]).toBe("web");
  });
  test("a container by its cgroup", () => {
    const cgroup = { key: "cgroup", encoding: "uint", size: 8 } as const;
    expect(cell([cgroup], "container", { cgroup: le(77, 8) })[0]).toBe("web");
    expect(cell([cgroup], "container", { cgroup: le(1, 8) })[1]).toBe("null");
  });
  test("a stack begins where the kernel was, not with what looks at it", () => {
    const names: Record<string, { name: string; offset: number; module?: string }> = {
      "1": { name: "bpf_prog_f06c7551a1871729_pwq_query", offset: 7, module: "bpf" },
      "2": { name: "bpf_trace_run4", offset: 0x90 },
      "3": { name: "sk_skb_reason_drop", offset: 0x94 },
    };
    const stack = new Uint8Array(8 + 32);
    new DataView(stack.buffer).setUint32(0, 32, true);
    // The second is a program that was loaded after the symbols had been read.
    [1, 7, 2, 3].forEach((address, i) => {
      stack.set(le(address, 8), 8 + 8 * i);
    });
    const made = query([{ key: "stack", encoding: "stack", size: 8 + 64 }], ["stack"]);
    const batch = new Batch();
    batch.use(record(made, {}, { stack }));
    const symbol = (address: bigint) => names[String(address)];
    const [column] = columnsOf(made, batch, { ...context(), names: { ...context().names, symbol } });
    expect(column!.json(0)).toBe('["sk_skb_reason_drop+0x94"]');
  });
  test("a stack that fills its room says that it may go on", () => {
    const stack = new Uint8Array(8 + 8);
    new DataView(stack.buffer).setUint32(0, 8, true);
    stack.set(le(0xffffffff8100001bn, 8), 8);
    const json = cell([{ key: "stack", encoding: "stack", size: 8 + 8 }], "stack", { stack })[1];
    expect(json).toBe('["nf_hook_slow+0x1b","…"]');
  });
  test("a column with a condition is absent where the kernel did not find it true", () => {
    const condition = {
      kind: "present",
      layer: "drop",
      type: { kind: "bool" },
      span: { start: 9, end: 13 },
    } as const;
    const made = query(
      [
        { key: "mark", encoding: "uint", size: 4 },
        { key: "if@9", encoding: "uint", size: 1, optional: true },
      ],
      [{ name: "mark", value: fieldExpr("mark"), condition }],
    );
    const shown = [{ mark: le(7, 4), "if@9": le(1, 1) }, { mark: le(7, 4) }].map((values) => {
      const batch = new Batch();
      batch.use(record(made, {}, values));
      return columnsOf(made, batch, context())[0]!.json(0);
    });
    expect(shown).toEqual(["7", "null"]);
  });
  test("what a function returned, as its type says, and nothing at other events", () => {
    const value = { kind: "scalar", size: 4, signed: true } as const;
    const points = [
      { kind: "function", name: "ip_rcv" },
      { kind: "return", name: "ip_rcv", value },
      { kind: "return", name: "ip_send", value: { ...value, signed: false } },
      { kind: "return", name: "skb_share_check", value: { kind: "pointer", target: "struct sk_buff" } },
    ] as const;
    const made = query([], [{ name: "ret", value: fieldExpr("ret", int(64, { signed: true })) }]);
    const shown = [0, 1, 2, 3].map((point) => {
      const batch = new Batch();
      batch.use(record(made, { point, location: 0x1234ffffffean }));
      return columnsOf(made, batch, context(points))[0]!.json(0);
    });
    expect(shown).toEqual(["null", "-22", "4294967274", String(0x1234ffffffea)]);
  });
  test("a stack, innermost first", () => {
    const stack = new Uint8Array(8 + 16);
    new DataView(stack.buffer).setUint32(0, 16, true);
    stack.set(le(0xffffffff8100001bn, 8), 8);
    stack.set(le(0xffffffffc0000002n, 8), 16);
    expect(cell([{ key: "stack", encoding: "stack", size: 8 + 64 }], "stack", { stack })[1]).toBe(
      '["nf_hook_slow+0x1b","nft_do_chain+0x2 [nf_tables]"]',
    );
  });
});

describe("titles", () => {
  const titles = (...show: Parameters<typeof query>[1]) => {
    const ports = ["tcp.sport", "udp.sport"].map((key) => ({ key, encoding: "uint" as const, size: 2 }));
    return columnsOf(query(ports, show), new Batch(), context()).map(({ title }) => title);
  };
  test("a field's short one, an `as` name as written, and names where short ones are alike", () => {
    expect(titles("tcp.sport")).toEqual(["SPORT"]);
    expect(titles({ name: "port", value: fieldExpr("tcp.sport") })).toEqual(["port"]);
    expect(titles("tcp.sport", "udp.sport")).toEqual(["tcp.sport", "udp.sport"]);
  });
});

describe("computed", () => {
  const slots = [
    { key: "len", encoding: "uint", size: 4 },
    { key: "mark", encoding: "uint", size: 4, optional: true },
  ] as const;
  const span = { start: 0, end: 0 };
  const sum = {
    name: "sum",
    value: {
      kind: "arithmetic",
      op: "+",
      left: fieldExpr("len"),
      right: fieldExpr("mark"),
      type: int(64),
      span,
    },
  } as const;
  test("from captured values", () => {
    expect(cell(slots, sum, { len: le(100, 4), mark: le(7, 4) })).toEqual(["107", "107"]);
  });
  test("absent if a part is", () => {
    expect(cell(slots, sum, { len: le(100, 4) })).toEqual(["-", "null"]);
  });
});
