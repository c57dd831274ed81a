import { parseExpression } from "../../../../grammar/index.ts";
import type { KernelFacts } from "../../facts.ts";
import type { Field } from "../../fields/field.ts";
import type { Span } from "../../source.ts";
import type { TExpr, TField } from "../../typed.ts";
import type { Type } from "../../types.ts";
import { emptyScope } from "../scope.ts";
import type { World } from "./context.ts";
import { expression } from "./expression.ts";
import { moveTo } from "./span.ts";

/** A use of a field of the table, with the running kernel's enumerators and, if it is read by an expression, that. */
export function fieldValue(field: Field, span: Span, world: World): TField {
  const value: TField = { kind: "field", field, type: typeOf(field, world.facts), span };
  if (field.read.from !== "expr") return value;
  return { ...value, expansion: moveTo(span, expansion(field, field.read.text, world), world) };
}

/** The field's type with the enumerators of this kernel. */
function typeOf(field: Field, facts: KernelFacts | undefined): Type {
  const { type, btfEnum } = field;
  if (type.kind !== "int" || !btfEnum || !facts) return type;
  const values = new Map(type.names?.values);
  for (const { name, prefix } of btfEnum) {
    const found = facts.btf.find("enum", name) ?? facts.btf.find("enum64", name);
    for (const { name: full, value } of found?.values ?? []) {
      if (full.startsWith(prefix)) values.set(full.slice(prefix.length), value);
    }
  }
  return { ...type, names: { ...(type.names ?? { name: field.name }), values } };
}

/** Throws if the table's text is wrong: that is a mistake of ours, and a test of the table finds it. */
function expansion(field: Field, text: string, world: World): TExpr {
  const known = world.expansions.get(field.name);
  if (known) return known;
  const { expression: node } = parseExpression(text);
  const scope = emptyScope({ name: `field ${field.name}`, text });
  const typed = node && expression(node, { world, scope });
  if (!typed) throw new Error(`the expression of field ${field.name} is wrong: ${text}`);
  world.expansions.set(field.name, typed);
  return typed;
}
