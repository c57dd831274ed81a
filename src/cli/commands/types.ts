import { declarations } from "../../hooks/types/declarations.ts";
import type { Call } from "../call.ts";
import { kernelFacts } from "../machine.ts";
import { checkOnly, readProgram } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { print } from "../terminal.ts";

/** `pwq types`: TypeScript declarations for the hooks of a program, for editors. */
export function run(call: Call): number {
  const { btf, color } = call.options;
  const facts = btf === undefined ? undefined : kernelFacts(btf);
  const { typed, diagnostics } = checkOnly(readProgram(call), facts);
  if (!typed) return report(diagnostics, color);
  print(declarations(typed));
  return STATUS.done;
}
