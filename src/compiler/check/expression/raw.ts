import type { RawPath } from "../../../../grammar/ast.ts";
import {
  explainPathProblem,
  PATH_ROOTS,
  type PathProblem,
  type PathResult,
  resolvePath,
} from "../../btf/path.ts";
import type { PathValue } from "../../btf/resolved-path.ts";
import type { Code } from "../../diagnostics/codes.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import type { KernelFacts } from "../../facts.ts";
import type { TRaw } from "../../typed.ts";
import {
  bool,
  bytes,
  type EnumNames,
  type IntType,
  int,
  pointer,
  string,
  type Type,
  unknown,
} from "../../types.ts";
import { type Context, placeOf, spanOf } from "./context.ts";

/** Where paths begin, with the structure that each points to. */
export const ROOTS = PATH_ROOTS;

/** A frame of XDP where packets are traced; the other way round `checkXdp` says more. */
export const isForeign = (root: string, { subject }: Context): boolean => root === "xdp" && subject === "skb";

/** `whole`: it may end in a structure, whose bytes are wanted. */
export function rawPath(node: RawPath, ctx: Context, options: { whole?: boolean } = {}): TRaw | undefined {
  const { report, facts } = ctx.world;
  const root = ROOTS[node.root];
  if (root === undefined || isForeign(node.root, ctx)) {
    return report.error("PWQ1124", placeOf(ctx, node), `\`${node.root}\` is not where a path begins`, {
      label: isForeign(node.root, ctx)
        ? "only in `trace xdp`"
        : `a path begins at the packet: \`skb->${node.root}\``,
    });
  }
  const path = { kind: "raw", text: canonical(node), span: spanOf(ctx, node) } as const;
  if (!facts) return { ...path, type: unknown };
  const result = resolve(node, root, facts, options.whole ?? false);
  if ("problem" in result) return pathError(result.problem, node, ctx);
  return { ...path, type: typeOfPath(result.ok.value), path: result.ok };
}

/** Types of modules are read only if vmlinux does not have what is needed: it takes a while. */
function resolve(node: RawPath, root: string, facts: KernelFacts, whole: boolean): PathResult {
  const result = resolvePath(facts.btf, root, node.steps, { whole });
  const elsewhere = "problem" in result && ["no-type", "forward-declared"].includes(result.problem.kind);
  return elsewhere ? resolvePath([facts.btf, ...facts.modules()], root, node.steps, { whole }) : result;
}

export function canonical(node: RawPath): string {
  const steps = node.steps.map((step) =>
    step.kind === "Index" ? `[${step.index}]` : `${step.arrow ? "->" : "."}${step.name}`,
  );
  return node.root + steps.join("");
}

/** The type of what a path ends in. */
export function typeOfPath(value: PathValue): Type {
  switch (value.kind) {
    case "pointer":
      return pointer;
    case "chars":
      return string(value.size);
    case "bytes":
      return bytes(value.size);
    case "scalar":
      return value.bool ? bool : number(value);
  }
}

function number(value: Extract<PathValue, { kind: "scalar" }>): IntType {
  const names: EnumNames | undefined = value.enumValues && {
    name: value.enumName ?? "enum",
    values: value.enumValues,
  };
  return int((value.size * 8) as IntType["bits"], { signed: value.signed, ...(names ? { names } : {}) });
}

const CODES: Readonly<Record<PathProblem["kind"], Code>> = {
  "no-type": "PWQ1121",
  "no-member": "PWQ1121",
  "forward-declared": "PWQ1121",
  "needs-arrow": "PWQ1123",
  "needs-dot": "PWQ1123",
  "not-struct": "PWQ1123",
  "not-array": "PWQ1123",
  "out-of-bounds": "PWQ1123",
  "not-address": "PWQ1123",
  "not-printable": "PWQ1122",
};

function pathError(problem: PathProblem, node: RawPath, ctx: Context): undefined {
  const step = node.steps[problem.step];
  return ctx.world.report.error(
    CODES[problem.kind],
    placeOf(ctx, step ?? node),
    explainPathProblem(problem),
    {
      label: pathHint(problem, node),
    },
  );
}

function pathHint(problem: PathProblem, node: RawPath): string | undefined {
  switch (problem.kind) {
    case "no-member": {
      const near = suggest(problem.member, problem.candidates);
      return near === undefined ? undefined : `did you mean \`${near}\`?`;
    }
    case "not-printable": {
      const some = problem.candidates.slice(0, 3).map((name) => `\`.${name}\``);
      return some.length > 0
        ? `go on with ${some.join(", ")} …`
        : `print its bytes: \`hex(${canonical(node)}, 16)\``;
    }
    default:
      return undefined;
  }
}
