import type { Name, Terminal } from "../../../grammar/ast.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { FIELDS, presenceNamed } from "../fields/table.ts";
import type { CheckedTerminal } from "../typed.ts";
import { condition } from "./expression/condition.ts";
import { type Context, definitionOf, placeOf } from "./expression/context.ts";
import { unknownName } from "./expression/names.ts";

/** One end of a journey. Undefined: it has an error, reported. */
export function checkTerminal(terminal: Terminal, ctx: Context): CheckedTerminal | undefined {
  const { span } = terminal;
  switch (terminal.kind) {
    case "NamedTerminal":
      return { kind: terminal.name, span };
    case "FunctionTerminal":
      return { kind: "fn", glob: terminal.glob, span };
    case "ExprTerminal": {
      const node = terminal.condition;
      if (node.kind === "Name" && isUnknown(node, ctx)) return unknownTerminal(node, ctx);
      const typed = condition(node, ctx);
      return typed && { kind: "expr", condition: typed, span };
    }
  }
}

const isUnknown = (node: Name, ctx: Context): boolean =>
  !definitionOf(node, ctx) && !FIELDS.has(node.name) && !presenceNamed(node.name);

const TERMINALS = ["drop", "deliver", "xmit", "free"];

/** A word that is no condition: a misspelt terminal, or a function, which people write as it is. */
function unknownTerminal(node: Name, ctx: Context): undefined {
  const { name } = node;
  const terminal = TERMINALS.find((known) => name.startsWith(known));
  const isFunction = ctx.world.facts?.btf.find("func", name) !== undefined || looksLikeFunction(name);
  if (terminal === undefined && !isFunction) return unknownName(node, ctx, TERMINALS);
  return ctx.world.report.error("PWQ1102", placeOf(ctx, node), `unknown field \`${name}\``, {
    label: isFunction ? `for a function write \`fn(${name})\`` : `did you mean \`${terminal}\`?`,
  });
}

const looksLikeFunction = (name: string): boolean =>
  name.includes("_") && !name.includes(".") && suggest(name, FIELDS.keys()) === undefined;
