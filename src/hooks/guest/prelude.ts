import type { HookProgram } from "../program.ts";
import { HEAD, OUTCOMES, ROW, type RowLayout } from "../run/layout.ts";
import { GLOBALS } from "../source/globals.ts";
import { accessors } from "./accessors.ts";
import { formatTools } from "./format.ts";
import { ipTools } from "./ip.ts";
import { journeyTools } from "./journeys.ts";
import { type RunnerConfig, runner } from "./runner.ts";
import { speech } from "./speech.ts";

/** Bounds of what hooks say and keep, apart from the memory they have. */
export const BOUNDS = {
  mostSaid: 1_000_000,
  // With some fields each a third of the sandbox's memory.
  mostKept: 20_000,
  quiet: { ended: 100, open: 1000 },
} as const;

/** Helpers that need nothing of the trace. */
export const HELPERS = `{ ip: (${ipTools})(), format: (${formatTools})() }`;

/** The sandbox's first script; its value is the `Runner`. */
export function prelude({ hooks, params }: HookProgram, layout: RowLayout, state = "{}"): string {
  const config: RunnerConfig = {
    hooks: hooks.map(({ event, keeps }) => ({ event, keeps })),
    params,
    state,
    globals: [...GLOBALS],
    head: HEAD,
    row: ROW,
    outcomes: OUTCOMES,
    ...BOUNDS,
  };
  return `(function () {
"use strict";
let U32 = new Uint32Array(1), S = [undefined], row = 0, turn = 0;
${accessors(layout)}
return (${runner})(${JSON.stringify(config)}, ${HELPERS}, { speech: ${speech}, journeyTools: ${journeyTools} });
})()`;
}
