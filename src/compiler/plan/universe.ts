import type { SkbFunction, SkbTracepoint } from "../btf/btf.ts";
import type { Arch, KernelFacts } from "../facts.ts";

/** A function that could be probed. */
export interface Candidate extends SkbFunction {
  readonly module?: string;
}

/** Everything in this kernel that gets an skb, sorted out once per compilation. */
export interface Universe {
  /** Traceable ones, by name; a name that vmlinux and a module share is vmlinux's. */
  readonly functions: ReadonlyMap<string, Candidate>;
  /** Take an skb, but ftrace cannot attach to them. */
  readonly untraceable: ReadonlySet<string>;
  /** Take an skb where a probe cannot read it, by reason. */
  readonly unreachable: ReadonlyMap<string, readonly string[]>;
  /** Compiler copies (`.isra.0`, `.constprop.0`, …) of functions with an skb: BTF does not say where their skb is. */
  readonly copies: readonly string[];
  readonly tracepoints: ReadonlyMap<string, SkbTracepoint & { readonly module?: string }>;
  /** Names of loaded modules that have BTF. */
  readonly modules: readonly string[];
}

/** Arguments passed in registers: System V ABI, AAPCS64. */
const REGISTERS: Readonly<Record<Arch, number>> = { x86_64: 6, arm64: 8 };

export function universe(facts: KernelFacts): Universe {
  const traceable = facts.traceable();
  const functions = new Map<string, Candidate>();
  const untraceable = new Set<string>();
  const tracepoints = new Map<string, SkbTracepoint & { module?: string }>();
  const modules: string[] = [];
  const unreachable = new Map<string, string[]>();
  const named = new Set<string>();
  const registers = REGISTERS[facts.arch];
  for (const btf of [facts.btf, ...facts.modules()]) {
    const module = btf === facts.btf ? undefined : btf.name;
    const of = module === undefined ? {} : { module };
    if (module !== undefined) modules.push(module);
    for (const fn of btf.skbFunctions(registers)) {
      named.add(fn.name);
      if (traceable && !traceable.has(fn.name, module)) untraceable.add(fn.name);
      else if (!functions.has(fn.name)) functions.set(fn.name, { ...fn, ...of });
    }
    for (const { name, reason } of btf.skbFunctionsLeftOut(registers)) {
      const names = unreachable.get(reason);
      if (names) names.push(name);
      else unreachable.set(reason, [name]);
    }
    for (const tp of btf.skbTracepoints()) {
      if (!tracepoints.has(tp.name)) tracepoints.set(tp.name, { ...tp, ...of });
    }
  }
  for (const name of functions.keys()) untraceable.delete(name);
  const copies = (traceable?.copies() ?? []).filter((copy) => named.has(copy.slice(0, copy.indexOf("."))));
  return { functions, untraceable, unreachable, copies, tracepoints, modules };
}
