import type { Btf } from "../../src/compiler/btf/btf.ts";
import { check } from "../../src/compiler/check/check.ts";
import { compile } from "../../src/compiler/compile.ts";
import { type Diagnostic, PwqError } from "../../src/compiler/diagnostics/diagnostic.ts";
import type { KernelFacts } from "../../src/compiler/facts.ts";
import type { BackendChoice } from "../../src/compiler/plan/backend.ts";
import { native } from "../../src/native/native.ts";
import { pcapCompiler } from "../../src/runtime/pcap.ts";
import { type FixtureKernel, fixtureFacts } from "../fixtures/btf.ts";
import { worldLoader } from "./world.ts";

/**
 * What is found when a program is checked and, if nothing is wrong, compiled, as its first comments say:
 *
 *     # args: port=443 net=10.0.0.0/8     parameters, as on the command line
 *     # kernel: 6.12                      one of the fixture kernels; `none`: no facts, so only checked
 *     # without: nf_conn                  a type that this kernel shall not have
 *     # backend: tracepoint               as `--backend`
 *     # libpcap: none                     as if it were not installed
 */
export function compileAsTold(name: string, text: string, world: string): readonly Diagnostic[] {
  const told = (what: string) => new RegExp(`^# ${what}: (.*)$`, "m").exec(text)?.[1];
  const kernel = told("kernel") ?? "6.12";
  const facts = kernel === "none" ? undefined : factsWithout(told("without"), kernel as FixtureKernel);
  const { program, diagnostics } = check(
    { name, text },
    {
      params: new Map((told("args") ?? "").split(/\s+/).filter(Boolean).map(parameter)),
      loader: worldLoader(world),
      pcap: told("libpcap") === "none" ? () => undefined : pcapCompiler(native),
      ...(facts ? { facts } : {}),
    },
  );
  if (!program || !facts || program.queries.length === 0) return diagnostics;
  try {
    compile(program, facts, { backend: (told("backend") ?? "auto") as BackendChoice });
    return diagnostics;
  } catch (error) {
    if (error instanceof PwqError) return [...diagnostics, ...error.diagnostics];
    throw error;
  }
}

function factsWithout(type: string | undefined, kernel: FixtureKernel): KernelFacts {
  const facts = fixtureFacts(kernel);
  if (type === undefined) return facts;
  const find: Btf["find"] = (kind, name) => (name === type ? undefined : facts.btf.find(kind, name));
  const btf = new Proxy(facts.btf, {
    get(target, key) {
      if (key === "find") return find;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const features = { ...facts.features, programProbe: btf.find("struct", "bpf_tramp_link") !== undefined };
  return { ...facts, features, modules: () => [], btf };
}

function parameter(argument: string): [string, string] {
  const equals = argument.indexOf("=");
  return [argument.slice(0, equals), argument.slice(equals + 1)];
}
