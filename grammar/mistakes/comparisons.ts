import type { IToken } from "chevrotain";
import { endOf } from "../lexer.ts";
import { spanOf } from "../nodes.ts";
import { wants } from "../stop.ts";
import * as t from "../tokens.ts";
import { isNumberOrText, type Mistake, say, startsValue, touches } from "./mistake.ts";

export const singleEquals: Mistake = (stop) =>
  stop.found?.tokenType === t.Assign && wants(stop, t.CompareOp)
    ? say("PWQ1010", spanOf(stop.found), "`=` does not compare", "did you mean `==`?")
    : undefined;

export const doubleEquals: Mistake = (stop) =>
  stop.found?.tokenType === t.Equal && wants(stop, t.Assign)
    ? say("PWQ1001", spanOf(stop.found), "unexpected `==`", "did you mean `=`?")
    : undefined;

export const chained: Mistake = (stop) => {
  const { found, tokens, index } = stop;
  const compares = (token: IToken | undefined) =>
    token !== undefined &&
    (t.entryOf(token.tokenType)?.group === "comparison" || token.tokenType === t.Assign);
  const notIn = found?.tokenType === t.Not && tokens[index + 1]?.tokenType === t.In;
  if (found === undefined || !(compares(found) || notIn)) return undefined;
  if (wants(stop, t.CompareOp) || !wants(stop, t.OrOp)) return undefined;
  return say(
    "PWQ1011",
    spanOf(found),
    "comparisons cannot be chained",
    "join two with `and`: `a < b and b < c`",
  );
};

/** `func == ip_*` */
export const bareGlob: Mistake = ({ tokens, index, found, previous }) => {
  const name = tokens[index - 2];
  if (previous?.tokenType !== t.Star || name === undefined || !touches(name, previous)) return undefined;
  if (found !== undefined && startsValue(found)) return undefined;
  const glob = `${name.image}*`;
  return say(
    "PWQ1001",
    { start: name.startOffset, end: endOf(previous) },
    `unexpected \`${glob}\``,
    `a glob stands in quotes, behind \`~\`: \`~ "${glob}"\``,
  );
};

/** `ip.dst == 10.0.0.1:443` */
export const addressWithPort: Mistake = ({ tokens, index, found, previous }) => {
  if (found?.tokenType !== t.Colon || previous?.tokenType !== t.Address || !touches(previous, found))
    return undefined;
  const port = tokens[index + 1]?.tokenType === t.Numeral ? tokens[index + 1]!.image : "443";
  return say(
    "PWQ1001",
    spanOf(found),
    "unexpected `:`",
    `the port is another field: \`and tcp.port == ${port}\``,
  );
};

/** `tcp.dport == 80, 443` */
export const listForSet: Mistake = (stop) => {
  const { tokens, index, found, previous } = stop;
  const next = tokens[index + 1];
  if (found?.tokenType !== t.Comma || previous === undefined || next === undefined) return undefined;
  if (!isNumberOrText(previous) || !isNumberOrText(next) || wants(stop, t.Comma)) return undefined;
  return say(
    "PWQ1001",
    spanOf(found),
    "unexpected `,`",
    `several values are a set: \`in {${previous.image}, ${next.image}}\``,
  );
};
