import type { Program } from "../../../grammar/ast.ts";
import type { Source } from "../source.ts";
import type { Reporter } from "./report.ts";

/** The version of the language that this program understands. */
export const LANGUAGE_VERSION = 1;

/** Checks `pwq N`: once, first, and not newer than we are. False: what follows cannot be understood. */
export function knownVersion(program: Program, source: Source, report: Reporter): boolean {
  let known = true;
  program.statements.forEach((statement, index) => {
    if (statement.kind !== "LanguageVersion") return;
    const at = { source, span: statement.span };
    if (index > 0) {
      report.error("PWQ1212", at, "the language version comes first, once", {
        label: "move it above all other statements",
      });
    } else if (statement.major > LANGUAGE_VERSION || statement.major < 1) {
      known = false;
      report.error("PWQ1211", at, `this program is written for pwq ${statement.major}`, {
        label: `this pwq understands pwq ${LANGUAGE_VERSION}`,
      });
    }
  });
  return known;
}
