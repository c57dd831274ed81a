import { HEAD, OUTCOMES, ROW, type RowLayout } from "../run/layout.ts";
import { GLOBALS } from "../source/globals.ts";
import { accessors } from "./accessors.ts";
import { type EvaluatorConfig, evaluator } from "./evaluator.ts";
import { inspector } from "./inspect.ts";
import { journeyTools } from "./journeys.ts";
import { loader } from "./loader.ts";
import { HELPERS } from "./prelude.ts";
import { speech } from "./speech.ts";

/** What fits a screen or two; who wants more asks for less at a time. */
const SHOWN = {
  rows: 50,
  columns: 24,
  cell: 60,
  text: 2000,
  lines: 200,
  depth: 6,
  list: 10,
  bytes: 4096,
} as const;

/** Characters that one line may print. */
const MOST_SAID = 50_000;

/** The first script of the prompt's sandbox; its value is the `GuestEvaluator`. */
export function evaluatorScript(state: string): string {
  const config: EvaluatorConfig = { globals: [...GLOBALS], state, mostSaid: MOST_SAID, bounds: SHOWN };
  return `(function () {
"use strict";
return (${evaluator})(${JSON.stringify(config)}, ${HELPERS}, { speech: ${speech}, inspector: ${inspector} });
})()`;
}

/** A script whose value is the `Loader` of a run whose rows are laid out so. */
export function loaderScript(layout: RowLayout): string {
  const config = { head: HEAD, row: ROW, outcomes: OUTCOMES };
  return `(function () {
"use strict";
let U32 = new Uint32Array(1), S = [undefined], row = 0, turn = 0;
${accessors(layout)}
return (${loader})(${JSON.stringify(config)}, ${journeyTools});
})()`;
}
