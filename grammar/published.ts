/** What scripts/grammar.mjs needs to write `generated/`; not for the program. */
import { type ISerializedGast, serializeGrammar } from "chevrotain";
import { inOrder } from "./ebnf.ts";

export { ebnf } from "./ebnf.ts";

/** The rules as data, for drawing. */
export const rules = (): ISerializedGast[] => serializeGrammar(inOrder());
