import type { CompiledQuery } from "../../compiler/compiled.ts";
import { findField } from "../../compiler/fields/table.ts";
import type { Drop, Fact } from "../../why/drop.ts";
import { EVIDENCE_NAMES, type EvidenceName, evidenceField, evidenceKey } from "../../why/evidence.ts";
import { type Explanation, explain } from "../../why/explain.ts";
import { type Later, NOTHING_LATER } from "../../why/later/later.ts";
import { formatOf, isList, type Text, type Value } from "../format.ts";
import { printable } from "../text.ts";
import type { Batch } from "./batch.ts";
import type { DecodeContext } from "./context.ts";
import { head } from "./head.ts";
import { slotReads } from "./leaves.ts";
import type { Read } from "./read.ts";

/** The explanation of the drop at a place of the batch; undefined if that is none. */
export function explanationRead(
  batch: Batch,
  context: DecodeContext,
  evidence: (key: string) => Read | undefined,
): (at: number) => Explanation | undefined {
  const { point, reason, location } = head(batch);
  const reasons = formatOf(context.reasonType);
  const isDrop = context.points.map(({ kind }) => kind === "drop");
  const reads = new Map<EvidenceName, (at: number) => Fact | undefined>();
  for (const name of EVIDENCE_NAMES) {
    const read = evidence(evidenceKey(name));
    if (read) reads.set(name, factRead(name, read));
  }
  const later: Later = {
    ...(context.later ?? NOTHING_LATER),
    netns: (inode) => (inode === undefined ? undefined : context.names.netns(inode)),
  };
  return (at) => {
    if (!isDrop[point(at)]) return undefined;
    const place = context.names.symbol(BigInt(location(at)));
    const drop: Drop = {
      reason: reasons.text(reason(at)),
      place: place?.name ?? `0x${BigInt(location(at)).toString(16)}`,
      ...(place?.module !== undefined && { module: place.module }),
      fact: (name) => reads.get(name)?.(at),
    };
    return explain(drop, later);
  };
}

/** Values that are numbers in the kernel and names for people are facts by their name. */
function factRead(name: EvidenceName, read: Read): (at: number) => Fact | undefined {
  const field = findField(evidenceKey(name)) ?? evidenceField(evidenceKey(name))!;
  const named =
    field.type.kind === "int" && field.type.names !== undefined ? formatOf(field.type) : undefined;
  const fact = (value: Value): Fact => {
    if (typeof value === "object") return isList(value) ? value.map(({ raw }) => raw) : value.raw;
    return named ? named.text(value) : value;
  };
  return (at) => {
    const value = read(at);
    return value === undefined ? undefined : fact(value);
  };
}

/** As a value of `why`: the sentence, and for programs what it is made of. */
export const explanationText = (explanation: Explanation): Text => ({
  raw: explanation.text,
  // The row above has the place and the reason.
  text: printable(`why: ${explanation.words}`),
  json: JSON.stringify(explanationJson(explanation)),
});

/** The object that `why` is in JSON; see schema/events.schema.json. */
export function explanationJson({ text, cause, check, now = [], evidence }: Explanation): object {
  const facts = [...evidence].map(([name, fact]) => [name, typeof fact === "bigint" ? String(fact) : fact]);
  return {
    text,
    ...(cause !== undefined && { cause }),
    ...(check !== undefined && { check }),
    evidence: Object.fromEntries(facts),
    ...(now.length > 0 && { later: now }),
  };
}

/** A drop as `pwq why` groups it. */
export interface CauseEvent {
  /** Drops with the same key have the same explanation. */
  readonly key: string;
  readonly time: string;
  readonly tuple?: string;
  readonly netns?: string;
  readonly iface?: string;
  /** Made when it is asked for: the first drop of a key speaks for all. */
  readonly explain: () => Explanation;
}

/** What two drops must have in common to have the same explanation. */
const KEY_FACTS = [
  "netns",
  "iface",
  "ip.src",
  "ip.dst",
  "ip.proto",
  "udp.dport",
  "tcp.dport",
  "protocol",
] as const;

/** Reads the drops of a query that shows `why`. */
export function causeEvents(
  query: CompiledQuery,
  batch: Batch,
  context: DecodeContext,
): (at: number) => CauseEvent {
  const { reason, location, timeLow, timeHigh } = head(batch);
  const slot = slotReads(query, batch, context);
  const explanation = explanationRead(batch, context, slot);
  const reads = KEY_FACTS.map((name) => {
    const read = slot(evidenceKey(name));
    return read ? factRead(name, read) : () => undefined;
  });
  const text = (name: EvidenceName): ((at: number) => string | undefined) => {
    const read = slot(evidenceKey(name));
    const fact = read && factRead(name, read);
    return (at) => {
      const value = fact?.(at);
      return value === undefined ? undefined : printable(String(value));
    };
  };
  const [tuple, iface] = [text("tuple"), text("iface")];
  const [ofDevice, ofRoute, ofSocket] = [text("netns"), text("dst.netns"), text("sk.netns")];
  return (at) => {
    const inode = ofDevice(at) ?? ofRoute(at) ?? ofSocket(at);
    const netns = inode === undefined ? undefined : (context.names.netns(Number(inode)) ?? inode);
    const [packet, dev] = [tuple(at), iface(at)];
    return {
      key: [reason(at), location(at), ...reads.map((read) => read(at))].join("|"),
      time: context.clock.iso(timeLow(at), timeHigh(at)),
      ...(packet !== undefined && { tuple: packet }),
      ...(netns !== undefined && { netns }),
      ...(dev !== undefined && { iface: dev }),
      explain: () => explanation(at)!,
    };
  };
}
