import {
  call,
  constant,
  exit,
  type Item,
  jump,
  label,
  lddw,
  ldx,
  mov,
  type ObjectFunction,
  r0,
  r1,
  r2,
  r3,
  r4,
  r5,
  r6,
  writeObject,
} from "../../src/compiler/bpf/index.ts";
import { COOKIE, EVENT, POINT_KIND, RECORD_HEAD, ROLE } from "../../src/compiler/layout.ts";

/** A query by hand, in place of a compiled one: admit, record, end. It shows the template without the compiler. */
export interface StandIn {
  /** `query | ADMIT flags` for `pwq_admit`. */
  readonly admit?: number;
  /** numerator << 32 | denominator */
  readonly sample?: bigint;
  /** Nanoseconds a packet. */
  readonly rate?: bigint;
  readonly limit?: bigint;
  /** Bytes of a record. */
  readonly size?: number;
  /** The journey ends at its first event. */
  readonly end?: boolean;
  readonly tracepoints?: readonly StandInTracepoint[];
}

export interface StandInTracepoint {
  readonly name: string;
  readonly cookie: bigint;
  /** Index of the skb among the tracepoint's arguments; `location` and `reason` too, for a drop. */
  readonly skb: number;
  readonly drop?: { readonly location: number; readonly reason: number };
}

type CookieField = keyof typeof COOKIE;

export function cookie(fields: Partial<Record<CookieField, number>>): bigint {
  return Object.entries(fields).reduce(
    (bits, [name, value]) => bits | (BigInt(value) << BigInt(COOKIE[name as CookieField][0])),
    0n,
  );
}

export const kfreeSkb: StandInTracepoint = {
  name: "kfree_skb",
  cookie: cookie({ kind: POINT_KIND.drop, role: ROLE.free, point: 7, at: 1 }),
  skb: 0,
  drop: { location: 1, reason: 2 },
};

export function standIn(options: StandIn = {}): Uint8Array {
  return writeObject({
    functions: [query(options), select, ...(options.tracepoints ?? [kfreeSkb]).map(tracepoint)],
    externs: [
      { name: "pwq_admit", params: 5 },
      { name: "pwq_end", params: 2 },
      { name: "pwq_reserve", params: 3 },
      { name: "pwq_submit", params: 2 },
      { name: "pwq_tracepoint", params: 5 },
    ],
    rodata: [],
  });
}

function query({
  admit = 0,
  sample = 0n,
  rate = 0n,
  limit = 0n,
  size = RECORD_HEAD.size,
  end,
}: StandIn): ObjectFunction {
  const insns: Item[] = [
    mov.reg(r6, r1),
    ldx(4, r0, r6, EVENT.offsets.done!),
    jump.set.imm(r0, 1, "out"),
    ldx(4, r0, r6, EVENT.offsets.follow!),
    jump.set.imm(r0, 1, "show"),
    mov.reg(r1, r6),
    mov.imm(r2, admit),
    constant(r3, sample),
    constant(r4, rate),
    constant(r5, limit),
    call.local("pwq_admit"),
    jump.eq.imm(r0, 0, "out"),
    label("show"),
    mov.reg(r1, r6),
    mov.imm(r2, 0),
    mov.imm(r3, size),
    call.local("pwq_reserve"),
    jump.eq.imm(r0, 0, "shown"),
    ldx(8, r1, r6, EVENT.offsets.record!),
    mov.imm(r2, 0),
    call.local("pwq_submit"),
    label("shown"),
    ...(end ? [mov.reg(r1, r6), mov.imm(r2, 0), call.local("pwq_end")] : []),
    label("out"),
    mov.imm(r0, 0),
    exit,
  ];
  return { name: "pwq_query", section: ".text", visibility: "hidden", params: 1, insns };
}

/** Says nothing of any packet. */
const select: ObjectFunction = {
  name: "pwq_select",
  section: ".text",
  visibility: "hidden",
  params: 1,
  insns: [mov.imm(r0, 1), exit],
};

function tracepoint({ name, cookie, skb, drop }: StandInTracepoint): ObjectFunction {
  const insns: Item[] = [
    ldx(8, r2, r1, 8 * skb),
    lddw(r3, cookie),
    ...(drop
      ? [ldx(8, r4, r1, 8 * drop.location), ldx(8, r5, r1, 8 * drop.reason)]
      : [mov.imm(r4, 0), mov.imm(r5, 0)]),
    call.local("pwq_tracepoint"),
    mov.imm(r0, 0),
    exit,
  ];
  return { name: `pwq_tp_${name}`, section: `raw_tp/${name}`, visibility: "global", params: 1, insns };
}
