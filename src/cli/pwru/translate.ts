import { quote } from "../quote.ts";
import { type PwruCall, readArguments } from "./arguments.ts";
import type { Meaning } from "./flag.ts";
import { FLAGS } from "./flags.ts";
import { pcap, quoted } from "./terms.ts";

/** One call of pwq. */
export interface PwqCall {
  /** The words after `pwq`. */
  readonly words: readonly string[];
  /** The program among them; absent for `pwq help` and its like. */
  readonly query?: string;
}

/** What to type instead of a call of pwru. */
export interface Translation {
  /** One, or two that run at the same time: packets and XDP frames cannot be traced by one. */
  readonly calls: readonly PwqCall[];
  /** What to know, by flag. */
  readonly notes: readonly { readonly flag: string; readonly text: string }[];
  /** What cannot be expressed, and is left out. */
  readonly problems: readonly { readonly what: string; readonly why: string; readonly instead: string }[];
}

/** As they are typed. */
export const commandLines = ({ calls }: Translation): readonly string[] =>
  calls.map(({ words }) => ["pwq", ...words.map(quote)].join(" "));

/** Throws PwqError (PWQ2025) for what pwru would not accept either. */
export function translate(argv: readonly string[]): Translation {
  const call = readArguments(argv);
  const found = FLAGS.flatMap((flag) => {
    const value = call.given.get(flag.name);
    return value === undefined ? [] : [{ flag: `--${flag.name}`, meaning: flag.means(value, call.given) }];
  });
  const notes = found.flatMap(({ flag, meaning: { note } }) => (note ? [{ flag, text: note }] : []));
  const meanings = found.map(({ meaning }) => meaning);
  const problems = [
    ...found.flatMap(({ flag, meaning: { cannot } }) => (cannot ? [{ what: `\`${flag}\``, ...cannot }] : [])),
  ];
  const instead = meanings.find((meaning) => meaning.instead)?.instead;
  if (instead) return { calls: [{ words: instead }], notes: [], problems: [] };
  const options = meanings.flatMap((meaning) => meaning.options ?? []);
  const frames = framesOf(call, meanings);
  const queries = [packetsOf(call, meanings), ...(frames === undefined ? [] : [frames])];
  return {
    calls: queries.map((query, i) => ({ words: [query, ...(i === 0 ? options : apart(options))], query })),
    notes: frames === undefined ? notes : [...notes, AT_THE_SAME_TIME],
    problems,
  };
}

const AT_THE_SAME_TIME = {
  flag: "--filter-trace-xdp",
  text: "two calls, to run at the same time: packets and frames cannot be traced by one",
} as const;

/** Files of the second call have names of their own. */
const apart = (options: readonly string[]): readonly string[] =>
  options.map((word, i) => (/^--(?:output|ready-file)$/.test(options[i - 1] ?? "") ? `${word}.xdp` : word));

/** Parts of all flags, each once. */
const all = (
  meanings: readonly Meaning[],
  part: "where" | "whereSkb" | "points" | "show" | "hides",
): readonly string[] => [...new Set(meanings.flatMap((meaning) => meaning[part] ?? []))];

function packetsOf({ filter }: PwruCall, meanings: readonly Meaning[]): string {
  const functions = meanings.flatMap((meaning) => meaning.functions ?? []);
  const globs = functions.flatMap((one) => (one.kind === "globs" ? one.globs : []));
  const patterns = functions.flatMap((one) =>
    one.kind === "pattern" ? [`func matches ${quoted(one.pattern)}`] : [],
  );
  const follows = meanings.some((meaning) => meaning.follows);
  const where = [
    ...patterns,
    ...(filter === "" ? [] : [pcap(filter)]),
    ...all(meanings, "where"),
    ...all(meanings, "whereSkb"),
  ];
  const limit = meanings.find((meaning) => meaning.limit)?.limit;
  const points = all(meanings, "points");
  return statement(
    "trace skb",
    clause("at", [...(globs.length > 0 ? globs : points.length > 0 ? ["all"] : []), ...points], ", "),
    clause("where", where, " and "),
    follows ? clause("when", patterns, " and ") : "follow none",
    clause("show", columns(all(meanings, "show"), all(meanings, "hides"), follows), ", "),
    limit === undefined ? "" : `limit ${limit} events`,
  );
}

/** What is traced at XDP programs; undefined: nothing. */
function framesOf({ filter }: PwruCall, meanings: readonly Meaning[]): string | undefined {
  const xdp = meanings.flatMap((meaning) => meaning.xdp ?? []);
  if (xdp.length === 0) return undefined;
  const where = [
    ...(filter === "" ? [] : [pcap(filter)]),
    ...all(meanings, "where"),
    ...xdp.flatMap(({ where: own }) => own ?? []),
  ];
  const show = xdp.flatMap((one) => one.show ?? []);
  return statement("trace xdp", clause("where", where, " and "), clause("show", show, ", "));
}

const statement = (...clauses: readonly string[]): string => clauses.filter((text) => text !== "").join(" ");

const clause = (word: string, parts: readonly string[], between: string): string =>
  parts.length === 0 ? "" : `${word} ${parts.join(between)}`;

/** pwru's columns in its order; a query without `show` has them, too. */
const USUAL = ["cpu", "process", "netns", "mark", "iface", "protocol", "mtu", "len", "tuple"] as const;
const IN_FRONT: readonly string[] = ["time", "delta"];

function columns(show: readonly string[], hides: readonly string[], follows: boolean): readonly string[] {
  if (show.length === 0 && hides.length === 0) return [];
  // Where packets have no number, the address at least tells some of them apart.
  return [
    ...IN_FRONT.filter((name) => show.includes(name)),
    ...(follows ? [] : ["skb"]),
    ...USUAL.filter((name) => !hides.includes(name)),
    ...show.filter((name) => !IN_FRONT.includes(name) && !(USUAL as readonly string[]).includes(name)),
  ];
}
