import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { KernelFacts } from "../facts.ts";
import type { PcapCompile } from "../pcap/filter.ts";
import type { Source } from "../source.ts";
import type { CheckedProgram } from "../typed.ts";
import { bind } from "./bind.ts";
import { checkDefinitions } from "./definitions.ts";
import type { Context, World } from "./expression/context.ts";
import { type CheckedHooks, checkHooks } from "./hooks.ts";
import { type LoadedFile, loadProgram } from "./load.ts";
import type { Loader } from "./loader.ts";
import { checkParams } from "./params.ts";
import { checkQuery } from "./query.ts";
import { Reporter } from "./report.ts";
import { checkRequires } from "./requires.ts";
import type { Definition } from "./scope.ts";

export interface CheckOptions {
  /** Values of parameters as given on the command line, as text. */
  readonly params?: ReadonlyMap<string, string>;
  /**
   * The kernel that the program is for. Without it, what only the kernel's BTF could tell (members of structures,
   * drop reasons, `@requires`) is let pass, and such a program cannot be compiled.
   */
  readonly facts?: KernelFacts;
  /** How `pcap "…"` is compiled. Without it such a filter is let pass, and the program cannot be compiled. */
  readonly pcap?: PcapCompile;
  /** How `use` gets at files; without it `use` is an error. */
  readonly loader?: Loader;
  /** A parameter without a value is no error, and what is found is all; then there is no program. For `pwq check`. */
  readonly valuesOptional?: boolean;
  /** Files of hooks, beside those of the program itself. */
  readonly hookFiles?: readonly Source[];
}

export interface CheckResult {
  /** There if nothing is wrong and every parameter has a value; warnings do not count. */
  readonly program?: CheckedProgram;
  /** There if nothing is wrong, values or not: what the types of hooks are made of. */
  readonly typed?: Pick<CheckedProgram, "queries" | "params" | "hooks">;
  /** Errors and warnings in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Text to a checked program: every name resolved, every expression typed. Never throws for what the text says. */
export function check(source: Source, options: CheckOptions = {}): CheckResult {
  const report = new Reporter();
  const root = loadProgram(source, options.loader, report);
  // With a file missing, half of the names would be unknown: that is one mistake, not twenty.
  if (!root || report.failed) return { diagnostics: report.all() };
  const unusable = new Set<Definition>();
  const world: World = {
    report,
    facts: options.facts,
    pcap: options.pcap,
    defs: new Map(),
    unusable,
    expansions: new Map(),
    parts: new WeakMap(),
    written: new WeakMap(),
  };
  const files = [...usedFirst(root, new Set())];
  for (const { program, source: text } of files) {
    for (const statement of program.statements) {
      if (statement.kind === "Requires" && options.facts)
        checkRequires(statement, text, options.facts, report);
    }
  }
  const params = checkParams(files, options.params ?? new Map(), options.valuesOptional ?? false, world);
  const scopes = bind(root, params.byFile, unusable, report);
  const definitions = files.flatMap((file) =>
    [...scopes.get(file)!.defs.values()].filter((d) => d.scope === scopes.get(file)),
  );
  checkDefinitions(definitions, unusable, world);
  const { queries, hooks } = checkStatements(root, options.hookFiles ?? [], {
    world,
    scope: scopes.get(root)!,
  });
  const diagnostics = report.all();
  if (report.failed) return { diagnostics };
  const typed = { queries, params: params.checked, ...(hooks && { hooks }) };
  if (params.missing > 0) return { typed, diagnostics };
  const warnings = diagnostics.filter((d) => d.severity === "warning");
  return {
    program: {
      source,
      ...describe(root),
      ...typed,
      warnings,
    },
    typed,
    diagnostics,
  };
}

/** Queries and hooks are those of the program itself; from used files come names only. */
function checkStatements({ program }: LoadedFile, hookFiles: readonly Source[], ctx: Context): CheckedHooks {
  const queries = program.statements.flatMap((statement) =>
    statement.kind === "Trace" ? [checkQuery(statement, ctx)] : [],
  );
  const hooks = program.statements.filter((statement) => statement.kind === "Hook");
  return checkHooks(hooks, hookFiles, queries, ctx);
}

/** Each file once, behind those that it uses. */
function* usedFirst(file: LoadedFile, seen: Set<LoadedFile>): Generator<LoadedFile> {
  if (seen.has(file)) return;
  seen.add(file);
  for (const { file: used } of file.uses) yield* usedFirst(used, seen);
  yield file;
}

/** Title and tags: the first documentation comment's first line, and all `@tags`. */
function describe({ program }: LoadedFile): Pick<CheckedProgram, "title" | "tags"> {
  const doc = program.statements.find((statement) => statement.doc !== undefined)?.doc;
  const title = doc?.split("\n", 1)[0]?.trim();
  const tags = program.statements.flatMap((statement) =>
    statement.kind === "Tags" ? statement.tags.map((tag) => tag.text) : [],
  );
  return { tags, ...(title ? { title } : {}) };
}
