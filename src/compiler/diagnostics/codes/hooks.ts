import type { Page } from "../codes.ts";

/** 16xx: hooks, as they are written. 40xx: hooks, as they run. */
export const hooks = {
  PWQ1601: {
    title: "not TypeScript",
    text: "The body of a hook is TypeScript, and this is not. Types are taken out and the rest runs as it stands, so what would have to be translated (`enum`, `namespace`, parameter properties) cannot be used, as in Node.js.",
    wrong: "trace drop\n\non drop (e) { enum A { B } }",
    right: 'trace drop\n\non drop (e) { const a: "b" = "b"; print(a); }',
  },
  PWQ1602: {
    title: "a name that does not exist in hooks",
    text: "Hooks run in a sandbox. They have the event, what they declare themselves, the objects of the language (`Map`, `Math`, `JSON`, …) and the helpers `print report emit drop stop state params ip format`, and nothing else: no files, no network, no processes, no modules, no timers.",
    wrong: "trace drop\n\non drop (e) { console.log(e.func); }",
    right: "trace drop\n\non drop (e) { print(e.func); }",
  },
  PWQ1603: {
    title: "no such hook",
    text: 'Hooks are `on event`, `on drop`, `on packet`, `on tick(1s)`, `on start` and `on stop`. In a file of hooks they are written `on("drop", (e) => { … })`, outside of all functions.',
    wrong: "trace drop\n\non drops (e) { print(e.func); }",
    right: "trace drop\n\non drop (e) { print(e.func); }",
  },
  PWQ1604: {
    title: "an interval is missing or wrong",
    text: "`on tick` needs the time between two runs, at least 10ms: `on tick(1s)`. The other hooks run when something happens and take none.",
    wrong: "trace drop\n\non tick { print(1); }",
    right: "trace drop\n\non tick(1s) { print(1); }",
  },
  PWQ1605: {
    title: "an event is not used like this",
    text: 'The groups of an event (`e.ip`, `e.tcp`) are always there; the fields in them are `undefined` where the packet does not have them. So a group is no condition: `e.has("tcp")` says whether the packet has TCP. Only `e.drop` is missing in events that are not drops. Fields are read when they are asked for, so spreading an event gives nothing: `e.copy()` is an ordinary object.',
    wrong: "trace drop\n\non drop (e) { if (e.tcp) print(e.tcp.dport); }",
    right: 'trace drop\n\non drop (e) { if (e.has("tcp")) print(e.tcp.dport); }',
  },
  PWQ1606: {
    title: "hooks do not wait",
    text: "A hook has ended before the next event is looked at, and there is nothing outside that it could wait for. So `async`, `await` and generators are not there as hooks.",
    wrong: "trace drop\n\non drop (e) { const later = async () => e.func; later(); }",
    right: "trace drop\n\non drop (e) { const now = () => e.func; print(now()); }",
  },
  PWQ1607: {
    title: "the TypeScript compiler has something to say",
    text: "`pwq check` has hooks checked by the TypeScript compiler where the package `typescript` is installed beside the program or beside pwq. The types of `e` come from the program: `pwq types FILE` prints them.",
  },
  PWQ4001: {
    title: "a hook has thrown",
    text: "The hook threw an exception that it did not catch. It is switched off; the trace and the other hooks go on. The stack shows where, in the TypeScript as it was written. A field that the packet does not have is `undefined`: `e.tcp.flags?.includes(…)`.",
  },
  PWQ4002: {
    title: "a hook takes too long",
    text: "The hook was still running when its time was up, so it was stopped and switched off. A hook may take half a second for all events that come together, which is enough for a million simple steps each. Where it was is shown. If it was inside of a function of the language that could not be stopped, all hooks are switched off, because the sandbox had to be thrown away.",
  },
  PWQ4003: {
    title: "the hooks need too much memory",
    text: "All hooks together have 64 MiB. What they keep must be bounded: count instead of collecting, and delete what is done. The sandbox was thrown away with all that was in it, and the trace goes on without hooks.",
  },
  PWQ4004: {
    title: "a hook prints too much",
    text: "A hook may print, report and emit about a megabyte for the events that come together (some thousands). It is switched off; the trace goes on.",
  },
} as const satisfies Record<string, Page>;
