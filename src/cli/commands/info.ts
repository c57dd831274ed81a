import type { Call } from "../call.ts";
import { alignedLines } from "../lines.ts";
import { checkOnly, type Documentation, documentation, readProgram } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { print } from "../terminal.ts";

/** `pwq info`: what a program is for, its tags, requirements and parameters, and what it says. */
export function run(call: Call): number {
  const program = readProgram(call);
  if (call.options.names) {
    print(
      documentation(program.source)
        .params.map(({ name }) => `${name}=\n`)
        .join(""),
    );
    return STATUS.done;
  }
  const { diagnostics } = checkOnly(program, undefined);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return report(errors, call.options.color);
  const about = documentation(program.source);
  const sections = [
    about.doc || "No documentation.",
    [
      about.tags.length > 0 ? `Tags: ${about.tags.join(", ")}` : "",
      about.requires.length > 0 ? `Requires: ${about.requires.join(", ")}` : "",
    ]
      .filter((line) => line !== "")
      .join("\n"),
    about.params.length > 0 ? `Parameters:\n${parameterLines(about).join("\n")}` : "",
    about.statements.length > 0
      ? `What it says:\n${about.statements.map((text) => text.replace(/^(?=.)/gm, "  ")).join("\n\n")}`
      : "",
  ].filter((section) => section !== "");
  print(`${program.source.name}\n\n${sections.join("\n\n")}\n`);
  return STATUS.done;
}

const parameterLines = ({ params }: Documentation): readonly string[] =>
  alignedLines(
    params.map(({ name, type, value, about }) => [
      name,
      type,
      value === undefined ? "(no default)" : `= ${value}`,
      about ?? "",
    ]),
    "  ",
  );
