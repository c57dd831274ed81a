import { writeObject } from "./bpf/index.ts";
import { generate } from "./codegen/generate.ts";
import { listing } from "./codegen/listing.ts";
import { surely } from "./codegen/lower.ts";
import type { LowerContext } from "./codegen/lower-context.ts";
import { lowerPast, slotsOf } from "./codegen/lower-past.ts";
import { isPoint } from "./codegen/lower-points.ts";
import { FilterTooLong, PatternProblem, RecordTooLarge, StackExhausted } from "./codegen/problem.ts";
import { ProgramNames } from "./codegen/program-names.ts";
import type { LoweredQuery, Terminal } from "./codegen/query.ts";
import { layoutRecord } from "./codegen/record.ts";
import { selection } from "./codegen/select/select.ts";
import type { Compiled, CompiledQuery } from "./compiled.ts";
import type { Code } from "./diagnostics/codes.ts";
import { PwqError } from "./diagnostics/diagnostic.ts";
import type { KernelFacts } from "./facts.ts";
import type { BackendChoice } from "./plan/backend.ts";
import { cookieFields } from "./plan/cookie.ts";
import { entryPrograms } from "./plan/entry.ts";
import { plan as makePlan, type Plan } from "./plan/plan.ts";
import type { CheckedProgram, CheckedQuery } from "./typed.ts";

export interface CompileOptions {
  readonly backend?: BackendChoice;
  /** Functions are looked for in the kernel itself and in these of its modules; absent: in all. */
  readonly modules?: readonly string[];
}

/**
 * From a checked program to an object file and a plan of what to attach. Pure: the same program and facts give the same
 * bytes. Throws PwqError for what this kernel or backend cannot do.
 */
export function compile(program: CheckedProgram, facts: KernelFacts, options: CompileOptions = {}): Compiled {
  const plan = makePlan(program, facts, options.backend ?? "auto", options.modules);
  const programs = new ProgramNames(plan.programPoints);
  let slot = 0;
  const lowered = program.queries.map((query, index) => {
    const functions = functionsOf(plan, index);
    const context = { facts, points: plan.points, functions, programs, source: query.source };
    const made = mended(query, () => lowerQuery(query, index, slot, context, plan.queries[index]!));
    slot += slotsOf(made.past);
    return made;
  });
  const unit = mended(program.queries[0]!, () => generate(lowered, plan, facts, program.source));
  let lines: Compiled["listing"] | undefined;
  const selects = selection(lowered.map(({ where }) => where)) !== undefined;
  return {
    object: writeObject(unit),
    templates: [
      ...new Set([
        // Each before those that call it: libbpf's linker (1.1) loses what is called by several.
        "kprobe",
        ...(plan.looksAtCalls ? ["calls"] : []),
        ...plan.programPoints.map(({ template }) => template),
      ]),
    ].map((part) => `${part}.${facts.arch}`),
    remembers: {
      packets: plan.queries.some(({ once }) => !once),
      last: lowered.some(({ past }) => past.stretch || past.values.some(({ how }) => how === "changed")),
      seen: lowered.some(({ past }) => past.values.some(({ how }) => how === "first")),
      calls: plan.looksAtCalls,
    },
    plan: {
      ...plan,
      kprobes: entryPrograms(plan.kprobes, selects),
      programPoints: plan.programPoints.map((points) => ({ ...points, tests: programs.tests })),
    },
    queries: lowered.map(
      ({ index, checked, record }): CompiledQuery => ({ index, checked, record, columns: checked.show }),
    ),
    get listing() {
      lines ??= listing(unit.functions, facts, program.source);
      return lines;
    },
  };
}

/** Numbers of the functions at which a query is evaluated, collected when a query asks for them. */
function functionsOf({ kprobes }: Plan, query: number): () => ReadonlySet<number> {
  const bit = 1 << query;
  let found: ReadonlySet<number> | undefined;
  return () => {
    if (!found) {
      const fields = kprobes.map(({ cookie }) => cookieFields(cookie));
      const evaluated = fields.filter((field) => (field("at") | field("until")) & bit);
      found = new Set(evaluated.map((field) => field("point")));
    }
    return found;
  };
}

function lowerQuery(
  checked: CheckedQuery,
  index: number,
  slot: number,
  without: Omit<LowerContext, "past">,
  plan: LoweredQuery["plan"],
): LoweredQuery {
  const past = lowerPast(checked, plan.stretch, slot, index, without);
  const context = { ...without, past: past.indices };
  const condition = (of: CheckedQuery["where"]) => of && surely(of, true, context);
  const where = condition(checked.where);
  const when = condition(checked.when);
  const stop = condition(checked.stop);
  const terminals = (of: CheckedQuery["until"]): readonly Terminal[] =>
    of.flatMap((t) =>
      t.kind === "expr" ? [{ condition: surely(t.condition, true, context), span: t.span }] : [],
    );
  const to = past.stretch && checked.stretch;
  return {
    index,
    checked,
    plan,
    context,
    ...(where ? { where } : {}),
    ...(when ? { when } : {}),
    ...(stop ? { stop } : {}),
    past,
    until: [...(to ? [{ condition: past.stretch!.to, span: to.to.span }] : []), ...terminals(checked.until)],
    ending: [...endingPoint(checked, plan), ...terminals(checked.ending)],
    ...layoutRecord([...checked.show, ...(checked.captured ?? [])], context),
  };
}

/** The points of `ending`, as one terminal. */
function endingPoint(
  { ending }: CheckedQuery,
  { ending: points }: LoweredQuery["plan"],
): readonly Terminal[] {
  const [first] = ending;
  return first && points.length > 0 ? [{ condition: isPoint(points), span: first.span }] : [];
}

/** Turns what went wrong while generating into an error at the query. */
function mended<T>(query: CheckedQuery, body: () => T): T {
  try {
    return body();
  } catch (error) {
    const at = { source: query.source, span: query.syntax.span };
    const fail = (code: Code, message: string, help: string): never => {
      throw new PwqError([{ code, severity: "error", message, at, help: [help] }]);
    };
    if (error instanceof StackExhausted) {
      return fail(
        "PWQ1265",
        "the query needs more stack than the kernel gives",
        "split it in two, or drop some conditions",
      );
    }
    if (error instanceof PatternProblem) {
      return fail(
        "PWQ1263",
        `the pattern \`${error.pattern}\` cannot be used: ${error.message}`,
        "simplify it, or test several patterns with `or`",
      );
    }
    if (error instanceof FilterTooLong) {
      return fail(
        "PWQ1266",
        `the filter \`${error.text}\` is too long for the kernel`,
        "split it in two, or write its lists as sets: `ip.src in {…}`",
      );
    }
    if (error instanceof RecordTooLarge) {
      return fail(
        "PWQ1264",
        `one event would be ${error.size} bytes`,
        `show less; an event may be ${error.largest} bytes on this kernel`,
      );
    }
    throw error;
  }
}
