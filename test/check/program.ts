import { type CheckOptions, check } from "../../src/compiler/check/check.ts";
import type { Loader } from "../../src/compiler/check/loader.ts";
import { render } from "../../src/compiler/diagnostics/render.ts";
import type { CheckedProgram } from "../../src/compiler/typed.ts";
import { fixtureFacts } from "../fixtures/btf.ts";

/** Checks a program that must be right, warnings aside, for the fixture kernel 6.12. */
export function checked(text: string, options: CheckOptions = {}): CheckedProgram {
  const { program, diagnostics } = check(
    { name: "<query>", text },
    { facts: fixtureFacts("6.12"), ...options },
  );
  if (!program) throw new Error(render(diagnostics, { color: false }));
  return program;
}

/** A loader over texts by name; `use "./x.pwq"` finds `x.pwq`. */
export function textLoader(texts: Readonly<Record<string, string>>): Loader {
  return {
    identity: (source) => source.name,
    load: (path) => {
      const name = path.replace(/^\.\//, "");
      const text = texts[name];
      if (text === undefined) return { problem: { kind: "missing" }, name };
      return { source: { name, text }, identity: name };
    },
  };
}
