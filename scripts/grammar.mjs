// Writes grammar/generated/: the grammar as EBNF, and as a page of railroad diagrams that needs no network.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";

const GENERATED = fileURLToPath(new URL("../grammar/generated/", import.meta.url));
const DIAGRAMS = join(
  dirname(createRequire(import.meta.url).resolve("chevrotain")),
  "../../diagrams", // lib/src/api.js is the entry of the package
);

/** The drawing code that chevrotain ships for browsers, run here, so that the page holds plain SVG. */
function draw(rules) {
  const context = createContext({});
  for (const file of ["vendor/railroad-diagrams.js", "src/diagrams_builder.js"])
    runInContext(readFileSync(join(DIAGRAMS, file), "utf8"), context);
  // Without the quotes of the labels, and the attributes for scripts that this page has not.
  return context.diagrams_builder
    .buildSyntaxDiagramsText(rules)
    .replaceAll("`", "")
    .replaceAll(/ (?:occurrenceIdx|topRuleName|ruleName|class)="[^"]*"(?<! class="non-terminal")/g, "");
}

const page = (rules) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The grammar of pwq</title>
<!-- Generated from grammar/rules/ by scripts/grammar.mjs. -->
<style>
body { font-family: sans-serif; margin: 2em; }
h2 { font: bold 16px monospace; margin: 1.5em 0 0; }
svg { display: block; max-width: 100%; }
svg path { fill: none; stroke: #333; stroke-width: 2; }
svg text { font: 14px monospace; text-anchor: middle; }
svg rect { fill: #e8f0fe; stroke: #333; stroke-width: 1.5; }
svg g.non-terminal rect { fill: #fff; }
</style>
<h1>The grammar of pwq</h1>
<p>The words and signs are in <a href="pwq.ebnf">pwq.ebnf</a>.</p>
${draw(rules)}
</html>
`;

/** File name to content. */
export async function generate() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../grammar/published.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
  });
  const { ebnf, rules } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  return { "pwq.ebnf": ebnf(), "diagrams.html": page(rules()) };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [name, content] of Object.entries(await generate()))
    writeFileSync(join(GENERATED, name), content);
