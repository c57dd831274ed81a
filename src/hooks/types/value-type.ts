import type { Field } from "../../compiler/fields/field.ts";
import { findField } from "../../compiler/fields/table.ts";
import type { Type } from "../../compiler/types.ts";

/** Longer unions make the compiler's messages unreadable. */
const MOST_NAMES = 200;

/** The TypeScript type of a value as hooks see it, which is as JSON prints it. */
export function valueType(type: Type): string {
  switch (type.kind) {
    case "bool":
      return "boolean";
    case "stack":
      return "readonly string[]";
    case "unknown":
      return "string | number | boolean";
    case "int":
      break;
    default:
      return "string";
  }
  const { names, unit, bits } = type;
  if (names) {
    const known = [...names.values.keys()];
    if (names.flags || known.length === 0 || known.length > MOST_NAMES)
      return names.flags ? "string" : "string | number";
    return [...known.map((name) => JSON.stringify(name)), "number"].join(" | ");
  }
  if (unit === "pointer" || unit === "time") return "string";
  // Beyond 2^53 a number is a text.
  return bits === 64 && unit !== "duration" ? "number | string" : "number";
}

/** Numbers that have a name where somebody gave them one. */
const NAMED: ReadonlySet<string> = new Set(["netns", "cgroup"]);

export function fieldType(field: Field, type: Type = field.type): string {
  if (field.name === "packet") return "number";
  if (NAMED.has(field.name)) return "string | number";
  if (field.read.from !== "either") return valueType(type);
  const item = valueType(findField(field.read.fields[0])!.type);
  return `readonly (${item})[]`;
}
