import type { HookEventName } from "../events.ts";
import type { ParamValue } from "../program.ts";
import type { HEAD, ROW } from "../run/layout.ts";
import "./scope.ts";

/** What the runner is told when the sandbox is made; it goes there as JSON. */
export interface RunnerConfig {
  readonly hooks: readonly { readonly event: HookEventName; readonly keeps: boolean }[];
  readonly params: Readonly<Record<string, ParamValue>>;
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
export function runner(config: RunnerConfig, helpers: Readonly<Record<string, unknown>>): Runner {
  // User code may replace what these names mean.
  const { parse, stringify } = JSON;
  const { keys } = Object;
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
    readonly keeps: boolean;
    run: (e: unknown) => void;
    off: boolean;
    /** Characters since the last answer. */
    said: number;
  }
  const hooks: State[] = [];
  let live: State[] = [];
  const journeys = new Map<
    unknown,
    { events: Record<string, unknown>[]; at: number; ended: boolean; outcome: number }
  >();
  let kept = 0;

  let at = 0;
  let running = -1;
  let inEvent = false;
  let isDropped = false;
  let stopped = false;
  let flooded = false;
  // Text, and not lists that are made into JSON at the end: `toJSON` and setters of prototypes are the user's.
  let dropped = "";
  let said = "";

  const tell = (entry: string): void => {
    // The length of a rope is known; to compare it would put its pieces together.
    said += `${said.length === 0 ? "" : ","}[${at},${entry}]`;
  };
  const say = (entry: string): void => {
    // Each hook has its own measure, so that one cannot silence the others.
    const hook = hooks[running];
    const size = (hook?.said ?? 0) + entry.length;
    if (hook) hook.said = size;
    if (size > config.mostSaid) {
      flooded = true;
      throw new RangeError("too much is printed at once");
    }
    tell(entry);
  };
  const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? text(value) : value);
  const shown = (value: unknown): string =>
    typeof value === "object" && value !== null ? (stringify(value, plain) ?? "") : text(value);

  const api: Record<string, unknown> = {
    print(...values: unknown[]) {
      let line = "";
      for (let i = 0; i < values.length; i++) line += (i > 0 ? " " : "") + shown(values[i]);
      say(`"print",${stringify(line)}`);
    },
    report(what: unknown, about?: { severity?: unknown; hint?: unknown }) {
      const line = shown(what);
      const severity = text(about?.severity ?? "info");
      if (severity !== "info" && severity !== "warning" && severity !== "error")
        throw new TypeError("severity is info, warning or error");
      const hint = about?.hint === undefined ? null : shown(about.hint);
      say(`"report",${stringify(line)},"${severity}",${hint === null ? "null" : stringify(hint)}`);
    },
    emit(row: unknown) {
      if (typeof row !== "object" || row === null || Array.isArray(row))
        throw new TypeError("emit takes an object: a column for each property");
      const json = stringify(row, plain);
      if (json === undefined || json[0] !== "{")
        throw new TypeError("emit takes an object: a column for each property");
      say(`"row",${stringify(json)}`);
    },
    drop() {
      if (!inEvent) throw new TypeError("drop() is for `on event` and `on drop`");
      isDropped = true;
    },
    stop() {
      stopped = true;
    },
    on(event: unknown, run: unknown) {
      const next = config.hooks[hooks.length];
      if (next === undefined || typeof run !== "function" || text(event).split("(")[0] !== next.event)
        throw new TypeError("hooks are made once, outside of all functions");
      hooks[hooks.length] = { ...next, index: hooks.length, run: run as State["run"], off: false, said: 0 };
    },
    state: {},
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
    const journey = journeys.get(packet)!;
    journeys.delete(packet);
    kept -= journey.events.length;
    const e = { ...journey.events.at(-1)! } as Record<string, unknown>;
    Object.setPrototypeOf(e, Object.getPrototypeOf(journey.events.at(-1)!));
    e.last = journey.ended;
    e.events = journey.events;
    e.outcome = config.outcomes[journey.outcome];
    e.path = journey.events.map(({ func }) => func);
    for (const hook of hooks) if (hook.event === "packet" && !hook.off) call(hook, e);
  };

  const follow = (flags: number): void => {
    const e = copyOf();
    const packet = e.packet;
    if (packet === undefined) return;
    let journey = journeys.get(packet);
    if (journey === undefined) {
      journey = { events: [], at: 0, ended: false, outcome: 0 };
      journeys.set(packet, journey);
    }
    journey.events[journey.events.length] = e;
    kept++;
    journey.at = U32[head.now]!;
    const outcome = (flags >> flag.outcome) & 3;
    if (flags & flag.last || !journey.ended) journey.outcome = outcome;
    if (flags & flag.last) journey.ended = true;
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
      const rows = U32[head.rows]!;
      const stride = U32[head.stride]!;
      const limited = U32[head.limited] === 1;
      const following = journeyHooks();
      inEvent = true;
      for (at = from; at < rows; at++) {
        row = head.words + at * stride;
        turn++;
        isDropped = false;
        const flags = U32[row]!;
        let fresh: object | undefined;
        for (let i = 0; i < live.length; i++) {
          const hook = live[i]!;
          if (hook.event === "drop" && (flags & flag.drop) === 0) continue;
          if (!hook.keeps) call(hook, CURRENT);
          else {
            fresh ??= new Fresh();
            call(hook, fresh);
          }
          // A hook that failed has left the list.
          if (live[i] !== hook) i--;
        }
        if (following) follow(flags);
        if (isDropped) dropped += dropped.length === 0 ? `${at}` : `,${at}`;
        else if (limited && spend((flags >> flag.query) & 255)) break;
        if (stopped) break;
      }
      inEvent = false;
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
      for (const [packet, journey] of [...journeys]) {
        if (now === -1 || now - journey.at >= (journey.ended ? ended : open)) finish(packet);
      }
      return answer();
    },
    collect() {
      inEvent = false;
      const hook = hooks[running];
      if (hook) switchOff(hook);
      if (running === -1) return answer();
      const json = answer();
      running = -1;
      return json;
    },
  };
}
