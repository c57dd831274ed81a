import type { Call } from "../call.ts";
import { alignedLines } from "../lines.ts";
import { checkOnly, documentation, readProgram } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { print } from "../terminal.ts";

/** `pwq info`: documentation, tags, requirements and parameters of a program. */
export function run(call: Call): number {
  const program = readProgram(call);
  const { diagnostics } = checkOnly(program, undefined);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return report(errors, call.options.color);
  const { doc, tags, requires, params } = documentation(program.source);
  const sections = [
    doc,
    [
      tags.length > 0 ? `Tags: ${tags.join(", ")}` : "",
      requires.length > 0 ? `Requires: ${requires.join(", ")}` : "",
    ]
      .filter((line) => line !== "")
      .join("\n"),
    params.length > 0
      ? `Parameters:\n${alignedLines(
          params.map(({ name, type, value, about }) => [
            name,
            type,
            value === undefined ? "(no default)" : `= ${value}`,
            about ?? "",
          ]),
          "  ",
        ).join("\n")}`
      : "",
  ].filter((section) => section !== "");
  print(`${program.source.name}\n\n${sections.join("\n\n") || "No documentation and no parameters."}\n`);
  return STATUS.done;
}
