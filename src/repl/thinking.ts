import { PwqError } from "../compiler/diagnostics/diagnostic.ts";
import type { Evaluator as RunningEvaluator } from "../hooks/run/evaluator.ts";
import type { Joined } from "../hooks/source/joined.ts";
import type { Line } from "../hooks/source/line.ts";
import { SaidLines } from "../runtime/output/said.ts";
import { styles } from "../runtime/output/style.ts";
import type { LastRun } from "./last-run.ts";
import { lineFault } from "./line-fault.ts";
import { helperNames, journeyNames } from "./names.ts";
import { shownText } from "./shown.ts";
import type { Surface } from "./table.ts";

/** Events of the last run that a line can think with; with some fields each they take half of the sandbox's memory. */
const MOST_EVENTS = 50_000;
/** Lines whose text is kept for stacks of functions that were declared in them. */
const MOST_LINES = 1000;
/** Characters of `state` that are handed on to hooks. */
const MOST_STATE = 1_000_000;

type Code = Extract<Line, { kind: "code" }>;

/** TypeScript at the prompt: one sandbox for all lines, with the events of the last run, and nothing else. */
export class Thinking {
  readonly #surface: Surface;
  #evaluator: RunningEvaluator | undefined;
  /** What is in `events`. */
  #loaded: { readonly run: LastRun; readonly count: number } | undefined;
  #state = "{}";
  #number = 0;
  readonly #lines = new Map<string, Joined>();
  readonly #declared = new Set<string>();

  constructor(surface: Surface) {
    this.#surface = surface;
  }

  /** Names that lines declared. */
  get declared(): ReadonlySet<string> {
    return this.#declared;
  }

  /** `state` as JSON, for hooks that go on with it. */
  get state(): string {
    const state = this.#evaluator?.state ?? this.#state;
    if (state.length <= MOST_STATE) return state;
    this.#surface.print("pwq: `state` is too large to be handed on to hooks; they begin with an empty one\n");
    return "{}";
  }

  /** What hooks made of it. */
  set state(json: string) {
    this.#state = json;
    this.#evaluator?.setState(json);
  }

  /** Makes the sandbox; undefined: it is there. */
  ready(): Promise<void> | undefined {
    return this.#evaluator?.alive ? undefined : this.#begin();
  }

  async #begin(): Promise<void> {
    // Nothing of what it needs is loaded before the first line.
    const { Evaluator } = await import("../hooks/run/evaluator.ts");
    this.#evaluator = await Evaluator.create(this.#state);
    this.#loaded = undefined;
    this.#lines.clear();
    this.#declared.clear();
  }

  /** Evaluates a line and shows its value. Throws PwqError with what is wrong. */
  evaluate({ code, origin, names }: Code, last: LastRun | undefined): void {
    const evaluator = this.#evaluator!;
    const text = origin.text;
    if (last && /\b(?:events|packets)\b/.test(text)) this.#load(evaluator, last, origin);
    const script = `<line ${++this.#number}>`;
    this.#lines.set(script, origin);
    for (const oldest of this.#lines.keys()) {
      if (this.#lines.size <= MOST_LINES) break;
      this.#lines.delete(oldest);
    }
    for (const name of names) this.#declared.add(name);
    const answer = evaluator.evaluate(code, script);
    const style = styles(this.#surface.color());
    if (answer.said.length > 0) this.#surface.print(new SaidLines(style).lines(answer.said));
    if ("failure" in answer) throw this.#fault(answer.failure, origin, last);
    const shown = shownText(answer.shape, style);
    if (shown !== "") this.#surface.print(shown);
  }

  /** A run that goes on is loaded again when there is more of it. */
  #load(evaluator: RunningEvaluator, run: LastRun, origin: Joined): void {
    const { store, queries, context } = run;
    if (this.#loaded?.run === run && this.#loaded.count === store.total) return;
    const skipped = Math.max(0, store.count - MOST_EVENTS);
    const failure = evaluator.load({
      queries,
      context,
      each: (batch, visit) => store.pieces(batch, visit, skipped),
    });
    if (failure) throw this.#fault(failure, origin, run);
    this.#loaded = { run, count: store.total };
    const kept = store.count - skipped;
    const cut = store.total - kept;
    this.#surface.print(
      `pwq: \`events\` has ${cut === 0 ? `all ${kept} events` : `the last ${kept} events, ${cut} older ones were cut`} of the last trace\n`,
    );
  }

  #fault(failure: Parameters<typeof lineFault>[0], origin: Joined, last: LastRun | undefined): PwqError {
    return new PwqError([
      lineFault(failure, {
        originOf: (script) => this.#lines.get(script),
        place: origin.place(0, origin.text.length) ?? origin.place(1, origin.text.length)!,
        names: [...helperNames(), ...this.#declared, ...(last ? journeyNames(last) : [])],
      }),
    ]);
  }
}
