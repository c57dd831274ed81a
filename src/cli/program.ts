import { readSync } from "node:fs";
import { type Program, parse } from "../../grammar/index.ts";
import { type CheckResult, check } from "../compiler/check/check.ts";
import { describeFileProblem } from "../compiler/check/file-problem.ts";
import { MAX_PROGRAM_BYTES } from "../compiler/check/loader.ts";
import type { CompileOptions } from "../compiler/compile.ts";
import { PwqError } from "../compiler/diagnostics/diagnostic.ts";
import type { KernelFacts } from "../compiler/facts.ts";
import type { Source } from "../compiler/source.ts";
import type { CheckedProgram } from "../compiler/typed.ts";
import { openLibrary } from "../library/library.ts";
import { decodeProgram, fileLoader, readProgram as readFileProgram } from "../runtime/files.ts";
import { pcapCompiler } from "../runtime/pcap.ts";
import { type Call, fail } from "./call.ts";
import { addon } from "./machine.ts";

/** The program of a call, unread for mistakes, and the values of its parameters. */
export interface GivenProgram {
  readonly source: Source;
  readonly params: ReadonlyMap<string, string>;
  /** Of `--hook`. */
  readonly hookFiles: readonly Source[];
}

/** FILE (`-`: standard input, `@name`: of the library) or -e TEXT, then name=value. */
export function readProgram(call: Call): GivenProgram {
  const { e, hook } = call.options;
  const hookFiles = hook === undefined ? [] : [readFileProgram(hook)];
  const [first, ...rest] = call.words;
  if (e !== undefined)
    return { source: { name: "<query>", text: e }, params: parameters(call.words, call), hookFiles };
  if (first === undefined) {
    throw fail({
      code: "PWQ2006",
      message: `\`pwq ${call.command.name}\` needs a program`,
      label: `usage: pwq ${call.command.name} ${call.command.usage}`,
    });
  }
  return { source: readSource(first), params: parameters(rest, call), hookFiles };
}

/** A program by its name as a call has it; throws PwqError with what is wrong with the file. */
export function readSource(name: string): Source {
  if (name === "-") return { name: "<stdin>", text: readInput() };
  if (!name.startsWith("@")) return readFileProgram(name);
  const loaded = fileLoader(openLibrary()).load(name, { name: "<call>", text: "" });
  if ("source" in loaded) return loaded.source;
  const { code, message, label } = describeFileProblem(loaded.problem, loaded.name);
  throw fail({ code, message, ...(label !== undefined && { label }) });
}

function readInput(): string {
  const buffer = Buffer.alloc(MAX_PROGRAM_BYTES + 1);
  let length = 0;
  for (let got = -1; got !== 0 && length < buffer.length; length += got) {
    got = readSync(0, buffer, length, buffer.length - length, null);
  }
  const text = decodeProgram(buffer.subarray(0, length));
  if (typeof text === "string") return text;
  const { code, message, label } = describeFileProblem(text, "standard input");
  throw fail({ code, message, ...(label !== undefined && { label }) });
}

function parameters(words: readonly string[], call: Call): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const word of words) {
    const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(word);
    if (!match) {
      throw fail({
        code: "PWQ2007",
        message: `\`${word}\` is an argument too many`,
        label: `usage: pwq ${call.command.name} ${call.command.usage}`,
      });
    }
    params.set(match[1]!, match[2]!);
  }
  return params;
}

const pcap = pcapCompiler(() => addon());

/** Everything that is wrong with a program; parameters need no values for that. */
export function checkOnly(
  { source, params, hookFiles }: GivenProgram,
  facts: KernelFacts | undefined,
): CheckResult {
  return check(source, {
    params,
    hookFiles,
    loader: fileLoader(openLibrary()),
    pcap,
    valuesOptional: true,
    ...(facts && { facts }),
  });
}

/**
 * A program without errors and with something to trace, checked against a kernel; throws PwqError with what is wrong.
 * Mistakes in the program come before what is wrong with the machine: `facts` may throw, too.
 */
export function checkedProgram(
  { source, params, hookFiles }: GivenProgram,
  facts: () => KernelFacts,
): { readonly checked: CheckedProgram; readonly facts: KernelFacts } {
  const options = { params, hookFiles, loader: fileLoader(openLibrary()), pcap };
  let known: KernelFacts;
  try {
    known = facts();
  } catch (error) {
    const { program, diagnostics } = check(source, options);
    throw program ? error : new PwqError(diagnostics);
  }
  const { program, diagnostics } = check(source, { ...options, facts: known });
  if (!program) throw new PwqError(diagnostics);
  if (program.queries.length === 0)
    throw fail({ code: "PWQ2021", message: "the program has no `trace` statement" });
  return { checked: program, facts: known };
}

/** What the options say about compiling; throws PWQ2024. */
export function compileOptions({
  backend = "auto",
  modules,
  "all-modules": all,
}: Call["options"]): CompileOptions {
  if (modules && all) {
    throw fail({
      code: "PWQ2024",
      message: "`--modules` and `--all-modules` exclude each other",
      label: "all modules are looked at unless `--modules` names some",
    });
  }
  return { backend, ...(modules && { modules }) };
}

/** What a program says about itself, from its text alone. */
export interface Documentation {
  readonly doc: string;
  readonly tags: readonly string[];
  readonly requires: readonly string[];
  readonly params: readonly {
    readonly name: string;
    readonly type: string;
    readonly value?: string;
    readonly about?: string;
  }[];
  /** Definitions, queries and hooks, as they are written. */
  readonly statements: readonly string[];
}

export function documentation(source: Source): Documentation {
  const { program } = parse(source.text);
  const text = (span: { start: number; end: number }): string => source.text.slice(span.start, span.end);
  return {
    doc: program.statements.find(({ doc }) => doc !== undefined)?.doc ?? "",
    tags: of(program, "Tags").flatMap(({ tags }) => tags.map((tag) => tag.text)),
    requires: of(program, "Requires").flatMap(({ items }) => items.map(({ span }) => text(span))),
    params: of(program, "Param").map(({ name, type, default: value, about }) => ({
      name: name.text,
      type: type.text,
      ...(value && { value: text(value.span) }),
      ...(about && { about: about.value }),
    })),
    statements: program.statements
      .filter(({ kind }) => kind === "Use" || kind === "Def" || kind === "Trace" || kind === "Hook")
      .map(({ span }) => text(span)),
  };
}

function of<K extends Program["statements"][number]["kind"]>(
  program: Program,
  kind: K,
): Extract<Program["statements"][number], { kind: K }>[] {
  return program.statements.filter(
    (s): s is Extract<Program["statements"][number], { kind: K }> => s.kind === kind,
  );
}
