import type { AttachPlan } from "../../compiler/compiled.ts";
import { ROLE } from "../../compiler/layout.ts";
import { cookieFields } from "../../compiler/plan/cookie.ts";
import { KPROBE_MULTI } from "../../compiler/plan/entry.ts";
import type { AttachedFunction } from "./attachment.ts";

/** Program arrays of the dispatcher. */
export const FUNCTIONS = "pwq_functions";
export const TRACEPOINTS = "pwq_tracepoints";

/** The entry program that finds a function's cookie by the one it is attached with. */
export const AGAIN = `${KPROBE_MULTI}_again`;

/** Which of a query's programs stands in which slot. */
export interface Wiring {
  /** By slot. */
  readonly functions: ReadonlyMap<number, string>;
  readonly tracepoints: ReadonlyMap<number, string>;
  /** The program that knows the function by its cookie. */
  readonly general: string;
  /** From cookies that functions are attached with to those that they have in this plan; absent: they are the same. */
  readonly cookies?: { readonly from: BigUint64Array; readonly to: BigUint64Array };
}

export const NO_WIRING: Wiring = { functions: new Map(), tracepoints: new Map(), general: KPROBE_MULTI };

/** How a plan's programs are called through what is attached: all its points are. */
export function wiringOf(
  plan: AttachPlan,
  attached: ReadonlyMap<string, AttachedFunction>,
  slots: ReadonlyMap<string, number>,
): Wiring {
  const selects = plan.kprobes.some(({ program }) => program !== KPROBE_MULTI);
  const used = new Map<number, { all: number; simple: number }>();
  const from: bigint[] = [];
  const to: bigint[] = [];
  for (const { symbol, cookie } of plan.kprobes) {
    const found = attached.get(symbol);
    if (!found) continue;
    from.push(found.cookie);
    to.push(cookie);
    const slot = used.get(found.slot) ?? { all: 0, simple: 0 };
    slot.all++;
    if (isSimple(cookie)) slot.simple++;
    used.set(found.slot, slot);
  }
  // Where a function is attached that is no point now, its own cookie would say that it is one.
  const others = [...attached.values()].filter(({ slot }) => used.has(slot)).length > from.length;
  const same = !others && from.every((cookie, i) => cookie === to[i]);
  const general = same ? KPROBE_MULTI : AGAIN;
  return {
    functions: new Map(
      [...used].map(([slot, { all, simple }]) => [
        slot,
        slot > 0 && selects && simple === all ? `${KPROBE_MULTI}_${slot - 1}` : general,
      ]),
    ),
    tracepoints: new Map(
      plan.tracepoints.map(({ tracepoint, program }) => [slots.get(tracepoint)!, program]),
    ),
    general,
    ...(!same && { cookies: { from: BigUint64Array.from(from), to: BigUint64Array.from(to) } }),
  };
}

/** The program of the skb's position will do: see `entryPrograms`. */
function isSimple(cookie: bigint): boolean {
  const field = cookieFields(cookie);
  return field("role") === ROLE.none && field("returns") === 0;
}
