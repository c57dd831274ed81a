/** The parser and the automaton, each built on first use: that takes tens of milliseconds. */
import { Automaton } from "./automaton.ts";
import { PwqParser } from "./rules/statement.ts";

let builtParser: PwqParser | undefined;
let builtAutomaton: Automaton | undefined;

export function parser(): PwqParser {
  builtParser ??= new PwqParser();
  return builtParser;
}

export function automaton(): Automaton {
  builtAutomaton ??= new Automaton(parser().getGAstProductions());
  return builtAutomaton;
}
