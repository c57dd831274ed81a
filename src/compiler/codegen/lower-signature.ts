import { argumentOf, type RegisterValue, resultOf } from "../btf/signature.ts";
import { findFunction } from "../plan/named-functions.ts";
import type { TExpr } from "../typed.ts";
import { REGISTERS } from "./arch.ts";
import { FALSE, type Value } from "./ir.ts";
import { fail, type LowerContext } from "./lower-context.ts";
import { isPoint } from "./lower-points.ts";

/**
 * `arg(n)` and `ret`: what a register holds depends on the function. Above a narrow number's own bits a register holds
 * anything (both ABIs leave them to chance), so each function's is cut to its type.
 */
export function signatureValue(part: number | "ret", expr: TExpr, context: LowerContext): Value {
  const kind = part === "ret" ? "return" : "function";
  const groups = new Map<string, { value: Value; points: number[] }>();
  let all = true;
  context.points.forEach((point, number) => {
    if (point.kind === "function" && !context.functions().has(number)) return;
    const value = point.kind === kind ? valueAt(part, point.name, point.module, context) : undefined;
    all &&= value !== undefined || (part !== "ret" && point.kind !== "function");
    if (!value) return;
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { value, points: [] };
    groups.set(key, group);
    group.points.push(number);
  });
  const [one, ...others] = groups.values();
  // Tracepoints alone are looked at, or stand in for functions where there are no probes.
  if (!one && context.functions().size === 0) {
    return { op: "guard", condition: FALSE, value: { op: "event", member: "location" } };
  }
  if (!one) {
    const what = part === "ret" ? "returns a number" : `has an argument ${part}`;
    return fail("PWQ1268", `no function that the query looks at ${what}`, expr, context);
  }
  if (all && others.length === 0) return one.value;
  const guarded = [...groups.values()].map(
    ({ value, points }): Value => ({ op: "guard", condition: isPoint(points), value }),
  );
  return guarded.length === 1 ? guarded[0]! : { op: "first", of: guarded };
}

function valueAt(
  part: number | "ret",
  name: string,
  module: string | undefined,
  { facts }: LowerContext,
): Value | undefined {
  const [found] = findFunction(name, module, facts) ?? [];
  if (!found) return undefined;
  if (part === "ret") {
    const result = resultOf(found.btf, found.func);
    return result && cut(result, { op: "event", member: "location" });
  }
  const argument = argumentOf(found.btf, found.func, part);
  const offset = argument && REGISTERS[facts.arch].args[argument.register];
  return offset === undefined ? undefined : cut(argument!.value, { op: "regs", offset });
}

/** The bits of a register that are the number, extended by its sign. */
function cut(value: RegisterValue, register: Value): Value {
  if (value.kind === "pointer" || value.size === 8) return register;
  const { size, signed } = value;
  const bits: Value = {
    op: "bits",
    shift: 0,
    width: size * 8,
    signed: signed && !value.bigEndian,
    value: register,
  };
  return value.bigEndian && size > 1 ? { op: "swap", size: size as 2 | 4, value: bits } : bits;
}
