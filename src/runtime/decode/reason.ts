import type { Btf } from "../../compiler/btf/btf.ts";
import { FIELDS } from "../../compiler/fields/table.ts";
import type { Type } from "../../compiler/types.ts";

/** The type of `drop.reason` with this kernel's enumerators, for drops whose reason the query does not mention. */
export function reasonType(btf: Btf): Type {
  const field = FIELDS.get("drop.reason")!;
  if (field.type.kind !== "int" || !field.type.names) return field.type;
  const values = new Map(field.type.names.values);
  for (const { name, prefix } of field.btfEnum ?? []) {
    for (const value of btf.find("enum", name)?.values ?? []) {
      if (value.name.startsWith(prefix)) values.set(value.name.slice(prefix.length), value.value);
    }
  }
  return { ...field.type, names: { ...field.type.names, values } };
}
