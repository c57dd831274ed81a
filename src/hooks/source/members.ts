import { aliases, FIELDS, PRESENCE } from "../../compiler/fields/table.ts";
import type { PresenceName } from "../../compiler/typed.ts";
import { MEMBERS, METHODS } from "../events.ts";
import type { Value } from "./scope.ts";

export type RecordValue = Extract<Value, { kind: "record" }>;

/** What the program gives its hooks besides the fields of the language. */
export interface Known {
  /** Names of shown items, of all queries. */
  readonly columns: ReadonlySet<string>;
  readonly params: ReadonlySet<string>;
}

export type Found =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "group"; readonly path: string }
  | { readonly kind: "member" | "method"; readonly name: string };

/** What stands before the points of fields: `ip`, `drop`, `inner`, `inner.ip`. A field is no group. */
export const GROUPS: ReadonlySet<string> = new Set(
  [...FIELDS.keys()].flatMap((name) => {
    const parts = name.split(".");
    return parts
      .slice(1)
      .map((_, i) => parts.slice(0, i + 1).join("."))
      .filter((group) => !FIELDS.has(group));
  }),
);

/** The names by which a field or shown item is reached from an event: `e.ip.src`, but `e["cb.bpf"]`, for `cb` is a field. */
export const stepsTo = (name: string): readonly string[] =>
  FIELDS.has(name) && GROUPS.has(name.slice(0, Math.max(0, name.lastIndexOf("."))))
    ? name.split(".")
    : [name];

/** What `name` is of an event, a journey or one of their groups. A field's name means the field, whatever `show` names. */
export function memberOf(record: RecordValue, name: string, known: Known): Found | undefined {
  const members = MEMBERS[record.subject];
  if (record.path === "" && Object.hasOwn(members, name)) return { kind: "member", name };
  if (record.subject === "progress") return undefined;
  if (record.path === "" && METHODS.includes(name)) return { kind: "method", name };
  const full = record.path === "" ? name : `${record.path}.${name}`;
  if (FIELDS.has(full) && stepsTo(full).at(-1) === name) return { kind: "field", name: full };
  if (GROUPS.has(full)) return { kind: "group", path: full };
  if (record.path === "" && known.columns.has(name)) return { kind: "field", name };
  return undefined;
}

/** Everything that could have been meant, as it would be written after `e.`. */
export function candidates(record: RecordValue, known: Known): readonly string[] {
  const own = record.path === "" ? [...Object.keys(MEMBERS[record.subject])] : [];
  if (record.subject === "progress") return own;
  const prefix = record.path === "" ? "" : `${record.path}.`;
  const fields = [...FIELDS.keys()].filter((name) => name.startsWith(prefix));
  return record.path === "" ? [...own, ...METHODS, ...GROUPS, ...fields, ...known.columns] : fields;
}

export const isLayer = (name: string): name is PresenceName => PRESENCE.has(name as PresenceName);

/** Other spellings of fields: Wireshark's, pcap's. */
export const meantField = (name: string): string | undefined => aliases().get(name);
