import type { CompiledQuery } from "../../compiler/compiled.ts";
import { Batch } from "../../runtime/decode/batch.ts";
import type { DecodeContext } from "../../runtime/decode/context.ts";
import { evaluatorScript, loaderScript } from "../guest/evaluator-prelude.ts";
import type { Shape } from "../guest/inspect.ts";
import { type Failure, type Limits, type Outcome, Sandbox } from "../sandbox/sandbox.ts";
import { OF_EVERY_EVENT, originsOf, rowOf } from "./cells.ts";
import { Interning } from "./interning.ts";
import { rowWriter } from "./rows.ts";
import { parsed, readSaid, type Said } from "./said.ts";
import { readDescription } from "./shape.ts";

/** A person waits for the answer; `events` of a large trace take some of the memory. */
export const LINE_LIMITS: Limits = { memory: 256 * 1024 * 1024, time: 1000 };

/** Events that are to be thought about. */
export interface Events {
  readonly queries: readonly CompiledQuery[];
  readonly context: DecodeContext;
  /** Puts some events after the others into `batch`, and tells their places. */
  readonly each: (batch: Batch, visit: (records: readonly number[]) => void) => void;
}

export type Answer = { readonly said: readonly Said[] } & (
  | { readonly shape: Shape }
  | { readonly failure: Failure }
);

/** The sandbox of the prompt: lines are evaluated in it one after the other, each with what those before it left. */
export class Evaluator {
  readonly #sandbox: Sandbox;

  private constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** `state`: JSON of an object. */
  static async create(state: string, limits: Limits = LINE_LIMITS): Promise<Evaluator> {
    return new Evaluator(await Sandbox.create(evaluatorScript(state), limits));
  }

  /** False: it was given up with all that was in it. */
  get alive(): boolean {
    return this.#sandbox.alive;
  }

  /** Bytes of the sandbox. */
  get memory(): number {
    return this.#sandbox.memory;
  }

  /** Makes `events` and `packets`. Undefined: it went well. */
  load({ queries, context, each }: Events): Failure | undefined {
    const batch = new Batch();
    const interning = new Interning();
    const origins = originsOf(queries, batch, context, [...OF_EVERY_EVENT, "drop.reason"]);
    const captured = queries.flatMap(({ checked }) => (checked.captured ?? []).map(({ name }) => name));
    const fields = ["drop.reason", ...captured];
    const layout = rowOf({ fields, layers: [], whole: true, hooks: [] }, queries, origins);
    const write = rowWriter(queries, layout, origins, batch, context, interning);
    let failure = failureOf(this.#sandbox.evaluate(loaderScript(layout), "<pwq>", "use"));
    each(batch, (records) => {
      if (failure) return;
      const reset = interning.trim();
      const words = write(records, EVERYTHING, 0);
      failure = failureOf(this.#sandbox.call("take", words, interning.take(), reset));
    });
    return failure ?? failureOf(this.#sandbox.call("finish"));
  }

  /** Runs a line; `name` is that of its script in stacks. */
  evaluate(code: string, name: string): Answer {
    const outcome = this.#sandbox.evaluate(code, name, "describe");
    if ("failure" in outcome) {
      const rest = this.#sandbox.call("collect");
      return { said: "text" in rest ? readSaid(parsed(rest.text)) : [], failure: outcome.failure };
    }
    const [said, shape] = readDescription(outcome.text);
    return { said: readSaid(said), shape };
  }

  /** `state` as JSON; undefined: it cannot be told. */
  get state(): string | undefined {
    const outcome = this.#sandbox.call("state");
    return "text" in outcome && outcome.text !== "" ? outcome.text : undefined;
  }

  setState(json: string): void {
    this.#sandbox.call("setState", json);
  }
}

const EVERYTHING = { total: Number.POSITIVE_INFINITY, queries: [] };

const failureOf = (outcome: Outcome): Failure | undefined =>
  "failure" in outcome ? outcome.failure : undefined;
