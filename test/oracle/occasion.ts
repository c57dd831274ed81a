import type { Value } from "../../src/compiler/evaluate.ts";
import type { Random } from "../random.ts";

/** What is true of an event besides its packet: who was running, and whether the packet was dropped. */
export interface Occasion {
  readonly cpu: number;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  readonly cgroup: bigint;
  /** CONTEXT in layout.ts; undefined where the kernel does not tell. */
  readonly context: number | undefined;
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
  context: random.pick([0, 1, 2, undefined]),
  reason: random.once(2) ? undefined : random.int(2, 20),
});

/** By field name. */
export const fieldsOf = ({
  reason,
  comm,
  cgroup,
  context,
  ...numbers
}: Occasion): ReadonlyMap<string, Value> =>
  new Map<string, Value>([
    ...Object.entries(numbers).map(([name, value]) => [name, BigInt(value)] as const),
    ["comm", comm],
    ["cgroup", cgroup],
    ...(context === undefined ? [] : [["context", BigInt(context)] as const]),
    ...(reason === undefined ? [] : [["drop.reason", BigInt(reason)] as const]),
  ]);
