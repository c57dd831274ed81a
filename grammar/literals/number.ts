import { nearest } from "../nearest.ts";
import { formatDuration, formatSize } from "./format.ts";
import { type Reading, right, wrong } from "./reading.ts";
import { DURATION_UNITS, OTHER_UNITS, SIZE_UNITS } from "./units.ts";

export interface Quantity {
  readonly kind: "Int" | "Duration" | "Size";
  /** A plain number, nanoseconds, or bytes. */
  readonly value: bigint;
}

const U64_MAX = (1n << 64n) - 1n;
const UNITS = [...Object.keys(DURATION_UNITS), ...Object.keys(SIZE_UNITS)];

/** Reads `10`, `0x0a`, `0b1010`, `1_000`, `250us`, `64KiB`: any text that starts with a digit and is no address. */
export function readNumber(image: string): Reading<Quantity> {
  const prefixed = /^0([xXbBoO])(.*)$/.exec(image);
  if (prefixed !== null) return readPrefixed(image, prefixed[1]!.toLowerCase(), prefixed[2]!);

  const parts = /^(\d[\d_]*)([^\d_.]\w*|µ\w*)?$/.exec(image);
  if (parts === null) return notDecimal(image);
  const digits = parts[1]!;
  const unit = parts[2] ?? "";
  if (!/^\d+(?:_\d+)*$/.test(digits))
    return wrong(
      "PWQ1005",
      `\`${image}\` is not a number`,
      `\`_\` stands between two digits: \`${tidy(digits)}${unit}\``,
    );
  if (/^0\d/.test(digits) && unit === "")
    return wrong(
      "PWQ1005",
      `\`${image}\` starts with a zero`,
      `decimal is \`${BigInt(tidy(digits, ""))}\`, octal does not exist`,
    );
  const value = BigInt(digits.replaceAll("_", ""));
  if (unit === "") return limited(image, "Int", value);
  const time = DURATION_UNITS[unit];
  if (time !== undefined && Object.hasOwn(DURATION_UNITS, unit))
    return limited(image, "Duration", value * time);
  const size = SIZE_UNITS[unit];
  if (size !== undefined && Object.hasOwn(SIZE_UNITS, unit)) return limited(image, "Size", value * size);
  return unknownUnit(image, digits, unit);
}

function readPrefixed(image: string, base: string, digits: string): Reading<Quantity> {
  const name = base === "x" ? "hexadecimal" : "binary";
  if (base === "o")
    return wrong(
      "PWQ1005",
      `\`${image}\` is octal, which does not exist here`,
      "write it in decimal, or in hexadecimal with `0x`",
    );
  if (digits === "")
    return wrong("PWQ1005", `\`${image}\` has no digits`, `${name} digits must follow \`${image}\``);
  const shape = base === "x" ? /^[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*$/ : /^[01]+(?:_[01]+)*$/;
  if (!shape.test(digits))
    return wrong(
      "PWQ1005",
      `\`${image}\` is not a number`,
      base === "x" ? "hexadecimal digits are 0-9 and a-f" : "binary digits are 0 and 1",
    );
  return limited(image, "Int", BigInt(`0${base}${digits.replaceAll("_", "")}`));
}

function limited(image: string, kind: Quantity["kind"], value: bigint): Reading<Quantity> {
  if (value <= U64_MAX) return right({ kind, value });
  const short = image.length > 40 ? `${image.slice(0, 37)}…` : image;
  return kind === "Int"
    ? wrong("PWQ1018", `\`${short}\` does not fit into 64 bits`, `at most ${U64_MAX}`)
    : wrong("PWQ1018", `\`${short}\` is too much`, "it does not fit into 64 bits as nanoseconds or bytes");
}

/** Fractions, versions and the like. */
function notDecimal(image: string): Reading<Quantity> {
  const fraction = /^(\d+)\.(\d+)([a-zA-Z]*)$/.exec(image);
  if (fraction !== null) {
    const exact = scaled(fraction[1]!, fraction[2]!, fraction[3]!);
    return wrong(
      "PWQ1005",
      `\`${image}\` is not a whole number`,
      exact ? `write \`${exact}\`` : "write a whole number",
    );
  }
  if (/^\d+\.\d+\.\d+$/.test(image))
    return wrong("PWQ1006", `\`${image}\` is not an address`, "an IPv4 address has four numbers");
  return wrong("PWQ1005", `\`${image}\` is not a number`);
}

/** `1.5s` as `1500ms`: the largest unit in which it is whole. */
function scaled(whole: string, part: string, unit: string): string | undefined {
  const digits = BigInt(whole + part);
  const ten = 10n ** BigInt(part.length);
  for (const [units, format] of [
    [DURATION_UNITS, formatDuration],
    [SIZE_UNITS, formatSize],
  ] as const) {
    const scale = Object.hasOwn(units, unit) ? units[unit]! : undefined;
    if (scale !== undefined && (digits * scale) % ten === 0n) return format((digits * scale) / ten);
  }
  return undefined;
}

function unknownUnit(image: string, digits: string, unit: string): Reading<Quantity> {
  const compound = [...image.matchAll(/(\d+)(ns|us|ms|s|m|h)(?=\d|$)/g)];
  if (compound.length > 1 && compound.map((m) => m[0]).join("") === image) {
    const total = compound.reduce((sum, m) => sum + BigInt(m[1]!) * DURATION_UNITS[m[2]!]!, 0n);
    return wrong("PWQ1009", `\`${image}\` has several units`, `write \`${formatDuration(total)}\``);
  }
  const exponent = /^[eE](\d{1,2})$/.exec(unit);
  if (exponent !== null)
    return wrong(
      "PWQ1005",
      `\`${image}\` is not a whole number`,
      `write \`${tidy(digits)}${"0".repeat(Number(exponent[1]))}\``,
    );
  const known = Object.hasOwn(OTHER_UNITS, unit) ? OTHER_UNITS[unit] : undefined;
  const near = known ?? (unit.length > 1 ? nearest(unit, UNITS) : undefined);
  const place = { from: digits.length, to: image.length };
  if (near !== undefined)
    return wrong("PWQ1009", `unknown unit \`${unit}\``, `did you mean \`${digits}${near}\`?`, place);
  return wrong(
    "PWQ1009",
    `unknown unit \`${unit}\``,
    "times: ns us ms s m h; sizes: B KB KiB MB MiB GB GiB",
    place,
  );
}

const tidy = (digits: string, between = "_") =>
  digits
    .split("_")
    .filter((part) => part !== "")
    .join(between);
