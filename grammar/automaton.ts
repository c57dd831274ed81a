/**
 * The grammar as an automaton with a stack, built from the rules of the parser: after any tokens it knows every token
 * that may come next. It is for messages and completion, where the parser only knows what it tried first.
 */
import type { IProduction, IToken, Rule, TokenType } from "chevrotain";
import {
  Alternation,
  type Alternative,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  tokenMatcher,
} from "chevrotain";

/** A token that may come next, and the rule that wants it. */
export interface Wanted {
  readonly type: TokenType;
  readonly rule: string;
}

interface Node {
  readonly id: number;
  readonly rule: string;
  readonly next: Node[];
  terminal?: TokenType;
  call?: string;
}

/** Where to go on when a rule is through. */
interface Frame {
  readonly id: number;
  readonly back: Node;
  readonly below: Frame | undefined;
}

interface State {
  readonly node: Node;
  readonly stack: Frame | undefined;
}

export interface Walk {
  /** Takes one token; false, and no change, if it may not come here. */
  step(token: IToken): boolean;
  wanted(): readonly Wanted[];
  /** True if the rule may end here. */
  complete(): boolean;
}

export class Automaton {
  private count = 0;
  private readonly starts = new Map<string, Node>();
  private readonly ends = new Map<string, Node>();

  constructor(rules: Record<string, Rule>) {
    for (const name of Object.keys(rules)) {
      this.starts.set(name, this.node(name));
      this.ends.set(name, this.node(name));
    }
    for (const [name, rule] of Object.entries(rules))
      this.sequence(rule.definition, name, this.starts.get(name)!).next.push(this.ends.get(name)!);
  }

  private node(rule: string): Node {
    return { id: this.count++, rule, next: [] };
  }

  private edge(from: Node, rule: string): Node {
    const to = this.node(rule);
    from.next.push(to);
    return to;
  }

  private sequence(parts: readonly IProduction[], rule: string, from: Node): Node {
    return parts.reduce((at, part) => this.part(part, rule, at), from);
  }

  /** Adds what a production matches behind `from`; gives the node behind it. */
  private part(part: IProduction, rule: string, from: Node): Node {
    if (part instanceof Terminal) {
      const node = this.edge(from, rule);
      node.terminal = part.terminalType;
      return this.edge(node, rule);
    }
    if (part instanceof NonTerminal) {
      const node = this.edge(from, rule);
      node.call = part.nonTerminalName;
      return this.edge(node, rule);
    }
    const after = this.node(rule);
    if (part instanceof Alternation) {
      for (const branch of part.definition as Alternative[])
        this.sequence(branch.definition, rule, this.edge(from, rule)).next.push(after);
      return after;
    }
    const { definition } = part as Option;
    const first = this.edge(from, rule);
    const last = this.sequence(definition, rule, first);
    last.next.push(after);
    if (part instanceof RepetitionWithSeparator || part instanceof RepetitionMandatoryWithSeparator) {
      const separator = this.edge(last, rule);
      separator.terminal = part.separator;
      separator.next.push(first);
    } else if (part instanceof Repetition || part instanceof RepetitionMandatory) last.next.push(first);
    if (part instanceof Option || part instanceof Repetition || part instanceof RepetitionWithSeparator)
      from.next.push(after);
    return after;
  }

  /** Starts at the beginning of a rule. */
  walk(rule: string): Walk {
    const frames = new Map<string, Frame>();
    const push = (back: Node, below: Frame | undefined): Frame => {
      const key = `${back.id}/${below?.id ?? ""}`;
      const known = frames.get(key);
      if (known !== undefined) return known;
      const frame = { id: frames.size, back, below };
      frames.set(key, frame);
      return frame;
    };

    let complete = false;
    /** All states at a terminal that can be reached without a token. */
    const settle = (from: readonly State[]): State[] => {
      complete = false;
      const seen = new Set<string>();
      const settled: State[] = [];
      const open = [...from];
      for (let state = open.pop(); state !== undefined; state = open.pop()) {
        const { node, stack } = state;
        const key = `${node.id}/${stack?.id ?? ""}`;
        if (seen.has(key)) continue;
        seen.add(key);
        if (node.terminal !== undefined) settled.push(state);
        else if (node.call !== undefined)
          open.push({ node: this.starts.get(node.call)!, stack: push(node.next[0]!, stack) });
        else if (node === this.ends.get(node.rule)) {
          if (stack === undefined) complete = true;
          else open.push({ node: stack.back, stack: stack.below });
        } else for (const next of node.next.toReversed()) open.push({ node: next, stack });
      }
      return settled;
    };

    let states = settle([{ node: this.starts.get(rule)!, stack: undefined }]);
    return {
      step(token) {
        const taken = states.filter(({ node }) => tokenMatcher(token, node.terminal!));
        if (taken.length === 0) return false;
        states = settle(taken.flatMap(({ node, stack }) => node.next.map((next) => ({ node: next, stack }))));
        return true;
      },
      wanted: () => states.map(({ node }) => ({ type: node.terminal!, rule: node.rule })),
      complete: () => complete,
    };
  }
}
