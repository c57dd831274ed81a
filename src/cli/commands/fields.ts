import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { Field } from "../../compiler/fields/field.ts";
import { aliases, FIELDS, GROUPS, INNER_GROUP } from "../../compiler/fields/table.ts";
import { globMatcher } from "../../compiler/plan/glob.ts";
import type { Type } from "../../compiler/types.ts";
import { type Call, fail, wordsOf } from "../call.ts";
import { alignedLines, filled } from "../lines.ts";
import { print } from "../terminal.ts";

const DOC_WIDTH = 66;

/** `pwq fields [GLOB]`: the fields table, by chapter. */
export function run(call: Call): number {
  const [glob = "*"] = wordsOf(call, 1);
  const matches = globMatcher(glob);
  // Said in one line unless it is asked for: it is what the others say, with a word before it.
  const groups = glob === "*" ? GROUPS : [...GROUPS, INNER_GROUP];
  const chapters = groups
    .map(({ title, fields }) => ({
      title,
      fields: fields.filter(({ name }) => matches(name)),
    }))
    .filter(({ fields }) => fields.length > 0);
  if (chapters.length === 0) throw fail(unmatched(glob));
  const nameWidth = Math.max(...chapters.flatMap(({ fields }) => fields.map(({ name }) => name.length)));
  const typeWidth = Math.max(
    ...chapters.flatMap(({ fields }) => fields.map(({ type }) => typeName(type).length)),
  );
  print(
    chapters
      .map(
        ({ title, fields }) =>
          `${title}\n${fields.flatMap((field) => lines(field, nameWidth, typeWidth)).join("\n")}\n`,
      )
      .join("\n"),
  );
  return 0;
}

function lines(field: Field, nameWidth: number, typeWidth: number): string[] {
  const doc = field.optional ? `${field.doc} Absent: ${field.optional}.` : field.doc;
  return alignedLines(
    filled(doc, DOC_WIDTH).map((text, i) => [
      (i === 0 ? field.name : "").padEnd(nameWidth),
      (i === 0 ? typeName(field.type) : "").padEnd(typeWidth),
      text,
    ]),
    "  ",
  );
}

/** As people say it: `u16`, `flags`, `duration`, `ip`. */
export function typeName(type: Type): string {
  if (type.kind === "ip") return type.version ? `ip${type.version}` : "ip";
  if (type.kind === "string") return "text";
  if (type.kind !== "int") return type.kind;
  if (type.names) return type.names.flags ? "flags" : "enum";
  return type.unit ?? `${type.signed ? "s" : "u"}${type.bits}`;
}

function unmatched(glob: string): Parameters<typeof fail>[0] {
  const meant = aliases().get(glob);
  const label = meant ? `did you mean \`${meant}\`?` : didYouMean(glob, FIELDS.keys());
  return {
    code: "PWQ2014",
    message: `no field matches \`${glob}\``,
    label: label ?? "`pwq fields` lists all of them",
  };
}
