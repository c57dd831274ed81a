import { asText, isList, type Text, type Value } from "../format.ts";
import type { Batch } from "./batch.ts";
import type { DecodeContext } from "./context.ts";
import { functionText } from "./function-text.ts";
import { head } from "./head.ts";
import type { Read } from "./read.ts";
import { resultRead } from "./result.ts";
import { explanationRead, explanationText } from "./why.ts";

/** Fields that are more than the bytes of their slot, or that have none: they lie in the head or come from user space. */
export function specialReads(
  batch: Batch,
  context: DecodeContext,
  symbol: (address: number | bigint) => Text,
  slot: (key: string) => Read | undefined,
): Readonly<Record<string, () => Read | undefined>> {
  const { cpu, packet, point, location, reason, timeLow, timeHigh } = head(batch);
  const func = functionText(batch, context);
  const modules = context.points.map((p) => (p.module === undefined ? undefined : asText(p.module)));
  const isDrop = (at: number): boolean => context.points[point(at)]?.kind === "drop";
  const named =
    (key: string, name: (value: number | bigint) => string | undefined) => (): Read | undefined => {
      const read = slot(key);
      return read && renamed(read, name);
    };
  const special: Readonly<Record<string, () => Read | undefined>> = {
    time: () => (at) => timeHigh(at) * 0x1_0000_0000 + timeLow(at),
    packet: () => (at) => packet(at) || undefined,
    cpu: () => cpu,
    func: () => func,
    module: () => (at) => {
      if (!isDrop(at)) return modules[point(at)];
      const place = context.names.symbol(BigInt(location(at)));
      return place?.module === undefined ? undefined : asText(place.module);
    },
    ret: () => resultRead(batch, context),
    "drop.reason": () => (at) => (isDrop(at) ? reason(at) : undefined),
    "drop.location": () => (at) => (isDrop(at) ? symbol(location(at)) : undefined),
    caller: () => {
      const read = slot("caller");
      return read && ((at) => mapNumber(read(at), symbol));
    },
    netns: named("netns", (inode) => context.names.netns(Number(inode))),
    cgroup: named("cgroup", context.names.cgroup),
    "sk.cgroup": named("sk.cgroup", context.names.cgroup),
    container: () => containerRead(slot("cgroup"), slot("context"), slot("sk.cgroup"), context),
    "sk.container": () => containerOf(slot("sk.cgroup"), context),
    why: () => {
      const explanation = explanationRead(batch, context, (key) => {
        // The names of namespaces are for `later` to find.
        const found = key === "netns" ? undefined : special[key]?.();
        return found ?? slot(key);
      });
      return (at) => {
        const found = explanation(at);
        return found && explanationText(found);
      };
    },
    process: () => processRead(slot("comm"), slot("pid")),
  };
  return special;
}

function mapNumber(
  value: Value | undefined,
  make: (n: number | bigint) => Value | undefined,
): Value | undefined {
  return typeof value === "number" || typeof value === "bigint" ? make(value) : value;
}

/** The name of a number where it has one, else the number. Names may change, so they are asked for each time. */
function renamed(read: Read, name: (value: number | bigint) => string | undefined): Read {
  const known = new Map<string, Text>();
  return (at) =>
    mapNumber(read(at), (value) => {
      const found = name(value);
      if (found === undefined) return value;
      let text = known.get(found);
      if (!text) {
        if (known.size > MAX_KNOWN) known.clear();
        text = asText(found);
        known.set(found, text);
      }
      return text;
    });
}

function processRead(comm: Read | undefined, pid: Read | undefined): Read | undefined {
  if (!comm || !pid) return undefined;
  const known = new Map<Value, { readonly pid: Value; readonly text: Text }>();
  return (at) => {
    const name = comm(at);
    const id = pid(at);
    if (id === undefined || typeof name !== "object" || isList(name)) return undefined;
    const before = known.get(name);
    if (before?.pid === id) return before.text;
    const text = asText(`${name.raw}:${id}`);
    if (known.size > MAX_KNOWN) known.clear();
    known.set(name, { pid: id, text });
    return text;
  };
}

/** Texts that are remembered; there are seldom so many names. */
const MAX_KNOWN = 4096;

/** Of the task; in an interrupt of the socket, because the task that was interrupted has nothing to do with the packet. */
function containerRead(
  task: Read | undefined,
  interrupt: Read | undefined,
  socket: Read | undefined,
  context: DecodeContext,
): Read | undefined {
  const ofTask = containerOf(task, context);
  const ofSocket = containerOf(socket, context);
  return ofTask && ((at) => (interrupt?.(at) ? ofSocket?.(at) : ofTask(at)));
}

function containerOf(cgroup: Read | undefined, { names }: DecodeContext): Read | undefined {
  if (!cgroup) return undefined;
  const container = renamed(cgroup, (id) => names.container(id));
  return (at) => {
    const value = container(at);
    return typeof value === "object" ? value : undefined;
  };
}
