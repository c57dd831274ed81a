import { tokenMatcher } from "chevrotain";
import { spanOf } from "../nodes.ts";
import { isReserved, wants } from "../stop.ts";
import * as t from "../tokens.ts";
import { isWord, type Mistake, quote, say, startsValue } from "./mistake.ts";

export const danglingComma: Mistake = ({ found, previous }) => {
  if (previous?.tokenType !== t.Comma || found === undefined || !isReserved(found)) return undefined;
  return say(
    "PWQ1001",
    spanOf(previous),
    "nothing follows this `,`",
    `remove it: ${quote(found)} starts the next clause`,
  );
};

export const andForComma: Mistake = (stop) => {
  const { found, previous } = stop;
  if (found === undefined) return undefined;
  if (found.tokenType === t.Comma && wants(stop, t.AndOp) && !wants(stop, t.Comma))
    return say("PWQ1001", spanOf(found), "unexpected `,`", "conditions are joined with `and` or `or`");
  const joins = tokenMatcher(found, t.OrOp) || tokenMatcher(found, t.AndOp);
  if (joins && wants(stop, t.Comma) && !wants(stop, t.OrOp))
    return say("PWQ1001", spanOf(found), `unexpected ${quote(found)}`, "a list is written with `,`");
  // `drop or xmit`: the first may be a condition, the second cannot.
  const joined = previous?.tokenType === t.Or || previous?.tokenType === t.And;
  if (joined && (found.tokenType === t.Xmit || found.tokenType === t.Deliver || found.tokenType === t.Free))
    return say("PWQ1001", spanOf(previous), `unexpected ${quote(previous)}`, "a list is written with `,`");
  return undefined;
};

/** Words that start a filter of tcpdump's. */
export const PCAP_WORDS = new Set(
  "host net port portrange src dst proto tcp udp icmp ip ip6 arp ether vlan".split(" "),
);

export const missingBetween: Mistake = (stop) => {
  const { found, previous } = stop;
  if (found === undefined || previous === undefined || !startsValue(found)) return undefined;
  const operator = wants(stop, t.CompareOp) && wants(stop, t.OrOp);
  const comma = wants(stop, t.Comma);
  if (!operator && !comma) return undefined;
  const unexpected = `unexpected ${quote(found)}`;
  if (comma && (!operator || isWord(found) || found.tokenType === t.DottedName))
    return say("PWQ1001", spanOf(found), unexpected, "a `,` is missing before it");
  const pcap = isWord(previous) && PCAP_WORDS.has(previous.image.split(".").at(-1)!) ? PCAP_HELP : undefined;
  return say("PWQ1001", spanOf(found), unexpected, "an operator is missing before it, such as `==`", pcap);
};
export const PCAP_HELP =
  'a filter in tcpdump\'s language stands in quotes: `trace skb where pcap "tcp port 443"`';
