import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import { hookOf } from "../hooks.ts";
import { legacyVerdicts } from "../later/iptables.ts";
import type { Later } from "../later/later.ts";
import { type Verdict, verdicts } from "../later/nft.ts";
import { flow, netnsInode, netnsKey, where } from "../words.ts";

/** x_tables frees in the hook's caller; nftables frees itself (since 6.8). */
const isOfNftables = (e: Evidence): boolean =>
  e.drop.place.startsWith("nft_") || e.stack.some((frame) => frame.startsWith("nft_do_chain"));

function named(
  verdict: Verdict,
  legacy: boolean,
  netns: string,
): { readonly rule: string; readonly cause: string } {
  const { family, table, chain, rule, number, iptables } = verdict;
  const text = rule.replace(/ counter packets \d+ bytes \d+/, "");
  if (legacy || iptables) {
    const program = legacy ? "iptables-legacy" : "iptables";
    return {
      rule: `${program}, table ${table}, ${chain} rule ${number}: ${text}`,
      cause: `${program}:${netns}:${table}/${chain}/${number}`,
    };
  }
  return {
    rule: `table ${family} ${table}, chain ${chain}: ${text}`,
    cause: `nft:${netns}:${family}/${table}/${chain}`,
  };
}

/** What connection tracking makes of the packet; that it makes nothing of it matters to rules that ask. */
function stateWords(e: Evidence, rule: string | undefined): string {
  const state = e.text("ct.state");
  if (state !== undefined) return `; connection state ${state}`;
  const asked = rule === undefined || /\bstate\b/.test(rule);
  return asked && e.get("nfct") === undefined ? "; no connection that is known" : "";
}

function refused(e: Evidence, later: Later): Finding {
  const place = hookOf(e.stack);
  const netns = netnsInode(e);
  const key = netnsKey(e, later);
  // An old kernel frees in the hook's caller whoever refused, so both are asked there.
  const ofNft = verdicts(later, netns, place, e);
  const ofLegacy = isOfNftables(e) || ofNft?.length ? undefined : legacyVerdicts(later, netns, place, e);
  const [nft, legacy] = [ofNft?.[0], ofLegacy?.[0]];
  const rule = nft ? named(nft, false, key) : legacy ? named(legacy, true, key) : undefined;
  const hook = place === undefined ? "" : ` in the ${place.hook} hook (${place.family})`;
  const state = stateWords(e, rule?.rule);
  const local =
    place?.hook === "output" ? ", a packet of this machine's own: the program that sends it gets EPERM" : "";
  return {
    what: `the firewall refused ${flow(e)}${hook}${where(e, later)}${local}${state}`,
    ...(rule && { now: [rule.rule] }),
    check: legacy
      ? "`iptables-legacy -nvL --line-numbers` shows the rules and their counters; `nft` does not."
      : `\`nft list ruleset\` in that namespace; \`nft monitor trace\` shows the rule that a packet meets.`,
    ...(rule && { cause: rule.cause }),
  };
}

export const netfilter: readonly Explainer[] = [
  { reasons: ["NETFILTER_DROP"], explain: refused },
  {
    places: [
      "nf_hook_slow",
      "nft_do_chain",
      "nf_hook_slow_list",
      "ipt_do_table",
      "ip6t_do_table",
      "ebt_do_table",
    ],
    explain: refused,
  },
];
