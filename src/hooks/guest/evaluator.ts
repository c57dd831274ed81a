import type { inspector, ShapeBounds } from "./inspect.ts";
import type { Loader } from "./loader.ts";
import type { speech } from "./speech.ts";

export interface EvaluatorConfig {
  /** What is left of the engine's global names. */
  readonly globals: readonly string[];
  /** What `state` is at first, as JSON of an object. */
  readonly state: string;
  /** Characters that may be said by one line. */
  readonly mostSaid: number;
  readonly bounds: ShapeBounds;
}

/** What the host calls. */
export interface GuestEvaluator {
  /** From now on `events` and `packets` are those of this run. */
  use(loader: Loader): void;
  take(buffer: ArrayBuffer, values: string, reset: boolean): void;
  finish(): void;
  /** What a line's value looks like, as JSON `[said, shape]`. */
  describe(value: unknown): string;
  /** What was said before a line was cut off, as JSON of a list. */
  collect(): string;
  /** `state` as JSON. */
  state(): string;
  setState(json: string): void;
}

/** Runs in the sandbox: what lines at the prompt are evaluated with. Becomes text, so it imports nothing. */
export function evaluator(
  config: EvaluatorConfig,
  helpers: Readonly<Record<string, unknown>>,
  tools: { readonly speech: typeof speech; readonly inspector: typeof inspector },
): GuestEvaluator {
  const { parse, stringify } = JSON;
  const { defineProperty, getOwnPropertyNames } = Object;
  const { get } = Reflect;
  const text = String;
  const inspect = tools.inspector(config.bounds);
  const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? text(value) : value);

  let said = "";
  const say = (entry: string): void => {
    if (said.length + entry.length > config.mostSaid) throw new RangeError("too much is printed by one line");
    said += `${said === "" ? "" : ","}[0,${entry}]`;
  };
  const spoken = (): string => {
    const all = `[${said}]`;
    said = "";
    return all;
  };
  const set = (name: string, value: unknown): void => {
    defineProperty(globalThis, name, { value, writable: true, configurable: true });
  };

  for (const name of getOwnPropertyNames(globalThis)) {
    if (!config.globals.includes(name)) Reflect.deleteProperty(globalThis, name);
  }
  const names = { ...tools.speech(say), ...helpers, state: parse(config.state), events: [], packets: [] };
  for (const [name, value] of Object.entries(names)) set(name, value);

  let loader: Loader | undefined;
  return {
    use(next) {
      loader = next;
      set("events", next.events);
      set("packets", next.packets);
    },
    take: (buffer, values, reset) => loader!.take(buffer, values, reset),
    finish: () => loader!.finish(),
    describe(value) {
      const shape = inspect(value);
      return `[${spoken()},${stringify(shape)}]`;
    },
    collect: spoken,
    state: () => stringify(get(globalThis, "state"), plain) ?? "{}",
    setState: (json) => set("state", parse(json)),
  };
}
