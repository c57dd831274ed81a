import type * as Acorn from "acorn";
import type { AnyNode } from "acorn";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { hookEvent, isHookEvent } from "../events.ts";
import { Expressions, type UsedHook } from "./expressions.ts";
import type { Finding } from "./findings.ts";
import type { Known } from "./members.ts";
import { boundNames, children } from "./nodes.ts";
import { type FunctionNode, kindOf, Scope, type Value } from "./scope.ts";
import { isLabel, isRegister, keyName } from "./syntax.ts";

export interface Usage {
  readonly hooks: readonly UsedHook[];
  readonly fields: readonly string[];
  readonly layers: readonly string[];
  readonly whole: boolean;
  readonly findings: readonly Finding[];
}

/** Goes through a file of hooks and finds what it reads of events, what it keeps, and what cannot be. */
export function usage(program: Acorn.Program, known: Known): Usage {
  const walk = new Walk(program, known);
  walk.program(program);
  const { hooks, fields, layers, whole, findings } = walk;
  return { hooks, fields: [...fields], layers: [...layers], whole, findings };
}

/** The walk through statements and functions. */
class Walk extends Expressions {
  program(program: Acorn.Program): void {
    const scope = new Scope();
    this.hoist(program.body, scope);
    for (const statement of program.body) {
      const call = statement.type === "ExpressionStatement" ? statement.expression : undefined;
      if (call?.type === "CallExpression" && isRegister(call.callee)) this.register(call, scope);
      else this.statement(statement, scope);
    }
  }

