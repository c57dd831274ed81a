/** What a hook can name besides what it declares: the language's own objects, and the helpers. */

/** Objects of ECMAScript that make sense without a host. QuickJS has them. */
const LANGUAGE = [
  "Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError Float32Array",
  "Float64Array Infinity Int16Array Int32Array Int8Array JSON Map Math NaN Number Object RangeError ReferenceError",
  "RegExp Set String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray",
  "WeakMap WeakSet decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt",
  "Proxy Reflect globalThis undefined arguments",
]
  .join(" ")
  .split(" ");

/** Helpers with their TypeScript declarations, in the order of the documentation. */
export const HELPERS: Readonly<Record<string, { readonly declaration: string; readonly about: string }>> = {
  print: {
    declaration: "declare function print(...values: unknown[]): void;",
    about: "Prints a line among the events. Objects are printed as JSON.",
  },
  report: {
    declaration:
      'declare function report(text: string, about?: { severity?: "info" | "warning" | "error"; hint?: string }): void;',
    about: "States a finding, with how bad it is and what to do about it.",
  },
  emit: {
    declaration: "declare function emit(row: object): void;",
    about: "Adds a row to a table of its own; with `--json`, a line of its own.",
  },
  drop: {
    declaration: "declare function drop(): void;",
    about: "Leaves the event out of what is shown. Only in `on event` and `on drop`.",
  },
  stop: {
    declaration: "declare function stop(): void;",
    about: "Ends the trace after this event.",
  },
  state: {
    declaration: "declare const state: Record<string, any>;",
    about: "An object that all hooks share.",
  },
  params: { declaration: "", about: "The program's parameters, by name." },
  ip: {
    declaration: "declare function ip(network: string): { contains(address: string | undefined): boolean };",
    about: "A network or an address, to test addresses against.",
  },
  format: {
    declaration: [
      "declare const format: {",
      "  /** `1.204ms` */",
      "  duration(nanoseconds: number): string;",
      "  /** `1.5 KiB` */",
      "  bytes(count: number): string;",
      "  /** `1,234,567` */",
      "  count(number: number): string;",
      "  /** `0x1f` */",
      "  hex(number: number): string;",
      "  /** `12.5 %` of a fraction 0.125 */",
      "  percent(fraction: number): string;",
      "};",
    ].join("\n"),
    about: "Numbers as people read them.",
  },
};

/** Only in a file of hooks. */
export const REGISTER = "on";

export const GLOBALS: ReadonlySet<string> = new Set([...LANGUAGE, ...Object.keys(HELPERS), REGISTER]);
