import { FIELDS, PRESENCE } from "../../compiler/fields/table.ts";
import type { CheckedProgram, ShowColumn } from "../../compiler/typed.ts";
import type { Type } from "../../compiler/types.ts";
import { MEMBERS } from "../events.ts";
import { HELPERS } from "../source/globals.ts";
import { GROUPS, stepsTo } from "../source/members.ts";
import { fieldType, valueType } from "./value-type.ts";

/** What the declarations of a program's hooks depend on. */
export interface Declared {
  readonly queries: CheckedProgram["queries"];
  readonly params: CheckedProgram["params"];
}

interface Member {
  readonly name: string;
  readonly type: string;
  readonly about: string;
  /** Some packets do not have it. */
  readonly optional: boolean;
}

/** TypeScript declarations of everything that hooks of this program can name: what `pwq types` prints. */
export function declarations({ queries, params }: Declared): string {
  const known = typesOf(queries);
  const fields = [...FIELDS.values()].map(
    (field): Member => ({
      name: field.name,
      type: fieldType(field, known.get(field.name)),
      about: field.doc,
      optional: field.optional !== undefined || field.name.includes("."),
    }),
  );
  const plain = fields.filter(({ name }) => stepsTo(name).length === 1);
  const groups = [...GROUPS].filter((group) => group !== "drop" && !group.includes("."));
  const drop = fields.map((member) => ({ ...member, optional: false }));
  return [
    "// What the hooks of this program can use. Made by `pwq types`.",
    "",
    "/** An event. Fields that the packet does not have are undefined. */",
    "interface PwqEvent {",
    ...members(MEMBERS.event),
    ...plain.map(property),
    ...shownItems(queries, fields).map(property),
    ...groups.map((group) => groupText(group, fields)),
    "  /** Only in drops. */",
    groupText("drop", drop).replace("drop:", "drop?:"),
    "  /** Whether the packet has this protocol. */",
    `  has(layer: ${[...PRESENCE.keys()].map((layer) => JSON.stringify(layer)).join(" | ")}): boolean;`,
    "  /** An object that may be kept: the event itself is over when its hook is. */",
    "  copy(): this;",
    "  /** What is shown and what hooks read, flat, as `--json` prints it. */",
    "  toJSON(): Record<string, unknown>;",
    "}",
    "",
    "interface PwqDrop extends PwqEvent {",
    '  readonly drop: NonNullable<PwqEvent["drop"]>;',
    "}",
    "",
    "/** A finished journey, with the fields of its last event. */",
    "interface PwqPacket extends PwqEvent {",
    ...members(MEMBERS.journey),
    "}",
    "",
    "/** How far the trace is. */",
    "interface PwqProgress {",
    ...members(MEMBERS.progress),
    "}",
    "",
    'declare function on(event: "event", hook: (e: PwqEvent) => void): void;',
    'declare function on(event: "drop", hook: (e: PwqDrop) => void): void;',
    'declare function on(event: "packet", hook: (e: PwqPacket) => void): void;',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is TypeScript's
    'declare function on(event: "tick" | `tick(${string})` | "start" | "stop", hook: (e: PwqProgress) => void): void;',
    "",
    ...Object.values(HELPERS).flatMap(({ declaration, about }) =>
      declaration === "" ? [] : [`/** ${about} */`, declaration],
    ),
    `/** ${HELPERS.params!.about} */`,
    "declare const params: {",
    ...params.map(({ name, type, about = "" }) =>
      property({ name, type: paramType(type), about, optional: false }),
    ),
    "};",
    "",
  ].join("\n");
}

/** Of a parameter, by its type in the program. */
function paramType(type: string): string {
  if (type === "bool") return "boolean";
  return ["int", "u8", "u16", "u32", "u64", "port", "duration", "size"].includes(type) ? "number" : "string";
}

/** Of fields that the program shows or its hooks read: with the enumerators of the kernel, where that is known. */
function typesOf(queries: Declared["queries"]): ReadonlyMap<string, Type> {
  const items = queries.flatMap(({ show, captured = [] }) => [...show, ...captured]);
  return new Map(
    items.flatMap(({ value }) => (value.kind === "field" ? [[value.field.name, value.type] as const] : [])),
  );
}

/** Items that `show` gave a name, or that are no fields. */
function shownItems(queries: Declared["queries"], fields: readonly Member[]): readonly Member[] {
  const taken = new Set([...fields.map(({ name }) => name), ...GROUPS, ...Object.keys(MEMBERS.event)]);
  const items = new Map<string, ShowColumn>();
  for (const { show } of queries)
    for (const item of show) if (!taken.has(item.name)) items.set(item.name, item);
  return [...items.values()].map(({ name, value }) => ({
    name,
    type: value.kind === "field" ? fieldType(value.field, value.type) : valueType(value.type),
    about: "Shown by the query.",
    optional: true,
  }));
}

const members = (of: Readonly<Record<string, { readonly type: string; readonly about: string }>>): string[] =>
  Object.entries(of).map(([name, { type, about }]) => property({ name, type, about, optional: false }));

const property = ({ name, type, about, optional }: Member): string =>
  `${about === "" ? "" : `  /** ${about.replaceAll("*/", "* /")} */\n`}  readonly ${nameText(name)}: ${type}${optional ? " | undefined" : ""};`;

/** A group with its fields and the groups in it. */
function groupText(path: string, fields: readonly Member[]): string {
  const below = fields.filter(({ name }) => name.startsWith(`${path}.`));
  const own = below.flatMap((field) => {
    const name = field.name.slice(path.length + 1);
    return name.includes(".") || stepsTo(field.name).length === 1 ? [] : [property({ ...field, name })];
  });
  const inner = [...GROUPS].filter((group) => group.startsWith(`${path}.`) && isChild(group, path));
  const lines = [...own, ...inner.map((group) => groupText(group, fields))].map(indent);
  return `  readonly ${path.slice(path.lastIndexOf(".") + 1)}: {\n${lines.join("\n")}\n  };`;
}

const isChild = (group: string, path: string): boolean => !group.slice(path.length + 1).includes(".");

const nameText = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

const indent = (text: string): string => text.replace(/^/gm, "  ");
