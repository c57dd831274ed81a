import { fail } from "../cli/call.ts";
import { OPTIONS, type Option, type OptionName, type Options } from "../cli/options.ts";
import { didYouMean } from "../compiler/diagnostics/suggest.ts";

/** What `.set` changes for the queries that follow. */
export interface Settings {
  readonly options: Options;
  /** Shown by queries without `show`; absent: the language's usual columns. */
  readonly columns?: string;
  /** Values of parameters, by name. */
  readonly params: ReadonlyMap<string, string>;
}

export const NO_SETTINGS: Settings = { options: {}, params: new Map() };

/** Options of the command line that mean the same here. */
export const SETTABLE = [
  "backend",
  "color",
  "limit",
  "for",
  "modules",
  "btf",
  "follow-map",
  "buffer",
  "hold-events",
  "hold-time",
  "hold-memory",
] as const satisfies readonly OptionName[];

const isSettable = (name: string): name is (typeof SETTABLE)[number] =>
  (SETTABLE as readonly string[]).includes(name);

/** `default`: as it was at the start. */
const RESET = "default";

/**
 * Settings with one of them changed; throws PWQ5001 and PWQ5002. `columns` are taken as they are: whether they can be
 * shown is for the checker.
 */
export function withSetting(settings: Settings, name: string, text: string): Settings {
  if (name.startsWith("$")) return withParam(settings, name.slice(1), text);
  if (name === "columns") {
    const { columns: _, ...rest } = settings;
    return text === RESET ? rest : { ...rest, columns: text };
  }
  if (!isSettable(name)) {
    const label = didYouMean(name, ["columns", ...SETTABLE]);
    throw fail({
      code: "PWQ5001",
      message: `there is no setting \`${name}\``,
      label: label ?? "`.set` lists them",
    });
  }
  const { [name]: _, ...rest } = settings.options;
  if (text === RESET) return { ...settings, options: rest };
  const option: Option<unknown> = OPTIONS[name];
  const value = option.value!.parse(text);
  if (value === undefined) {
    throw fail({
      code: "PWQ5002",
      message: `\`${text}\` is not a value of \`${name}\``,
      label: `it takes ${option.value!.form}, or \`${RESET}\``,
    });
  }
  return { ...settings, options: { ...rest, [name]: value } };
}

function withParam(settings: Settings, name: string, text: string): Settings {
  const params = new Map(settings.params);
  if (text === RESET) params.delete(name);
  else params.set(name, text);
  return { ...settings, params };
}

/** Name, value as it was given, and what it is for; what was not set has `default`. */
export function listed({
  options,
  columns,
  params,
}: Settings): readonly (readonly [string, string, string])[] {
  return [
    ["columns", columns ?? RESET, "what queries without `show` show"],
    ...SETTABLE.map((name) => [name, spelt(options[name]), OPTIONS[name].about] as const),
    ...[...params].map(([name, value]) => [`$${name}`, value, "value of the parameter"] as const),
  ];
}

function spelt(value: Options[(typeof SETTABLE)[number]]): string {
  if (value === undefined) return RESET;
  if (typeof value === "bigint") return `${Number(value) / 1e9}s`;
  return Array.isArray(value) ? value.join(",") || "none" : String(value);
}
