import { resolve } from "node:path";
import type { CheckResult } from "../../compiler/check/check.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { findCompiler, typeCheck } from "../../hooks/types/type-check.ts";
import type { Call } from "../call.ts";
import { counted } from "../lines.ts";
import { kernelFacts } from "../machine.ts";
import { note } from "../present.ts";
import { checkOnly, readProgram } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { print } from "../terminal.ts";

/** `pwq check`: errors and warnings of a program. Against a kernel only if `--btf` names one. */
export function run(call: Call): number {
  const { btf, color } = call.options;
  const program = readProgram(call);
  const { typed, diagnostics } = checkOnly(program, btf === undefined ? undefined : kernelFacts(btf));
  const status = report([...diagnostics, ...hookTypes(program.source.name, typed)], color);
  if (status !== STATUS.done) return status;
  const warnings = diagnostics.length;
  print(`${program.source.name}: ${warnings === 0 ? "ok" : counted(warnings, "warning")}\n`);
  return STATUS.done;
}

/** What the TypeScript compiler finds in hooks, if there are some and it is installed beside the program, here or with pwq. */
function hookTypes(name: string, typed: CheckResult["typed"]): readonly Diagnostic[] {
  if (!typed?.hooks) return [];
  const compiler = findCompiler([resolve(name), resolve("package.json"), import.meta.url]);
  if (compiler !== undefined) return typeCheck(compiler, typed.hooks, typed);
  note("the types of hooks are not checked: the package `typescript` is not installed");
  return [];
}
