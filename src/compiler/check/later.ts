import type { Code } from "../diagnostics/codes.ts";

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

const POINTS: Readonly<Record<string, Later>> = {
  xdp: later("PWQ1512", "the point `xdp`", "`trace xdp` sees the frames there"),
};
export const laterPoint = (name: string): Later | undefined => POINTS[name];
