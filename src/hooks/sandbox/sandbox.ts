import { readFile } from "node:fs/promises";
import type { QuickJSContext, QuickJSHandle } from "quickjs-emscripten-core";
import { quickjs, quickjsBinary, quickjsVariant } from "../packages.ts";
import { guarded } from "./guard.ts";
import "./webassembly.ts";

export interface Limits {
  /** Bytes of everything in the sandbox; a hard bound, because the WebAssembly memory cannot grow beyond it. */
  readonly memory: number;
  /** Milliseconds of the processor's time for one call. */
  readonly time: number;
}

/** What a colleague's script may take. */
export const LIMITS: Limits = { memory: 64 * 1024 * 1024, time: 500 };

/** Compiled once, however many sandboxes there are. */
let compiled: Promise<WebAssembly.Module> | undefined;

/** QuickJS itself takes 16 MiB, of which most is stack and free space. */
const PAGE = 65_536;
const FIRST_PAGES = 256;
/** Deeper recursion is an exception in the sandbox; with more of it the host's own stack would end first. */
const STACK = 64 * 1024;
/**
 * The limit is of the processor's time, because a hook shall not be blamed for a busy machine. By the clock on the wall
 * it may take so many times as long; and what cannot be interrupted is given up after so many times the limit.
 */
const PATIENCE = 2;
const BACKSTOP = 4;
/** Asking a given-up sandbox where it was. */
const AUTOPSY_MS = 100;

/** Why a call gave no answer. */
export interface Failure {
  readonly kind: "threw" | "time" | "memory";
  readonly name: string;
  readonly message: string;
  /** As QuickJS tells it. */
  readonly stack: string;
  /** The sandbox is gone with all that was in it. */
  readonly dead: boolean;
}

export type Outcome = { readonly text: string } | { readonly failure: Failure };

/** An argument of a call into the sandbox. */
export type Argument = string | number | boolean | Uint32Array | undefined;

/**
 * An instance of QuickJS of its own, in WebAssembly, with nothing from outside but what is given to `call`. It is never
 * disposed of: it is dropped, and the garbage collector takes it with all its memory.
 */
export class Sandbox {
  readonly #limits: Limits;
  readonly #memory: WebAssembly.Memory;
  #context: QuickJSContext | undefined;
  #api: QuickJSHandle | undefined;
  #deadline = Number.POSITIVE_INFINITY;
  #processorDeadline = 0;
  #lastDeadline = 0;

  private constructor(limits: Limits, memory: WebAssembly.Memory) {
    this.#limits = limits;
    this.#memory = memory;
  }

