import type { Btf, BtfType, SkbFunction, SkbTracepoint } from "../btf/btf.ts";
import type { Arch, KernelFacts } from "../facts.ts";
import { type Callee, findCallees } from "./callees.ts";
import { UNUSABLE_TRACEPOINT } from "./tracepoints.ts";

/** A function that could be probed. */
export interface Candidate extends SkbFunction {
  readonly module?: string;
}

export interface Tracepoint extends SkbTracepoint {
  readonly module?: string;
}

/** Arguments passed in registers: System V ABI, AAPCS64. */
const REGISTERS: Readonly<Record<Arch, number>> = { x86_64: 6, arm64: 8 };

/** Why a function is left out that BTF and ftrace know, each as one of several. */
export const SHARED_NAME = "several functions share the name";

interface Functions {
  readonly traceable: ReadonlyMap<string, Candidate>;
  readonly untraceable: ReadonlySet<string>;
  readonly unreachable: ReadonlyMap<string, readonly string[]>;
}

/**
 * Everything in a kernel that gets an skb. Each part is looked for when it is first asked for: to list all functions
 * costs more than everything else that a query about drops alone needs.
 */
export class Universe {
  readonly #facts: KernelFacts;
  readonly #only: ReadonlySet<string> | undefined;
  #functions: Functions | undefined;
  #callees: ReadonlyMap<string, Callee> | undefined;
  #tracepoints: ReadonlyMap<string, Tracepoint> | undefined;

  /** `only`: of these modules; absent: of all. */
  constructor(facts: KernelFacts, only?: readonly string[]) {
    this.#facts = facts;
    this.#only = only && new Set(only);
  }

  /** Of a function, in order. */
  parameters({ module, prototype }: Candidate): BtfType["params"] {
    const of = module === undefined ? undefined : this.#facts.modules().find(({ name }) => name === module);
    return (of ?? this.#facts.btf).type(prototype).params;
  }

  /** Traceable ones, by name; a name that vmlinux and a module share is vmlinux's. */
  get functions(): ReadonlyMap<string, Candidate> {
    return this.#allFunctions().traceable;
  }
  /** Take an skb, but ftrace cannot attach to them. */
  get untraceable(): ReadonlySet<string> {
    return this.#allFunctions().untraceable;
  }
  /** Take an skb where a probe cannot read it, by reason. */
  get unreachable(): ReadonlyMap<string, readonly string[]> {
    return this.#allFunctions().unreachable;
  }
  /** Traceable ones that take no skb, by name. */
  get callees(): ReadonlyMap<string, Callee> {
    this.#callees ??= findCallees(this.#searched(), this.#facts);
    return this.#callees;
  }
  /** Compiler copies (`.isra.0`, `.constprop.0`, …) of functions with an skb: BTF does not say where their skb is. */
  get copies(): readonly string[] {
    const named = new Set(this.#searched().flatMap((btf) => this.#functionsOf(btf).map(({ name }) => name)));
    const copies = this.#facts.traceable()?.copies() ?? [];
    return copies.filter((copy) => named.has(copy.slice(0, copy.indexOf("."))));
  }
  /** Names of loaded modules that have BTF. */
  get modules(): readonly string[] {
    return this.#facts.modules().map((btf) => btf.name);
  }
  /** Those of vmlinux and of modules, by name without group. */
  get tracepoints(): ReadonlyMap<string, Tracepoint> {
    this.#tracepoints ??= this.#allTracepoints();
    return this.#tracepoints;
  }
  get usableTracepoints(): string[] {
    return [...this.tracepoints.keys()].filter((name) => !(name in UNUSABLE_TRACEPOINT));
  }
  /** One of vmlinux by name, without looking at all. */
  tracepoint(name: string): SkbTracepoint | undefined {
    return this.#tracepoints?.get(name) ?? tracepointOf(this.#facts.btf, name) ?? this.tracepoints.get(name);
  }

  #btfs(): readonly Btf[] {
    return [this.#facts.btf, ...this.#facts.modules()];
  }

  #allTracepoints(): ReadonlyMap<string, Tracepoint> {
    const found = new Map<string, Tracepoint>();
    for (const btf of this.#btfs()) {
      const of = btf === this.#facts.btf ? {} : { module: btf.name };
      for (const tp of btf.skbTracepoints()) if (!found.has(tp.name)) found.set(tp.name, { ...tp, ...of });
    }
    return found;
  }

  /** Where functions are looked for. */
  #searched(): readonly Btf[] {
    const only = this.#only;
    return this.#btfs().filter((btf) => btf === this.#facts.btf || !only || only.has(btf.name));
  }

  #functionsOf(btf: Btf): readonly SkbFunction[] {
    return btf.skbFunctions(REGISTERS[this.#facts.arch]);
  }

  #allFunctions(): Functions {
    this.#functions ??= this.#findFunctions();
    return this.#functions;
  }

  #findFunctions(): Functions {
    const facts = this.#facts;
    const traceable = new Map<string, Candidate>();
    const untraceable = new Set<string>();
    const unreachable = new Map<string, string[]>();
    const ftrace = facts.traceable();
    const leave = (name: string, reason: string): void => {
      const names = unreachable.get(reason);
      if (names) names.push(name);
      else unreachable.set(reason, [name]);
    };
    for (const btf of this.#searched()) {
      const module = btf === facts.btf ? undefined : btf.name;
      for (const fn of this.#functionsOf(btf)) {
        if (ftrace?.isAmbiguous(fn.name, module)) {
          leave(fn.name, SHARED_NAME);
          continue;
        }
        if (ftrace && !ftrace.has(fn.name, module)) untraceable.add(fn.name);
        else if (!traceable.has(fn.name))
          traceable.set(fn.name, module === undefined ? fn : { ...fn, module });
      }
      for (const { name, reason } of btf.skbFunctionsLeftOut(REGISTERS[facts.arch])) leave(name, reason);
    }
    for (const name of traceable.keys()) untraceable.delete(name);
    return { traceable, untraceable, unreachable };
  }
}

/** A tracepoint by the `btf_trace_NAME` typedef of a pointer to its prototype, whose first argument is not the caller's. */
function tracepointOf(btf: Btf, name: string): SkbTracepoint | undefined {
  const typedef = btf.find("typedef", `btf_trace_${name}`);
  if (!typedef) return undefined;
  const params = btf.resolve(btf.resolve(typedef.id).type).params.slice(1);
  const position = params.findIndex(({ type }) => isSkbPointer(btf, type));
  return position < 0 ? undefined : { name, position, params };
}

/** `struct sk_buff *`, const or not. */
export function isSkbPointer(btf: Btf, type: number): boolean {
  const pointer = btf.resolve(type);
  return pointer.kind === "ptr" && btf.resolve(pointer.type).name === "sk_buff";
}
