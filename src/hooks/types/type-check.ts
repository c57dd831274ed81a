import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { HookProgram } from "../program.ts";
import { type Declared, declarations } from "./declarations.ts";

/** The compiler of the package `typescript`, beside one of these files; undefined: it is nowhere. */
export function findCompiler(files: readonly string[]): string | undefined {
  for (const file of files) {
    try {
      return join(dirname(createRequire(file).resolve("typescript/package.json")), "bin", "tsc");
    } catch {
      // Not here.
    }
  }
  return undefined;
}

const OPTIONS = {
  strict: true,
  noEmit: true,
  target: "es2023",
  lib: ["es2023"],
  types: [],
  skipLibCheck: true,
};

/**
 * What the TypeScript compiler says about hooks, at their places in the program. It runs as a program of its own, which
 * works alike with its versions in JavaScript and the native ones.
 */
export function typeCheck(
  compiler: string,
  { origin }: HookProgram,
  declared: Declared,
): readonly Diagnostic[] {
  const folder = mkdtempSync(join(tmpdir(), "pwq-types-"));
  try {
    writeFileSync(join(folder, "pwq.d.ts"), declarations(declared));
    writeFileSync(join(folder, "hooks.ts"), origin.text);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: OPTIONS, include: ["*.ts"] }),
    );
    const { stdout, stderr, status, error } = spawnSync(
      process.execPath,
      [compiler, "-p", folder, "--pretty", "false"],
      {
        encoding: "utf8",
      },
    );
    if (error) throw error;
    const found = stdout.split("\n").flatMap((line) => diagnosticOf(line, origin) ?? []);
    // What is wrong elsewhere is wrong in our declarations.
    if (status !== 0 && found.length === 0) throw new Error(`tsc: ${(stdout || stderr).split("\n", 1)[0]}`);
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `hooks.ts(3,16): error TS2339: Property 'x' does not exist on type 'y'.` */
function diagnosticOf(line: string, origin: HookProgram["origin"]): Diagnostic | undefined {
  const match = /\bhooks\.ts\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line);
  if (!match) return undefined;
  const [, row, column, code, message = ""] = match;
  const start = origin.offset(Number(row), Number(column));
  const length = /^[\w$.]*/.exec(origin.text.slice(start, start + 100))![0].length;
  const at = origin.place(start, start + Math.max(1, length));
  return {
    code: "PWQ1607",
    severity: "error",
    message: message.replace(/\.$/, ""),
    label: `TypeScript's ${code}`,
    ...(at && { at }),
  };
}
