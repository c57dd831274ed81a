import type { AttachPlan } from "../compiled.ts";
import type { Selection } from "./points.ts";
import { UNUSABLE_TRACEPOINT } from "./tracepoints.ts";
import type { Universe } from "./universe.ts";

/** What `all` does not look at, and why. */
export function leftOut(
  world: Universe,
  selections: readonly Selection[],
  probing: boolean,
): ReturnType<AttachPlan["leftOut"]> {
  if (!selections.some((s) => s.all)) return [];
  const groups: { reason: string; names: readonly string[] }[] = [];
  if (probing) {
    groups.push({ reason: "inlined or marked notrace", names: [...world.untraceable] });
    groups.push({ reason: "compiler copies, whose arguments BTF does not describe", names: world.copies });
    for (const [reason, names] of world.unreachable) groups.push({ reason, names });
  } else {
    const unusable = [...world.tracepoints.keys()].filter((name) => name in UNUSABLE_TRACEPOINT);
    for (const name of unusable) groups.push({ reason: UNUSABLE_TRACEPOINT[name]!, names: [name] });
  }
  return groups.filter((g) => g.names.length > 0);
}
