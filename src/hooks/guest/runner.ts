import type { HookEventName } from "../events.ts";
import type { ParamValue } from "../program.ts";
import type { HEAD, ROW } from "../run/layout.ts";
import type { Journey, journeyTools } from "./journeys.ts";
import type { speech } from "./speech.ts";
import "./scope.ts";

/** What the runner is told when the sandbox is made; it goes there as JSON. */
export interface RunnerConfig {
  readonly hooks: readonly { readonly event: HookEventName; readonly keeps: boolean }[];
  readonly params: Readonly<Record<string, ParamValue>>;
  /** What `state` is at first, as JSON of an object. */
  readonly state: string;
  /** What is left of the engine's global names. */
  readonly globals: readonly string[];
  readonly head: typeof HEAD;
  readonly row: typeof ROW;
  readonly outcomes: readonly string[];
  /** Characters that may be said in one call. */
  readonly mostSaid: number;
  /** Events that journeys may hold together. */
  readonly mostKept: number;
  /** Milliseconds without an event after which a journey is over: one that was seen to end, and any other. */
  readonly quiet: { readonly ended: number; readonly open: number };
}

/** What the host calls. All answers are text: nothing, or JSON of an `Answer`. */
export interface Runner {
  /** The program has called `on` for all its hooks. */
  ready(): string;
  /** Runs hooks on rows from the given one on; without a buffer, on those of before. */
  run(buffer: ArrayBuffer | undefined, values: string, reset: boolean, from: number): string;
  /** Runs the hooks of an event that is no row, with `e` as JSON. */
  call(event: HookEventName, index: number, about: string): string;
  /** Hands over journeys that are quiet at a time in milliseconds; all, if that is -1. */
  sweep(now: number): string;
  /** What was said before a call was cut off, and where that was. The hook that ran is switched off. */
  collect(): string;
  /** `state` as JSON. */
  state(): string;
}

/** `[row, stopped, hook that ran, rows dropped, said]` */
export type Answer = readonly [
  at: number,
  stopped: boolean,
  running: number,
  dropped: readonly number[],
  said: readonly unknown[],
];

