import type { Btf } from "../../compiler/btf/btf.ts";
import { FIELDS } from "../../compiler/fields/table.ts";
import type { Type } from "../../compiler/types.ts";

/** Enumerations of subsystems that are modules; their reasons are above 0xffff (include/net/dropreason.h). */
const OF_MODULES: readonly string[] = ["mac80211_drop_reason", "ovs_drop_reason"];

/**
 * The type of `drop.reason` with this kernel's enumerators, for drops whose reason the query does not mention. `modules`:
 * types of modules that drop for reasons of their own.
 */
export function reasonType(btf: Btf, modules: readonly Btf[] = []): Type {
  const field = FIELDS.get("drop.reason")!;
  if (field.type.kind !== "int" || !field.type.names) return field.type;
  const values = new Map(field.type.names.values);
  for (const { name, prefix } of field.btfEnum ?? []) {
    for (const value of btf.find("enum", name)?.values ?? []) {
      if (value.name.startsWith(prefix)) values.set(value.name.slice(prefix.length), value.value);
    }
  }
  for (const { name, value } of modules.flatMap((module) => reasonsOf(module))) {
    if (!values.has(name)) values.set(name, value);
  }
  return { ...field.type, names: { ...field.type.names, values } };
}

/** What is no drop, as mac80211's RX_CONTINUE, has a small number there. */
const LEAST = 0x1_0000n;

const reasonsOf = (module: Btf): readonly { readonly name: string; readonly value: bigint }[] =>
  OF_MODULES.flatMap((name) => module.find("enum", name)?.values ?? [])
    .map(({ name, value }) => ({ name, value: BigInt.asUintN(32, value) }))
    .filter(({ value }) => value >= LEAST);
