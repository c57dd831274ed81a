import { quote } from "../quote.ts";
import { FLAGS } from "./flags.ts";
import { commandLines, translate } from "./translate.ts";

/** Calls of several flags, as people type them. */
export const CALLS: readonly (readonly string[])[] = [
  ["--filter-func", "nf_.*|ip_(rcv|output)", "--output-stack", "host", "10.0.0.7"],
  ["--filter-track-skb", "--output-caller", "--timestamp", "relative", "tcp", "and", "dst", "port", "443"],
  ["--filter-netns", "/run/netns/web", "--filter-ifname", "eth0", "--all-kmods", "icmp"],
  ["--output-meta=false", "--output-tcp-flags", "--output-limit-lines", "10", "tcp[tcpflags] & tcp-syn != 0"],
];

/** `docs/from-pwru.md`. Written by `scripts/from-pwru.mjs`; a test compares, and compiles every query in it. */
export function fromPwruDocument(): string {
  return [
    "# From pwru to pwq",
    "",
    "Every flag of pwru 1.0.12 and what to type instead; `pwq from-pwru -- PWRU-ARGUMENTS…` says it of a whole call.",
    "This page is made from the table in `src/cli/pwru/` (`node scripts/from-pwru.mjs`).",
    "",
    "What is different:",
    "",
    "- pwru shows events one by one, unless `--filter-track-skb` is given: that is `follow none`. pwq without it follows a",
    "  packet that matched once through clones and NAT until it is freed, and gives it a number.",
    "- Functions of modules are included, and those that take a `const struct sk_buff *`.",
    "- The wall clock at the event, the packet's number and the function are always there, and a drop has its reason.",
    "- Conditions are one expression with `and`, `or` and `not`, over any field of `pwq fields` and any path `skb->…`; there may be",
    "  as many of these in `show` as you like.",
    "- `--json` has other keys: those of the shown items. See `schema/events.schema.json`.",
    '- A pcap filter is one operand of an expression, and can mostly be written with fields: `pcap "tcp and dst port 443"` is',
    "  `tcp.dport == 443`, which also sees a packet before its headers are written.",
    "",
    "| pwru | what it does | pwq |",
    "| --- | --- | --- |",
    ...FLAGS.map(({ name, about, example }) => row([`\`--${name}\``, about, meaning(example)])),
    "",
    "## Whole calls",
    "",
    ...CALLS.flatMap((call) => [
      "```sh",
      `pwru ${call.map(quote).join(" ")}`,
      ...commandLines(translate(call)),
      "```",
      "",
    ]),
  ].join("\n");
}

/** The example, what it comes to, and what to know. */
function meaning(example: readonly string[]): string {
  const translation = translate(example);
  const { problems, notes } = translation;
  const remarks = [
    ...problems.map(({ why, instead }) => `Nothing: ${why}; ${instead}.`),
    ...notes.map(({ text }) => `${upperFirst(text)}.`),
  ];
  const typed = `${code(example.map(quote).join(" "))}: ${commandLines(translation).map(code).join(" and ")}`;
  return [...(problems.length > 0 ? [] : [typed]), ...remarks].join(" ");
}

const upperFirst = (text: string): string => text.replace(/^./, (first) => first.toUpperCase());

const code = (text: string): string => `\`${text}\``;
const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
