// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are bodies of hooks
import { describe, expect, it } from "vitest";
import { parse } from "../../grammar/index.ts";

/** What the parser takes for the body, if what follows is a statement again. */
function bodyOf(body: string): string {
  const text = `on drop (e) {${body}}\ntrace drop`;
  const { program, problems } = parse(text);
  expect(problems, text).toEqual([]);
  const [hook, trace] = program.statements;
  expect(trace?.kind).toBe("Trace");
  if (hook?.kind !== "Hook") throw new Error("no hook");
  return text.slice(hook.body.start, hook.body.end);
}

describe("the end of a hook is found behind", () => {
  it.each([
    "",
    " if (a) { b() } else { c({}) } ",
    ` "}" + '{' + "\\"}" `,
    " `}` + `${ { a: `}` }.a }` + `\\`}` + `$}` + `{` ",
    " // }\n /* } */ ",
    " /[}]/.test(s) && /\\}/.test(s) && /\\//.test(s) ",
    " x = a / b; y = c / d // }\n",
    " x = (a + b) / c; /}/.test(x) ",
    " if (a) /}/.test(a) ",
    " return /}/g ",
    " const x = [1] / 2, y = '}' ",
    " `${a}}` ",
    " `${`${`}`}`}` ",
    "\n  const größe = 1;\n  trace\n  def\n",
    " const it's = 1\n",
    " x = a++ / 2; ",
  ])("{%s}", (body) => {
    expect(bodyOf(body)).toBe(body);
  });
});

describe("the head of a hook", () => {
  it.each([
    ["on tick(1s) { }", { event: { text: "tick" }, interval: { kind: "Duration" } }],
    ["on tick($t) (e) { }", { interval: { kind: "ParamRef" }, parameter: { text: "e" } }],
    ["on start { }", { event: { text: "start" } }],
    ["on packet (for) { }", { parameter: { text: "for" } }],
    ["on drop\n  (e)\n{\n}", { event: { text: "drop" } }],
  ])("%s", (text, expected) => {
    const { program, problems } = parse(text);
    expect(problems).toEqual([]);
    expect(program.statements[0]).toMatchObject(expected);
  });

  it("is not confused with a set behind a broken hook", () => {
    const { program, problems } = parse("on drop\ntrace skb where tcp.dport in {80}");
    expect(problems.map(({ code }) => code)).toEqual(["PWQ1002"]);
    expect(program.statements).toMatchObject([{ kind: "Trace" }]);
  });
});

it("a hook without an end does not swallow the statements behind it", () => {
  const { program, problems } = parse("on drop (e) {\n  if (x) {\n}\n\ntrace skb\ndef x = 1");
  expect(problems.map(({ code, span }) => [code, span])).toEqual([["PWQ1013", { start: 12, end: 13 }]]);
  expect(program.statements.map(({ kind }) => kind)).toEqual(["Trace", "Def"]);
});