/** Runs in the sandbox: calls the hooks, collects what they say, follows journeys. Becomes text, so it imports nothing. */
export function runner(
  config: RunnerConfig,
  helpers: Readonly<Record<string, unknown>>,
  tools: { readonly speech: typeof speech; readonly journeyTools: typeof journeyTools },
): Runner {
  // User code may replace what these names mean.
  const { parse, stringify } = JSON;
  const { keys } = Object;
  const { get } = Reflect;
  const cut = Function.prototype.call.bind(String.prototype.slice) as (
    text: string,
    from: number,
    to: number,
  ) => string;
  const Words = Uint32Array;
  const text = String;
  const { head, row: flag } = config;

  interface State {
    readonly index: number;
    readonly event: HookEventName;
    readonly drops: boolean;
    readonly keeps: boolean;
    run: (e: unknown) => void;
    off: boolean;
    /** Characters since the last answer. */
    said: number;
  }
  const hooks: State[] = [];
  let live: State[] = [];
  const journey = tools.journeyTools(flag, config.outcomes);
  const journeys = new Map<unknown, Journey & { at: number }>();
  let kept = 0;

  /** The row that what is said belongs to, outside of a run. */
  let at = 0;
  let running = -1;
  let inEvent = false;
  /** Something of the next three, or of journeys and limits, is to be looked at after the hooks of an event. */
  let flagged = false;
  let isDropped = false;
  let stopped = false;
  let flooded = false;
  // Text, and not lists that are made into JSON at the end: `toJSON` and setters of prototypes are the user's.
  let dropped = "";
  let said = "";

  const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? text(value) : value);
  const whichRow = (): number => (row - head.words) / U32[head.stride]!;

  const tell = (entry: string): void => {
    // The length of a rope is known; to compare it would put its pieces together.
    said += `${said.length === 0 ? "" : ","}[${inEvent ? whichRow() : at},${entry}]`;
  };
  const say = (entry: string): void => {
    // Each hook has its own measure, so that one cannot silence the others.
    const hook = hooks[running];
    const size = (hook?.said ?? 0) + entry.length;
    if (hook) hook.said = size;
    if (size > config.mostSaid) {
      flooded = true;
      flagged = true;
      throw new RangeError("too much is printed at once");
    }
    tell(entry);
  };
  const api: Record<string, unknown> = {
    ...tools.speech(say),
    drop() {
      if (!inEvent) throw new TypeError("drop() is for `on event` and `on drop`");
      isDropped = true;
      flagged = true;
    },
    stop() {
      stopped = true;
      flagged = true;
    },
    on(event: unknown, run: unknown) {
      const next = config.hooks[hooks.length];
      if (next === undefined || typeof run !== "function" || text(event).split("(")[0] !== next.event)
        throw new TypeError("hooks are made once, outside of all functions");
      hooks[hooks.length] = {
        ...next,
        drops: next.event === "drop",
        index: hooks.length,
        run: run as State["run"],
        off: false,
        said: 0,
      };
    },
    state: parse(config.state),
    params: Object.freeze(config.params),
    ...helpers,
  };
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!config.globals.includes(name)) Reflect.deleteProperty(globalThis, name);
  }
  for (const name of keys(api))
    Object.defineProperty(globalThis, name, { value: api[name], writable: true, configurable: true });

  const switchOff = (hook: State): void => {
    hook.off = true;
    live = live.filter((other) => other !== hook);
  };

  /** Getters and `toString` of what was thrown are the user's, and may throw again. */
  const described = (read: () => unknown): string => {
    try {
      return text(read());
    } catch {
      return "";
    }
  };
  const fail = (hook: State, thrown: unknown): void => {
    switchOff(hook);
    const isError = typeof thrown === "object" && thrown !== null;
    const of = thrown as { name?: unknown; message?: unknown; stack?: unknown };
    const name = isError ? described(() => of.name ?? "") : "";
    const message = described(() => (isError && of.message !== undefined ? of.message : thrown));
    const stack = isError ? described(() => of.stack ?? "") : "";
    const parts = [cut(name, 0, 200), cut(message, 0, 1000), cut(stack, 0, 4000)] as const;
    const quoted = `${stringify(parts[0])},${stringify(parts[1])},${stringify(parts[2])}`;
    tell(`"${flooded ? "flood" : "fail"}",${hook.index},${quoted}`);
    flooded = false;
  };

  const call = (hook: State, e: unknown): void => {
    running = hook.index;
    try {
      hook.run(e);
      if (flooded) throw new RangeError("too much is printed at once");
    } catch (thrown) {
      fail(hook, thrown);
    }
    running = -1;
  };

  const onlyHook = (): State | undefined => {
    const only = live.length === 1 ? live[0]! : undefined;
    return only && !only.keeps && !only.drops ? only : undefined;
  };

  const callAll = (flags: number): void => {
    const isDrop = (flags & flag.drop) !== 0;
    // A hook that fails leaves the list for a new one.
    const now = live;
    let fresh: object | undefined;
    for (let i = 0; i < now.length; i++) {
      const hook = now[i]!;
      if (hook.drops && !isDrop) continue;
      if (hook.keeps) fresh ??= new Fresh();
      call(hook, hook.keeps ? fresh : CURRENT);
    }
  };

  /** Journeys and limits; true: no more events are shown. */
  const look = (flags: number): boolean => {
    if (journeyHooks()) follow(flags);
    return U32[head.limited] === 1 && !isDropped && spend((flags >> flag.query) & 255);
  };

  const answer = (): string => {
    if (said.length === 0 && dropped.length === 0 && !stopped && running === -1) return "";
    const json = `[${at},${stopped},${running},[${dropped}],[${said}]]`;
    said = "";
    dropped = "";
    stopped = false;
    for (let i = 0; i < hooks.length; i++) hooks[i]!.said = 0;
    return json;
  };

  const spend = (query: number): boolean => {
    const total = --U32[head.room]!;
    const own = --U32[head.room + 1 + query]!;
    return total <= 0 || own <= 0;
  };

  const journeyHooks = (): boolean => hooks.some(({ event, off }) => event === "packet" && !off);

  const finish = (packet: unknown): void => {
    const ended = journeys.get(packet)!;
    journeys.delete(packet);
    kept -= ended.events.length;
    const e = journey.whole(ended);
    for (const hook of hooks) if (hook.event === "packet" && !hook.off) call(hook, e);
  };

  const follow = (flags: number): void => {
    const e = copyOf();
    const packet = e.packet;
    if (packet === undefined) return;
    let open = journeys.get(packet);
    if (open === undefined) {
      open = { ...journey.begun(), at: 0 };
      journeys.set(packet, open);
    }
    journey.add(open, e, flags);
    kept++;
    open.at = U32[head.now]!;
    // The oldest ones first: a Map is in the order in which it was filled.
    while (kept > config.mostKept)
      for (const oldest of journeys.keys()) {
        finish(oldest);
        break;
      }
  };

  return {
    ready() {
      if (hooks.length !== config.hooks.length)
        throw new TypeError("hooks are made once, outside of all functions");
      live = hooks.filter(({ event }) => event === "event" || event === "drop");
      return answer();
    },
    run(buffer, values, reset, from) {
      if (buffer !== undefined) {
        U32 = new Words(buffer);
        if (reset) S.length = 1;
        if (values !== "") for (const value of parse(values)) S[S.length] = value;
      }
      const words = U32;
      const rows = words[head.rows]!;
      const stride = words[head.stride]!;
      const limited = words[head.limited] === 1;
      const following = journeyHooks();
      const looksAtFlags = limited || following;
      const e = CURRENT;
      let place = head.words + from * stride;
      // One hook that keeps nothing, the usual case, is called without further ado.
      let only = onlyHook();
      inEvent = true;
      turn++;
      running = only ? only.index : -1;
      for (let n = from; n < rows; n++, place += stride) {
        row = place;
        if (only !== undefined) {
          try {
            only.run(e);
          } catch (thrown) {
            fail(only, thrown);
            only = undefined;
          }
        } else callAll(words[place]!);
        if (flagged) {
          flagged = false;
          if (flooded) {
            fail(hooks[running]!, new RangeError("too much is printed at once"));
            only = undefined;
          }
          if (isDropped) dropped += dropped.length === 0 ? `${n}` : `,${n}`;
          if (looksAtFlags && look(words[place]!)) break;
          isDropped = false;
          if (stopped) break;
        } else if (looksAtFlags && look(words[place]!)) break;
      }
      at = whichRow();
      running = -1;
      inEvent = false;
      turn++;
      return answer();
    },
    call(event, index, about) {
      inEvent = false;
      for (const hook of hooks) {
        if (hook.event === event && !hook.off && (index === -1 || hook.index === index))
          call(hook, parse(about));
      }
      return answer();
    },
    sweep(now) {
      inEvent = false;
      const { ended, open } = config.quiet;
      for (const [packet, each] of [...journeys]) {
        if (now === -1 || now - each.at >= (each.ended ? ended : open)) finish(packet);
      }
      return answer();
    },
    collect() {
      if (inEvent) at = whichRow();
      inEvent = false;
      const hook = hooks[running];
      if (hook) switchOff(hook);
      if (running === -1) return answer();
      const json = answer();
      running = -1;
      return json;
    },
    state: () => stringify(get(globalThis, "state"), plain) ?? "{}",
  };
}
