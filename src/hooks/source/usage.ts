import type * as Acorn from "acorn";
import type { AnyNode } from "acorn";
import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { type HookEventName, hookEvent, isHookEvent } from "../events.ts";
import { type Finding, Findings } from "./findings.ts";
import { GLOBALS, REGISTER } from "./globals.ts";
import { LIST_METHODS } from "./list-methods.ts";
import { isLayer, type Known, memberOf } from "./members.ts";
import { boundNames, children, declaredNames } from "./nodes.ts";
import { type FunctionNode, kindOf, Scope, type Value } from "./scope.ts";
import { isLabel, isNothing, isRegister, isStringify, keyName, staticName } from "./syntax.ts";

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

/** Serialise what they are given at once: an event handed to them is used as a whole, but not kept. */
const SERIALISE: ReadonlySet<string> = new Set(["print", "emit"]);

class Walk {
  readonly hooks: UsedHook[] = [];
  readonly fields = new Set<string>();
  readonly layers = new Set<string>();
  readonly #findings = new Findings();
  whole = false;
  readonly #known: Known;
  readonly #declared: ReadonlySet<string>;
  /** The hook whose body is looked at. */
  #hook: UsedHook | undefined;
  /** Functions with what they were called with, each looked at once for a hook. */
  readonly #seen = new Set<string>();

  get findings(): readonly Finding[] {
    return this.#findings.all;
  }

  constructor(program: Acorn.Program, known: Known) {
    this.#known = known;
    this.#declared = declaredNames(program);
  }

  program(program: Acorn.Program): void {
    const scope = new Scope();
    this.#hoist(program.body, scope);
    for (const statement of program.body) {
      const call = statement.type === "ExpressionStatement" ? statement.expression : undefined;
      if (call?.type === "CallExpression" && isRegister(call.callee)) this.#register(call, scope);
      else this.#statement(statement, scope);
    }
  }

  /** `on("drop", (e) => …)` */
  #register(call: Acorn.CallExpression, scope: Scope): void {
    const [name, handler] = call.arguments;
    const text = name?.type === "Literal" && typeof name.value === "string" ? name.value : undefined;
    const match = /^([^(]*)(?:\((.*)\))?$/.exec(text ?? "");
    const event = match?.[1] ?? "";
    if (!isHookEvent(event)) {
      const names = "`event`, `drop`, `packet`, `tick(1s)`, `start` and `stop`";
      const label = didYouMean(event, ["event", "drop", "packet", "tick", "start", "stop"]);
      return this.#findings.add(
        "PWQ1603",
        name ?? call,
        `there is no such hook`,
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
    this.#hook = hook;
    const { subject } = hookEvent(event);
    const value = handler && this.#evaluate(handler, scope);
    if (value?.kind === "function") {
      this.#call(value, [{ kind: "record", subject, path: "", live: subject === "event" }]);
    } else if (!handler || !value) {
      this.#findings.add(
        "PWQ1603",
        handler ?? call,
        "a hook is a function",
        'write `on("drop", (e) => { … })`',
      );
    }
    this.#hook = undefined;
  }

  // Values

  /** The value is handed on to where it is not followed any more. */
  #escape(value: Value | undefined): void {
    if (value?.kind === "function") this.#call(value, []);
    if (value?.kind === "list") this.whole = true;
    if (value?.kind !== "record" || value.subject === "progress") return;
    this.whole = true;
    if (value.live && this.#hook) this.#hook.keeps = true;
  }

