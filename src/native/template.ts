import { readFileSync } from "node:fs";
import { packaged } from "../place.ts";

/**
 * The compiled template that a generated object is linked with. `name` is one of `Compiled.templates`: `kprobe.x86_64`.
 * Throws an `Error` that says where it was looked for.
 */
export function readTemplate(name: string): Uint8Array {
  const path = packaged(`build/bpf/${name}.bpf.o`);
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  throw new Error(
    `the eBPF template ${name} is missing; build it with \`npm run build\`. Looked for:\n  ${path}`,
  );
}
