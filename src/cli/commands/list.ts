import { describeFileProblem } from "../../compiler/check/file-problem.ts";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { type Entry, type OpenLibrary, openLibrary } from "../../library/library.ts";
import { type Call, fail, wordsOf } from "../call.ts";
import { alignedLines } from "../lines.ts";
import { type Documentation, documentation, readSource } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { print } from "../terminal.ts";

interface Listed extends Entry {
  readonly about: Documentation;
}

/** `pwq list [TAG]`: the programs of the library by name, with their titles. */
export function run(call: Call): number {
  const [tag] = wordsOf(call, 1);
  const library = openLibrary();
  if (call.options.names) {
    print(
      library
        .names()
        .map((name) => `${name}\n`)
        .join(""),
    );
    return STATUS.done;
  }
  const all = library.entries().map((entry): Listed => ({ ...entry, about: about(entry.name) }));
  const some = tag === undefined ? all : all.filter(({ about: { tags } }) => tags.includes(tag));
  if (tag !== undefined && some.length === 0) throw noSuchTag(tag, all);
  print(`${alignedLines(some.map(row)).join("\n")}\n`);
  report(library.refused().map(refusal), call.options.color);
  return STATUS.done;
}

/** What cannot be read is said when it is asked for; its name is there. */
function about(name: string): Documentation {
  try {
    return documentation(readSource(name));
  } catch {
    return {
      doc: "(cannot be read: `pwq info` says why)",
      tags: [],
      requires: [],
      params: [],
      statements: [],
    };
  }
}

/** A folder that nothing is taken from. */
function refusal({ folder, problem }: ReturnType<OpenLibrary["refused"]>[number]): Diagnostic {
  const { code, message, label } = describeFileProblem(problem, folder);
  return { code, severity: "warning", message, ...(label !== undefined && { label }) };
}

const row = ({ name, of, about: { doc, tags } }: Listed): readonly string[] => [
  name,
  doc.split("\n", 1)[0]!,
  [...(of === "pwq" ? [] : [`(${of})`]), ...tags].join(" "),
];

function noSuchTag(tag: string, all: readonly Listed[]): ReturnType<typeof fail> {
  const tags = [...new Set(all.flatMap(({ about: { tags: each } }) => each))].sort();
  return fail({
    code: "PWQ2601",
    message: `no query has the tag \`${tag}\``,
    label: didYouMean(tag, tags) ?? `tags are ${tags.join(", ")}`,
  });
}
