import type { Call } from "../call.ts";
import { counted } from "../lines.ts";
import { kernelFacts } from "../machine.ts";
import { checkOnly, readProgram } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { print } from "../terminal.ts";

/** `pwq check`: errors and warnings of a program. Against a kernel only if `--btf` names one. */
export function run(call: Call): number {
  const { btf, color } = call.options;
  const program = readProgram(call);
  const { diagnostics } = checkOnly(program, btf === undefined ? undefined : kernelFacts(btf));
  const status = report(diagnostics, color);
  if (status !== STATUS.done) return status;
  const warnings = diagnostics.length;
  print(`${program.source.name}: ${warnings === 0 ? "ok" : counted(warnings, "warning")}\n`);
  return STATUS.done;
}
