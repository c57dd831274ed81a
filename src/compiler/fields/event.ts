import { EVIDENCE_KEYS } from "../../why/evidence.ts";
import { duration, int, pointer, string, type Type, u16, u32, u64 } from "../types.ts";
import { contexts } from "./enums.ts";
import type { EventValue, Field } from "./field.ts";

const event = (what: EventValue, type: Type, doc: string, rest: Partial<Field> = {}): Field => ({
  name: what,
  type,
  doc,
  read: { from: "event", what },
  ...rest,
});

/** Of fields of the running task. */
const IF_INTERRUPTED = "; in brackets if it was interrupted (`context`).";

/** The event itself: when, where and on whose behalf. */
export const eventFields: readonly Field[] = [
  event(
    "time",
    int(64, { unit: "time" }),
    "Wall-clock time at which the event happened, to the nanosecond.",
    {
      column: { title: "TIME", width: 15 },
      aka: ["frame.time", "timestamp", "ts"],
    },
  ),
  event("elapsed", duration, "Time since the packet's first event.", {
    optional: "events selected one by one (`follow none`)",
    column: { title: "ELAPSED", width: 9 },
  }),
  event("delta", duration, "Time since the packet's previous event.", {
    optional: "the packet's first event, and events selected one by one (`follow none`)",
    column: { title: "DELTA", width: 9 },
    aka: ["frame.time_delta"],
  }),
  event("latency", duration, "Time from the `from` event to the `to` event of the packet.", {
    optional: "all events but that at the `to` point",
    column: { title: "LATENCY", width: 9 },
  }),
  event("func", string(128), "Kernel function at whose entry the event was seen, or the tracepoint.", {
    column: { title: "FUNC", width: 28 },
    aka: ["function", "symbol", "event"],
  }),
  event("module", string(64), "Kernel module of the function.", {
    optional: "functions of the kernel itself and tracepoints",
    column: { title: "MODULE", width: 14 },
  }),
  event("caller", pointer, "Return address of the function, printed as a symbol.", {
    optional: "tracepoints",
    column: { title: "CALLER", width: 28 },
  }),
  event("stack", { kind: "stack" }, "Kernel stack, innermost frame first; 64 frames, then `…`.", {
    column: { title: "STACK", width: 40 },
    aka: ["kstack", "backtrace"],
  }),
  event(
    "ret",
    int(64, { base: "hex" }),
    "What the function returns, at an event of its own when it does: such an event has no packet fields.",
    {
      optional: "events that are not returns, and functions that return nothing",
      column: { title: "RET", width: 10 },
      aka: ["retval"],
    },
  ),
  event("cpu", u16, "Number of the CPU it ran on.", { column: { title: "CPU", width: 3 } }),
  event(
    "context",
    int(8, { names: contexts }),
    "Who was at work: the TASK, or an interrupt, which has nothing to do with the task that it interrupted.",
    {
      optional: "kernels whose types do not tell where the count of interrupts is",
      column: { title: "CONTEXT", width: 7 },
    },
  ),
  event("pid", u32, `Process id of the task that was running${IF_INTERRUPTED}`, {
    ofTask: true,
    column: { title: "PID", width: 7 },
    aka: ["tgid"],
  }),
  event("tid", u32, `Thread id of the task that was running${IF_INTERRUPTED}`, {
    ofTask: true,
    column: { title: "TID", width: 7 },
  }),
  event("comm", string(16), `Name of the thread that was running (\`task->comm\`)${IF_INTERRUPTED}`, {
    ofTask: true,
    column: { title: "COMM", width: 15 },
  }),
  {
    name: "process",
    type: string(24),
    doc: `Name and id of the task that was running, \`curl:1234\`${IF_INTERRUPTED}`,
    read: { from: "runtime", needs: ["comm", "pid"] },
    ofTask: true,
    column: { title: "PROCESS", width: 18 },
    aka: ["proc"],
  },
  event("cgroup", u64, `Cgroup of the task that was running: path or inode number${IF_INTERRUPTED}`, {
    ofTask: true,
    column: { title: "CGROUP", width: 10 },
  }),
  {
    name: "container",
    type: string(64),
    doc: "Container of the running task, in an interrupt of the packet's socket: its name, else its id.",
    optional: "tasks and sockets outside of containers, and in interrupts packets without a socket",
    read: { from: "runtime", needs: ["cgroup"] },
    beside: ["context", "sk.cgroup"],
    column: { title: "CONTAINER", width: 14 },
  },
  event("packet", u64, "Number of the packet's journey: unique, never used again, kept across clones.", {
    optional: "events selected one by one (`follow none`)",
    column: { title: "PACKET", width: 6 },
  }),
  event("skb", pointer, "Address of the socket buffer; another packet may get the same one later.", {
    column: { title: "SKB", width: 18 },
  }),
];

/** Of drops only: the `skb:kfree_skb` tracepoint's arguments. */
export const dropFields: readonly Field[] = [
  event(
    "drop.reason",
    int(32, { names: { name: "skb_drop_reason", values: new Map() } }),
    "Why the packet was dropped.",
    {
      optional: "events that are not drops",
      btfEnum: [
        { name: "skb_drop_reason", prefix: "SKB_DROP_REASON_" },
        // Since 7.1; with their prefix, for both have a MAX.
        { name: "qdisc_drop_reason", prefix: "" },
      ],
      column: { title: "REASON", width: 20 },
      aka: ["reason", "drop_reason"],
    },
  ),
  event(
    "drop.location",
    pointer,
    "Address of the instruction that dropped the packet, printed as a symbol.",
    {
      optional: "events that are not drops",
      column: { title: "LOCATION", width: 28 },
      aka: ["location"],
    },
  ),
  {
    name: "why",
    type: string(1024),
    doc: "Why the packet was dropped: what was found there and then, and what to look at next. docs/why.md has more.",
    optional: "events that are not drops",
    read: { from: "runtime", needs: EVIDENCE_KEYS },
    ofDrops: true,
    column: { title: "WHY", width: 40 },
  },
];
