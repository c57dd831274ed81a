import type * as Acorn from "acorn";
import type { HookEvent } from "../events.ts";

/** What is known of a value in a hook: only where it comes from the trace, everything else is undefined. */
export type Value =
  /** An event, a journey, or (with a path) a group of its fields: `e.ip`. */
  | {
      readonly kind: "record";
      readonly subject: HookEvent["subject"];
      readonly path: string;
      /** It is the event that the hook is called for, not a copy: it is over when the hook is. */
      readonly live: boolean;
    }
  /** `e.events` and what is made of it. */
  | { readonly kind: "list" }
  | { readonly kind: "params" }
  | { readonly kind: "function"; readonly node: FunctionNode; readonly scope: Scope }
  /** `e.copy`, `e.has`, `e.events.filter`: called next. */
  | { readonly kind: "method"; readonly of: Value; readonly name: string };

export type FunctionNode =
  | Acorn.FunctionDeclaration
  | Acorn.AnonymousFunctionDeclaration
  | Acorn.FunctionExpression
  | Acorn.ArrowFunctionExpression;

export interface Binding {
  value: Value | undefined;
  /** How many functions deep. */
  readonly depth: number;
}

/** The names of a block or function. */
export class Scope {
  readonly depth: number;
  readonly #names = new Map<string, Binding>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope, isFunction = false) {
    this.#outer = outer;
    this.depth = (outer?.depth ?? 0) + (isFunction ? 1 : 0);
  }

  bind(name: string, value: Value | undefined): void {
    this.#names.set(name, { value, depth: this.depth });
  }

  find(name: string): Binding | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name);
  }
}

/** Enough of a value to tell calls of a function apart. */
export function kindOf(value: Value | undefined): string {
  if (value?.kind === "function") return `function ${value.node.start}`;
  return value?.kind === "record" ? `${value.subject} ${value.path} ${value.live}` : (value?.kind ?? "");
}
