// Writes bpf/templates/generated/layout.h, the C side of src/compiler/layout.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

const SOURCE = new URL("../src/compiler/layout.ts", import.meta.url);
export const HEADER = fileURLToPath(new URL("../bpf/templates/generated/layout.h", import.meta.url));

const upper = (name) => name.replace(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();
const constants = (prefix, table) =>
  Object.entries(table).map(([name, value]) => [`PWQ_${prefix}_${upper(name)}`, value]);
const numbered = (prefix, names) => names.map((name, index) => [`PWQ_${prefix}_${upper(name)}`, index]);

function struct({ name, size, offsets, members }) {
  const fields = members.map(([member, bytes, count]) => {
    const array = count === undefined ? "" : `[${count}]`;
    return `\t__u${bytes * 8} ${member}${array};`;
  });
  const asserts = Object.entries(offsets).map(
    ([member, offset]) =>
      `_Static_assert(__builtin_offsetof(struct ${name}, ${member}) == ${offset}, "${name}.${member}");`,
  );
  return [
    `struct ${name} {`,
    ...fields,
    "} __attribute__((aligned(8)));",
    `_Static_assert(sizeof(struct ${name}) == ${size}, "${name}");`,
    ...asserts,
  ];
}

const enumeration = (pairs) => ["enum {", ...pairs.map(([name, value]) => `\t${name} = ${value},`), "};"];

function cookie(fields) {
  return Object.entries(fields).flatMap(([name, [bit, bits]]) => [
    [`PWQ_COOKIE_${upper(name)}_SHIFT`, bit],
    [`PWQ_COOKIE_${upper(name)}_MASK`, 2 ** bits - 1],
  ]);
}

/** The header's text. */
export async function layoutHeader() {
  const { code } = transformSync(readFileSync(SOURCE, "utf8"), { loader: "ts", format: "esm" });
  const layout = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return [
    "/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */",
    "/* Made by scripts/layout.mjs from src/compiler/layout.ts; do not edit. */",
    "#pragma once",
    "",
    ...[layout.EVENT, layout.TRACK, layout.FRAME, layout.RECORD_HEAD].flatMap((s) => [...struct(s), ""]),
    ...enumeration(constants("FLAG", layout.RECORD_FLAG)),
    ...enumeration(constants("MARK", layout.MARK)),
    ...enumeration(constants("KIND", layout.POINT_KIND)),
    ...enumeration(constants("CONTEXT", layout.CONTEXT)),
    ...enumeration(constants("HAS", layout.VIEW_HAS)),
    ...enumeration(constants("ROLE", layout.ROLE)),
    ...enumeration(constants("ADMIT", layout.ADMIT)),
    ...enumeration(cookie(layout.COOKIE)),
    ...enumeration([
      ["PWQ_MAX_QUERIES", layout.MAX_QUERIES],
      ["PWQ_PAST_SLOTS", layout.PAST_SLOTS],
      ["PWQ_SCRATCH_SIZE", layout.SCRATCH_SIZE],
      ["PWQ_SCRATCH_LEVELS", layout.SCRATCH_LEVELS],
      ...numbered("COUNTER", layout.COUNTER),
      ["PWQ_GLOBAL_COUNTERS", layout.COUNTER.length],
      ...numbered("QUERY_COUNTER", layout.QUERY_COUNTER),
      ["PWQ_QUERY_COUNTERS", layout.QUERY_COUNTER.length],
      ["PWQ_COUNTERS", layout.COUNTERS],
    ]),
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(HEADER, await layoutHeader());
