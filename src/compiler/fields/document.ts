import type { EnumNames, Type } from "../types.ts";
import type { Field } from "./field.ts";
import { FIELDS, GROUPS, INNER_GROUP, PRESENCE } from "./table.ts";
import { OWN_XDP_FIELDS } from "./xdp.ts";

/** `docs/fields.md`: the table for reading. Written by `scripts/fields.mjs`; a test compares. */
export function fieldsDocument(): string {
  return [
    "# Fields",
    "",
    "What a query can ask about a packet and an event. This page is made from the table in `src/compiler/fields/`",
    "(`node scripts/fields.mjs`); `pwq fields` prints the same.",
    "",
    "A comparison with a field that the packet does not have is unknown, and `where` keeps only what is true.",
    "",
    ...GROUPS.flatMap(({ title, fields }) => [
      `## ${title}`,
      "",
      ...table(FIELD_HEAD, fields.map(fieldRow)),
      "",
    ]),
    `## ${INNER_GROUP.title}`,
    "",
    "`inner.` before a field or a protocol name means the packet inside the tunnel, wherever the kernel is with it: there are",
    "",
    `${INNER_GROUP.fields.map(({ name }) => `\`${name}\``).join(", ")}.`,
    "",
    "Each is what it is without `inner.`, and absent in packets that are in no tunnel. VXLAN is told by UDP ports 4789 and 8472,",
    "Geneve by 6081. Of tunnels in tunnels the outermost counts.",
    "",
    "## Frames at XDP programs",
    "",
    "`trace xdp` has the header fields, `tuple`, `time`, `func`, `cpu`, `stack` and the running task as above, and instead",
    "of the packet's fields these; paths begin at `xdp`, a `struct xdp_buff`: `xdp->rxq->queue_index`.",
    "",
    ...table(FIELD_HEAD, OWN_XDP_FIELDS.map(fieldRow)),
    "",
    "## Protocol names",
    "",
    "A bare protocol name is true or false: `where tcp and not ip.dst == 10.0.0.1`.",
    "",
    ...table(
      ["name", "true if"],
      [...PRESENCE].map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
    "",
    "## Enumerators",
    "",
    ...table(["enumeration", "names"], enumerations().map(enumRow)),
    "",
    "The names of `drop.reason` come from the running kernel.",
    "",
  ].join("\n");
}

const FIELD_HEAD = ["field", "type", "what it is", "absent in", "also known as"];

const fieldRow = ({ name, type, doc, optional, aka }: Field): readonly string[] => [
  `\`${name}\``,
  typeText(type),
  doc,
  optional ?? "",
  (aka ?? []).map((alias) => `\`${alias}\``).join(", "),
];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(escapeCell).join(" | ")} |`);

const escapeCell = (text: string): string => text.replaceAll("|", "\\|");

const UNITS = {
  duration: "duration",
  size: "size in bytes",
  pointer: "address in the kernel",
  time: "time",
} as const;

/** As people call it; widths are left out where they say nothing about the value. */
function typeText(type: Type): string {
  switch (type.kind) {
    case "int":
      if (type.names) return `${type.names.flags ? "flags" : "one"} of ${type.names.name}`;
      return type.unit ? UNITS[type.unit] : `${type.bits}-bit number`;
    case "ip":
      return type.version ? `IPv${type.version} address` : "IP address";
    case "mac":
      return "MAC address";
    case "bool":
      return "true or false";
    case "string":
      return "text";
    case "bytes":
      return `${type.size} bytes`;
    default:
      return `${type.kind}, only to show`;
  }
}

function enumerations(): readonly EnumNames[] {
  const named = [...FIELDS.values()].flatMap(({ type }) =>
    type.kind === "int" && type.names ? [type.names] : [],
  );
  return [...new Set(named)].filter(({ values }) => values.size > 0);
}

const enumRow = ({ name, values, flags }: EnumNames): readonly string[] => [
  flags ? `${name} (flags)` : name,
  [...values].map(([key, value]) => `\`${key}\` ${flags ? `0x${value.toString(16)}` : value}`).join(", "),
];
