import type { KprobeAttachment } from "../compiled.ts";
import { ROLE } from "../layout.ts";
import { cookieFields } from "./cookie.ts";

/** Entry programs of the template: the one that asks for the cookie, and those that know where the skb is. */
export const KPROBE_MULTI = "pwq_kprobe_multi";
export const KPROBE = "pwq_kprobe";
/** With a program for the skb in these argument positions. */
const POSITIONS = 3;
/** Each program is one more to load and to attach; few functions are not worth it. */
const FEWEST = 16;

/**
 * Which entry program each function of a kprobe-multi attachment gets. Those that only look at the packet in a common
 * argument position, and whose returns nobody waits for, go by the position's own program, which leaves packets that no query means before it asks for the
 * cookie; `selects` says whether the queries allow to tell.
 */
export function entryPrograms(
  kprobes: readonly KprobeAttachment[],
  selects: boolean,
): readonly KprobeAttachment[] {
  if (!selects) return kprobes;
  const shared = kprobes.map(sharedProgram);
  const counts = new Map<string, number>();
  for (const program of shared) if (program) counts.set(program, (counts.get(program) ?? 0) + 1);
  return kprobes.map((probe, i) => {
    const program = shared[i];
    return program && counts.get(program)! >= FEWEST ? { ...probe, program } : probe;
  });
}

function sharedProgram({ program, cookie }: KprobeAttachment): string | undefined {
  if (program !== KPROBE_MULTI) return undefined;
  const field = cookieFields(cookie);
  return field("role") === ROLE.none && field("skb") < POSITIONS && field("returns") === 0
    ? `${KPROBE_MULTI}_${field("skb")}`
    : undefined;
}
