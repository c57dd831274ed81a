import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { type Call, fail, wordsOf } from "../call.ts";
import { checkOnly } from "../program.ts";
import { commandLines, type PwqCall, translate } from "../pwru/translate.ts";
import { report, STATUS } from "../report.ts";
import { print, printError } from "../terminal.ts";

/** `pwq from-pwru -- PWRU ARGUMENTS`: the call of pwq that does the same, on standard output. */
export function run(call: Call): number {
  wordsOf(call, 0);
  const { tail } = call;
  if (!tail) {
    throw fail({
      code: "PWQ2025",
      message: "which call of pwru?",
      label: "its arguments stand after `--`: pwq from-pwru -- --filter-func 'ip_.*' port 443",
    });
  }
  const translation = translate(tail);
  const problems = [
    ...translation.problems.map(
      ({ what, why, instead }): Diagnostic => ({
        code: "PWQ2026",
        severity: "error",
        message: `pwq has nothing for ${what}: ${why}`,
        label: instead,
        help: [`the rest of it is: ${commandLines(translation).join(", and ")}`],
      }),
    ),
    ...translation.calls.flatMap(findings),
  ];
  if (problems.length > 0) return report(problems, call.options.color);
  print(`${commandLines(translation).join("\n")}\n`);
  for (const { flag, text } of translation.notes) printError(`${flag}: ${text}\n`);
  return STATUS.done;
}

/** What is wrong with the query, because something was wrong in pwru's terms: an expression, a pattern. */
function findings({ query }: PwqCall): readonly Diagnostic[] {
  if (query === undefined) return [];
  const source = { name: "<query>", text: query };
  return checkOnly({ source, params: new Map(), hookFiles: [] }, undefined).diagnostics.filter(
    ({ severity }) => severity === "error",
  );
}
