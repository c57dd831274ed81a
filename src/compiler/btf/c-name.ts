import type { Btf, BtfType } from "./btf.ts";

/**
 * A type as C writes it without a variable: `struct net_device *`, `char[16]`, `const __be16`, `void (*)()`.
 * Anonymous structs are `struct {…}`.
 */
export function cName(btf: Btf, id: number): string {
  return describe(btf, btf.type(id), 0);
}

/** Deeper than any type in a kernel: a loop in a corrupt file. */
const MAX_DEPTH = 32;

function describe(btf: Btf, type: BtfType, depth: number): string {
  if (depth > MAX_DEPTH) return "…";
  const inner = (): string => describe(btf, btf.type(type.type), depth + 1);
  switch (type.kind) {
    case "void":
      return "void";
    case "struct":
    case "union":
      return `${type.kind} ${type.name || "{…}"}`;
    case "fwd":
      return `struct ${type.name}`;
    case "enum":
    case "enum64":
      return `enum ${type.name || "{…}"}`;
    case "ptr": {
      if (btf.type(type.type).kind === "func_proto") return "void (*)()";
      const target = inner();
      return target.endsWith("*") ? `${target}*` : `${target} *`;
    }
    case "array":
      return `${inner()}[${type.count}]`;
    case "const":
    case "volatile":
    case "restrict":
      // In C a qualifier of the pointer itself stands behind the asterisk; here it would only distract.
      return btf.type(type.type).kind === "ptr" ? inner() : `${type.kind} ${inner()}`;
    case "type_tag":
      return inner();
    case "func_proto":
      return "function";
    default:
      return type.name;
  }
}
