import type { Evidence } from "../drop.ts";
import type { HookPlace } from "../hooks.ts";
import type { Later } from "./later.ts";
import type { Verdict } from "./nft.ts";
import { compare } from "./rules.ts";

const CHAIN: Readonly<Record<string, string>> = {
  prerouting: "PREROUTING",
  input: "INPUT",
  forward: "FORWARD",
  output: "OUTPUT",
  postrouting: "POSTROUTING",
};

/** Rules of the older iptables, which `nft list ruleset` does not show; the likeliest first. */
export function legacyVerdicts(
  later: Later,
  netns: number | undefined,
  place: HookPlace | undefined,
  e: Evidence,
): readonly Verdict[] | undefined {
  const six = place?.family === "ip6" || e.text("ip.dst")?.includes(":");
  const text = later.run(netns, [six ? "ip6tables-legacy-save" : "iptables-legacy-save"]);
  if (text === undefined) return undefined;
  const wanted = place && CHAIN[place.hook];
  const found: Verdict[] = [];
  const numbers = new Map<string, number>();
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    const of = { family: six ? "ip6" : "ip", table, iptables: true };
    const policy = /^:(\S+) DROP\b/.exec(line);
    if (policy && (!wanted || policy[1] === wanted)) {
      found.push({ ...of, chain: policy[1]!, rule: "policy DROP", number: 0, score: 0.1 });
    }
    const rule = /^-A (\S+)(.*) -j (?:DROP|REJECT)\b/.exec(line);
    const chain = /^-A (\S+)/.exec(line)?.[1];
    if (chain === undefined) continue;
    const number = (numbers.get(`${table} ${chain}`) ?? 0) + 1;
    numbers.set(`${table} ${chain}`, number);
    const isBase = Object.values(CHAIN).includes(chain);
    if (!rule || (wanted && isBase && chain !== wanted)) continue;
    const { fits, score } = compare(rule[2]!, e);
    if (fits) found.push({ ...of, chain, rule: line, number, score: score + (isBase ? 0.5 : 0) });
  }
  return found.sort((a, b) => b.score - a.score);
}
