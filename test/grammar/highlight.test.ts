import { expect, it } from "vitest";
import { tokens } from "../../grammar/index.ts";

const shown = (text: string) =>
  tokens(text).map(({ kind, span }) => `${kind} ${text.slice(span.start, span.end).replaceAll("\n", "⏎")}`);

it("names the kind of everything but white space", () => {
  expect(
    shown(
      '## doc\ntrace skb at ip_* # why\n  where tcp.dport == $p and comm ~ "x" or ip.src in {10.0.0.0/8, 5s} ö',
    ),
  ).toEqual([
    "doc ## doc",
    "keyword trace",
    "name skb",
    "keyword at",
    "glob ip_*",
    "comment # why",
    "keyword where",
    "name tcp.dport",
    "operator ==",
    "param $p",
    "keyword and",
    "name comm",
    "operator ~",
    'string "x"',
    "keyword or",
    "name ip.src",
    "keyword in",
    "punctuation {",
    "address 10.0.0.0/8",
    "punctuation ,",
    "number 5s",
    "punctuation }",
    "error ö",
  ]);
});

it("shows a keyword as a name where it is one", () => {
  expect(shown("skb->for as to")).toEqual([
    "name skb",
    "punctuation ->",
    "name for",
    "keyword as",
    "name to",
  ]);
  expect(shown("on drop (e) { a\n}")).toEqual([
    "keyword on",
    "keyword drop",
    "punctuation (",
    "name e",
    "punctuation )",
    "code { a⏎}",
  ]);
});
