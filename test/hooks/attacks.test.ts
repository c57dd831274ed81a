// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are hooks
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { printed, type Running, running } from "./running.ts";

/**
 * What a script from a stranger may try. Each body runs in a hook as it stands, past the checker, which would refuse
 * much of it: here the sandbox has to hold. Another hook counts events, to show that the rest goes on.
 */
interface Attack {
  readonly body: string;
  /** Of the one error that is printed. */
  readonly code: "PWQ4001" | "PWQ4002" | "PWQ4003" | "PWQ4004";
  readonly says?: RegExp;
  /** The sandbox does not survive; elsewhere the other hook goes on. */
  readonly fatal?: true;
}

const missing = (name: string) => new RegExp(`'?${name}'? is not defined`);

const REACH: Readonly<Record<string, Attack>> = {
  "a file": { body: 'require("fs").readFileSync("/etc/shadow")', code: "PWQ4001", says: missing("require") },
  "the network": { body: 'fetch("http://192.0.2.1/")', code: "PWQ4001", says: missing("fetch") },
  "the process": { body: "process.exit(1)", code: "PWQ4001", says: missing("process") },
  "Node's module loader": {
    body: 'process.mainModule.require("child_process")',
    code: "PWQ4001",
    says: missing("process"),
  },
  "QuickJS's own modules": {
    body: "std.loadFile('/etc/passwd'); os.exec(['id'])",
    code: "PWQ4001",
    says: missing("std"),
  },
  "a timer": { body: "setTimeout(() => {}, 0)", code: "PWQ4001", says: missing("setTimeout") },
  WebAssembly: {
    body: "new WebAssembly.Memory({ initial: 1 })",
    code: "PWQ4001",
    says: missing("WebAssembly"),
  },
  "shared memory": { body: "new SharedArrayBuffer(8)", code: "PWQ4001", says: missing("SharedArrayBuffer") },
  "the host by the constructor of a function": {
    body: 'const f = print.constructor("return this")(); f.process.exit(1)',
    code: "PWQ4001",
    says: /cannot read property 'exit' of undefined/,
  },
  "the host by the constructor of what it was given": {
    body: 'e.constructor.constructor("return process")()',
    code: "PWQ4001",
    says: missing("process"),
  },
  "the host by an error": {
    body: 'try { null.x } catch (x) { x.constructor.constructor("return process")() }',
    code: "PWQ4001",
    says: missing("process"),
  },
  "the host's prototypes": {
    body: "Object.prototype.polluted = 1; Array.prototype.map = null; ({}).__proto__.toString = 1; throw new Error(`${typeof polluted}`)",
    code: "PWQ4001",
    says: /number/,
  },
  "the callers of a hook": { body: "arguments.callee.caller()", code: "PWQ4001" },
  "the answer by what the runner is made of": {
    body: 'JSON.stringify = () => \'[0,true,-1,[0],[[0,"print","forged"]]]\'; Array.prototype.toJSON = () => 7; throw 1',
    code: "PWQ4001",
  },
};

const LOOPS: Readonly<Record<string, Attack>> = {
  "in JavaScript": { body: "for (;;);", code: "PWQ4002" },
  "that catches what stops it": {
    body: "for (;;) { try { for (;;); } catch {} finally { continue } }",
    code: "PWQ4002",
  },
  "in a regular expression": { body: '/^(a+)+$/.test("a".repeat(40) + "b")', code: "PWQ4002" },
  "in a getter of what is emitted": { body: "emit({ get a() { for (;;); } })", code: "PWQ4002" },
  "in a comparison of sort": { body: "[1, 2].sort(() => { for (;;); })", code: "PWQ4002" },
  "in toString of what is thrown": { body: "throw { get message() { for (;;); } }", code: "PWQ4002" },
  "of a generator": { body: "function* g() { for (;;) yield 1 } for (const x of g());", code: "PWQ4002" },
  "in join of an array with nothing in it": {
    body: "new Array(2 ** 32 - 2).join()",
    code: "PWQ4002",
    fatal: true,
  },
  "in concat of an endless list": {
    body: "[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true })",
    code: "PWQ4002",
    fatal: true,
  },
  "in lastIndexOf of an endless list": {
    body: "Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1)",
    code: "PWQ4002",
    fatal: true,
  },
  "in String.raw": { body: "String.raw({ raw: { length: 2 ** 53 - 1 } })", code: "PWQ4002", fatal: true },
  "of indexOf in a long text": {
    body: "const t = 'a'.repeat(4e6); for (;;) t.indexOf('a'.repeat(1000) + 'b')",
    code: "PWQ4002",
    fatal: true,
  },
};

