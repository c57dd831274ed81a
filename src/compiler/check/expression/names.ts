import type { Name } from "../../../../grammar/ast.ts";
import { didYouMean } from "../../diagnostics/suggest.ts";
import { aliases, FIELDS, PRESENCE } from "../../fields/table.ts";
import { type Context, placeOf } from "./context.ts";

/** Says that a bare name means nothing, and what was probably meant. */
export function unknownName(node: Name, ctx: Context, more: readonly string[] = []): undefined {
  const { report } = ctx.world;
  const at = placeOf(ctx, node);
  return report.error("PWQ1102", at, `unknown field \`${node.name}\``, { label: hint(node.name, ctx, more) });
}

function hint(name: string, ctx: Context, more: readonly string[]): string | undefined {
  const alias = aliases().get(name);
  if (alias !== undefined) return `did you mean \`${alias}\`?`;
  if (name === "payload") return "say how many bytes: `payload(64)`";
  if (name.startsWith("skb.")) return `members of the socket buffer are written \`skb->${name.slice(4)}\``;
  const owner = enumeratorOwner(name);
  if (owner !== undefined) return `did you mean \`${owner}\`?`;
  const inner = name.startsWith("inner.");
  const fields = [...FIELDS.keys()].filter((candidate) => candidate.startsWith("inner.") === inner);
  const known = [...more, ...ctx.scope.defs.keys(), ...fields, ...PRESENCE.keys()];
  const root = name.split(".", 1)[0]!;
  const sameRoot = known.filter((candidate) => candidate.startsWith(`${root}.`));
  const near = didYouMean(name, sameRoot) ?? didYouMean(name, known) ?? nearAlias(name);
  if (near !== undefined) return near;
  return sameRoot.length > 0 ? `\`pwq fields '${root}.*'\` lists what there is` : undefined;
}

/** `SYN` alone, `tcp.syn` or `tcp.flags.syn` -> `tcp.flags has SYN`. */
function enumeratorOwner(name: string): string | undefined {
  const parts = name.split(".");
  const value = parts.length === 1 ? name : parts.at(-1)!.toUpperCase();
  for (const field of FIELDS.values()) {
    const names = field.type.kind === "int" ? field.type.names : undefined;
    if (!names?.values.has(value)) continue;
    if (parts.length === 1 || (names.flags && field.name.startsWith(`${parts[0]}.`))) {
      return `${field.name} ${names.flags ? "has" : "=="} ${value}`;
    }
  }
  return undefined;
}

function nearAlias(name: string): string | undefined {
  const all = aliases();
  const found = didYouMean(name, all.keys());
  return found?.replace(/`(.+)`/, (_, alias: string) => `\`${all.get(alias)}\``);
}
