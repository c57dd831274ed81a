import { VIEW_HAS } from "../../layout.ts";
import { HEADER, TRANSPORTS } from "../header.ts";
import {
  and,
  type Bytes,
  type Cond,
  constant,
  FALSE,
  type Header,
  load,
  NETWORK,
  or,
  TRUE,
  type Value,
} from "../ir.ts";

/**
 * What a condition comes to for an _ordinary_ packet: IPv4 without options, or IPv6 without extension headers, not a
 * later fragment, its headers written and linear. Nothing needs to be looked for there, since every header lies at a
 * fixed distance from the network header.
 *
 * The result may be true where the condition is not, and never the other way round: a test that this cannot answer (the
 * Ethernet header, what is inside a tunnel, the event) is taken for true. That suffices to tell most packets that are not meant from the rest.
 */
export type Shape = "ip4" | "ip6";

export interface Ordinary {
  readonly condition: Cond;
  /** Bytes from the network header on that must be linear for `condition` to be right. */
  readonly reach: number;
}

interface Form {
  readonly header: "ip4" | "ip6";
  /** Bytes of the network header. */
  readonly length: number;
  /** Where its protocol number is. */
  readonly proto: number;
}

const FORMS: Readonly<Record<Shape, Form>> = {
  ip4: { header: "ip4", length: 20, proto: 9 },
  ip6: { header: "ip6", length: 40, proto: 6 },
};

/** Network headers alone, without the transport's first bytes. */
export const headerLength = (shape: Shape): number => FORMS[shape].length;

export function ordinary(condition: Cond, shape: Shape): Ordinary {
  const pass = new Specialise(FORMS[shape]);
  return { condition: pass.atLeast(condition), reach: pass.reach };
}

/** What is left of the condition without looking at headers: a packet it is not true for is not meant, whatever its shape. */
export const withoutHeaders = (condition: Cond): Cond => new Specialise(undefined).atLeast(condition);

/** A value that the packet does not have. */
const ABSENT = Symbol("absent");
/** A value of which nothing is known here. */
const OPEN = Symbol("open");
type Special<T> = T | typeof ABSENT | typeof OPEN;
const isOpen = (x: unknown): x is typeof OPEN => x === OPEN;
const isAbsent = (x: unknown): x is typeof ABSENT => x === ABSENT;

class Specialise {
  readonly #form: Form | undefined;
  reach: number;

  constructor(form: Form | undefined) {
    this.#form = form;
    this.reach = form?.length ?? 0;
  }

  /** True wherever the condition is. */
  atLeast(cond: Cond): Cond {
    if (cond.op === "and") return and(...cond.of.map((c) => this.atLeast(c)));
    if (cond.op === "or") return or(...cond.of.map((c) => this.atLeast(c)));
    return this.#leaf(cond) ?? TRUE;
  }

  /** The same condition, or undefined where a part of it cannot be answered. */
  #exactly(cond: Cond): Cond | undefined {
    if (cond.op !== "and" && cond.op !== "or") return this.#leaf(cond);
    const parts = cond.of.map((c) => this.#exactly(c));
    const decided = cond.op === "and" ? FALSE : TRUE;
    if (parts.includes(decided)) return decided;
    if (parts.includes(undefined)) return undefined;
    return (cond.op === "and" ? and : or)(...(parts as Cond[]));
  }

  #leaf(cond: Cond): Cond | undefined {
    switch (cond.op) {
      case "const":
        return cond;
      case "has":
        return cond.inner ? undefined : this.#has(cond.bits, cond.negated);
      case "cmp": {
        const left = this.#value(cond.left);
        const right = this.#value(cond.right);
        if (isAbsent(left) || isAbsent(right)) return FALSE;
        return isOpen(left) || isOpen(right) ? undefined : { ...cond, left, right };
      }
      case "test": {
        const value = this.#value(cond.value);
        if (isAbsent(value)) return FALSE;
        return isOpen(value) ? undefined : { ...cond, value };
      }
      case "present": {
        const value = this.#value(cond.value);
        if (isAbsent(value)) return cond.negated ? TRUE : FALSE;
        return isOpen(value) ? undefined : { ...cond, value };
      }
      case "ranges": {
        const parts = cond.parts.map((part) => this.#value(part));
        if (parts.some(isAbsent)) return FALSE;
        return parts.some(isOpen) ? undefined : { ...cond, parts: parts as Value[] };
      }
      case "text": {
        const source = this.#bytes(cond.source);
        if (isAbsent(source)) return FALSE;
        return isOpen(source) ? undefined : { ...cond, source };
      }
      default:
        return undefined;
    }
  }

