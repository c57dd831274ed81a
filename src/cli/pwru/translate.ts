import { quote } from "../quote.ts";
import { type PwruCall, readArguments } from "./arguments.ts";
import type { Meaning } from "./flag.ts";
import { FLAGS } from "./flags.ts";
import { pcap, quoted } from "./terms.ts";

/** What to type instead of a call of pwru. */
export interface Translation {
  /** The words after `pwq`. */
  readonly words: readonly string[];
  /** The program among them; absent for `pwq help` and its like. */
  readonly query?: string;
  /** What to know, by flag. */
  readonly notes: readonly { readonly flag: string; readonly text: string }[];
  /** Flags that cannot be expressed, and are left out. */
  readonly problems: readonly { readonly flag: string; readonly why: string; readonly instead: string }[];
}

/** As it is typed. */
export const commandLine = ({ words }: Translation): string => ["pwq", ...words.map(quote)].join(" ");

/** Throws PwqError (PWQ2025) for what pwru would not accept either. */
export function translate(argv: readonly string[]): Translation {
  const call = readArguments(argv);
  const found = FLAGS.flatMap((flag) => {
    const value = call.given.get(flag.name);
    return value === undefined ? [] : [{ flag: `--${flag.name}`, meaning: flag.means(value, call.given) }];
  });
  const notes = found.flatMap(({ flag, meaning: { note } }) => (note ? [{ flag, text: note }] : []));
  const problems = found.flatMap(({ flag, meaning: { cannot } }) => (cannot ? [{ flag, ...cannot }] : []));
  const meanings = found.map(({ meaning }) => meaning);
  const instead = meanings.find((meaning) => meaning.instead)?.instead;
  if (instead) return { words: instead, notes: [], problems: [] };
  const query = queryOf(call, meanings);
  const frames = framesNote(call, meanings);
  return {
    words: [query, ...meanings.flatMap(({ options }) => options ?? [])],
    query,
    notes: [...notes, ...frames],
    problems,
  };
}

function queryOf({ filter }: PwruCall, meanings: readonly Meaning[]): string {
  const all = <K extends "where" | "whereSkb" | "points" | "show" | "hides">(part: K): readonly string[] => [
    ...new Set(meanings.flatMap((meaning) => meaning[part] ?? [])),
  ];
  const functions = meanings.flatMap((meaning) => meaning.functions ?? []);
  const globs = functions.flatMap((one) => (one.kind === "globs" ? one.globs : []));
  const patterns = functions.flatMap((one) =>
    one.kind === "pattern" ? [`func matches ${quoted(one.pattern)}`] : [],
  );
  const follows = meanings.some((meaning) => meaning.follows);
  const base = [...(filter === "" ? [] : [pcap(filter)]), ...all("where")];
  const where = [...patterns, ...base, ...all("whereSkb")];
  const limit = meanings.find((meaning) => meaning.limit)?.limit;
  const rest = [
    clause("show", columns(all("show"), all("hides"), follows), ", "),
    limit && `limit ${limit} events`,
  ];
  const points = all("points");
  const packets = [
    "trace skb",
    clause("at", [...(globs.length > 0 ? globs : points.length > 0 ? ["all"] : []), ...points], ", "),
    clause("where", where, " and "),
    follows ? clause("when", patterns, " and ") : "follow none",
    ...rest,
  ];
  return packets.filter(Boolean).join(" ");
}

/**
 * Frames at XDP programs are traced by a command of their own: one program in the kernel knows either them or packets.
 * pwru's pcap filter and its marks are about packets; of its conditions that on the namespace and the interface stay.
 */
function framesNote({ filter }: PwruCall, meanings: readonly Meaning[]): Translation["notes"] {
  const xdp = meanings.flatMap((meaning) => meaning.xdp ?? []);
  if (xdp.length === 0) return [];
  const shared = meanings
    .flatMap((meaning) => meaning.where ?? [])
    .filter((one) => /^(netns|iface) /.test(one));
  const query = [
    "trace xdp",
    clause("where", [...new Set([...shared, ...xdp.flatMap(({ where }) => where ?? [])])], " and "),
    clause(
      "show",
      xdp.flatMap(({ show }) => show ?? []),
      ", ",
    ),
  ];
  const command = `frames at XDP programs are another command: pwq ${quote(query.filter(Boolean).join(" "))}`;
  const text =
    filter === "" ? command : `${command}, where the filter is written with fields (\`tcp.dport == 443\`)`;
  return [{ flag: "--filter-trace-xdp", text }];
}

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
