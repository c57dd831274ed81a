// Writes docs/from-pwru.md, the reader's view of the table of pwru's flags.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("../src/cli/pwru/document.ts", import.meta.url))],
  bundle: true,
  write: false,
  platform: "node",
  format: "esm",
});
const { fromPwruDocument } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
writeFileSync(fileURLToPath(new URL("../docs/from-pwru.md", import.meta.url)), fromPwruDocument());
