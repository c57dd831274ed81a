import type { Code } from "../diagnostics/codes.ts";
import { laterReason } from "../fields/table.ts";

/** Something of the language that this version does not have. */
export interface Later {
  readonly code: Code;
  readonly message: string;
  readonly label?: string | undefined;
}

const later = (code: Code, what: string, label?: string): Later => ({
  code,
  message: `${what} is not there yet`,
  label,
});

/** Field names, by their first word. */
const NAMES: Readonly<Record<string, Code>> = {
  why: "PWQ1516",
};

export function laterName(name: string): Later | undefined {
  const reason = laterReason(name);
  const code = NAMES[name.split(".", 1)[0]!];
  return reason === undefined || code === undefined ? undefined : later(code, `\`${name}\``, reason);
}

const POINTS: Readonly<Record<string, Later>> = {
  xdp: later("PWQ1512", "the point `xdp`", "`trace xdp` sees the frames there"),
  calls: later("PWQ1513", "the point `calls`", "`all` are the functions that have an skb argument"),
};
export const laterPoint = (name: string): Later | undefined => POINTS[name];
