/** How the text of an option becomes its value. `undefined`: it is not one. */
export interface ValueKind<T> {
  /** Stands for the value in help: `N`, `FILE`. */
  readonly label: string;
  /** What it has to look like, for the error. */
  readonly form: string;
  readonly parse: (text: string) => T | undefined;
  /** The only values there are; shells complete them. */
  readonly words?: readonly string[];
  /** Shells complete names of files. */
  readonly file?: true;
}

export const file: ValueKind<string> = {
  label: "FILE",
  form: "the name of a file",
  parse: (text) => (text === "" ? undefined : text),
  file: true,
};

export const text: ValueKind<string> = { label: "TEXT", form: "text", parse: (given) => given };

export const count: ValueKind<number> = {
  label: "N",
  form: "a whole number from 1",
  parse: (given) => {
    if (!/^[0-9][0-9_]*$/.test(given)) return undefined;
    const value = Number(given.replaceAll("_", ""));
    return value >= 1 && Number.isSafeInteger(value) ? value : undefined;
  },
};

/** Names with commas between them; `none` is none of them. */
export const names: ValueKind<readonly string[]> = {
  label: "NAME,…",
  form: "names with commas between them, or `none`",
  parse: (given) => {
    if (given === "none") return [];
    return /^\w+(,\w+)*$/.test(given) ? given.split(",") : undefined;
  },
};

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
  d: 86400e9,
};

/** In nanoseconds; a fraction is allowed: `1.5s`. */
export const duration: ValueKind<bigint> = {
  label: "TIME",
  form: "a duration with its unit, like `10s`, `250ms` or `2min`",
  parse: (given) => {
    const match = /^(\d+(?:\.\d+)?)(ns|us|ms|s|m|min|h|d)$/.exec(given);
    if (!match) return undefined;
    const value = Math.round(Number(match[1]) * (NANOSECONDS[match[2] ?? ""] ?? Number.NaN));
    return value > 0 && Number.isSafeInteger(value) ? BigInt(value) : undefined;
  },
};

const BYTES: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** In bytes; units are binary, as in `dd` and `ulimit`. */
const sizeBetween = (least: number, most: number, form: string): ValueKind<number> => ({
  label: "SIZE",
  form,
  parse: (given) => {
    const match = /^(\d+)(?:([kmgt])(?:i?b)?|b)?$/i.exec(given);
    if (!match) return undefined;
    const value = Number(match[1]) * (BYTES[(match[2] ?? "").toLowerCase()] ?? Number.NaN);
    return value >= least && value <= most ? value : undefined;
  },
});

/** At most 2 GiB, the most a ring buffer can have. */
export const size: ValueKind<number> = sizeBetween(1, 2 ** 31, "a size up to 2GiB, like `16MiB` or `512KiB`");

/** Below this a file would hold little but its heading. */
export const fileSize: ValueKind<number> = sizeBetween(
  2 ** 16,
  2 ** 53,
  "a size from 64KiB, like `100MiB` or `2GiB`",
);

export function oneOf<const T extends string>(...words: T[]): ValueKind<T> {
  return {
    label: words.join("|"),
    form: `one of ${words.map((word) => `\`${word}\``).join(", ")}`,
    parse: (given) => words.find((word) => word === given),
    words,
  };
}
