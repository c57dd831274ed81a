import type { Word } from "../../../grammar/ast.ts";
import { FIELDS, PRESENCE } from "../fields/table.ts";
import type { Source } from "../source.ts";
import type { PresenceName } from "../typed.ts";
import type { LoadedFile } from "./load.ts";
import type { Reporter } from "./report.ts";
import type { Definition, Parameter, Scope } from "./scope.ts";

/**
 * Gives each file its names: its own defs and parameters and those of the files it uses (not of files that these use).
 * A name means one thing: what defines it a second time is reported and left out, and so is a name of the language,
 * which becomes `unusable`.
 */
export function bind(
  root: LoadedFile,
  params: ReadonlyMap<LoadedFile, ReadonlyMap<string, Parameter>>,
  unusable: Set<Definition>,
  report: Reporter,
): ReadonlyMap<LoadedFile, Scope> {
  const own = new Map<LoadedFile, ReadonlyMap<string, Definition>>();
  const scopes = new Map<LoadedFile, Scope>();
  const visit = (file: LoadedFile): void => {
    if (scopes.has(file)) return;
    for (const { file: used } of file.uses) visit(used);
    const defs = new Map<string, Definition>();
    const scope: Scope = { source: file.source, defs, params: visibleParams(file, params) };
    scopes.set(file, scope);
    own.set(file, ownDefinitions(file, scope, unusable, report));
    for (const [name, definition] of own.get(file)!) defs.set(name, definition);
    for (const { statement, file: used } of file.uses) {
      for (const [name, definition] of own.get(used)!) {
        const other = defs.get(name);
        if (!other) defs.set(name, definition);
        else if (other !== definition) {
          const at = other.scope === scope ? other.statement.name : statement.path;
          twice(name, at, file.source, definition.scope.source, report);
        }
      }
    }
  };
  visit(root);
  return scopes;
}

function ownDefinitions(
  file: LoadedFile,
  scope: Scope,
  unusable: Set<Definition>,
  report: Reporter,
): ReadonlyMap<string, Definition> {
  const defs = new Map<string, Definition>();
  for (const statement of file.program.statements) {
    if (statement.kind !== "Def") continue;
    const { text: name, span } = statement.name;
    const definition = { statement, scope };
    if (defs.has(name)) {
      twice(name, statement.name, file.source, file.source, report);
      continue;
    }
    defs.set(name, definition);
    if (isTaken(name)) {
      unusable.add(definition);
      report.error("PWQ1213", { source: file.source, span }, `\`${name}\` is a name of the language`, {
        label: "give the definition another name",
      });
    }
  }
  return defs;
}

const isTaken = (name: string): boolean => FIELDS.has(name) || PRESENCE.has(name as PresenceName);

export function twice(
  name: string,
  at: Pick<Word, "span">,
  source: Source,
  other: Source,
  report: Reporter,
): void {
  const where = other === source ? "above" : `in ${other.name}`;
  report.error("PWQ1213", { source, span: at.span }, `\`${name}\` is defined twice`, {
    label: `it is defined ${where} already`,
  });
}

function visibleParams(
  file: LoadedFile,
  params: ReadonlyMap<LoadedFile, ReadonlyMap<string, Parameter>>,
): ReadonlyMap<string, Parameter> {
  const files = [...file.uses.map((use) => use.file), file];
  return new Map(files.flatMap((each) => [...(params.get(each) ?? [])]));
}
