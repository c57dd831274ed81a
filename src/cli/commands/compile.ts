import { writeFileSync } from "node:fs";
import { compile } from "../../compiler/compile.ts";
import { linked } from "../../runtime/kernel-tracer.ts";
import { systemReason } from "../../runtime/system-error.ts";
import { type Call, fail } from "../call.ts";
import { counted } from "../lines.ts";
import { addon, kernelFacts } from "../machine.ts";
import { checkedProgram, compileOptions, readProgram } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { print } from "../terminal.ts";

/** `pwq compile -o FILE`: the query's object linked with its template. */
export function run(call: Call): number {
  const { output, btf, color } = call.options;
  const program = readProgram(call);
  if (output === undefined)
    throw fail({
      code: "PWQ2015",
      message: "which file shall the object go to?",
      label: "add `-o NAME.bpf.o`",
    });
  const { checked, facts } = checkedProgram(program, () => kernelFacts(btf));
  report(checked.warnings, color);
  const compiled = compile(checked, facts, compileOptions(call.options));
  const bytes = linked(addon(), compiled);
  try {
    writeFileSync(output, bytes);
  } catch (error) {
    throw fail({ code: "PWQ2011", message: `\`${output}\` cannot be written`, label: systemReason(error) });
  }
  const { kprobes, tracepoints, backend: chosen } = compiled.plan;
  print(
    `${output}: ${counted(bytes.length, "byte")}, for ${counted(kprobes.length, "function")} and ${counted(tracepoints.length, "tracepoint")} (${chosen})\n`,
  );
  return STATUS.done;
}
