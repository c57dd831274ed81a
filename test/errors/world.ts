import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Loader } from "../../src/compiler/check/loader.ts";
import type { Source } from "../../src/compiler/source.ts";
import { openLibrary } from "../../src/library/library.ts";
import { fileLoader } from "../../src/runtime/files.ts";

/** Files that programs under test use, good and bad, made anew: git keeps neither modes nor sizes. */
export function makeWorld(): string {
  const root = mkdtempSync(join(tmpdir(), "pwq-errors-"));
  const write = (name: string, content: string | Buffer) => writeFileSync(join(root, name), content);
  write(
    "common.pwq",
    "param net: cidr = 10.0.0.0/8\n\ndef web = tcp.dport == 443\ndef ours = ip.dst in $net\n",
  );
  write("circle.pwq", 'use "./circle-back.pwq"\n');
  write("circle-back.pwq", 'use "./circle.pwq"\n');
  write("broken.pwq", "def web = tcp.dport ==\n");
  write("latin1.pwq", Buffer.from("# caf\xe9\ntrace drop\n", "latin1"));
  write("large.pwq", "");
  truncateSync(join(root, "large.pwq"), 2_000_000);
  symlinkSync("loop.pwq", join(root, "loop.pwq"));
  mkdirSync(join(root, "folder.pwq"));
  mkdirSync(join(root, "open"));
  write("open/common.pwq", "def web = tcp.dport == 443\n");
  chmodSync(join(root, "open"), 0o777);
  mkdirSync(join(root, "library"));
  write("library/rpf.pwq", "def web = tcp.dport == 443\n");
  return root;
}

/** The loader of the program, for sources named relative to `root`. */
export function worldLoader(root: string): Loader {
  const real = fileLoader(openLibrary([{ folder: join(root, "library"), of: "pwq" }]));
  const inside = (source: Source): Source => ({ ...source, name: join(root, source.name) });
  const outside = (name: string): string => (name.startsWith(root) ? relative(root, name) || "." : name);
  return {
    identity: (source) => real.identity(inside(source)),
    load: (path, from) => {
      const loaded = real.load(path, inside(from));
      if (!("problem" in loaded)) {
        return { ...loaded, source: { ...loaded.source, name: outside(loaded.source.name) } };
      }
      const { problem } = loaded;
      const shown = problem.kind === "world-writable" ? { ...problem, what: outside(problem.what) } : problem;
      return { problem: shown, name: outside(loaded.name) };
    },
  };
}
