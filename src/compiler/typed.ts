import type { ArithmeticOp, CompareOp, Point, Trace } from "../../grammar/ast.ts";
import type { HookProgram } from "../hooks/program.ts";
import type { AggregateName } from "./aggregates.ts";
import type { ResolvedPath } from "./btf/resolved-path.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import type { Field } from "./fields/field.ts";
import type { PcapFilter } from "./pcap/filter.ts";
import type { Source, Span } from "./source.ts";
import type { Type } from "./types.ts";

/**
 * The checked program: every name resolved, every expression typed, parameters and defs replaced by their values,
 * enumerators by numbers. Planner, code generator and decoder read only this.
 */
export interface CheckedProgram {
  readonly source: Source;
  readonly title?: string;
  readonly tags: readonly string[];
  readonly params: readonly CheckedParam[];
  readonly queries: readonly CheckedQuery[];
  readonly warnings: readonly Diagnostic[];
  readonly hooks?: HookProgram;
}

export interface CheckedParam {
  readonly name: string;
  readonly type: string;
  readonly about?: string;
  readonly default?: string;
  readonly value: string;
}

export interface CheckedQuery {
  readonly source: Source;
  readonly syntax: Trace;
  /** As written; `[all]` if there is no `at`, `[drop]` for `trace drop`. */
  readonly at: readonly Point[];
  readonly where?: TExpr;
  readonly when?: TExpr;
  readonly stop?: TExpr;
  /** `from … to …`: where journeys begin and end. */
  readonly stretch?: { readonly from: Point; readonly to: Point };
  /** Empty set: `follow none`. */
  readonly follow: ReadonlySet<FollowKind>;
  readonly until: readonly CheckedTerminal[];
  /** Journeys that end otherwise are not shown; empty: all are. */
  readonly ending: readonly CheckedTerminal[];
  readonly show: readonly ShowColumn[];
  /** `show` aggregates: the columns are its keys and what it is made of. */
  readonly aggregation?: Aggregation;
  /** What hooks read; named as they name it. */
  readonly captured?: readonly ShowColumn[];
  /** False: the columns are the default ones. */
  readonly explicitShow: boolean;
  readonly sample?: { readonly numerator: number; readonly denominator: number };
  readonly rate?: { readonly count: number; readonly perNs: bigint };
  readonly limit?: { readonly count: number; readonly unit: "packets" | "events" };
  readonly forNs?: bigint;
}

export type FollowKind = "clone" | "copy" | "nat" | "segment" | "netns" | "veth" | "xdp";

export type CheckedTerminal =
  | { readonly kind: "drop" | "deliver" | "xmit" | "free"; readonly span: Span }
  | { readonly kind: "fn"; readonly glob: string; readonly span: Span }
  | { readonly kind: "expr"; readonly condition: TExpr; readonly span: Span };

export interface ShowColumn {
  /** The JSON key: the item as written, or its `as` name. */
  readonly name: string;
  readonly value: TExpr;
  /** `if`: the value is absent where this is not true. */
  readonly condition?: TExpr;
}

export interface Aggregation {
  /** So many of the query's columns, the first, are the groups (`by`). */
  readonly keys: number;
  readonly items: readonly AggregateItem[];
  /** Printed again so often; absent: once, at the end. */
  readonly everyNs?: bigint;
  /** The largest groups by the first aggregate. */
  readonly top?: number;
}

export interface AggregateItem {
  /** The JSON key: the item as written, or its `as` name. */
  readonly name: string;
  readonly fn: AggregateName;
  /** Of the result. */
  readonly type: Type;
  /** The query's column that it is made of; absent: events are counted. */
  readonly column?: number;
  /** Of `lhist`, in the value's own unit. */
  readonly range?: { readonly low: number; readonly high: number; readonly step: number };
}

interface TNode {
  readonly type: Type;
  /** In the text of the query. What comes from another one (a used file, a field's own expression) lies where it is used. */
  readonly span: Span;
}

/** Three-valued: any node may be absent/unknown if a field below it is absent. `present` never is. */
export type TExpr =
  | TConst
  | TField
  | TRaw
  | TPresent
  | TNot
  | TLogic
  | TCompare
  | TIn
  | TMatch
  | THas
  | TArithmetic
  | TNegate
  | TFormat
  | TPayload
  | TPcap
  | TArg
  | TDump
  | TCall
  | TPast;

/**
 * What the journey's earlier events have to do with a value. `changed`: it is another than at the packet's event before;
 * false at the first. `first`: no event of the journey had it before. Unknown where the value is absent; such events
 * count for neither.
 */
export interface TPast extends TNode {
  readonly kind: "past";
  readonly how: "changed" | "first";
  readonly value: TExpr;
}

