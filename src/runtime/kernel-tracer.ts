import type { AttachPlan, Compiled } from "../compiler/compiled.ts";
import { COUNTERS, TRACK } from "../compiler/layout.ts";
import { KPROBE_MULTI } from "../compiler/plan/entry.ts";
import {
  isNativeError,
  type Link,
  type Native,
  native,
  type Obj,
  type Ring,
  type RingMap,
} from "../native/native.ts";
import { readTemplate } from "../native/template.ts";
import { attachPlan } from "./attach.ts";
import { ProgramWatch } from "./program-watch.ts";
import { refusal } from "./refusal.ts";
import type { Loaded, Sizes, Tracer, Tracked } from "./tracer.ts";

/** linux/bpf.h of 6.10; libbpf 1.1 knows no section name for it. */
const TRACE_KPROBE_SESSION = 56;

/** Maps of the template. */
const RING = "pwq_ring";
const TRACK_MAP = "pwq_track";
const PAST_MAP = "pwq_past";
const SEEN_MAP = "pwq_seen";
const CALLS_MAP = "pwq_calls";
/** Stacks that followed packets are worked for on, within the time that the kernel takes to need so many others. */
const STACKS = 4096;
/** Different values that `first(…)` sees of a packet, on average. */
const SEEN_PER_PACKET = 4;
export const COOKIE_MAP = "pwq_cookies";
const FRAME_MAP = "pwq_frames";
/** Entries of a map that these queries have no use for: to make a large one takes longer than to verify the programs. */
const UNUSED = 64;
const COUNTER_MAP = "pwq_counters";
export const PROGRAMS = "pwq_programs";

/** A batch is big enough to make a call cheap, and small enough that a few of them can be on their way. */
const BATCH = { batchBytes: 256 * 1024, maxBatches: 4, flushMs: 20 } as const;

/** The running kernel, reached through the addon. `ring`: a map of the size that the first trace will ask for. */
export function kernelTracer(ring?: RingMap): Tracer {
  let made = ring;
  return {
    load(compiled, sizes) {
      const first = made;
      made = undefined;
      return told(compiled, () => load(native(), compiled, sizes, first));
    },
  };
}

function load(face: Native, compiled: Compiled, sizes: Sizes, ring: RingMap | undefined): Loaded {
  const bytes = linked(face, compiled);
  const obj = face.openObject(bytes);
  try {
    excludeUnused(face, obj, compiled);
    setSizes(face, obj, compiled, sizes);
    if (ring) tryRing(face, obj, ring);
    face.load(obj);
    if (callsOn(compiled.plan)) face.mapSetProgram(obj, PROGRAMS, 0, KPROBE_MULTI, obj);
  } catch (error) {
    face.closeObject(obj);
    throw error;
  }
  return loaded(face, bytes, obj, compiled);
}

/** Makes the maps as large as these queries need them. */
export function setSizes(face: Native, obj: Obj, { remembers, plan }: Compiled, sizes: Sizes): void {
  face.setMapSize(obj, RING, ringSize(sizes.buffer));
  face.setMapSize(obj, TRACK_MAP, remembers.packets ? sizes.followMap : UNUSED);
  if (plan.backend !== "kprobe") face.setMapSize(obj, COOKIE_MAP, UNUSED);
  if (!plan.returns) face.setMapSize(obj, FRAME_MAP, UNUSED);
  if (remembers.calls) face.setMapSize(obj, CALLS_MAP, STACKS);
  if (remembers.last) face.setMapSize(obj, PAST_MAP, sizes.followMap);
  if (remembers.seen) face.setMapSize(obj, SEEN_MAP, SEEN_PER_PACKET * sizes.followMap);
}

/** If it could not be made, loading will say why. */
function tryRing(face: Native, obj: Obj, ring: RingMap): void {
  try {
    face.useRing(obj, RING, ring);
  } catch (error) {
    if (!isNativeError(error)) throw error;
  }
}