  #value(node: AnyNode, scope: Scope): void {
    this.#escape(this.#evaluate(node, scope));
  }

  /** A condition. A group of fields is always there, so it is none. */
  #test(node: AnyNode, scope: Scope): void {
    const value = this.#evaluate(node, scope);
    if (value?.kind !== "record" || value.path === "" || value.path === "drop") return;
    const label = isLayer(value.path)
      ? `write \`e.has("${value.path}")\``
      : "test one of its fields against `undefined`";
    this.#findings.add("PWQ1605", node, `\`${value.path}\` is there in every event`, label);
  }

  #evaluate(node: AnyNode, scope: Scope): Value | undefined {
    switch (node.type) {
      case "Identifier":
        return this.#identifier(node, scope);
      case "MemberExpression":
        return this.#member(node, scope);
      case "ChainExpression":
        return this.#evaluate(node.expression, scope);
      case "CallExpression":
        return this.#callExpression(node, scope);
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return { kind: "function", node, scope };
      case "SequenceExpression":
        for (const each of node.expressions.slice(0, -1)) this.#value(each, scope);
        return this.#evaluate(node.expressions.at(-1)!, scope);
      case "ConditionalExpression":
        this.#test(node.test, scope);
        return this.#either(node.consequent, node.alternate, scope);
      case "LogicalExpression":
        if (node.operator === "??") return this.#either(node.left, node.right, scope);
        this.#test(node.left, scope);
        return this.#evaluate(node.right, scope);
      case "AssignmentExpression":
        return this.#assignment(node, scope);
      case "UnaryExpression":
        if (node.operator === "!") this.#test(node.argument, scope);
        else if (node.operator !== "typeof" || node.argument.type !== "Identifier")
          this.#value(node.argument, scope);
        return undefined;
      case "BinaryExpression":
        return this.#binary(node, scope);
      case "ArrayExpression":
        return this.#array(node, scope);
      case "ImportExpression":
        this.#findings.add("PWQ1602", node, "a hook cannot import anything");
        return undefined;
      case "AwaitExpression":
        this.#findings.add(
          "PWQ1606",
          node,
          "hooks do not wait",
          "a hook ends before the next event is looked at",
        );
        return undefined;
      default:
        this.#below(node, scope);
        return undefined;
    }
  }

  #identifier(node: Acorn.Identifier, scope: Scope): Value | undefined {
    const binding = scope.find(node.name);
    if (!binding) {
      if (node.name === "params") return { kind: "params" };
      if (!this.#declared.has(node.name) && !GLOBALS.has(node.name))
        this.#findings.unknownName(node, this.#declared);
      if (node.name === REGISTER && !this.#declared.has(REGISTER))
        this.#findings.add(
          "PWQ1603",
          node,
          "`on` stands alone",
          "hooks are made once, outside of all functions",
        );
      return undefined;
    }
    const { value, depth } = binding;
    // A function that was made in the hook may be called when the event is over.
    if (value?.kind === "record" && value.live && depth < scope.depth && this.#hook) this.#hook.keeps = true;
    return value;
  }

  #member(node: Acorn.MemberExpression, scope: Scope): Value | undefined {
    const of = this.#evaluate(node.object, scope);
    const name = staticName(node);
    if (name === undefined) {
      if (node.property.type !== "PrivateIdentifier") this.#value(node.property, scope);
      if (of?.kind === "list") return { kind: "record", subject: "event", path: "", live: false };
      this.#escape(of);
      return undefined;
    }
    return this.#property(of, name, node.property);
  }

  /** `of.name` */
  #property(of: Value | undefined, name: string, node: { start: number; end: number }): Value | undefined {
    if (of?.kind === "list") return name === "length" ? undefined : { kind: "method", of, name };
    if (of?.kind === "params") {
      if (this.#known.params.has(name)) return undefined;
      const label = didYouMean(name, this.#known.params) ?? "`param` declares one";
      this.#findings.add("PWQ1101", node, `unknown parameter \`${name}\``, label);
    }
    if (of?.kind !== "record") return undefined;
    const found = memberOf(of, name, this.#known);
    if (!found) {
      this.#findings.unknownField(of, name, node, this.#known);
      return undefined;
    }
    if (found.kind === "field") this.fields.add(found.name);
    if (found.kind === "group") return { ...of, path: found.path };
    if (found.kind === "method") return { kind: "method", of, name };
    return of.subject === "journey" && name === "events" ? { kind: "list" } : undefined;
  }

  #callExpression(node: Acorn.CallExpression, scope: Scope): Value | undefined {
    const { callee } = node;
    if (callee.type === "Super") return this.#below(node, scope);
    const isFree = callee.type === "Identifier" && !this.#declared.has(callee.name);
    if ((isFree && SERIALISE.has(callee.name)) || isStringify(callee)) {
      for (const argument of node.arguments) {
        const value = this.#evaluate(argument, scope);
        if (value?.kind === "record" && value.subject !== "progress") this.whole = true;
        else this.#escape(value);
      }
      return undefined;
    }
    const called = this.#evaluate(callee, scope);
    if (called?.kind === "method") return this.#methodCall(called, node, scope);
    const values = node.arguments.map((argument) => this.#evaluate(argument, scope));
    if (called?.kind === "function") {
      for (const value of values) if (value?.kind === "function") this.#escape(value);
      this.#call(called, values);
    } else for (const value of values) this.#escape(value);
    return undefined;
  }

  #methodCall(
    { of, name }: Extract<Value, { kind: "method" }>,
    node: Acorn.CallExpression,
    scope: Scope,
  ): Value | undefined {
    const [first] = node.arguments;
    if (of.kind === "record") {
      if (name === "has") this.#layer(node, first);
      else this.whole = true;
      return name === "copy" ? { ...of, live: false } : undefined;
    }
    const method = LIST_METHODS[name];
    const values = node.arguments.map((argument) => this.#evaluate(argument, scope));
    const item: Value = { kind: "record", subject: "event", path: "", live: false };
    if (values[0]?.kind === "function" && method) this.#call(values[0], method.callback(item));
    else for (const value of values) this.#escape(value);
    if (!method) this.whole = true;
    return method?.gives(item);
  }

  #layer(node: Acorn.CallExpression, name: AnyNode | undefined): void {
    const layer = name?.type === "Literal" ? name.value : undefined;
    if (typeof layer === "string" && isLayer(layer)) this.layers.add(layer);
    else
      this.#findings.add(
        "PWQ1605",
        name ?? node,
        "`has` takes the name of a protocol",
        'such as `e.has("tcp")`',
      );
  }

  #either(one: AnyNode, other: AnyNode, scope: Scope): Value | undefined {
    const left = this.#evaluate(one, scope);
    const right = this.#evaluate(other, scope);
    if (left?.kind === "record" && right?.kind === "record" && left.path === right.path) return left;
    this.#escape(left);
    this.#escape(right);
    return undefined;
  }

  #assignment(node: Acorn.AssignmentExpression, scope: Scope): undefined {
    this.#value(node.right, scope);
    if (node.left.type === "MemberExpression") this.#evaluate(node.left, scope);
    else {
      for (const name of boundNames(node.left)) {
        const binding = scope.find(name);
        if (binding) binding.value = undefined;
        else if (!this.#declared.has(name))
          this.#findings.add(
            "PWQ1602",
            node.left,
            `\`${name}\` is not declared`,
            `write \`let ${name} = …\``,
          );
      }
    }
    return undefined;
  }

  /** Comparing does not hand anything on. That a group is not `undefined` is no news. */
  #binary(node: Acorn.BinaryExpression, scope: Scope): undefined {
    for (const [side, other] of [
      [node.left, node.right],
      [node.right, node.left],
    ] as const) {
      if (side.type === "PrivateIdentifier") continue;
      if (isNothing(other)) this.#test(side, scope);
      else this.#evaluate(side, scope);
    }
    return undefined;
  }

  #array(node: Acorn.ArrayExpression, scope: Scope): Value | undefined {
    const values = node.elements.map((element) =>
      element?.type === "SpreadElement"
        ? this.#evaluate(element.argument, scope)
        : element && this.#evaluate(element, scope),
    );
    const isSpread = node.elements.every((element) => element?.type === "SpreadElement");
    if (isSpread && values.length > 0 && values.every((value) => value?.kind === "list"))
      return { kind: "list" };
    for (const value of values) this.#escape(value ?? undefined);
    return undefined;
  }

  // Functions

  #call({ node, scope: outer }: Extract<Value, { kind: "function" }>, args: readonly (Value | undefined)[]) {
    const key = [this.hooks.length, node.start, ...args.map(kindOf)].join();
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const scope = new Scope(outer, true);
    if (node.async || node.generator)
      this.#findings.add("PWQ1606", node, "hooks do not wait", "write an ordinary function");
    node.params.forEach((param, i) => {
      this.#bind(param, args[i], scope);
    });
    if (node.body.type === "BlockStatement") this.#block(node.body.body, scope);
    else this.#value(node.body, scope);
  }

  #bind(pattern: AnyNode, value: Value | undefined, scope: Scope): void {
    if (pattern.type === "Identifier") return scope.bind(pattern.name, value);
    if (pattern.type === "AssignmentPattern") {
      this.#value(pattern.right, scope);
      return this.#bind(pattern.left, value, scope);
    }
    if (pattern.type === "ObjectPattern") {
      for (const property of pattern.properties) {
        if (property.type === "RestElement") {
          this.#escape(value);
          this.#bind(property.argument, undefined, scope);
          continue;
        }
        const name = keyName(property);
        if (property.computed) this.#value(property.key, scope);
        if (name === undefined) this.#escape(value);
        const part = name === undefined ? undefined : this.#property(value, name, property.key);
        this.#bind(property.value, part, scope);
      }
      return;
    }
    if (pattern.type === "ArrayPattern" && value?.kind === "list") {
      const item: Value = { kind: "record", subject: "event", path: "", live: false };
      for (const element of pattern.elements) {
        if (element) this.#bind(element, element.type === "RestElement" ? value : item, scope);
      }
      return;
    }
    if (pattern.type === "RestElement" && value?.kind === "list")
      return this.#bind(pattern.argument, value, scope);
    this.#escape(value);
    for (const name of boundNames(pattern)) scope.bind(name, undefined);
  }

  // Statements

  /** Functions can be called above where they stand. */
  #hoist(statements: readonly AnyNode[], scope: Scope): void {
    for (const node of statements) {
      if (node.type === "FunctionDeclaration" && node.id)
        scope.bind(node.id.name, { kind: "function", node: node as FunctionNode, scope });
    }
  }

  #block(statements: readonly AnyNode[], scope: Scope): void {
    this.#hoist(statements, scope);
    for (const statement of statements) this.#statement(statement, scope);
  }

  #statement(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case "BlockStatement":
        return this.#block(node.body, new Scope(scope));
      case "ExpressionStatement":
        this.#evaluate(node.expression, scope);
        return;
      case "VariableDeclaration":
        for (const { id, init } of node.declarations) {
          const value = init ? this.#evaluate(init, scope) : undefined;
          if (value?.kind === "function") this.#call(value, []);
          this.#bind(id, value, scope);
        }
        return;
      case "FunctionDeclaration":
        return this.#call({ kind: "function", node: node as FunctionNode, scope }, []);
      case "IfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        this.#test(node.test, scope);
        for (const child of children(node)) if (child !== node.test) this.#statement(child, scope);
        return;
      case "ForOfStatement":
      case "ForInStatement":
        return this.#forEach(node, scope);
      case "LabeledStatement":
        return this.#statement(node.body, scope);
      case "ImportDeclaration":
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration":
      case "ExportAllDeclaration":
        return this.#findings.add("PWQ1602", node, "a file of hooks imports and exports nothing");
      default:
        this.#below(node, scope);
    }
  }

  #forEach(node: Acorn.ForOfStatement | Acorn.ForInStatement, outer: Scope): void {
    const scope = new Scope(outer);
    const value = this.#evaluate(node.right, scope);
    const isList = node.type === "ForOfStatement" && value?.kind === "list";
    if (!isList) this.#escape(value);
    const item: Value | undefined = isList
      ? { kind: "record", subject: "event", path: "", live: false }
      : undefined;
    if (node.left.type === "VariableDeclaration") this.#bind(node.left.declarations[0]!.id, item, scope);
    this.#statement(node.body, scope);
  }

  /** Anything else: what is below it is looked at, and values there are handed on. */
  #below(node: AnyNode, outer: Scope): undefined {
    const scope = new Scope(outer);
    for (const child of children(node)) {
      if (isLabel(node, child)) continue;
      if (child.type.endsWith("Statement") || child.type.endsWith("Declaration"))
        this.#statement(child, scope);
      else if (child.type === "SpreadElement" && node.type === "ObjectExpression") this.#spread(child, scope);
      else this.#value(child, scope);
    }
    return undefined;
  }

  #spread(node: Acorn.SpreadElement, scope: Scope): void {
    const value = this.#evaluate(node.argument, scope);
    if (value?.kind === "record" && value.live)
      this.#findings.add("PWQ1605", node, "an event's fields cannot be spread", "write `...e.copy()`");
    this.#escape(value);
  }
}
