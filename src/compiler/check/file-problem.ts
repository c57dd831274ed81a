import type { Code } from "../diagnostics/codes.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { FileProblem } from "./loader.ts";

/** What to say about a file that cannot be used: for `use`, and for a program named on the command line. */
export function describeFileProblem(
  problem: FileProblem,
  name: string,
): { readonly code: Code; readonly message: string; readonly label?: string | undefined } {
  switch (problem.kind) {
    case "missing":
      return { code: "PWQ1401", message: `\`${name}\` is not there` };
    case "folder":
      return { code: "PWQ1402", message: `\`${name}\` is a folder` };
    case "too-large":
      return {
        code: "PWQ1403",
        message: `\`${name}\` is too large for a program`,
        label: `${problem.bytes.toLocaleString("en")} bytes; a program has at most 1 MiB`,
      };
    case "not-utf8":
      return {
        code: "PWQ1404",
        message: `\`${name}\` is not UTF-8 text`,
        label: `the byte at offset ${problem.offset} is not`,
      };
    case "world-writable":
      return {
        code: "PWQ1406",
        message: `\`${name}\` can be changed by anybody`,
        label: `\`chmod o-w ${problem.what}\`, or move it`,
      };
    case "foreign":
      return {
        code: "PWQ1411",
        message: `\`${name}\` belongs to another user`,
        label: `\`chown root ${problem.what}\` once you know what is in it`,
      };
    case "changed":
      return {
        code: "PWQ2613",
        message: `the package of \`${name}\` is not what was installed`,
        label: "`pwq add` installs it anew",
      };
    case "outside":
      return {
        code: "PWQ2617",
        message: `\`${name}\` is outside of the package`,
        label: "a package uses its own files and `@names`",
      };
    case "not-regular":
      return { code: "PWQ1409", message: `\`${name}\` is not an ordinary file` };
    case "unreadable":
      return { code: "PWQ1408", message: `\`${name}\` cannot be read: ${problem.reason}` };
    case "not-in-library":
      return {
        code: "PWQ1407",
        message: `there is no program \`${name}\` in the library`,
        label: didYouMean(name, problem.known) ?? "`pwq list` shows what there is",
      };
    case "not-a-path":
      return { code: "PWQ1410", message: `\`${name}\` is not a path`, label: `write \`./${name}\`` };
  }
}
