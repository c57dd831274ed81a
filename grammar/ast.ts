/**
 * The syntax tree of a pwq program: what was written, not what it means.
 * Nothing here is resolved: `tcp.dport`, `NETFILTER_DROP` and a misspelt word are all a `Name`.
 */

/** A half-open range of UTF-16 offsets into the text of one source. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Node {
  readonly span: Span;
}

export interface Program extends Node {
  readonly kind: "Program";
  readonly statements: readonly Statement[];
}

/** A word with its place; used wherever the place of a name inside a larger node is needed. */
export interface Word extends Node {
  readonly kind: "Word";
  readonly text: string;
}

export type Statement = LanguageVersion | Tags | Requires | Use | Param | Def | Trace | Hook;

/** `##` lines above a statement, joined by newlines, without the marks. */
interface Documented {
  readonly doc?: string;
}

/** `pwq 1` */
export interface LanguageVersion extends Node, Documented {
  readonly kind: "LanguageVersion";
  readonly major: number;
}

/** `@tags drop, routing` */
export interface Tags extends Node, Documented {
  readonly kind: "Tags";
  readonly tags: readonly Word[];
}

/** `@requires kernel >= 5.17, function ip_rcv, type nf_conn, module nf_conntrack` */
export interface Requires extends Node, Documented {
  readonly kind: "Requires";
  readonly items: readonly Requirement[];
}

export type Requirement = KernelRequirement | NamedRequirement;

export interface KernelRequirement extends Node {
  readonly kind: "KernelRequirement";
  readonly op: CompareOp;
  /** As written: `5.17`, `6.12.3`. */
  readonly version: string;
}

export interface NamedRequirement extends Node {
  readonly kind: "NamedRequirement";
  readonly what: "function" | "type" | "module";
  readonly name: Word;
}

/** `use "./common.pwq"` or `use "@rpf"` */
export interface Use extends Node, Documented {
  readonly kind: "Use";
  readonly path: StringLiteral;
}

/** `param port: port = 443 "only this port"` */
export interface Param extends Node, Documented {
  readonly kind: "Param";
  readonly name: Word;
  readonly type: Word;
  readonly default?: Expr;
  readonly about?: StringLiteral;
}

/** `def web = tcp.dport == $port` */
export interface Def extends Node, Documented {
  readonly kind: "Def";
  readonly name: Word;
  readonly value: Expr;
}

/** `trace skb where … until drop show mark` */
export interface Trace extends Node, Documented {
  readonly kind: "Trace";
  readonly subject: Word; // skb | drop | xdp; another word is the checker's error
  readonly clauses: readonly Clause[];
}

/** `on drop (e) { … }`: the body is TypeScript and is not looked into here. */
export interface Hook extends Node, Documented {
  readonly kind: "Hook";
  readonly event: Word;
  readonly interval?: Expr;
  readonly parameter?: Word;
  /** The span of what stands between the braces. */
  readonly body: Span;
}

export type Clause =
  | AtClause
  | WhereClause
  | WhenClause
  | FollowClause
  | UntilClause
  | EndingClause
  | FromClause
  | ShowClause
  | ByClause
  | EveryClause
  | TopClause
  | SampleClause
  | RateClause
  | LimitClause
  | ForClause
  | StopClause;

