import type { CompiledQuery } from "../../compiler/compiled.ts";
import { type Diagnostic, PwqError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Batch } from "../../runtime/decode/batch.ts";
import type { DecodeContext } from "../../runtime/decode/context.ts";
import type { HookEventName } from "../events.ts";
import { prelude } from "../guest/prelude.ts";
import type { HookProgram } from "../program.ts";
import { type Fault, faultDiagnostic, SCRIPT } from "../sandbox/failure.ts";
import { type Argument, type Limits, Sandbox } from "../sandbox/sandbox.ts";
import { originsOf, rowOf } from "./cells.ts";
import { Interning } from "./interning.ts";
import { type Room, rowWriter } from "./rows.ts";
import { NOTHING, readAnswer, type Said, type Told } from "./said.ts";

/** How far a trace is: `e` of `start`, `tick` and `stop`. */
export interface Progress {
  readonly events: number;
  readonly packets: number;
  readonly seconds: number;
}

/** What hooks want after they ran. */
export interface Verdict {
  readonly said: readonly Said[];
  readonly stop: boolean;
}

export interface EventsVerdict {
  /** Of the records given, by index: those that are not shown. */
  readonly dropped: ReadonlySet<number>;
  /** With the index of the record that each belongs to, in ascending order. */
  readonly said: readonly (readonly [record: number, said: Said])[];
  /** Index of the record after which the trace shall end. */
  readonly stopAfter?: number;
}

export interface HooksOptions {
  readonly queries: readonly CompiledQuery[];
  /** The views that records are read through. */
  readonly batch: Batch;
  readonly context: DecodeContext;
  /** Told of a hook that was switched off. */
  readonly onFault: (fault: Diagnostic) => void;
  readonly limits?: Limits;
  /** What `state` is at first, as JSON of an object. */
  readonly state?: string;
}

/** The hooks of a running trace. */
export class Hooks {
  readonly #program: HookProgram;
  readonly #sandbox: Sandbox;
  readonly #write: ReturnType<typeof rowWriter>;
  readonly #interning = new Interning();
  readonly #onFault: HooksOptions["onFault"];
  readonly #started = performance.now();

  private constructor(program: HookProgram, sandbox: Sandbox, options: HooksOptions) {
    const { queries, batch, context } = options;
    const origins = originsOf(queries, batch, context);
    this.#program = program;
    this.#sandbox = sandbox;
    this.#onFault = options.onFault;
    this.#write = rowWriter(
      queries,
      rowOf(program, queries, origins),
      origins,
      batch,
      context,
      this.#interning,
    );
  }

  /** Makes the sandbox and runs what stands outside of hooks. Throws PwqError if that fails. */
  static async start(program: HookProgram, options: HooksOptions): Promise<Hooks> {
    const { queries, batch, context, limits, state } = options;
    const layout = rowOf(program, queries, originsOf(queries, batch, context));
    const sandbox = await Sandbox.create(prelude(program, layout, state), limits);
    for (const outcome of [sandbox.run(program.code, SCRIPT), sandbox.call("ready")]) {
      if ("failure" in outcome)
        throw new PwqError([faultDiagnostic({ ...outcome.failure, loading: true }, program)]);
    }
    return new Hooks(program, sandbox, options);
  }

  /** Intervals of `on tick`, in milliseconds, with the index that `tick` takes. */
  get ticks(): readonly { readonly hook: number; readonly ms: number }[] {
    return this.#program.hooks.flatMap(({ everyNs }, hook) =>
      everyNs === undefined ? [] : [{ hook, ms: Number(everyNs) / 1e6 }],
    );
  }

  /** Whether there are journeys to look after. */
  get followsPackets(): boolean {
    return this.#sandbox.alive && this.#program.hooks.some(({ event }) => event === "packet");
  }

  /** Bytes of the sandbox. */
  get memory(): number {
    return this.#sandbox.memory;
  }

  /** Runs the hooks of records at these places of the current batch, in that order. */
  events(records: readonly number[], room: Room): EventsVerdict {
    if (!this.#sandbox.alive) return { dropped: new Set(), said: [] };
    const reset = this.#interning.trim();
    const words = this.#write(records, room, this.#now());
    const dropped = new Set<number>();
    const said: (readonly [number, Said])[] = [];
    let stopAfter: number | undefined;
    let from = 0;
    let args: readonly Argument[] = [words, this.#interning.take(), reset];
    // Each turn but the last ends with a hook that is switched off.
    while (from < records.length) {
      const told = this.#ask("run", ...args, from);
      for (const index of told.dropped) dropped.add(index);
      said.push(...told.said);
      if (told.stopped) stopAfter = told.at;
      if (told.running === -1 || told.stopped) break;
      from = told.at + 1;
      args = [undefined, "", false];
    }
    return { dropped, said, ...(stopAfter !== undefined && { stopAfter }) };
  }

  /** `state` as JSON; undefined: it cannot be told any more. */
  get state(): string | undefined {
    if (!this.#sandbox.alive) return undefined;
    const outcome = this.#sandbox.call("state");
    return "text" in outcome ? outcome.text : undefined;
  }

  start(progress: Progress): Verdict {
    return this.#call("start", -1, progress);
  }

  tick(hook: number, progress: Progress): Verdict {
    return this.#call("tick", hook, progress);
  }

  /** Hands over the journeys that are quiet. */
  sweep(): Verdict {
    return verdict(this.#ask("sweep", this.#now()));
  }

  /** Hands over all journeys, and runs `on stop`. */
  stop(progress: Progress): Verdict {
    const journeys = this.#ask("sweep", -1);
    const last = this.#call("stop", -1, progress);
    return { said: [...verdict(journeys).said, ...last.said], stop: true };
  }

  #call(event: HookEventName, index: number, about: Progress): Verdict {
    if (!this.#program.hooks.some((hook) => hook.event === event)) return { said: [], stop: false };
    return verdict(this.#ask("call", event, index, JSON.stringify(about)));
  }

  /** Calls the runner, and tells of hooks that failed. */
  #ask(name: string, ...args: readonly Argument[]): Told {
    const outcome = this.#sandbox.call(name, ...args);
    if ("text" in outcome) return this.#told(outcome.text);
    const { failure } = outcome;
    // What is thrown by the runner itself, and not by a hook, was done to what it is made of.
    if (failure.kind === "threw") this.#sandbox.kill();
    const rest = this.#sandbox.call("collect");
    if ("failure" in rest) this.#sandbox.kill();
    const told = "text" in rest ? this.#told(rest.text) : NOTHING;
    this.#fault({ ...failure, dead: !this.#sandbox.alive, ...this.#hook(told.running) });
    return told;
  }

  #told(text: string): Told {
    const told = readAnswer(text);
    for (const failed of told.failed) {
      const { kind, name, message, stack } = failed;
      const dead = kind === "threw" && this.#sandbox.outOfMemory(name, message);
      if (dead) this.#sandbox.kill();
      this.#fault({ kind: dead ? "memory" : kind, name, message, stack, dead, ...this.#hook(failed.hook) });
    }
    return told;
  }

  #hook(index: number): Pick<Fault, "hook"> {
    const hook = this.#program.hooks[index];
    return hook ? { hook } : {};
  }

  #fault(fault: Fault): void {
    this.#onFault(faultDiagnostic(fault, this.#program));
  }

  #now(): number {
    return Math.round(performance.now() - this.#started);
  }
}

const verdict = ({ said, stopped }: Told): Verdict => ({ said: said.map(([, one]) => one), stop: stopped });
