import type * as Acorn from "acorn";
import type { AnyNode } from "acorn";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import type { HookEventName } from "../events.ts";
import { type Finding, Findings } from "./findings.ts";
import { GLOBALS, REGISTER } from "./globals.ts";
import { LIST_METHODS } from "./list-methods.ts";
import { isLayer, type Known, memberOf } from "./members.ts";
import { boundNames, declaredNames } from "./nodes.ts";
import type { Scope, Value } from "./scope.ts";
import { isNothing, isStringify, staticName } from "./syntax.ts";

export interface UsedHook {
  readonly event: HookEventName;
  /** What stands in parentheses: `1s` of `on("tick(1s)", …)`. */
  readonly interval: string | undefined;
  /** Of the call. */
  readonly start: number;
  readonly end: number;
  /** Where its event's name ends. */
  readonly headEnd: number;
  keeps: boolean;
}

/** Serialise what they are given at once: an event handed to them is used as a whole, but not kept. */
const SERIALISE: ReadonlySet<string> = new Set(["print", "emit"]);

/** What expressions of hooks read, and where values of the trace go. Statements and functions are the subclass's. */
export abstract class Expressions {
  readonly hooks: UsedHook[] = [];
  readonly fields = new Set<string>();
  readonly layers = new Set<string>();
  protected readonly problems = new Findings();
  whole = false;
  protected readonly known: Known;
  protected readonly declared: ReadonlySet<string>;
  /** The hook whose body is looked at. */
  protected hook: UsedHook | undefined;
  /** Functions with what they were called with, each looked at once for a hook. */
  protected readonly seen = new Set<string>();

  get findings(): readonly Finding[] {
    return this.problems.all;
  }

  constructor(program: Acorn.Program, known: Known) {
    this.known = known;
    this.declared = declaredNames(program);
  }

  /** Looks at a function as it is called with these. */
  protected abstract call(
    called: Extract<Value, { kind: "function" }>,
    args: readonly (Value | undefined)[],
  ): void;

  /** Looks at all that is below a node of which nothing else is known. */
  protected abstract below(node: AnyNode, scope: Scope): undefined;

  /** The value is handed on to where it is not followed any more. */
  protected escape(value: Value | undefined): void {
    if (value?.kind === "function") this.call(value, []);
    if (value?.kind === "list") this.whole = true;
    if (value?.kind !== "record" || value.subject === "progress") return;
    this.whole = true;
    if (value.live && this.hook) this.hook.keeps = true;
  }

  protected value(node: AnyNode, scope: Scope): void {
    this.escape(this.evaluate(node, scope));
  }

  /** A condition. A group of fields is always there, so it is none. */
  protected test(node: AnyNode, scope: Scope): void {
    const value = this.evaluate(node, scope);
    if (value?.kind !== "record" || value.path === "" || value.path === "drop") return;
    const label = isLayer(value.path)
      ? `write \`e.has("${value.path}")\``
      : "test one of its fields against `undefined`";
    this.problems.add("PWQ1605", node, `\`${value.path}\` is there in every event`, label);
  }

  protected evaluate(node: AnyNode, scope: Scope): Value | undefined {
    switch (node.type) {
      case "Identifier":
        return this.identifier(node, scope);
      case "MemberExpression":
        return this.member(node, scope);
      case "ChainExpression":
        return this.evaluate(node.expression, scope);
      case "CallExpression":
        return this.callExpression(node, scope);
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return { kind: "function", node, scope };
      case "SequenceExpression":
        for (const each of node.expressions.slice(0, -1)) this.value(each, scope);
        return this.evaluate(node.expressions.at(-1)!, scope);
      case "ConditionalExpression":
        this.test(node.test, scope);
        return this.either(node.consequent, node.alternate, scope);
      case "LogicalExpression":
        if (node.operator === "??") return this.either(node.left, node.right, scope);
        this.test(node.left, scope);
        return this.evaluate(node.right, scope);
      case "AssignmentExpression":
        return this.assignment(node, scope);
      case "UnaryExpression":
        if (node.operator === "!") this.test(node.argument, scope);
        else if (node.operator !== "typeof" || node.argument.type !== "Identifier")
          this.value(node.argument, scope);
        return undefined;
      case "BinaryExpression":
        return this.binary(node, scope);
      case "ArrayExpression":
        return this.array(node, scope);
      case "ImportExpression":
        this.problems.add("PWQ1602", node, "a hook cannot import anything");
        return undefined;
      case "AwaitExpression":
        this.problems.add(
          "PWQ1606",
          node,
          "hooks do not wait",
          "a hook ends before the next event is looked at",
        );
        return undefined;
      default:
        this.below(node, scope);
        return undefined;
    }
  }

  protected identifier(node: Acorn.Identifier, scope: Scope): Value | undefined {
    const binding = scope.find(node.name);
    if (!binding) {
      if (node.name === "params") return { kind: "params" };
      if (!this.declared.has(node.name) && !GLOBALS.has(node.name))
        this.problems.unknownName(node, this.declared);
      if (node.name === REGISTER && !this.declared.has(REGISTER))
        this.problems.add(
          "PWQ1603",
          node,
          "`on` stands alone",
          "hooks are made once, outside of all functions",
        );
      return undefined;
    }
    const { value, depth } = binding;
    // A function that was made in the hook may be called when the event is over.
    if (value?.kind === "record" && value.live && depth < scope.depth && this.hook) this.hook.keeps = true;
    return value;
  }

