import type { Evidence } from "../drop.ts";
import type { HookPlace } from "../hooks.ts";
import type { Later } from "./later.ts";
import { compare } from "./rules.ts";

/** A rule that drops, or a chain whose policy does. */
export interface Verdict {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** As it is written, `policy drop` for a policy. */
  readonly rule: string;
  /** Its place in the chain, from 1; 0 for a policy. */
  readonly number: number;
  /** The table belongs to iptables. */
  readonly iptables: boolean;
  /** More conditions that are understood and true make it likelier. */
  readonly score: number;
}

interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly iptables: boolean;
  hook?: string;
  policy?: string;
  readonly rules: string[];
}

/** Chains of `nft list ruleset`, with what stands in them. */
export function chainsOf(ruleset: string): readonly Chain[] {
  const chains: Chain[] = [];
  let [family, table, managed] = ["", "", ""];
  let chain: Chain | undefined;
  for (const raw of ruleset.split("\n")) {
    const line = raw.trim();
    const warning = /^# Warning: table (\S+ \S+) is managed by iptables/.exec(line);
    const head = /^table (\S+) (\S+) \{/.exec(line);
    const inside = /^chain (\S+) \{/.exec(line);
    const base = /^type \S+ hook (\S+) .*?(?:policy (\w+);)?$/.exec(line);
    if (warning) managed = warning[1]!;
    else if (head) [family, table] = [head[1]!, head[2]!];
    else if (inside) {
      const iptables = managed === `${family} ${table}` || /^[A-Z]+$/.test(inside[1]!);
      chain = { family, table, name: inside[1]!, iptables, rules: [] };
      chains.push(chain);
    } else if (line === "}") chain = undefined;
    else if (base && chain) {
      chain.hook = base[1]!;
      if (base[2]) chain.policy = base[2];
    } else if (chain && line !== "") chain.rules.push(line);
  }
  return chains;
}

const DROPS = /\b(drop|reject)\b/;

/** Tables of family `inet` see what those of `ip` and `ip6` do. */
const sees = (family: string, place: HookPlace): boolean =>
  family === place.family || (family === "inet" && (place.family === "ip" || place.family === "ip6"));

/** The rules of a namespace that may have dropped the packet, the likeliest first; undefined: nobody can say. */
export function verdicts(
  later: Later,
  netns: number | undefined,
  place: HookPlace | undefined,
  e: Evidence,
): readonly Verdict[] | undefined {
  const ruleset = later.run(netns, ["nft", "list", "ruleset"]);
  if (ruleset === undefined) return undefined;
  const found: Verdict[] = [];
  for (const chain of chainsOf(ruleset)) {
    const here =
      place === undefined || (sees(chain.family, place) && (!chain.hook || chain.hook === place.hook));
    if (!here) continue;
    const { family, table, name, iptables, rules, policy, hook } = chain;
    const of = { family, table, chain: name, iptables };
    rules.forEach((rule, i) => {
      if (!DROPS.test(rule)) return;
      const { fits, score } = compare(rule, e);
      // Chains that are jumped to are less likely than those that the hook calls.
      if (fits) found.push({ ...of, rule, number: i + 1, score: score + (hook ? 0.5 : 0) });
    });
    if (policy === "drop") found.push({ ...of, rule: "policy drop", number: 0, score: 0.1 });
  }
  return found.sort((a, b) => b.score - a.score);
}
