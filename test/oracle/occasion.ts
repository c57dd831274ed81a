import type { Value } from "../../src/compiler/evaluate.ts";
import { CONTEXT } from "../../src/compiler/layout.ts";
import type { Random } from "../random.ts";

/** What is true of an event besides its packet: who was running, and whether the packet was dropped. */
export interface Occasion {
  readonly cpu: number;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  readonly cgroup: bigint;
  /** `preempt_count` (include/linux/preempt.h). */
  readonly preemptCount: number;
  /** Of a drop: `enum skb_drop_reason`. */
  readonly reason: number | undefined;
}

export const COMMS = ["curl", "ping", "nginx", "ksoftirqd/0", "a-name-of-15-by"] as const;

export const randomOccasion = (random: Random): Occasion => ({
  cpu: random.int(0, 3),
  pid: random.pick([1, 1000, 4242]),
  tid: random.pick([1, 1001, 4242]),
  comm: random.pick(COMMS),
  cgroup: BigInt(random.int(1, 9)),
  preemptCount: random.pick(Object.values(COUNTS).flat()),
  reason: random.once(2) ? undefined : random.int(2, 20),
});

/** What `preempt_count` may be, by CONTEXT: nested, with bottom halves or preemption disabled, at a kprobe that traps. */
const COUNTS: Readonly<Record<number, readonly number[]>> = {
  [CONTEXT.task]: [0, 1, 0x200, 0x8000_0003, 0x11_0000],
  [CONTEXT.softirq]: [0x100, 0x101, 0x300, 0x11_0100],
  [CONTEXT.hardirq]: [0x1_0000, 0x1_0100, 0x2_0002, 0x12_0100],
};

const contextOf = (count: number): number =>
  Number(Object.keys(COUNTS).find((context) => COUNTS[Number(context)]!.includes(count)));

/** By field name. */
export const fieldsOf = ({
  reason,
  comm,
  cgroup,
  preemptCount,
  ...numbers
}: Occasion): ReadonlyMap<string, Value> =>
  new Map<string, Value>([
    ...Object.entries(numbers).map(([name, value]) => [name, BigInt(value)] as const),
    ["comm", comm],
    ["cgroup", cgroup],
    ["context", BigInt(contextOf(preemptCount))],
    ...(reason === undefined ? [] : [["drop.reason", BigInt(reason)] as const]),
  ]);
