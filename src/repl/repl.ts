import { readFileSync } from "node:fs";
import { parse } from "../../grammar/index.ts";
import { fail } from "../cli/call.ts";
import { compileExplaining } from "../cli/explaining.ts";
import { internalFault } from "../cli/fault.ts";
import { counted } from "../cli/lines.ts";
import {
  btfForRunning,
  kernelFacts,
  requireKernel,
  requirePrivileges,
  tracefsWarning,
} from "../cli/machine.ts";
import { attachedNote } from "../cli/notes.ts";
import { checkedProgram, checkOnly, compileOptions, type GivenProgram } from "../cli/program.ts";
import { STDOUT, wantsColor } from "../cli/terminal.ts";
import { refusedWarning } from "../cli/warnings.ts";
import type { CheckResult } from "../compiler/check/check.ts";
import type { compile } from "../compiler/compile.ts";
import type { Compiled } from "../compiler/compiled.ts";
import { type Diagnostic, PwqError } from "../compiler/diagnostics/diagnostic.ts";
import { render } from "../compiler/diagnostics/render.ts";
import type { KernelFacts } from "../compiler/facts.ts";
import type { HookProgram } from "../hooks/program.ts";
import type { Line } from "../hooks/source/line.ts";
import { NOT_TYPESCRIPT } from "../hooks/source/script.ts";
import { type Composed, compose, keptAfter, PROMPT, placed } from "./composed.ts";
import { entryOf } from "./entry.ts";
import { type Kept, keyOf } from "./kept.ts";
import type { LastRun } from "./last-run.ts";
import { Places, type TakenOver } from "./places.ts";
import { NO_SETTINGS, type Settings } from "./settings.ts";
import type { Surface } from "./table.ts";
import { Thinking } from "./thinking.ts";
import { note, type Running, sizesOf, startTrace } from "./trace.ts";

/** A query that was found right. */
interface Prepared {
  readonly compiled: Compiled;
  readonly hooks: HookProgram | undefined;
  readonly facts: KernelFacts;
}

interface Next {
  readonly start: () => void;
  readonly taken: TakenOver | undefined;
}

/** What was entered so far, and what runs: everything but the terminal. */
export class Repl {
  readonly surface: Surface;
  readonly #places = new Places();
  #kept: readonly Kept[] = [];
  /** What is known of the kernel, which is asked again when other modules are loaded: functions come and go with them. */
  #facts:
    | { readonly value: KernelFacts; readonly btf: string | undefined; readonly modules: string }
    | undefined;
  #running: Running | undefined;
  /** A query that waits for the one before it to end; it may have its place already. */
  #next: Next | undefined;
  /** What was entered and is not done. */
  #busy: Promise<void> | undefined;
  readonly thinking: Thinking;
  settings: Settings;
  last: LastRun | undefined;
  /** The last query that was found right, with the columns it is shown with. */
  query: string | undefined;

  constructor({ print, screen }: Pick<Surface, "print" | "screen">, settings: Settings = NO_SETTINGS) {
    this.surface = { print, screen, color: () => this.color };
    this.thinking = new Thinking(this.surface);
    this.settings = settings;
  }

  get kept(): readonly Kept[] {
    return this.#kept;
  }

  get color(): boolean {
    return wantsColor(this.settings.options.color, STDOUT);
  }

  get tracing(): boolean {
    return this.#running !== undefined;
  }

  print(text: string): void {
    this.surface.print(text);
  }