  /** `first`: the script whose value has the functions that `call` knows by name. */
  static async create(first: string, limits: Limits = LIMITS): Promise<Sandbox> {
    const { newQuickJSWASMModuleFromVariant, newVariant } = quickjs();
    const maximum = Math.max(FIRST_PAGES, Math.ceil(limits.memory / PAGE));
    const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum });
    compiled ??= WebAssembly.compile(await readFile(quickjsBinary()));
    const variant = newVariant(quickjsVariant(), { wasmMemory: memory, wasmModule: await compiled });
    const runtime = (await newQuickJSWASMModuleFromVariant(variant)).newRuntime();
    const sandbox = new Sandbox(limits, memory);
    runtime.setMaxStackSize(STACK);
    runtime.setInterruptHandler(() => sandbox.#isOver());
    const context = runtime.newContext();
    sandbox.#context = context;
    sandbox.#api = context.unwrapResult(context.evalCode(first, "<pwq>"));
    return sandbox;
  }

  /** False: it was given up; calls give nothing any more. */
  get alive(): boolean {
    return this.#context !== undefined;
  }

  /** Bytes that it has taken from the host so far. */
  get memory(): number {
    return this.alive ? this.#memory.buffer.byteLength : 0;
  }

  /** Runs a script for what it does. */
  run(code: string, name: string): Outcome {
    return this.#guarded((context) => context.evalCode(code, name));
  }

  /** Runs a script and gives its value to a function of the first script, whose answer is a text. */
  evaluate(code: string, name: string, taker: string): Outcome {
    return this.#guarded((context) => {
      const result = context.evalCode(code, name, { type: "global" });
      if (result.error) return result;
      const called = context.getProp(this.#api!, taker);
      const taken = context.callFunction(called, context.undefined, result.value);
      called.dispose();
      result.value.dispose();
      return taken;
    });
  }

  /** Calls a function of the first script; its answer is a text. */
  call(name: string, ...args: readonly Argument[]): Outcome {
    return this.#guarded((context) => {
      const handles = args.map((arg) => argument(context, arg));
      const called = context.getProp(this.#api!, name);
      const result = context.callFunction(called, context.undefined, ...handles);
      called.dispose();
      for (const handle of handles) handle.dispose();
      return result;
    });
  }

  /** The processor is asked only when the time is up by the clock, which costs less. */
  #isOver(): boolean {
    const now = performance.now();
    if (now <= this.#deadline) return false;
    return processorTime() > this.#processorDeadline || now > this.#lastDeadline;
  }

  #guarded(action: (context: QuickJSContext) => ReturnType<QuickJSContext["callFunction"]>): Outcome {
    const context = this.#context;
    if (!context) return { text: "" };
    const { time } = this.#limits;
    this.#deadline = performance.now() + time;
    this.#processorDeadline = processorTime() + time;
    this.#lastDeadline = performance.now() + time * PATIENCE;
    try {
      const done = guarded(() => read(context, action(context)), time * BACKSTOP);
      if ("value" in done) return this.#judged(done.value);
      const stack = this.#autopsy(context);
      return this.#dead({ kind: "time", name: "InternalError", message: "interrupted", stack });
    } catch (error) {
      // A trap in WebAssembly, or the host's stack at its end.
      const message = error instanceof Error ? error.message : String(error);
      const kind = this.#exhausted() ? "memory" : "threw";
      return this.#dead({ kind, name: "InternalError", message, stack: this.#autopsy(context) });
    } finally {
      this.#deadline = Number.POSITIVE_INFINITY;
    }
  }

  #judged(result: string | Thrown): Outcome {
    if (typeof result === "string") return { text: result };
    const { name, message } = result;
    if (this.outOfMemory(name, message)) return this.#dead({ kind: "memory", ...result });
    const kind = name === "InternalError" && message === "interrupted" ? "time" : "threw";
    return { failure: { kind, ...result, dead: false } };
  }

  /** Whether an exception says that the memory is used up. After that even the exception may be incomplete: `null`. */
  outOfMemory(name: string, message: string): boolean {
    return (
      (name === "InternalError" && message === "out of memory") ||
      (this.#exhausted() && name !== "InternalError")
    );
  }

  /** Gives it up. */
  kill(): void {
    this.#context = undefined;
    this.#api = undefined;
  }

  #dead(failure: Omit<Failure, "dead">): Outcome {
    this.kill();
    return { failure: { ...failure, dead: true } };
  }

  #exhausted(): boolean {
    return this.#memory.buffer.byteLength >= Math.ceil(this.#limits.memory / PAGE) * PAGE;
  }

  /** The calls that were underway when it was given up, where its memory still tells them. */
  #autopsy(context: QuickJSContext): string {
    this.#deadline = performance.now() + AUTOPSY_MS / 2;
    this.#processorDeadline = 0;
    try {
      const told = guarded(
        () => read(context, context.evalCode("new Error().stack", "<autopsy>")),
        AUTOPSY_MS,
      );
      return "value" in told && typeof told.value === "string" ? told.value : "";
    } catch {
      return "";
    }
  }
}

/** Milliseconds that this process has had of processors so far. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** The text of a result, or what was thrown. */
function read(context: QuickJSContext, result: ReturnType<QuickJSContext["callFunction"]>): string | Thrown {
  if (!result.error) {
    const text = context.typeof(result.value) === "string" ? context.getString(result.value) : "";
    result.value.dispose();
    return text;
  }
  const thrown: unknown = context.dump(result.error);
  result.error.dispose();
  if (typeof thrown !== "object" || thrown === null) return { name: "", message: String(thrown), stack: "" };
  const part = (key: string): string => {
    const value: unknown = Reflect.get(thrown, key);
    return typeof value === "string" ? value : "";
  };
  return { name: part("name"), message: part("message"), stack: part("stack") };
}

function argument(context: QuickJSContext, value: Argument): QuickJSHandle {
  switch (typeof value) {
    case "string":
      return context.newString(value);
    case "number":
      return context.newNumber(value);
    case "boolean":
      return value ? context.true : context.false;
    case "undefined":
      return context.undefined;
    default:
      return context.newArrayBuffer(value.buffer as ArrayBuffer);
  }
}