/** The query's object joined with its template: what is loaded, and what `pwq compile` saves. */
export function linked(face: Native, compiled: Compiled): Uint8Array {
  return face.link([
    ...compiled.templates.map((name) => ({ name, bytes: readTemplate(name) })),
    { name: "query", bytes: compiled.object },
  ]);
}

/** Whether functions have entry programs that call the general one. */
const callsOn = ({ kprobes }: AttachPlan): boolean =>
  kprobes.some(({ program }) => program.startsWith(KPROBE_MULTI));

/** Programs of backends that are not used would be verified, and could be refused, for nothing. */
function excludeUnused(face: Native, obj: Obj, { plan }: Compiled): void {
  const used = new Set([...plan.tracepoints, ...plan.kprobes].map(({ program }) => program));
  if (callsOn(plan)) used.add(KPROBE_MULTI);
  if (plan.returns) used.add(plan.returns.program);
  for (const { name } of face.programs(obj)) face.setAutoload(obj, name, used.has(name));
  if (plan.returns?.how === "session") face.setAttachType(obj, plan.returns.program, TRACE_KPROBE_SESSION);
}

/** A ring buffer's size is a power of two, and at least a page. */
export function ringSize(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(bytes, 4096)));
}

/** What is loaded, with everything but how it is attached in the dispatcher's case. */
export function loaded(face: Native, bytes: Uint8Array, obj: Obj, compiled: Compiled): Loaded {
  let ring: Ring | undefined;
  let links: readonly Link[] = [];
  let watches: readonly ProgramWatch[] = [];
  let missed = 0;
  const programs = () => face.programs(obj).filter(({ autoload }) => autoload);
  return {
    attach: (plan, met = () => {}) =>
      told(compiled, () => {
        const attached = attachPlan(face, obj, plan);
        links = attached.links;
        watches = plan.programPoints.map((points) => new ProgramWatch(face, bytes, obj, points, met));
        const count = watches.reduce((sum, watch) => sum + watch.count, 0);
        return { ...attached, count: attached.count + count, programs: count };
      }),
    read(onBatch) {
      ring = face.openRing(obj, RING, { onBatch, ...BATCH });
    },
    counters: () =>
      Array.from({ length: COUNTERS }, (_, index) =>
        face.mapLookupPerCpu(obj, COUNTER_MAP, index).reduce((sum, value) => sum + value, 0n),
      ),
    tracked: () => trackedIn(face, obj),
    remembered: () => (compiled.remembers.last ? face.mapEntries(obj, PAST_MAP).count : 0),
    missed: () => missed,
    detach() {
      for (const watch of watches) watch.stop();
      // The kernel forgets both counts with the links and the programs.
      missed = programs().reduce(
        (sum, { name }) => sum + Number(face.programStats(obj, name).recursionMisses),
        0,
      );
      for (const link of links) {
        missed += Number(face.linkInfo(link).missed ?? 0n);
        face.detach(link);
      }
      links = [];
    },
    flush: async () => {
      if (ring) await face.ringFlush(ring);
    },
    close() {
      for (const watch of watches) watch.stop();
      for (const link of links) face.detach(link);
      links = [];
      if (ring) face.closeRing(ring);
      face.closeObject(obj);
    },
  };
}

function trackedIn(face: Native, obj: Obj): Tracked {
  const { count, valueSize, values } = face.mapEntries(obj, TRACK_MAP);
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const follow = TRACK.offsets.follow!;
  return {
    entries: count,
    followed(query) {
      let found = 0;
      for (let i = 0; i < count; i++) {
        if (view.getUint32(i * valueSize + follow, true) & (1 << query)) found++;
      }
      return found;
    },
  };
}

/** Errors of the addon become findings that say what to do. */
export function told<T>(compiled: Compiled, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw isNativeError(error) ? refusal(error, compiled) : error;
  }
}
