/** What scripts/grammar.mjs needs to write `generated/`; not for the program. */
import type { ISerializedGast } from "chevrotain";
import { parser } from "./engine.ts";

export { ebnf } from "./ebnf.ts";

/** The rules as data, for drawing. */
export const rules = (): ISerializedGast[] => parser().getSerializedGastProductions();