const BOMBS: Readonly<Record<string, string>> = {
  "array buffers": "const a = []; for (;;) a.push(new ArrayBuffer(1 << 20))",
  "one array buffer": "new Uint8Array(2 ** 31 - 1)",
  arrays: "const a = []; for (;;) a.push(new Array(1 << 17).fill(0))",
  objects: "let o; for (;;) o = { o, a: 1, b: 2 }",
  strings: "let s = 'abcdefgh'; for (;;) s += s",
  "many strings": "const a = []; for (let i = 0; ; i++) a.push(`${i}`.repeat(1000))",
  maps: "const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })",
  sets: "const m = new Set(); for (let i = 0; ; i++) m.add(`${i}`)",
  functions: "const a = []; for (;;) a.push(() => a)",
  bigints: "let b = 3n; const a = []; for (;;) { b = b * b % (1n << 100000n) + 3n; a.push(b) }",
  symbols: "const a = []; for (let i = 0; ; i++) a.push(Symbol(`${i}`.repeat(100)))",
  "typed arrays": "const a = []; for (;;) a.push(new Float64Array(1 << 16))",
  "regular expressions": "const a = []; for (let i = 0; ; i++) a.push(new RegExp(`${i}`.repeat(200)))",
};

const THROWN: Readonly<Record<string, string>> = {
  "an error": "throw new RangeError('no')",
  null: "throw null",
  undefined: "throw undefined",
  "a text": "throw 'text'",
  "a number": "throw -0",
  "a symbol": "throw Symbol('s')",
  "a bigint": "throw 10n ** 50n",
  "a function": "throw () => 1",
  "an object whose parts throw":
    "throw { get name() { throw 1 }, get message() { throw 2 }, get stack() { throw 3 } }",
  "a proxy that throws":
    "throw new Proxy({}, { get() { throw 1 }, has() { throw 2 }, ownKeys() { throw 3 } })",
  "an error with control characters": "throw new Error('\\x1b[2J\\u202e')",
  "an error with a forged stack":
    "const x = new Error('no'); x.stack = '    at f (<hooks>:1:1)\\n'.repeat(1000); throw x",
  "a very long text": "throw 'x'.repeat(1e6)",
};

const DEEP: Readonly<Record<string, string>> = {
  "of a function": "const f = () => f() + 1; f()",
  "of a getter": "const o = { get a() { return o.a } }; o.a",
  "of JSON that is read": 'JSON.parse("[".repeat(100000))',
  "of JSON that is written": "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o)",
  "of a program that is compiled": 'new Function("(".repeat(100000))',
  "of a regular expression": 'new RegExp("(".repeat(100000))',
  "of toString": "const a = []; a[0] = { toString: () => `${a}` }; print(`${a[0]}`)",
  "of a proxy": "let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
};

const MEMORY = 32 * 1024 * 1024;

async function attacked(body: string, time = 150): Promise<Running> {
  const text = "trace skb\non event (e) { print('other') }\non event (e) { state.e = e }";
  const unchecked = `"use strict"; on("event", () => print("other"));\non("event", function (e) {\n ${body}\n});`;
  return running(text, {
    unchecked: unchecked.replace('"use strict"; ', ""),
    limits: { memory: MEMORY, time },
  });
}

/** Runs the attack, and looks whether the trace is whole afterwards. */
async function endures({ body, code, says, fatal }: Attack): Promise<void> {
  const trace = await attacked(body, code === "PWQ4002" ? 150 : 10_000);
  const before = performance.now();
  trace.events({}, {}, {});
  expect(performance.now() - before).toBeLessThan(code === "PWQ4002" ? 5000 : 20_000);
  expect(trace.faults.map((fault) => fault.slice(0, 14))).toEqual([`error[${code}]`]);
  if (says) expect(trace.faults[0]).toMatch(says);
  const after = trace.events({}, {});
  expect(after.dropped.size).toBe(0);
  expect(printed(after)).toEqual(fatal ? [] : ["other", "other"]);
  expect(trace.faults).toHaveLength(1);
  expect(trace.hooks.memory).toBe(fatal ? 0 : trace.hooks.memory);
  expect(trace.hooks.memory).toBeLessThanOrEqual(MEMORY);
}

