import type { KernelRequirement, NamedRequirement, Requires } from "../../../grammar/ast.ts";
import type { Btf, BtfKind } from "../btf/btf.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { KernelFacts } from "../facts.ts";
import type { Source } from "../source.ts";
import type { Reporter } from "./report.ts";

/** Checks what a file says it cannot do without. What the facts do not tell (a version beside a BTF file) is let pass. */
export function checkRequires(
  statement: Requires,
  source: Source,
  facts: KernelFacts,
  report: Reporter,
): void {
  for (const item of statement.items) {
    const at = { source, span: item.span };
    const unmet = item.kind === "KernelRequirement" ? unmetVersion(item, facts) : unmetName(item, facts);
    if (unmet) report.error("PWQ1210", at, unmet.message, { label: unmet.label });
  }
}

interface Unmet {
  readonly message: string;
  readonly label?: string | undefined;
}

function unmetVersion({ op, version }: KernelRequirement, facts: KernelFacts): Unmet | undefined {
  if (!facts.version) return undefined;
  const wanted = version.split(".").map(Number);
  // `kernel == 6.12` is met by every 6.12.x: only what is written counts.
  const order =
    wanted.map((part, i) => facts.version![i]! - part).find((difference) => difference !== 0) ?? 0;
  const met = {
    "==": order === 0,
    "!=": order !== 0,
    "<": order < 0,
    "<=": order <= 0,
    ">": order > 0,
    ">=": order >= 0,
  };
  return met[op]
    ? undefined
    : { message: `the program requires kernel ${op} ${version}`, label: `this is ${facts.release}` };
}

const TYPE_KINDS: readonly BtfKind[] = ["struct", "union", "typedef", "enum", "enum64"];

function unmetName({ what, name }: NamedRequirement, facts: KernelFacts): Unmet | undefined {
  const all = (): readonly Btf[] => [facts.btf, ...facts.modules()];
  const message = `the program requires ${what} \`${name.text}\``;
  switch (what) {
    case "function":
      if (facts.traceable()?.has(name.text) || all().some((btf) => btf.find("func", name.text)))
        return undefined;
      return {
        message,
        label:
          didYouMean(name.text, facts.btf.names("func", name.text.slice(0, 3))) ?? "this kernel has none",
      };
    case "type":
      if (all().some((btf) => TYPE_KINDS.some((kind) => btf.find(kind, name.text)))) return undefined;
      return { message, label: "this kernel's BTF, and that of its loaded modules, does not have it" };
    case "module": {
      const loaded = facts.modules().map((btf) => btf.name);
      if (loaded.includes(name.text)) return undefined;
      return { message, label: didYouMean(name.text, loaded) ?? `not loaded: \`modprobe ${name.text}\`` };
    }
  }
}