  /** `on("drop", (e) => …)` */
  protected register(call: Acorn.CallExpression, scope: Scope): void {
    const [name, handler] = call.arguments;
    const text = name?.type === "Literal" && typeof name.value === "string" ? name.value : undefined;
    const match = /^([^(]*)(?:\((.*)\))?$/.exec(text ?? "");
    const event = match?.[1] ?? "";
    if (!isHookEvent(event)) {
      const names = "`event`, `drop`, `packet`, `tick(1s)`, `start` and `stop`";
      const label = didYouMean(event, ["event", "drop", "packet", "tick", "start", "stop"]);
      return this.problems.add(
        "PWQ1603",
        name ?? call,
        "there is no such hook",
        label ?? `there are ${names}`,
      );
    }
    const hook: UsedHook = {
      event,
      interval: match?.[2],
      start: call.start,
      end: call.end,
      headEnd: name!.end,
      keeps: false,
    };
    this.hooks.push(hook);
    this.hook = hook;
    const { subject } = hookEvent(event);
    const value = handler && this.evaluate(handler, scope);
    if (value?.kind === "function") {
      this.call(value, [{ kind: "record", subject, path: "", live: subject === "event" }]);
    } else if (!handler || !value) {
      this.problems.add(
        "PWQ1603",
        handler ?? call,
        "a hook is a function",
        'write `on("drop", (e) => { … })`',
      );
    }
    this.hook = undefined;
  }

  // Functions

  protected override call(
    { node, scope: outer }: Extract<Value, { kind: "function" }>,
    args: readonly (Value | undefined)[],
  ) {
    const key = [this.hooks.length, node.start, ...args.map(kindOf)].join();
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const scope = new Scope(outer, true);
    if (node.async || node.generator)
      this.problems.add("PWQ1606", node, "hooks do not wait", "write an ordinary function");
    node.params.forEach((param, i) => {
      this.bind(param, args[i], scope);
    });
    if (node.body.type === "BlockStatement") this.block(node.body.body, scope);
    else this.value(node.body, scope);
  }

  protected bind(pattern: AnyNode, value: Value | undefined, scope: Scope): void {
    if (pattern.type === "Identifier") return scope.bind(pattern.name, value);
    if (pattern.type === "AssignmentPattern") {
      this.value(pattern.right, scope);
      return this.bind(pattern.left, value, scope);
    }
    if (pattern.type === "ObjectPattern") {
      for (const property of pattern.properties) {
        if (property.type === "RestElement") {
          this.escape(value);
          this.bind(property.argument, undefined, scope);
          continue;
        }
        const name = keyName(property);
        if (property.computed) this.value(property.key, scope);
        if (name === undefined) this.escape(value);
        const part = name === undefined ? undefined : this.property(value, name, property.key);
        this.bind(property.value, part, scope);
      }
      return;
    }
    if (pattern.type === "ArrayPattern" && value?.kind === "list") {
      const item: Value = { kind: "record", subject: "event", path: "", live: false };
      for (const element of pattern.elements) {
        if (element) this.bind(element, element.type === "RestElement" ? value : item, scope);
      }
      return;
    }
    if (pattern.type === "RestElement" && value?.kind === "list")
      return this.bind(pattern.argument, value, scope);
    this.escape(value);
    for (const name of boundNames(pattern)) scope.bind(name, undefined);
  }

  // Statements

  /** Functions can be called above where they stand. */
  protected hoist(statements: readonly AnyNode[], scope: Scope): void {
    for (const node of statements) {
      if (node.type === "FunctionDeclaration" && node.id)
        scope.bind(node.id.name, { kind: "function", node: node as FunctionNode, scope });
    }
  }

  protected block(statements: readonly AnyNode[], scope: Scope): void {
    this.hoist(statements, scope);
    for (const statement of statements) this.statement(statement, scope);
  }

  protected statement(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case "BlockStatement":
        return this.block(node.body, new Scope(scope));
      case "ExpressionStatement":
        this.evaluate(node.expression, scope);
        return;
      case "VariableDeclaration":
        for (const { id, init } of node.declarations) {
          const value = init ? this.evaluate(init, scope) : undefined;
          if (value?.kind === "function") this.call(value, []);
          this.bind(id, value, scope);
        }
        return;
      case "FunctionDeclaration":
        return this.call({ kind: "function", node: node as FunctionNode, scope }, []);
      case "IfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        this.test(node.test, scope);
        for (const child of children(node)) if (child !== node.test) this.statement(child, scope);
        return;
      case "ForOfStatement":
      case "ForInStatement":
        return this.forEach(node, scope);
      case "LabeledStatement":
        return this.statement(node.body, scope);
      case "ImportDeclaration":
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration":
      case "ExportAllDeclaration":
        return this.problems.add("PWQ1602", node, "a file of hooks imports and exports nothing");
      default:
        this.below(node, scope);
    }
  }

  protected forEach(node: Acorn.ForOfStatement | Acorn.ForInStatement, outer: Scope): void {
    const scope = new Scope(outer);
    const value = this.evaluate(node.right, scope);
    const isList = node.type === "ForOfStatement" && value?.kind === "list";
    if (!isList) this.escape(value);
    const item: Value | undefined = isList
      ? { kind: "record", subject: "event", path: "", live: false }
      : undefined;
    if (node.left.type === "VariableDeclaration") this.bind(node.left.declarations[0]!.id, item, scope);
    this.statement(node.body, scope);
  }

  /** Anything else: what is below it is looked at, and values there are handed on. */
  protected override below(node: AnyNode, outer: Scope): undefined {
    const scope = new Scope(outer);
    for (const child of children(node)) {
      if (isLabel(node, child)) continue;
      if (child.type.endsWith("Statement") || child.type.endsWith("Declaration"))
        this.statement(child, scope);
      else if (child.type === "SpreadElement" && node.type === "ObjectExpression") this.spread(child, scope);
      else this.value(child, scope);
    }
    return undefined;
  }

  protected spread(node: Acorn.SpreadElement, scope: Scope): void {
    const value = this.evaluate(node.argument, scope);
    if (value?.kind === "record" && value.live)
      this.problems.add("PWQ1605", node, "an event's fields cannot be spread", "write `...e.copy()`");
    this.escape(value);
  }
}