describe("reaching for", () => {
  test.each(Object.entries(REACH))("%s", (_, attack) => endures(attack));
});

describe("an endless loop", () => {
  test.each(Object.entries(LOOPS))("%s", (_, attack) => endures(attack));
});

describe("exceptions:", () => {
  test.each(Object.entries(THROWN))("%s", (_, body) => endures({ body, code: "PWQ4001" }));
});

describe("a memory bomb of", () => {
  test.each(Object.entries(BOMBS))("%s", async (_, body) => {
    const trace = await attacked(body);
    trace.events({}, {});
    // Some are slow enough that their time is up first, and some are refused at once.
    expect(trace.faults).toHaveLength(1);
    expect(trace.faults[0]).toMatch(/^error\[PWQ400[123]\]/);
    expect(trace.hooks.memory).toBeLessThanOrEqual(MEMORY);
    trace.events({}, {});
    expect(trace.faults).toHaveLength(1);
  });
});

describe("deep recursion", () => {
  test.each(Object.entries(DEEP))("%s", async (_, body) => {
    const trace = await attacked(body);
    trace.events({}, {});
    expect(trace.faults.length).toBeLessThanOrEqual(1);
    trace.events({}, {});
    expect(trace.faults.length).toBeLessThanOrEqual(1);
  });
});

describe("promises", () => {
  test.each([
    ["that never end", "const f = () => Promise.resolve().then(f); f()"],
    ["of an async loop", "(async () => { for (;;) await 1 })()"],
  ])("%s are never run", async (_, body) => {
    const trace = await attacked(body);
    const before = performance.now();
    trace.events({}, {});
    expect(performance.now() - before).toBeLessThan(1000);
    expect(printed(trace.events({})).filter((line) => line === "other")).toEqual(["other"]);
  });
});

describe("output", () => {
  test.each([
    ["by print", "for (;;) print('flood')"],
    [
      "by print, catching the error",
      "for (let i = 0; i < 1000; i++) { try { print('x'.repeat(1e4)) } catch {} }",
    ],
    ["by emit", "for (;;) emit({ a: 1 })"],
    ["by report", "for (;;) report('x')"],
    ["by one line", "print('x'.repeat(2e6))"],
  ])("a flood %s", (_, body) => endures({ body, code: "PWQ4004" }));

  test.each([
    ["a getter that throws", "emit({ get a() { throw new Error('no') } })", "PWQ4001"],
    ["a proxy", "emit(new Proxy({}, { ownKeys() { throw new Error('no') } }))", "PWQ4001"],
    ["a proxy with too many keys", "emit(new Proxy({}, { ownKeys() { for (;;); } }))", "PWQ4002"],
    ["toJSON that is no object", "emit({ toJSON() { return 7 } })", "PWQ4001"],
    ["a circle", "const a = {}; a.a = a; emit(a)", "PWQ4001"],
  ] as const)("emit of %s", (_, body, code) => endures({ body, code }));

  test("nothing that is printed can steer a terminal or forge a line of JSON", async () => {
    const trace = await attacked("print('\\u001b[2J'); emit({ __proto__: null, type: 'end', 'a\\n': 1n })");
    const { said } = trace.events({});
    expect(said.map(([, one]) => one)).toEqual([
      { kind: "print", text: "other" },
      { kind: "print", text: "\u001b[2J" },
      { kind: "row", row: { type: "end", "a\n": "1" } },
    ]);
  });
});

test("a kept event that is read later", () =>
  endures({
    body: "state.e ??= e; if (state.e !== e) state.e.func; state.e = e",
    code: "PWQ4001",
    says: /over/,
  }));

test("memory comes back when a sandbox is given up", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const settled = async () => {
    for (let i = 0; i < 4; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return process.memoryUsage().rss;
  };
  const bomb = async () => {
    const trace = await attacked(BOMBS["array buffers"]!, 2000);
    trace.events({});
    expect(trace.faults[0]).toMatch(/^error\[PWQ4003\]/);
    expect(trace.hooks.memory).toBe(0);
  };
  await bomb();
  const before = await settled();
  for (let i = 0; i < 8; i++) await bomb();
  // Eight sandboxes would hold 256 MiB.
  expect((await settled()) - before).toBeLessThan(3 * MEMORY);
});
