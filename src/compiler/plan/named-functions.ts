import type { Point } from "../../../grammar/ast.ts";
import type { Btf, BtfType } from "../btf/btf.ts";
import type { KernelFacts } from "../facts.ts";
import { globMatcher } from "./glob.ts";

export interface NamedFunction {
  readonly btf: Btf;
  readonly func: BtfType;
}

/**
 * The functions that the points of a query name, for the types of their arguments; undefined if the query looks at
 * functions that it does not name (`all`, `path`, `module`).
 */
export function namedFunctions(
  points: readonly Point[],
  facts: KernelFacts,
): readonly NamedFunction[] | undefined {
  const found: NamedFunction[] = [];
  const excluded = points.flatMap((p) => (p.kind === "GlobPoint" && p.exclude ? [globMatcher(p.glob)] : []));
  let named = false;
  for (const point of points) {
    if (point.kind === "NamedPoint") {
      if (point.name === "all" || point.name === "path") return undefined;
      named = true;
    } else if (point.kind === "CallsPoint") {
      // Of those that a pattern names nothing is known before the kernel is planned for.
      const only = point.glob === undefined || isPattern(point.glob) ? undefined : point.glob;
      const callee = only === undefined ? undefined : findFunction(only, undefined, facts);
      if (!callee) return undefined;
      named = true;
      found.push(...callee);
    } else if (!point.exclude) {
      if (point.kind === "ModulePoint") return undefined;
      named = true;
      if (point.kind === "GlobPoint") found.push(...matching(point.glob, facts));
    }
  }
  return named ? found.filter(({ func }) => !excluded.some((matches) => matches(func.name))) : undefined;
}

const isPattern = (glob: string): boolean => /[*?[]/.test(glob);

function matching(glob: string, facts: KernelFacts): NamedFunction[] {
  if (!isPattern(glob)) return findFunction(glob, undefined, facts) ?? [];
  const matches = globMatcher(glob);
  return [facts.btf, ...facts.modules()].flatMap((btf) =>
    btf.skbFunctions().flatMap(({ name, btfId }) => (matches(name) ? [{ btf, func: btf.type(btfId) }] : [])),
  );
}

/** By name, as a list of one: of that module, or of the first that has it, the kernel before its modules. */
export function findFunction(
  name: string,
  module: string | undefined,
  facts: KernelFacts,
): NamedFunction[] | undefined {
  const own = module === undefined ? facts.btf.find("func", name) : undefined;
  if (own) return [{ btf: facts.btf, func: own }];
  for (const btf of facts.modules()) {
    if (module !== undefined && btf.name !== module) continue;
    const func = btf.find("func", name);
    if (func) return [{ btf, func }];
  }
  return undefined;
}
