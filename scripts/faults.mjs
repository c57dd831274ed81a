// Writes docs/faults.md from what the lab found: `node test/lab/run.mjs --only why: --faults all --table FILE`, then
// `node scripts/faults.mjs FILE`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const [, , table] = process.argv;
if (!table) throw new Error("usage: node scripts/faults.mjs FILE");
const marks = JSON.parse(readFileSync(table, "utf8"));
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("../test/lab/faults/causes.ts", import.meta.url))],
  bundle: true,
  write: false,
  format: "esm",
});
const { CAUSES } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);

const KERNELS = { bookworm: "6.1", "bookworm-backports": "6.12", sid: "7.2" };
const cell = (row, suite) => ({ true: "yes", false: "no" })[marks[row]?.[suite]] ?? "not run";
const cells = (script, { causes }) =>
  Object.keys(KERNELS).map((suite) =>
    causes.length === 0 && cell(`${script}: cause`, suite) === "yes"
      ? "no drop"
      : `${cell(`${script}: found`, suite)}, ${cell(`${script}: cause`, suite)}`,
  );
const rows = Object.entries(CAUSES).filter(([script]) => script !== "control");
const named = ({ causes }) =>
  causes.map(({ cause }) => `\`${cause.replaceAll("|", "\\|")}\``).join("<br>") || "no drop";

const lines = [
  "# What `pwq why` says of real faults",
  "",
  "The scripts of `test/lab/faults/` break a network, each in its own way; `pwq why` watches, and must name the cause with the",
  "right number of drops and nothing else. This page is made from what Debian's kernels showed (`scripts/faults.mjs`); CI runs",
  "a few of the scripts on each kernel. Each cell: are the drops reported, and is the cause named. `not run`: the script has",
  "not been run beside `pwq why` on that kernel yet, which says nothing of the result.",
  "",
  `| fault | cause as \`why\` names it | ${Object.values(KERNELS).join(" | ")} |`,
  `| --- | --- | ${Object.keys(KERNELS)
    .map(() => "---")
    .join(" | ")} |`,
  ...rows.map(([script, cause]) => `| ${script} | ${named(cause)} | ${cells(script, cause).join(" | ")} |`),
  "",
  `A control run, several healthy networks with traffic that arrives, reports nothing: ${Object.entries(
    KERNELS,
  )
    .map(([suite, name]) => `${name} ${cell("control: cause", suite)}`)
    .join(", ")}.`,
  "",
  ...(Object.values(marks).some((row) => Object.values(row).includes(false))
    ? [
        "`no` is what that run showed. On a guest under emulation beside others the programs that are asked afterwards (`nft`, `tc`)",
        "may take longer than they are waited for: the sentence is then there, and the rule or filter is not named.",
        "",
      ]
    : []),
  "## Where drops are not enough",
  "",
  ...rows.filter(([, { note }]) => note).map(([script, { note }]) => `- ${script}: ${note}`),
  "",
];
writeFileSync(fileURLToPath(new URL("../docs/faults.md", import.meta.url)), lines.join("\n"));
