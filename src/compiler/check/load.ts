import type { Program, Use } from "../../../grammar/ast.ts";
import { parse } from "../../../grammar/index.ts";
import type { Source } from "../source.ts";
import { describeFileProblem } from "./file-problem.ts";
import type { Loader } from "./loader.ts";
import type { Reporter } from "./report.ts";
import { knownVersion } from "./version.ts";

/** A parsed text and the files it uses, each parsed once however often it is used. */
export interface LoadedFile {
  readonly source: Source;
  readonly program: Program;
  readonly uses: readonly { readonly statement: Use; readonly file: LoadedFile }[];
}

interface Loading {
  readonly loader: Loader | undefined;
  readonly report: Reporter;
  /** By identity: what is loaded, or undefined while it is being loaded and where it could not be. */
  readonly files: Map<string, LoadedFile | undefined>;
}

/**
 * Parses a text and, through `use`, all that it needs. Undefined if something is wrong with the text itself;
 * a file that cannot be used is reported where it is used, and left out.
 */
export function loadProgram(
  source: Source,
  loader: Loader | undefined,
  report: Reporter,
): LoadedFile | undefined {
  const loading: Loading = { loader, report, files: new Map() };
  return load(source, loader?.identity(source), [], loading);
}

function load(
  source: Source,
  identity: string | undefined,
  way: readonly (readonly [identity: string | undefined, name: string])[],
  loading: Loading,
): LoadedFile | undefined {
  const { report, files } = loading;
  if (identity !== undefined) files.set(identity, undefined);
  const { program, problems } = parse(source.text);
  // A newer language may well not parse; then this is the one thing to say.
  if (!knownVersion(program, source, report)) return undefined;
  for (const { code, span, message, label, help } of problems) {
    report.error(code, { source, span }, message, { label, help });
  }
  if (problems.length > 0) return undefined;
  const here = [...way, [identity, source.name] as const];
  const uses = program.statements.flatMap((statement) => {
    if (statement.kind !== "Use") return [];
    const file = loadUsed(statement, source, here, loading);
    return file ? [{ statement, file }] : [];
  });
  const file = { source, program, uses };
  if (identity !== undefined) files.set(identity, file);
  return file;
}

function loadUsed(
  { path }: Use,
  source: Source,
  way: readonly (readonly [identity: string | undefined, name: string])[],
  loading: Loading,
): LoadedFile | undefined {
  const { loader, report, files } = loading;
  const at = { source, span: path.span };
  if (!loader) return report.error("PWQ1408", at, `\`${path.value}\` cannot be read here`);
  const loaded = loader.load(path.value, source);
  if ("problem" in loaded) {
    const { code, message, label } = describeFileProblem(loaded.problem, loaded.name);
    return report.error(code, at, message, { label });
  }
  const start = way.findIndex(([identity]) => identity === loaded.identity);
  if (start !== -1) {
    const circle = [...way.slice(start).map(([, name]) => name), loaded.source.name];
    return report.error("PWQ1405", at, `\`${path.value}\` is already being read`, {
      label: circle.join(" -> "),
    });
  }
  if (files.has(loaded.identity)) return files.get(loaded.identity);
  return load(loaded.source, loaded.identity, way, loading);
}
