import type { Page } from "../codes.ts";

/** 50xx: the prompt of `pwq` alone, and its commands. Nothing ends by them. */
export const prompt = {
  PWQ5001: {
    title: "no such setting",
    text: "`.set` changes a setting for the queries that follow; alone it lists them all. The value of a parameter is set by its name with the dollar sign.",
    wrong: ".set colour never",
    right: ".set color never",
  },
  PWQ5002: {
    title: "not a value of this setting",
    text: "Settings take what the options of the same name take on the command line; `default` undoes what was set.",
    wrong: ".set limit some",
    right: ".set limit 100",
  },
  PWQ5003: {
    title: "the script cannot be written",
    text: "`.save` makes a new file and overwrites none. Its folder must be there and writable.",
    wrong: ".save /no/such/folder/drops.pwq",
    right: ".save drops.pwq",
  },
  PWQ5004: {
    title: "nothing was traced yet",
    text: "The command is about the last query or its events, and there was none. A query is typed at the prompt and traced at once.",
    wrong: ".last",
    right: "trace drop",
  },
  PWQ5005: {
    title: "no such command",
    text: "A line that begins with a full stop is a command to the prompt. `.help` lists them; Tab completes them.",
    wrong: ".qiut",
    right: ".quit",
  },
  PWQ5006: {
    title: "no such packet",
    text: "`.packet N` shows the journey of packet N of the last trace; the numbers are in the column PACKET. The last 64 MiB of events are kept; of longer traces the oldest are gone.",
    wrong: ".packet eth0",
    right: ".packet 7",
  },
  PWQ5007: {
    title: "a file is missing",
    text: "`.save` and `.load` need the name of a file.",
    wrong: ".save",
    right: ".save drops.pwq",
  },
  PWQ5008: {
    title: "not a number of events",
    text: "`.last` shows so many of the last events as it is told, or 20.",
    wrong: ".last all",
    right: ".last 100",
  },
  PWQ5009: {
    title: "a line of TypeScript has thrown",
    text: "The line threw an exception, and the stack shows where. Lines at the prompt have `events` and `packets` of the last trace, `state`, what earlier lines declared, the helpers `print report emit ip format` and the objects of the language, and nothing else: no files, no network, no processes. Events have what the query shows and its hooks read.",
    wrong: 'packets.filter((p) => p.outcom === "drop").length',
    right: 'packets.filter((p) => p.outcome === "drop").length',
  },
  PWQ5010: {
    title: "a line of TypeScript was stopped",
    text: "A line may take a second of the processor's time, 256 MiB of memory together with `events`, `packets` and all that was declared, and may print 50,000 characters. Where the memory is used up, or a function of the language cannot be interrupted, the sandbox is thrown away: what was declared is gone, and the next line begins anew with the events of the last trace.",
    wrong: "for (;;);",
    right: "packets.length",
  },
} as const satisfies Record<`PWQ50${string}`, Page>;
