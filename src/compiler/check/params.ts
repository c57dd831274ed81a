import type { Expr, Param } from "../../../grammar/ast.ts";
import { parseExpression } from "../../../grammar/index.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { Source } from "../source.ts";
import type { CheckedParam } from "../typed.ts";
import { twice } from "./bind.ts";
import type { World } from "./expression/context.ts";
import { normalised } from "./expression/context.ts";
import type { LoadedFile } from "./load.ts";
import { isOfType, PARAM_TYPES, type ParamType } from "./param-types.ts";
import { emptyScope, type Parameter } from "./scope.ts";

export interface Params {
  readonly byFile: ReadonlyMap<LoadedFile, ReadonlyMap<string, Parameter>>;
  readonly checked: readonly CheckedParam[];
  /** Parameters that have neither a value nor a default. */
  readonly missing: number;
}

/**
 * Types the parameters of all files and takes their values: what was given, else the default.
 * `optional`: a parameter without a value is no error; it stands for the zero of its type.
 */
export function checkParams(
  files: readonly LoadedFile[],
  given: ReadonlyMap<string, string>,
  optional: boolean,
  world: World,
): Params {
  const { report } = world;
  const declared = new Map<string, Source>();
  const checked: CheckedParam[] = [];
  let missing = 0;
  const byFile = new Map<LoadedFile, ReadonlyMap<string, Parameter>>();
  for (const file of files) {
    const params = new Map<string, Parameter>();
    for (const statement of file.program.statements) {
      if (statement.kind !== "Param") continue;
      const name = statement.name.text;
      const other = declared.get(name);
      if (other) {
        twice(name, statement.name, file.source, other, report);
        continue;
      }
      declared.set(name, file.source);
      const type = paramType(statement, file.source, world);
      const text = given.get(name);
      const value = type && valueFor(statement, type, text, file.source, world);
      if (text === undefined && !statement.default) {
        missing++;
        if (!optional) noValue(statement, type, file.source, world);
      }
      params.set(name, {
        statement,
        source: file.source,
        type,
        value: value ?? (optional ? zero(type) : undefined),
      });
      checked.push(describeParam(statement, file.source, text));
    }
    byFile.set(file, params);
  }
  for (const name of given.keys()) {
    if (declared.has(name)) continue;
    report.error("PWQ1422", undefined, `the program has no parameter \`${name}\``, {
      label: didYouMean(name, declared.keys()) ?? listing([...declared.keys()]),
    });
  }
  return { byFile, checked, missing };
}

const listing = (names: readonly string[]): string =>
  names.length === 0 ? "it has none" : `it has ${names.map((name) => `\`${name}\``).join(", ")}`;

function paramType(statement: Param, source: Source, world: World): ParamType | undefined {
  const { text, span } = statement.type;
  const type = PARAM_TYPES.get(text);
  if (type) return type;
  const names = [...PARAM_TYPES.keys()];
  return world.report.error("PWQ1424", { source, span }, `unknown parameter type \`${text}\``, {
    label: didYouMean(text, names) ?? `there are ${names.join(" ")}`,
  });
}

function noValue(statement: Param, type: ParamType | undefined, source: Source, world: World): void {
  const name = statement.name.text;
  const takes = type ? `: it takes ${type.takes}` : "";
  world.report.error("PWQ1421", { source, span: statement.name.span }, `parameter \`${name}\` has no value`, {
    label: `give it as \`${name}=…\`${takes}`,
  });
}

function valueFor(
  statement: Param,
  type: ParamType,
  text: string | undefined,
  source: Source,
  world: World,
): Parameter["value"] {
  const name = statement.name.text;
  const standard = statement.default && usable(statement.default, source, type, name, "PWQ1425", world);
  return text === undefined ? standard : given(text, type, name, world);
}

function usable(
  expr: Expr,
  source: Source,
  type: ParamType,
  name: string,
  code: "PWQ1423" | "PWQ1425",
  world: World,
): Parameter["value"] {
  const fits = isOfType(expr, { world, scope: emptyScope(source) }, type, name, code);
  return fits ? { expr, source } : undefined;
}

/** A value from the command line: a text of its own, named after the parameter. */
function given(text: string, type: ParamType, name: string, world: World): Parameter["value"] {
  const source = { name: `<${name}>`, text };
  const span = { start: 0, end: text.length };
  if (type.bare && !text.startsWith('"')) {
    return usable({ kind: "String", value: text, span }, source, type, name, "PWQ1423", world);
  }
  const { expression, problems } = parseExpression(text);
  if (expression) return usable(expression, source, type, name, "PWQ1423", world);
  return world.report.error("PWQ1423", { source, span }, `\`${name}\` takes ${type.takes}`, {
    label: problems[0]?.message,
  });
}

/** Stands in for a value that nobody gave, where only types matter. */
function zero(type: ParamType | undefined): Parameter["value"] {
  const span = { start: 0, end: 0 };
  const source = { name: "<no value>", text: "" };
  const literal = (): Expr | undefined => {
    if (!type) return undefined;
    switch (type.type?.kind) {
      case undefined:
        return { kind: "Cidr", version: 4, address: 0n, prefix: 0, span };
      case "bool":
        return { kind: "Bool", value: false, span };
      case "string":
        return { kind: "String", value: "", span };
      case "ip":
        return { kind: "Ip", version: 4, value: 0n, span };
      case "mac":
        return { kind: "Mac", value: 0n, span };
      default:
        return { kind: "Int", value: 0n, span };
    }
  };
  const expr = literal();
  return expr && { expr, source };
}

function describeParam(statement: Param, source: Source, given: string | undefined): CheckedParam {
  const standard =
    statement.default &&
    normalised(source.text.slice(statement.default.span.start, statement.default.span.end));
  return {
    name: statement.name.text,
    type: statement.type.text,
    ...(statement.about ? { about: statement.about.value } : {}),
    ...(standard === undefined ? {} : { default: standard }),
    value: given ?? standard ?? "",
  };
}
