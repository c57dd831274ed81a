import { describe, expect, it } from "vitest";
import { expected } from "../../grammar/index.ts";

/** `|` is the cursor. Expectations as `kind`, `kind:text` or `kind<of>`. */
function at(marked: string) {
  const offset = marked.indexOf("|");
  const { expectations, prefix } = expected(marked.replace("|", ""), offset);
  const items = expectations.map(
    ({ kind, text, of }) => `${kind}${text ? `:${text}` : ""}${of ? `<${of}>` : ""}`,
  );
  return { items, prefix };
}
const STATEMENTS = ["statement:trace", "statement:def", "statement:param", "statement:@tags"];
const CLAUSES = ["keyword:where", "keyword:until", "keyword:show", "keyword:at"];
const OPERAND = ["field", "param", "literal", "keyword:not"];

describe("what may come at the cursor", () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    // text, prefix, some of what is expected, some of what is not
    ["|", "", STATEMENTS, [...CLAUSES, "field"]],
    ["tra|", "tra", STATEMENTS, CLAUSES],
    ["@ta|", "@ta", ["statement:@tags"], []],
    ["def x = 1\nde|", "de", [...STATEMENTS, "operator:+", "keyword:or"], CLAUSES],
    ["def x = 1\n|", "", STATEMENTS, CLAUSES],
    ["trace skb\n  |", "", [...STATEMENTS, ...CLAUSES], []],
    ["trace |", "", ["word:skb", "word:drop", "word:xdp"], CLAUSES],
    ["trace sk|", "sk", ["word:skb"], CLAUSES],
    ["trace skb |", "", CLAUSES, [...STATEMENTS, "field"]],
    ["trace skb whe|", "whe", CLAUSES, ["field"]],
    ["trace skb where |", "", OPERAND, [...CLAUSES, "enumerator"]],
    ["trace skb where tcp.dp|", "tcp.dp", OPERAND, CLAUSES],
    ["trace skb where tcp.|", "tcp.", ["field"], CLAUSES],
    ["trace skb where tcp.dport |", "", [...CLAUSES, "operator:==", "keyword:in", "keyword:and"], ["field"]],
    ["trace skb where tcp.dport == |", "", [...OPERAND.slice(0, 3), "enumerator<tcp.dport>"], CLAUSES],
    ["trace skb where drop.reason == NET|", "NET", ["enumerator<drop.reason>"], []],
    ["trace skb where ct.state in {NEW, |", "", ["enumerator<ct.state>"], []],
    ["trace skb where ct.state not in {NEW, |", "", ["enumerator<ct.state>"], []],
    ["trace skb where a == b and |", "", ["field"], ["enumerator<a>"]],
    ["trace skb where $po|", "$po", ["param"], CLAUSES],
    ["trace skb where skb->|", "", ["member<skb>"], ["field"]],
    ["trace skb where skb->dev->na|", "na", ["member<skb->dev>"], ["field"]],
    ["trace skb where skb->sk->__sk_common.skc|", "skc", ["member<skb->sk->__sk_common>"], []],
    ["trace skb where skb->cb[1].|", "", ["member<skb->cb[1]>"], []],
    ["trace skb where skb->dev |", "", ["operator:=="], ["member<skb>"]],
    ["trace skb at |", "", ["keyword:path", "keyword:module", "function-glob"], ["field", ...CLAUSES]],
    ["trace skb at ip_|", "ip_", ["function-glob"], CLAUSES],
    ["trace skb at ip_*, !ip_|", "ip_", ["function-glob", "keyword:module"], ["keyword:path"]],
    ["trace skb at module nf|", "nf", ["module-glob"], ["function-glob"]],
    ["trace skb at tracepoint |", "", ["tracepoint-group"], ["function-glob"]],
    ["trace skb at tracepoint net:|", "", ["tracepoint-event<net>"], ["function-glob"]],
    ["trace skb from a |", "", ["keyword:to"], CLAUSES],
    ["trace skb follow |", "", ["word:clone", "word:none"], CLAUSES],
    ["trace skb until |", "", ["keyword:drop", "keyword:deliver", "keyword:fn", "field"], CLAUSES],
    ["trace skb until fn(|", "", ["function-glob"], ["field"]],
    ["trace skb until drop|", "drop", ["keyword:drop"], CLAUSES],
    ["trace skb until drop |", "", CLAUSES, ["operator:!"]],
    ["trace skb limit 5 |", "", ["word:packets", "word:events"], CLAUSES],
    ["trace skb rate 5/|", "", ["word:s"], CLAUSES],
    ["trace skb for |", "", ["literal", "param"], ["field", ...CLAUSES]],
    ["trace skb stop |", "", ["keyword:when"], CLAUSES],
    ["trace skb show mark |", "", ["keyword:as", "operator:,", ...CLAUSES.slice(0, 2)], ["field"]],
    ["trace skb show mark as |", "", ["name"], CLAUSES],
    ["on |", "", ["word:drop", "word:tick"], STATEMENTS],
    ["on drop (e) |", "", ["code:{"], []],
    ["on drop (e) { e.|", "", [], ["field"]],
    ["param p: |", "", ["param-type"], ["field"]],
    ["param p: po|", "po", ["param-type"], ["name"]],
    ["param |", "", ["name"], ["param-type"]],
    ["def |", "", ["name"], ["field"]],
    ["@requires |", "", ["keyword:kernel", "keyword:function"], ["name"]],
    ["@requires function ip_|", "ip_", ["function"], []],
    ["@requires type |", "", ["kernel-type"], []],
    ["@requires module nf|", "nf", ["module"], []],
    ["use |", "", ["path"], ["literal"]],
    ['use "./co|', "./co", ["path"], []],
    ['trace skb where pcap "tcp |', "tcp ", ["filter"], ["field"]],
    ['trace skb where comm == "x|', "x", [], ["field"]],
    ['trace skb where comm == "x" |', "", CLAUSES, ["field"]],
    ["trace skb # wh|", "", [], CLAUSES],
    ["trace skb wher x |", "", [], CLAUSES],
  ])("%s", (text, prefix, some, none) => {
    const found = at(text);
    expect(found.prefix).toBe(prefix);
    expect(found.items).toEqual(expect.arrayContaining([...some]));
    for (const item of none) expect(found.items).not.toContain(item);
  });

  it("has one line about every keyword, operator and word", () => {
    for (const text of [
      "",
      "trace ",
      "trace skb ",
      "trace skb at ",
      "trace skb where a ",
      "trace skb until ",
      "on ",
    ]) {
      const { expectations } = expected(text, text.length);
      for (const { text: spelled, doc } of expectations)
        if (spelled !== undefined && spelled !== "{") expect(doc).toMatch(/^\S.*[^.]$/);
      const keys = expectations.map(({ kind, text: spelled, of }) => `${kind} ${spelled} ${of}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it("looks only at what stands before the cursor", () => {
    const text = "trace skb wh mark == 1";
    expect(expected(text, 12)).toMatchObject({ prefix: "wh", span: { start: 10, end: 12 } });
  });
});