export interface AtClause extends Node {
  readonly kind: "At";
  readonly points: readonly Point[];
}
export interface WhereClause extends Node {
  readonly kind: "Where";
  readonly condition: Expr;
}
export interface WhenClause extends Node {
  readonly kind: "When";
  readonly condition: Expr;
}
export interface FollowClause extends Node {
  readonly kind: "Follow";
  readonly what: readonly Word[];
}
export interface UntilClause extends Node {
  readonly kind: "Until";
  readonly terminals: readonly Terminal[];
}
export interface EndingClause extends Node {
  readonly kind: "Ending";
  readonly terminals: readonly Terminal[];
}
export interface FromClause extends Node {
  readonly kind: "From";
  readonly from: Point;
  readonly to: Point;
}
export interface ShowClause extends Node {
  readonly kind: "Show";
  readonly items: readonly ShowItem[];
}
export interface ByClause extends Node {
  readonly kind: "By";
  readonly keys: readonly Expr[];
}
export interface EveryClause extends Node {
  readonly kind: "Every";
  readonly interval: Expr;
}
export interface TopClause extends Node {
  readonly kind: "Top";
  readonly count: Expr;
}
/** `sample 1/100` */
export interface SampleClause extends Node {
  readonly kind: "Sample";
  readonly numerator: Expr;
  readonly denominator: Expr;
}
/** `rate 100/s` */
export interface RateClause extends Node {
  readonly kind: "Rate";
  readonly count: Expr;
  readonly per: Word; // s | ms | min, checked later
}
export interface LimitClause extends Node {
  readonly kind: "Limit";
  readonly count: Expr;
  readonly unit: Word; // packets | events
}
export interface ForClause extends Node {
  readonly kind: "For";
  readonly duration: Expr;
}
/** `stop when EXPR` */
export interface StopClause extends Node {
  readonly kind: "Stop";
  readonly condition: Expr;
}

/** A place in the kernel to look at, as written in `at`, `from` and `to`. */
export type Point = NamedPoint | CallsPoint | GlobPoint | ModulePoint | TracepointPoint;

/** A bare word that has a meaning of its own: `all path drop tc xdp`. */
export interface NamedPoint extends Node {
  readonly kind: "NamedPoint";
  readonly name: "all" | "path" | "drop" | "tc" | "xdp";
}
/** Functions that get no packet: `calls`, `calls fib_*`. */
export interface CallsPoint extends Node {
  readonly kind: "CallsPoint";
  readonly glob?: string;
}
/** A function glob, `!` in front takes functions away: `ip_*`, `!skb_*`, `nft_do_chain`. */
export interface GlobPoint extends Node {
  readonly kind: "GlobPoint";
  readonly exclude: boolean;
  readonly glob: string;
}
export interface ModulePoint extends Node {
  readonly kind: "ModulePoint";
  readonly exclude: boolean;
  readonly glob: string;
}
/** `tracepoint net:*` */
export interface TracepointPoint extends Node {
  readonly kind: "TracepointPoint";
  readonly exclude: boolean;
  readonly group: string;
  readonly glob: string;
}

/** What ends a journey. A bare word `drop deliver xmit free` is a `NamedTerminal`. */
export type Terminal = NamedTerminal | FunctionTerminal | ExprTerminal;
export interface NamedTerminal extends Node {
  readonly kind: "NamedTerminal";
  readonly name: "drop" | "deliver" | "xmit" | "free";
}
/** `fn(glob)` */
export interface FunctionTerminal extends Node {
  readonly kind: "FunctionTerminal";
  readonly glob: string;
}
export interface ExprTerminal extends Node {
  readonly kind: "ExprTerminal";
  readonly condition: Expr;
}

export interface ShowItem extends Node {
  readonly kind: "ShowItem";
  readonly value: Expr;
  /** `stack if drop`: there where this is true, elsewhere absent. */
  readonly condition?: Expr;
  readonly as?: Word;
}

export type CompareOp = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type ArithmeticOp = "|" | "^" | "&" | "<<" | ">>" | "+" | "-" | "*" | "/" | "%";

export type Expr =
  | Logic
  | Not
  | Compare
  | Membership
  | Match
  | Has
  | Arithmetic
  | Negate
  | Name
  | ParamRef
  | RawPath
  | Call
  | Pcap
  | Literal
  | RangeExpr
  | SetExpr;

