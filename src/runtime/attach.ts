import { constants } from "node:os";
import type { AttachPlan, KprobeAttachment } from "../compiler/compiled.ts";
import { cookieFields } from "../compiler/plan/cookie.ts";
import { isNativeError, type Link, type Native, type Obj } from "../native/native.ts";
import type { Attached } from "./tracer.ts";

export interface Attachment extends Attached {
  readonly links: readonly Link[];
}

/** Attaches everything in the plan. Functions that the kernel refuses are left out and named; other errors are thrown. */
export function attachPlan(native: Native, obj: Obj, plan: AttachPlan): Attachment {
  const links: Link[] = [];
  try {
    // Tracepoints are where journeys end; with them first, none begins that could not be seen to end.
    const tracepoints = attachTracepoints(native, obj, plan, links);
    const functions = attachFunctions(native, obj, plan, links);
    const returns = plan.returns?.how === "kretprobe" ? attachReturns(native, obj, plan, links) : [];
    return { links, count: functions.count + tracepoints, refused: [...functions.refused, ...returns] };
  } catch (error) {
    for (const link of links) native.detach(link);
    throw error;
  }
}

/** A probe on the return of each function of which it is wanted. */
function attachReturns(native: Native, obj: Obj, plan: AttachPlan, links: Link[]): Attached["refused"] {
  const refused: { symbol: string; code: string }[] = [];
  for (const { symbol, cookie } of plan.kprobes) {
    if (cookieFields(cookie)("returns") === 0) continue;
    try {
      links.push(native.attachKprobe(obj, plan.returns!.program, symbol, cookie));
    } catch (error) {
      if (!isNativeError(error) || !UNTRACEABLE.has(error.code)) throw error;
      refused.push({ symbol: `return of ${symbol}`, code: error.code });
    }
  }
  return refused;
}

function attachFunctions(native: Native, obj: Obj, plan: AttachPlan, links: Link[]): Attached {
  const attach = plan.backend === "kprobe-multi" ? attachMulti : attachSingle;
  const parts = byProgram(plan.kprobes).map((probes) => attach(native, obj, probes, links));
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    refused: parts.flatMap(({ refused }) => refused),
  };
}

/** Functions with a program of their own come first: they follow packets that others begin to follow. */
function byProgram(probes: readonly KprobeAttachment[]): readonly (readonly KprobeAttachment[])[] {
  const groups = new Map<string, KprobeAttachment[]>();
  for (const probe of probes) {
    const group = groups.get(probe.program);
    if (group) group.push(probe);
    else groups.set(probe.program, [probe]);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function attachSingle(
  native: Native,
  obj: Obj,
  probes: readonly KprobeAttachment[],
  links: Link[],
): Attached {
  const { links: link, failed } = native.attachKprobes(
    obj,
    probes[0]!.program,
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
    links.push(native.attachKprobeMulti(obj, probes[0]!.program, symbols, cookies(probes)));
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