  #has(bits: number, negated: boolean): Cond | undefined {
    if (!this.#form) return undefined;
    const { header } = this.#form;
    const surely = VIEW_HAS.parsed | VIEW_HAS.proto | VIEW_HAS.l4 | VIEW_HAS[header];
    if (bits & surely) return negated ? FALSE : TRUE;
    const transports = TRANSPORTS.filter(({ layer }) => bits & HEADER[layer].has);
    const answered = transports.reduce((all, { layer }) => all | HEADER[layer].has, NEVER);
    const unanswered = bits & ~answered & ~(VIEW_HAS.ip4 | VIEW_HAS.ip6);
    if (unanswered) return undefined;
    const tests = transports
      .filter(({ family }) => family === undefined || family === header)
      .map(({ layer, proto }) => {
        this.#needs(this.#form!.length + HEADER[layer].least);
        return this.#protoIs(proto, negated);
      });
    return negated ? and(...tests) : or(...tests);
  }

  #protoIs(proto: number, negated: boolean): Cond {
    return {
      op: "cmp",
      cmp: negated ? "!=" : "==",
      signed: false,
      left: load(NETWORK, this.#form!.proto, 1),
      right: constant(proto),
    };
  }

  #needs(bytes: number): void {
    this.reach = Math.max(this.reach, bytes);
  }

  #value(value: Value): Special<Value> {
    switch (value.op) {
      case "const":
      case "helper":
        return value;
      case "event":
        return value.member === "skb" ? value : OPEN;
      case "view":
        return value.inner ? OPEN : this.#view(value.member, value.has);
      case "header":
        return value.inner ? OPEN : this.#header(value);
      case "load":
        return this.#within(value.base, (base) => ({ ...value, base }));
      case "swap":
      case "bits":
        return this.#within(value.value, (inner) => ({ ...value, value: inner }));
      case "alu":
      case "minmax":
        return this.#within(value.left, (left) =>
          this.#within(value.right, (right) => ({ ...value, left, right })),
        );
      case "guard": {
        const condition = this.#exactly(value.condition);
        if (condition === undefined) return OPEN;
        return this.#within(value.value, (inner) => guarded(condition, inner));
      }
      case "first": {
        const of = value.of.map((one) => this.#value(one)).filter((one) => !isAbsent(one));
        if (of.some(isOpen)) return OPEN;
        if (of.length < 2) return of[0] ?? ABSENT;
        return { op: "first", of: of as Value[] };
      }
      default:
        return OPEN;
    }
  }

  #within(inner: Value, make: (inner: Value) => Special<Value>): Special<Value> {
    const value = this.#value(inner);
    return isAbsent(value) || isOpen(value) ? value : make(value);
  }

  #view(member: string, has: number): Special<Value> {
    if (!this.#form) return OPEN;
    if (member === "proto" && has & VIEW_HAS.proto) return load(NETWORK, this.#form.proto, 1);
    if (member === "fragoff" && has & VIEW_HAS.proto) return constant(0);
    return OPEN;
  }

  #header({ layer, offset, size }: Header): Special<Value> {
    const form = this.#form;
    if (!form || layer === "eth" || layer === "vlan") return OPEN;
    const number = (at: number): Value => {
      const value = load(NETWORK, at, size);
      return size === 1 ? value : { op: "swap", size, value };
    };
    if (layer === form.header) return offset + size <= form.length ? number(offset) : OPEN;
    const transport = TRANSPORTS.find((t) => t.layer === layer);
    if (!transport || (transport.family && transport.family !== form.header)) return ABSENT;
    this.#needs(form.length + Math.max(offset + size, HEADER[transport.layer].least));
    return guarded(this.#protoIs(transport.proto, false), number(form.length + offset));
  }

  #bytes(bytes: Bytes): Special<Bytes> {
    switch (bytes.op) {
      case "memory": {
        const base = this.#value(bytes.base);
        return isAbsent(base) || isOpen(base) ? base : { ...bytes, base };
      }
      case "cstring": {
        const pointer = this.#value(bytes.pointer);
        return isAbsent(pointer) || isOpen(pointer) ? pointer : { ...bytes, pointer };
      }
      case "comm":
        return bytes;
      case "guard": {
        const condition = this.#exactly(bytes.condition);
        const inner = this.#bytes(bytes.bytes);
        if (isAbsent(inner)) return ABSENT;
        if (condition === undefined || isOpen(inner)) return OPEN;
        if (condition.op === "const") return condition.value ? inner : ABSENT;
        return { op: "guard", condition, bytes: inner };
      }
      default:
        return OPEN;
    }
  }
}

/** What an ordinary packet never has. */
const NEVER = VIEW_HAS.arp | VIEW_HAS.frag6 | VIEW_HAS.sock4 | VIEW_HAS.sock6;

function guarded(condition: Cond, value: Value): Special<Value> {
  if (condition.op === "const") return condition.value ? value : ABSENT;
  return { op: "guard", condition, value };
}