/** `a and b`, `a || b`: two operands, left-associative. */
export interface Logic extends Node {
  readonly kind: "Logic";
  readonly op: "and" | "or";
  readonly left: Expr;
  readonly right: Expr;
}
export interface Not extends Node {
  readonly kind: "Not";
  readonly operand: Expr;
}
export interface Compare extends Node {
  readonly kind: "Compare";
  readonly op: CompareOp;
  readonly opSpan: Span;
  readonly left: Expr;
  readonly right: Expr;
}
/** `x in {…}`, `x not in 10.0.0.0/8` */
export interface Membership extends Node {
  readonly kind: "Membership";
  readonly negated: boolean;
  readonly value: Expr;
  readonly set: Expr;
}
/** `func ~ "nf_*"`, `comm matches "^ng"` */
export interface Match extends Node {
  readonly kind: "Match";
  readonly op: "~" | "matches";
  readonly value: Expr;
  readonly pattern: Expr;
}
/** `tcp.flags has SYN` */
export interface Has extends Node {
  readonly kind: "Has";
  readonly value: Expr;
  readonly flags: Expr;
}
export interface Arithmetic extends Node {
  readonly kind: "Arithmetic";
  readonly op: ArithmeticOp;
  readonly opSpan: Span;
  readonly left: Expr;
  readonly right: Expr;
}
/** Unary `-` or `~` (complement). */
export interface Negate extends Node {
  readonly kind: "Negate";
  readonly op: "-" | "~";
  readonly operand: Expr;
}
/** A dotted name: a field, a def, an enumerator. */
export interface Name extends Node {
  readonly kind: "Name";
  readonly name: string;
}
/** `$port`; `name` is without the dollar. */
export interface ParamRef extends Node {
  readonly kind: "ParamRef";
  readonly name: string;
}
/** `skb->dev->ifindex`, `skb->cb[3]`, `skb->sk->__sk_common.skc_family` */
export interface RawPath extends Node {
  readonly kind: "RawPath";
  readonly root: string;
  readonly steps: readonly RawStep[];
}
export type RawStep =
  | (Node & { readonly kind: "Member"; readonly arrow: boolean; readonly name: string })
  | (Node & { readonly kind: "Index"; readonly index: number });

/** `str(…)`, `hex(…, 16)`, `changed(mark)`, `count()`, `arg(2)`, `payload(32)` */
export interface Call extends Node {
  readonly kind: "Call";
  readonly callee: Word;
  readonly args: readonly Expr[];
}
/** `pcap "tcp port 443"`, `inner.pcap "…"` */
export interface Pcap extends Node {
  readonly kind: "Pcap";
  readonly inner: boolean;
  readonly text: StringLiteral;
}

export type Literal =
  | IntLiteral
  | BoolLiteral
  | StringLiteral
  | IpLiteral
  | CidrLiteral
  | MacLiteral
  | DurationLiteral
  | SizeLiteral;

export interface IntLiteral extends Node {
  readonly kind: "Int";
  readonly value: bigint;
}
export interface BoolLiteral extends Node {
  readonly kind: "Bool";
  readonly value: boolean;
}
export interface StringLiteral extends Node {
  readonly kind: "String";
  readonly value: string;
}
/** The address as one number, most significant octet first. */
export interface IpLiteral extends Node {
  readonly kind: "Ip";
  readonly version: 4 | 6;
  readonly value: bigint;
}
/** `address` keeps host bits as written: the checker warns about them. */
export interface CidrLiteral extends Node {
  readonly kind: "Cidr";
  readonly version: 4 | 6;
  readonly address: bigint;
  readonly prefix: number;
}
export interface MacLiteral extends Node {
  readonly kind: "Mac";
  readonly value: bigint;
}
/** In nanoseconds. */
export interface DurationLiteral extends Node {
  readonly kind: "Duration";
  readonly value: bigint;
}
/** In bytes. */
export interface SizeLiteral extends Node {
  readonly kind: "Size";
  readonly value: bigint;
}
/** `8000..8099`, both ends included. */
export interface RangeExpr extends Node {
  readonly kind: "Range";
  readonly low: Expr;
  readonly high: Expr;
}
export interface SetExpr extends Node {
  readonly kind: "Set";
  readonly items: readonly Expr[];
}
