import { constants } from "node:os";
import type { AttachPlan, KprobeAttachment } from "../compiler/compiled.ts";
import { isNativeError, type Link, type Native, type Obj } from "../native/native.ts";
import type { Attached } from "./tracer.ts";

export interface Attachment extends Attached {
  readonly links: readonly Link[];
}

/** Attaches everything in the plan. Functions that the kernel refuses are left out and named; other errors are thrown. */
export function attachPlan(native: Native, obj: Obj, plan: AttachPlan): Attachment {
  const links: Link[] = [];
  try {
    const functions = attachFunctions(native, obj, plan, links);
    const tracepoints = attachTracepoints(native, obj, plan, links);
    return { links, count: functions.count + tracepoints, refused: functions.refused };
  } catch (error) {
    for (const link of links) native.detach(link);
    throw error;
  }
}

function attachFunctions(native: Native, obj: Obj, plan: AttachPlan, links: Link[]): Attached {
  if (plan.kprobes.length === 0) return { count: 0, refused: [] };
  return plan.backend === "kprobe-multi"
    ? attachMulti(native, obj, plan.kprobes, links)
    : attachSingle(native, obj, plan.kprobes, links);
}

function attachSingle(
  native: Native,
  obj: Obj,
  probes: readonly KprobeAttachment[],
  links: Link[],
): Attached {
  const { links: link, failed } = native.attachKprobes(
    obj,
    "pwq_kprobe",
    probes.map(({ symbol }) => symbol),
    cookies(probes),
  );
  links.push(link);
  return {
    count: probes.length - failed.length,
    refused: failed.map(({ index, errno }) => ({ symbol: probes[index]!.symbol, code: errnoName(errno) })),
  };
}

/** One that cannot be traced fails the whole call without being named, so a refused list is halved until it is found. */
function attachMulti(native: Native, obj: Obj, probes: readonly KprobeAttachment[], links: Link[]): Attached {
  try {
    const symbols = probes.map(({ symbol }) => symbol);
    links.push(native.attachKprobeMulti(obj, "pwq_kprobe_multi", symbols, cookies(probes)));
    return { count: probes.length, refused: [] };
  } catch (error) {
    if (!isNativeError(error) || !UNTRACEABLE.has(error.code)) throw error;
    if (probes.length === 1) return { count: 0, refused: [{ symbol: probes[0]!.symbol, code: error.code }] };
    const middle = probes.length >> 1;
    const one = attachMulti(native, obj, probes.slice(0, middle), links);
    const other = attachMulti(native, obj, probes.slice(middle), links);
    return { count: one.count + other.count, refused: [...one.refused, ...other.refused] };
  }
}

/** What the kernel says of a function it does not know, or whose entry ftrace does not own. */
const UNTRACEABLE: ReadonlySet<string> = new Set(["ESRCH", "EINVAL", "ENOENT", "EADDRNOTAVAIL"]);

/** What it says of a tracepoint it does not have. */
const NO_TRACEPOINT: ReadonlySet<string> = new Set(["ENOENT", "EINVAL"]);

function attachTracepoints(native: Native, obj: Obj, plan: AttachPlan, links: Link[]): number {
  let count = 0;
  for (const { program, tracepoint, optional } of plan.tracepoints) {
    try {
      links.push(native.attachRawTracepoint(obj, program, tracepoint));
      count++;
    } catch (error) {
      if (!optional || !isNativeError(error) || !NO_TRACEPOINT.has(error.code)) throw error;
    }
  }
  return count;
}

const cookies = (probes: readonly KprobeAttachment[]): BigUint64Array =>
  BigUint64Array.from(probes, ({ cookie }) => cookie);

const errnoName = (errno: number): string =>
  Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `error ${errno}`;
