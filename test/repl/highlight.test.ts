import { expect, test } from "vitest";
import { highlighted } from "../../src/repl/highlight.ts";

/** SGR sequences (ECMA-48), and nothing else, may be put in. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for
const plain = (text: string): string => text.replace(/\x1b\[\d+m/g, "");

test.each([
  "trace skb where tcp.dport == 443 until drop show mark, netns",
  'trace skb where iface == "eth',
  "trace skb where ip.src in {10.0.0.0/8, fd00::/8} # a comment",
  "  .packet 7",
  'on drop (e) { print("half',
  "§ § trace",
  "",
])("the text stays what it is: %s", (line) => {
  expect(plain(highlighted(line))).toBe(line);
});

test("words of the language are coloured, names are not", () => {
  const colored = highlighted("trace skb where mark == 7");
  expect(plain(colored)).toBe("trace skb where mark == 7");
  expect(colored).toMatch(/^[^t]+trace[^ ]+ skb [^w]+where/);
  expect(colored).toContain(" mark == ");
});

test("in TypeScript words of the language are names", () => {
  const line = "packets.filter((p) => p.trace in where)";
  expect(highlighted(line)).toBe(line);
  expect(highlighted('print("x")')).not.toBe('print("x")');
});

test("a line is coloured as what it is in its entry", () => {
  expect(highlighted('where"', 'trace skb where comm == "')).not.toBe(highlighted('where"'));
  expect(plain(highlighted("print(1) }", "on drop (e) {\n"))).toBe("print(1) }");
});
