// Writes docs/fields.md, the reader's view of the fields table.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("../src/compiler/fields/document.ts", import.meta.url))],
  bundle: true,
  write: false,
  platform: "node",
  format: "esm",
});
const { fieldsDocument } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
writeFileSync(fileURLToPath(new URL("../docs/fields.md", import.meta.url)), fieldsDocument());