/** int: bigint; bool: boolean; ip, mac: bigint; string: string. */
export interface TConst extends TNode {
  readonly kind: "const";
  readonly value: bigint | boolean | string;
}
export interface TField extends TNode {
  readonly kind: "field";
  readonly field: Field;
  /** Of `ret`: the functions of the query return different types. */
  readonly mixed?: true;
  /** Of a field read by `expr`: that expression, checked. */
  readonly expansion?: TExpr;
}
/** A kernel path; `text` is canonical (`skb->dev->ifindex`). */
export interface TRaw extends TNode {
  readonly kind: "raw";
  readonly text: string;
  /** Undefined if checked without BTF. */
  readonly path?: ResolvedPath;
}
/** A bare protocol name, or `drop`: true or false. */
export interface TPresent extends TNode {
  readonly kind: "present";
  readonly layer: PresenceName;
  /** Of the packet inside a tunnel. */
  readonly inner?: true;
}
/** The name as written. */
export const presenceKey = ({ layer, inner }: Pick<TPresent, "layer" | "inner">): string =>
  inner ? `inner.${layer}` : layer;
export type PresenceName =
  | "eth"
  | "vlan"
  | "arp"
  | "ip"
  | "ip4"
  | "ip6"
  | "tcp"
  | "udp"
  | "icmp"
  | "icmp6"
  | "sctp"
  | "esp"
  | "gre"
  | "drop";

export interface TNot extends TNode {
  readonly kind: "not";
  readonly operand: TExpr;
}
export interface TLogic extends TNode {
  readonly kind: "logic";
  readonly op: "and" | "or";
  readonly left: TExpr;
  readonly right: TExpr;
}
/** Both sides have the same kind of type. Comparisons of `either` fields are already expanded. */
export interface TCompare extends TNode {
  readonly kind: "compare";
  readonly op: CompareOp;
  readonly left: TExpr;
  readonly right: TExpr;
}
export interface TIn extends TNode {
  readonly kind: "in";
  readonly negated: boolean;
  readonly value: TExpr;
  readonly set: ConstSet;
}
/**
 * Inclusive ranges, sorted and disjoint, per family for addresses (a CIDR is a range); strings one by one.
 * For plain integers `ranges` is used, for ip `ranges4` and `ranges6`.
 */
export interface ConstSet {
  readonly ranges: readonly ConstRange[];
  readonly ranges4: readonly ConstRange[];
  readonly ranges6: readonly ConstRange[];
  readonly strings: readonly string[];
}
export interface ConstRange {
  readonly low: bigint;
  readonly high: bigint;
}
/** Of a string field, or of `func` and `module` (decided when points are planned). */
export interface TMatch extends TNode {
  readonly kind: "match";
  readonly how: "glob" | "regex";
  readonly value: TExpr;
  readonly pattern: string;
}
/** `value & mask == mask`. */
export interface THas extends TNode {
  readonly kind: "has";
  readonly value: TExpr;
  readonly mask: bigint;
}
/** Wrapping at 64 bits; signed if a side is signed. Division or remainder by zero is absent. */
export interface TArithmetic extends TNode {
  readonly kind: "arithmetic";
  readonly op: ArithmeticOp;
  readonly left: TExpr;
  readonly right: TExpr;
}
export interface TNegate extends TNode {
  readonly kind: "negate";
  readonly op: "-" | "~";
  readonly operand: TExpr;
}
/** `str(path)`: the C string a `char *` points to. `hex(x)`, `hex(path, n)`: n bytes from there. `dec(x)`. */
export interface TFormat extends TNode {
  readonly kind: "format";
  readonly how: "str" | "hex";
  readonly operand: TExpr;
  /** Bytes captured; default 64 for str, the operand's size for hex. */
  readonly size: number;
}
/** The first `size` bytes after the transport header. */
export interface TPayload extends TNode {
  readonly kind: "payload";
  readonly size: number;
}
/** `pcap "…"`, `inner.pcap "…"`. */
export interface TPcap extends TNode {
  readonly kind: "pcap";
  readonly inner: boolean;
  readonly text: string;
  /** Undefined if checked without libpcap. */
  readonly filter?: PcapFilter;
}
/** The function's n-th argument (0-based); absent at tracepoints, at returns, and where a function has fewer. */
export interface TArg extends TNode {
  readonly kind: "arg";
  readonly index: number;
  /** The functions of the query have different types there. */
  readonly mixed?: true;
}
/** `dump(skb)`, `dump(shinfo)`, `dump(skb->dev)`: all members of a structure. */
export interface TDump extends TNode {
  readonly kind: "dump";
  /** Canonical: `skb->dev`. */
  readonly text: string;
  /** Undefined if checked without BTF. */
  readonly path?: ResolvedPath;
}
export interface TCall extends TNode {
  readonly kind: "call";
  readonly callee: "abs" | "min" | "max" | "len";
  readonly args: readonly TExpr[];
}