  /** Of the running kernel, or of the BTF file that was set. Throws PwqError. */
  facts(): KernelFacts {
    const { btf } = this.settings.options;
    const modules = loadedModules();
    if (!this.#facts || this.#facts.btf !== btf || this.#facts.modules !== modules)
      this.#facts = { value: kernelFacts(btf), btf, modules };
    return this.#facts.value;
  }

  /**
   * Takes an entry: keeps what it defines and starts its queries, or evaluates it if it is TypeScript. Says itself what is
   * wrong.
   */
  enter(text: string): void {
    const entered = performance.now();
    this.#inTurn(() => {
      const entry = entryOf(text);
      if (entry.language === "pwq") this.#enterProgram(text, entered);
      else return this.#think(entry.line);
    });
  }

  #enterProgram(entry: string, entered: number): void {
    this.attempt(() => {
      const composed = compose(this.#kept, entry, this.settings.columns);
      const statements = parse(entry).program.statements;
      if (statements.some(({ kind }) => kind === "Trace")) this.#trace(composed, entered);
      else this.#define(composed);
    });
  }

  #think(line: Line): void | Promise<void> {
    if (line.kind === "unfinished") return;
    const evaluate = (): void =>
      this.attempt(() => {
        if (line.kind === "wrong") {
          const { at, problem } = line;
          throw fail({ code: "PWQ1601", message: NOT_TYPESCRIPT, label: problem, at });
        }
        const state = this.#running?.state;
        if (state !== undefined) this.thinking.state = state;
        this.thinking.evaluate(line, this.last);
      });
    return this.thinking.ready()?.then(evaluate) ?? evaluate();
  }

  /** At once, or when what was entered before is done: the sandbox is not made in no time. */
  #inTurn(action: () => void | Promise<void>): void {
    const done = this.#busy ? this.#busy.then(action) : action();
    if (!done) return;
    const busy: Promise<void> = done
      .catch((error: unknown) => this.tell(error))
      .then(() => {
        if (this.#busy === busy) this.#busy = undefined;
      });
    this.#busy = busy;
  }

  /** Does something that may throw what the user is to be told. */
  attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.tell(error);
    }
  }

  tell(error: unknown): void {
    this.report(error instanceof PwqError ? error.diagnostics : [internalFault(error)]);
  }

  report(diagnostics: readonly Diagnostic[]): void {
    this.print(render(diagnostics, { color: this.color }));
  }

  /** A query and what it builds on, ready to be run; throws PwqError with places in the entry. */
  compiled(composed: Composed, how: typeof compile = compileExplaining): Prepared {
    const { options, params } = this.settings;
    return relocating(composed, () => {
      const { checked, facts } = checkedProgram({ source: composed.source, params, hookFiles: [] }, () =>
        this.facts(),
      );
      this.report(placed(checked.warnings, composed));
      return {
        compiled: how(checked, facts, compileOptions(options)),
        hooks: checked.hooks,
        facts,
      };
    });
  }

  /** Throws what is wrong with columns that queries are to show. */
  checkColumns(columns: string): void {
    const source = { name: PROMPT, text: `trace skb show ${columns}` };
    const { diagnostics } = this.#checked({ source, params: new Map(), hookFiles: [] });
    if (diagnostics.some(({ severity }) => severity === "error")) throw new PwqError(diagnostics);
  }

  /** Asks the trace to end; false: there is none. */
  interrupt(): boolean {
    this.#wait(undefined);
    this.#running?.end();
    return this.tracing;
  }

  /** Resolves when what was entered is done; a trace may run on. */
  get settled(): Promise<void> {
    return this.#busy ?? Promise.resolve();
  }

  /** Ends the trace and waits for its summary. */
  async leave(): Promise<void> {
    this.interrupt();
    await this.settled;
    await this.#running?.over;
  }

  #define(composed: Composed): void {
    const { diagnostics } = this.#checked({
      source: composed.source,
      params: this.settings.params,
      hookFiles: [],
    });
    this.report(placed(diagnostics, composed));
    if (!diagnostics.some(({ severity }) => severity === "error")) this.#keep(composed);
  }

  /** Without BTF, as far as can be told. */
  #checked(program: GivenProgram): CheckResult {
    let facts: KernelFacts | undefined;
    try {
      facts = this.facts();
    } catch {
      // What a trace needs is said when one is asked for.
    }
    return checkOnly(program, facts);
  }

  #keep({ entry }: Composed): void {
    this.#kept = keptAfter(this.#kept, entry.text);
  }

  #trace(composed: Composed, entered: number): void {
    const prepared = this.compiled(composed);
    const { compiled, facts } = prepared;
    this.#keep(composed);
    this.query = queriesOf(composed);
    requirePrivileges([]);
    requireKernel(facts);
    btfForRunning(this.settings.options.btf);
    const warning = tracefsWarning(compiled.plan);
    if (warning) this.report([warning]);
    for (const text of compiled.plan.notices) note(this.surface, text);
    const start = (taken?: TakenOver): void => this.attempt(() => this.#start(composed, prepared, taken));
    if (!this.#running) return start();
    const taken = this.#places.takeOver(compiled, sizesOf(this.settings.options), entered);
    if (!taken)
      note(this.surface, "this query looks at other points: the one before is ended, and they are attached");
    this.#wait({ start: () => start(taken), taken });
    this.#running.end();
  }

  /** The query that comes next, instead of the one that waits. */
  #wait(next: Next | undefined): void {
    const before = this.#next;
    this.#next = next;
    before?.taken?.loaded.close();
  }

  #start(composed: Composed, prepared: Prepared, taken: TakenOver | undefined): void {
    const { compiled } = prepared;
    const { plan } = compiled;
    const { kprobes } = plan;
    if (kprobes.length > 0 && !taken)
      note(this.surface, `attaching to ${counted(kprobes.length, "function")} …`);
    const running = startTrace(
      {
        entry: composed.entry.text,
        ...prepared,
        options: this.settings.options,
        tracer: this.#places.tracer(compiled, taken),
        onAttached: (attached) => {
          if (attached.refused.length > 0) this.report([refusedWarning(attached.refused)]);
          const text = attachedNote(plan, attached);
          note(this.surface, taken ? `took the place within ${Math.ceil(taken.ms)} ms: ${text}` : text);
          const idle = taken && this.#places.idleNote(compiled);
          if (idle) note(this.surface, idle);
        },
        onFault: (fault) => this.report(placed([fault], composed)),
        state: this.thinking.state,
      },
      this.surface,
    );
    this.#running = running;
    this.last = running.run;
    void running.over
      .catch((error: unknown) => this.tell(relocated(error, composed)))
      .then(() => {
        const { state } = running;
        if (state !== undefined) this.thinking.state = state;
        this.#running = undefined;
        const next = this.#next;
        this.#next = undefined;
        next?.start();
      });
  }
}

/** Names of the modules that are loaded now. */
function loadedModules(): string {
  try {
    return readFileSync("/proc/modules", "latin1").replace(/ .*$/gm, "");
  } catch {
    return ""; // a kernel without modules, or no /proc
  }
}

/** The queries of an entry as they were run, without what was only kept from it. */
function queriesOf({ source, offset }: Composed): string {
  const entry = source.text.slice(offset);
  const { statements } = parse(entry).program;
  return statements
    .filter((statement) => keyOf(statement, entry) === undefined)
    .map(({ span }) => entry.slice(span.start, span.end))
    .join("\n");
}

function relocating<T>(composed: Composed, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw relocated(error, composed);
  }
}

const relocated = (error: unknown, composed: Composed): unknown =>
  error instanceof PwqError ? new PwqError(placed(error.diagnostics, composed)) : error;

export const nothingYet = (what: string): PwqError =>
  fail({ code: "PWQ5004", message: `there is no ${what} yet`, label: "`trace drop` traces every drop" });