  protected member(node: Acorn.MemberExpression, scope: Scope): Value | undefined {
    const of = this.evaluate(node.object, scope);
    const name = staticName(node);
    if (name === undefined) {
      if (node.property.type !== "PrivateIdentifier") this.value(node.property, scope);
      if (of?.kind === "list") return { kind: "record", subject: "event", path: "", live: false };
      this.escape(of);
      return undefined;
    }
    return this.property(of, name, node.property);
  }

  /** `of.name` */
  protected property(
    of: Value | undefined,
    name: string,
    node: { start: number; end: number },
  ): Value | undefined {
    if (of?.kind === "list") return name === "length" ? undefined : { kind: "method", of, name };
    if (of?.kind === "params") {
      if (this.known.params.has(name)) return undefined;
      const label = didYouMean(name, this.known.params) ?? "`param` declares one";
      this.problems.add("PWQ1101", node, `unknown parameter \`${name}\``, label);
    }
    if (of?.kind !== "record") return undefined;
    const found = memberOf(of, name, this.known);
    if (!found) {
      this.problems.unknownField(of, name, node, this.known);
      return undefined;
    }
    if (found.kind === "field") this.fields.add(found.name);
    if (found.kind === "group") return { ...of, path: found.path };
    if (found.kind === "method") return { kind: "method", of, name };
    return of.subject === "journey" && name === "events" ? { kind: "list" } : undefined;
  }

  protected callExpression(node: Acorn.CallExpression, scope: Scope): Value | undefined {
    const { callee } = node;
    if (callee.type === "Super") return this.below(node, scope);
    const isFree = callee.type === "Identifier" && !this.declared.has(callee.name);
    if ((isFree && SERIALISE.has(callee.name)) || isStringify(callee)) {
      for (const argument of node.arguments) {
        const value = this.evaluate(argument, scope);
        if (value?.kind === "record" && value.subject !== "progress") this.whole = true;
        else this.escape(value);
      }
      return undefined;
    }
    const called = this.evaluate(callee, scope);
    if (called?.kind === "method") return this.methodCall(called, node, scope);
    const values = node.arguments.map((argument) => this.evaluate(argument, scope));
    if (called?.kind === "function") {
      for (const value of values) if (value?.kind === "function") this.escape(value);
      this.call(called, values);
    } else for (const value of values) this.escape(value);
    return undefined;
  }

  protected methodCall(
    { of, name }: Extract<Value, { kind: "method" }>,
    node: Acorn.CallExpression,
    scope: Scope,
  ): Value | undefined {
    const [first] = node.arguments;
    if (of.kind === "record") {
      if (name === "has") this.layer(node, first);
      else this.whole = true;
      return name === "copy" ? { ...of, live: false } : undefined;
    }
    const method = LIST_METHODS[name];
    const values = node.arguments.map((argument) => this.evaluate(argument, scope));
    const item: Value = { kind: "record", subject: "event", path: "", live: false };
    if (values[0]?.kind === "function" && method) this.call(values[0], method.callback(item));
    else for (const value of values) this.escape(value);
    if (!method) this.whole = true;
    return method?.gives(item);
  }

  protected layer(node: Acorn.CallExpression, name: AnyNode | undefined): void {
    const layer = name?.type === "Literal" ? name.value : undefined;
    if (typeof layer === "string" && isLayer(layer)) this.layers.add(layer);
    else
      this.problems.add(
        "PWQ1605",
        name ?? node,
        "`has` takes the name of a protocol",
        'such as `e.has("tcp")`',
      );
  }

  protected either(one: AnyNode, other: AnyNode, scope: Scope): Value | undefined {
    const left = this.evaluate(one, scope);
    const right = this.evaluate(other, scope);
    if (left?.kind === "record" && right?.kind === "record" && left.path === right.path) return left;
    this.escape(left);
    this.escape(right);
    return undefined;
  }

  protected assignment(node: Acorn.AssignmentExpression, scope: Scope): undefined {
    this.value(node.right, scope);
    if (node.left.type === "MemberExpression") this.evaluate(node.left, scope);
    else {
      for (const name of boundNames(node.left)) {
        const binding = scope.find(name);
        if (binding) binding.value = undefined;
        else if (!this.declared.has(name))
          this.problems.add("PWQ1602", node.left, `\`${name}\` is not declared`, `write \`let ${name} = …\``);
      }
    }
    return undefined;
  }

  /** Comparing does not hand anything on. That a group is not `undefined` is no news. */
  protected binary(node: Acorn.BinaryExpression, scope: Scope): undefined {
    for (const [side, other] of [
      [node.left, node.right],
      [node.right, node.left],
    ] as const) {
      if (side.type === "PrivateIdentifier") continue;
      if (isNothing(other)) this.test(side, scope);
      else this.evaluate(side, scope);
    }
    return undefined;
  }

  protected array(node: Acorn.ArrayExpression, scope: Scope): Value | undefined {
    const values = node.elements.map((element) =>
      element?.type === "SpreadElement"
        ? this.evaluate(element.argument, scope)
        : element && this.evaluate(element, scope),
    );
    const isSpread = node.elements.every((element) => element?.type === "SpreadElement");
    if (isSpread && values.length > 0 && values.every((value) => value?.kind === "list"))
      return { kind: "list" };
    for (const value of values) this.escape(value ?? undefined);
    return undefined;
  }
}
