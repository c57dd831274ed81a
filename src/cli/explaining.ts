import { type CompileOptions, compile } from "../compiler/compile.ts";
import type { Compiled } from "../compiler/compiled.ts";
import { PwqError } from "../compiler/diagnostics/diagnostic.ts";
import type { KernelFacts } from "../compiler/facts.ts";
import type { CheckedProgram } from "../compiler/typed.ts";
import { explaining } from "../why/asked.ts";

/** For people drops are explained, unless the query leaves no room for that. Throws what `compile` throws. */
export function compileExplaining(
  checked: CheckedProgram,
  facts: KernelFacts,
  options: CompileOptions = {},
): Compiled {
  try {
    return compile(explaining(checked), facts, options);
  } catch (error) {
    if (!(error instanceof PwqError)) throw error;
    return compile(checked, facts, options);
  }
}
