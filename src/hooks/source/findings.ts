import type * as Acorn from "acorn";
import type { Code } from "../../compiler/diagnostics/codes.ts";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { HELPERS } from "./globals.ts";
import { candidates, type Known, meantField, type RecordValue } from "./members.ts";

/** A mistake, with a range of the text that was looked at. */
export interface Finding {
  readonly code: Code;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly label?: string | undefined;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Collects mistakes; a function is looked at more than once, and what is wrong in it is wrong once. */
export class Findings {
  readonly all: Finding[] = [];

  add(code: Code, { start, end }: Range, message: string, label?: string): undefined {
    if (this.all.some((known) => known.start === start && known.code === code)) return;
    this.all.push({ code, start, end, message, label });
  }

  unknownName(node: Acorn.Identifier, declared: ReadonlySet<string>): void {
    const label =
      didYouMean(node.name, [...declared, ...Object.keys(HELPERS)]) ??
      "hooks have the event, their own variables and the helpers, and nothing else";
    this.add("PWQ1602", node, `\`${node.name}\` does not exist in hooks`, label);
  }

  unknownField(of: RecordValue, name: string, node: Range, known: Known): void {
    const full = of.path === "" ? name : `${of.path}.${name}`;
    const names = candidates(of, known);
    const alias = of.subject === "progress" ? undefined : meantField(full);
    const label = alias === undefined ? didYouMean(full, names) : `did you mean \`${alias}\`?`;
    const what = of.subject === "progress" ? "this hook's event has no" : "unknown field";
    this.add("PWQ1102", node, `${what} \`${full}\``, label);
  }
}
