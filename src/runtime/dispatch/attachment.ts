import type { AttachPlan, Compiled, KprobeAttachment } from "../../compiler/compiled.ts";
import { KPROBE_MULTI } from "../../compiler/plan/entry.ts";
import type { Link, Native, Obj } from "../../native/native.ts";
import { readTemplate } from "../../native/template.ts";
import { attachPlan } from "../attach.ts";
import type { Attached } from "../tracer.ts";
import { FUNCTIONS, NO_WIRING, TRACEPOINTS, type Wiring } from "./wiring.ts";

/** A function as it is attached. */
export interface AttachedFunction {
  readonly cookie: bigint;
  /** Of `pwq_functions`. */
  readonly slot: number;
}

/**
 * The dispatcher's programs (bpf/templates/dispatch.bpf.c), attached where a plan wants them. They call what stands in the
 * slots, which can be changed at any moment.
 */
export class Attachment {
  readonly #native: Native;
  readonly #obj: Obj;
  #links: readonly Link[] = [];
  #wired: Wiring = NO_WIRING;
  /** By name. */
  readonly functions: Map<string, AttachedFunction>;
  /** Functions that the kernel refused: it would again. */
  readonly refused = new Map<string, string>();
  /** Slots by tracepoint, without group. */
  readonly tracepoints: ReadonlyMap<string, number>;

  /** Loads the dispatcher for a plan; nothing is attached yet. Throws NativeError. */
  constructor(native: Native, { plan, templates }: Pick<Compiled, "plan" | "templates">) {
    this.#native = native;
    this.#obj = native.openObject(readTemplate(templates[0]!.replace(/^kprobe/, "dispatch")));
    const slots = tracepointSlots(native, this.#obj);
    this.tracepoints = new Map(plan.tracepoints.map(({ tracepoint }, i) => [tracepoint, slots[i]!]));
    this.functions = new Map(
      plan.kprobes.map((probe) => [probe.symbol, { cookie: probe.cookie, slot: slotOf(probe) }]),
    );
    const used = new Set([
      ...[...this.functions.values()].map(({ slot }) => functionProgram(slot)),
      ...[...this.tracepoints.values()].map(tracepointProgram),
    ]);
    try {
      for (const { name } of native.programs(this.#obj)) native.setAutoload(this.#obj, name, used.has(name));
      native.load(this.#obj);
    } catch (error) {
      native.closeObject(this.#obj);
      throw error;
    }
  }

  /** Attaches what the plan wants; throws NativeError. */
  attach(plan: AttachPlan): Attached {
    const attached = attachPlan(this.#native, this.#obj, {
      ...plan,
      kprobes: plan.kprobes.map((probe) => ({ ...probe, program: functionProgram(slotOf(probe)) })),
      tracepoints: plan.tracepoints.map((each) => ({
        ...each,
        program: tracepointProgram(this.tracepoints.get(each.tracepoint)!),
      })),
    });
    this.#links = attached.links;
    for (const { symbol, code } of attached.refused) {
      this.refused.set(symbol, code);
      this.functions.delete(symbol);
    }
    return { count: attached.count, refused: attached.refused };
  }

  /**
   * Puts a query's programs into the slots, and empties those that it has no use for. Tracepoints first: they are where
   * journeys end, and none shall begin that could not be seen to end.
   */
  wire(wiring: Wiring, programs: Obj): void {
    this.#fill(TRACEPOINTS, this.#wired.tracepoints, wiring.tracepoints, programs);
    this.#fill(FUNCTIONS, this.#wired.functions, wiring.functions, programs);
    this.#wired = wiring;
  }

  #fill(
    map: string,
    before: ReadonlyMap<number, string>,
    after: ReadonlyMap<number, string>,
    programs: Obj,
  ): void {
    for (const [slot, program] of after) this.#native.mapSetProgram(this.#obj, map, slot, program, programs);
    for (const slot of before.keys()) {
      if (!after.has(slot))
        this.#native.mapDelete(this.#obj, map, new Uint8Array(Uint32Array.of(slot).buffer));
    }
  }

  /** Hits that the kernel left out so far. */
  missed(): number {
    const programs = this.#native.programs(this.#obj).filter(({ autoload }) => autoload);
    const recursive = programs.map(({ name }) =>
      Number(this.#native.programStats(this.#obj, name).recursionMisses),
    );
    const unseen = this.#links.map((link) => Number(this.#native.linkInfo(link).missed ?? 0n));
    return [...recursive, ...unseen].reduce((sum, count) => sum + count, 0);
  }

  detach(): void {
    for (const link of this.#links) this.#native.detach(link);
    this.#links = [];
    this.#native.closeObject(this.#obj);
  }
}

/** Functions with an entry program of their position have its number after 0, which is the general program's. */
function slotOf({ program }: KprobeAttachment): number {
  const position = program.slice(KPROBE_MULTI.length + 1);
  return position === "" ? 0 : Number(position) + 1;
}

const functionProgram = (slot: number): string => `pwq_function_${slot}`;
const tracepointProgram = (slot: number): string => `pwq_tracepoint_${String(slot).padStart(2, "0")}`;

/** Slots that the object has a program for: not all numbers are among them. */
const tracepointSlots = (native: Native, obj: Obj): readonly number[] =>
  native.programs(obj).flatMap(({ name }) => {
    const slot = /^pwq_tracepoint_(\d+)$/.exec(name)?.[1];
    return slot === undefined ? [] : [Number(slot)];
  });
