/** What a hook can be attached to: `on NAME (e) { … }`. */
export interface HookEvent {
  /** When it runs, for the help. */
  readonly about: string;
  /**
   * What `e` is: a live event of the kernel, which is over after the hook; a finished journey, which is a copy and may
   * be kept; or how far the trace is.
   */
  readonly subject: "event" | "journey" | "progress";
  /** It takes an interval: `tick(1s)`. */
  readonly timed?: true;
}

export const HOOK_EVENTS = {
  event: { about: "every event that is shown, drops among them", subject: "event" },
  drop: { about: "every drop that is shown", subject: "event" },
  packet: { about: "a packet's journey, when it has ended or is quiet", subject: "journey" },
  tick: { about: "again and again: `tick(1s)`", subject: "progress", timed: true },
  start: { about: "once, when everything is attached", subject: "progress" },
  stop: { about: "once, when the trace has ended", subject: "progress" },
} as const satisfies Record<string, HookEvent>;

export type HookEventName = keyof typeof HOOK_EVENTS;

export const isHookEvent = (name: string): name is HookEventName => Object.hasOwn(HOOK_EVENTS, name);

export const hookEvent = (name: HookEventName): HookEvent => HOOK_EVENTS[name];

/** What `e` has besides fields, by what it is, with its TypeScript type. */
export const MEMBERS: Readonly<
  Record<HookEvent["subject"], Readonly<Record<string, { readonly type: string; readonly about: string }>>>
> = {
  event: {
    query: { type: "number", about: "Number of the query that shows the event, from 0." },
    last: { type: "boolean", about: "Whether the packet's journey ends here." },
  },
  journey: {
    query: { type: "number", about: "Number of the query that followed the packet, from 0." },
    last: { type: "boolean", about: "Whether the packet's journey was seen to end." },
    events: { type: "readonly PwqEvent[]", about: "All events of the journey that were shown, in order." },
    outcome: {
      type: '"drop" | "deliver" | "xmit" | "unknown"',
      about: "How the journey ended: dropped, queued to a socket, handed to a driver, or not seen to end.",
    },
    path: { type: "readonly string[]", about: "The functions that the packet went through, in order." },
  },
  progress: {
    events: { type: "number", about: "Events shown so far." },
    packets: { type: "number", about: "Packets seen in them." },
    seconds: { type: "number", about: "Since everything was attached." },
  },
};

/** Methods of `e` where it is an event or a journey. */
export const METHODS: readonly string[] = ["copy", "toJSON", "has"];
