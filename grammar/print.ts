/**
 * The syntax tree back to text, in one canonical form: parsing it gives the same tree, except for the places.
 * Comments and the way numbers were written are not in the tree and are not kept.
 */
import type * as ast from "./ast.ts";
import { formatDuration, formatIp, formatMac, formatSize, formatString } from "./literals/format.ts";

/** One clause a line if the query has more than fits on one. */
const WIDTH = 100;

/** `source` is the text that was parsed: the bodies of hooks are taken from it. */
export function printProgram(program: ast.Program, source: string): string {
  return program.statements
    .map((statement) => `${docOf(statement)}${printStatement(statement, source)}\n`)
    .join("");
}

function docOf({ doc }: ast.Statement): string {
  if (doc === undefined) return "";
  return doc
    .split("\n")
    .map((line) => `## ${line}`.trimEnd())
    .concat("")
    .join("\n");
}

export function printStatement(node: ast.Statement, source: string): string {
  switch (node.kind) {
    case "LanguageVersion":
      return `pwq ${node.major}`;
    case "Tags":
      return `@tags ${node.tags.map((tag) => tag.text).join(", ")}`;
    case "Requires":
      return `@requires ${node.items.map(printRequirement).join(", ")}`;
    case "Use":
      return `use ${formatString(node.path.value)}`;
    case "Param": {
      const value = node.default === undefined ? "" : ` = ${printExpression(node.default)}`;
      const about = node.about === undefined ? "" : ` ${formatString(node.about.value)}`;
      return `param ${node.name.text}: ${node.type.text}${value}${about}`;
    }
    case "Def":
      return `def ${node.name.text} = ${printExpression(node.value)}`;
    case "Trace": {
      const parts = [`trace ${node.subject.text}`, ...node.clauses.map(printClause)];
      const line = parts.join(" ");
      return line.length <= WIDTH ? line : parts.join("\n  ");
    }
    case "Hook": {
      const interval = node.interval === undefined ? "" : `(${printExpression(node.interval)})`;
      const parameter = node.parameter === undefined ? "" : ` (${node.parameter.text})`;
      return `on ${node.event.text}${interval}${parameter} {${source.slice(node.body.start, node.body.end)}}`;
    }
  }
}

const printRequirement = (item: ast.Requirement): string =>
  item.kind === "KernelRequirement" ? `kernel ${item.op} ${item.version}` : `${item.what} ${item.name.text}`;

export function printClause(node: ast.Clause): string {
  switch (node.kind) {
    case "At":
      return `at ${node.points.map(printPoint).join(", ")}`;
    case "Where":
      return `where ${printExpression(node.condition)}`;
    case "When":
      return `when ${printExpression(node.condition)}`;
    case "Follow":
      return `follow ${node.what.map(({ text }) => text).join(", ")}`;
    case "Until":
      return `until ${node.terminals.map(printTerminal).join(", ")}`;
    case "Ending":
      return `ending ${node.terminals.map(printTerminal).join(", ")}`;
    case "From":
      return `from ${printPoint(node.from)} to ${printPoint(node.to)}`;
    case "Show":
      return `show ${node.items.map(printShowItem).join(", ")}`;
    case "By":
      return `by ${node.keys.map((key) => printExpression(key)).join(", ")}`;
    case "Every":
      return `every ${constant(node.interval)}`;
    case "Top":
      return `top ${constant(node.count)}`;
    case "Sample":
      return `sample ${constant(node.numerator)}/${constant(node.denominator)}`;
    case "Rate":
      return `rate ${constant(node.count)}/${node.per.text}`;
    case "Limit":
      return `limit ${constant(node.count)} ${node.unit.text}`;
    case "For":
      return `for ${constant(node.duration)}`;
    case "Stop":
      return `stop when ${printExpression(node.condition)}`;
  }
}

function printPoint(node: ast.Point): string {
  if (node.kind === "NamedPoint") return node.name;
  if (node.kind === "CallsPoint") return node.glob === undefined ? "calls" : `calls ${node.glob}`;
  const sign = node.exclude ? "!" : "";
  if (node.kind === "GlobPoint") return `${sign}${node.glob}`;
  if (node.kind === "ModulePoint") return `${sign}module ${node.glob}`;
  return `${sign}tracepoint ${node.group}:${node.glob}`;
}

function printTerminal(node: ast.Terminal): string {
  if (node.kind === "NamedTerminal") return node.name;
  if (node.kind === "FunctionTerminal")
    return /^[\w.*?]+$/.test(node.glob) ? `fn(${node.glob})` : `fn(${formatString(node.glob)})`;
  return printExpression(node.condition);
}

const printShowItem = ({ value, condition, as }: ast.ShowItem): string =>
  [
    printExpression(value),
    ...(condition === undefined ? [] : ["if", printExpression(condition)]),
    ...(as === undefined ? [] : ["as", as.text]),
  ].join(" ");

// How tight an operator binds; an operand that binds looser stands in parentheses.
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARISON = 4;
const RANGE = 5;
const UNARY = 12;
const PRIMARY = 13;
const ARITHMETIC: Readonly<Record<ast.ArithmeticOp, number>> = {
  "|": 6,
  "^": 7,
  "&": 8,
  "<<": 9,
  ">>": 9,
  "+": 10,
  "-": 10,
  "*": 11,
  "/": 11,
  "%": 11,
};

/** What a clause takes without parentheses: a number, a duration, a parameter, a plain name. */
function constant(node: ast.Expr): string {
  const plain =
    node.kind === "Int" ||
    node.kind === "Duration" ||
    node.kind === "Size" ||
    node.kind === "ParamRef" ||
    (node.kind === "Name" && !node.name.includes("."));
  return plain ? printExpression(node) : `(${printExpression(node)})`;
}

/** In parentheses if it binds looser than `least`. */
export function printExpression(node: ast.Expr, least = 0): string {
  const [text, tight] = bare(node);
  return tight < least ? `(${text})` : text;
}

/** An expression's text and how tight it binds. */
function bare(node: ast.Expr): [text: string, tight: number] {
  const binary = (
    left: ast.Expr,
    op: string,
    right: ast.Expr,
    tight: number,
    leftTight = tight + 1,
  ): [string, number] => [
    `${printExpression(left, leftTight)} ${op} ${printExpression(right, tight + 1)}`,
    tight,
  ];
  switch (node.kind) {
    case "Logic": {
      const tight = node.op === "or" ? OR : AND;
      return binary(node.left, node.op, node.right, tight, tight);
    }
    case "Not":
      return [`not ${printExpression(node.operand, NOT)}`, NOT];
    case "Compare":
      return binary(node.left, node.op, node.right, COMPARISON);
    case "Membership":
      return binary(node.value, node.negated ? "not in" : "in", node.set, COMPARISON);
    case "Match":
      return binary(node.value, node.op, node.pattern, COMPARISON);
    case "Has":
      return binary(node.value, "has", node.flags, COMPARISON);
    case "Range":
      return [`${printExpression(node.low, RANGE + 1)}..${printExpression(node.high, RANGE + 1)}`, RANGE];
    case "Arithmetic": {
      const tight = ARITHMETIC[node.op];
      return binary(node.left, node.op, node.right, tight, tight);
    }
    case "Negate":
      return [`${node.op}${printExpression(node.operand, UNARY)}`, UNARY];
    default:
      return [printPrimary(node), PRIMARY];
  }
}

type Primary = Exclude<
  ast.Expr,
  | ast.Logic
  | ast.Not
  | ast.Compare
  | ast.Membership
  | ast.Match
  | ast.Has
  | ast.RangeExpr
  | ast.Arithmetic
  | ast.Negate
>;

function printPrimary(node: Primary): string {
  switch (node.kind) {
    case "Name":
      return node.name;
    case "ParamRef":
      return `$${node.name}`;
    case "RawPath":
      return node.root + node.steps.map(printStep).join("");
    case "Call":
      return `${node.callee.text}(${node.args.map((arg) => printExpression(arg)).join(", ")})`;
    case "Pcap":
      return `${node.inner ? "inner.pcap" : "pcap"} ${formatString(node.text.value)}`;
    case "Set":
      return `{${node.items.map((item) => printExpression(item, RANGE)).join(", ")}}`;
    case "Int":
      return node.value.toString();
    case "Bool":
      return node.value.toString();
    case "String":
      return formatString(node.value);
    case "Ip":
      return formatIp(node.version, node.value);
    case "Cidr":
      return `${formatIp(node.version, node.address)}/${node.prefix}`;
    case "Mac":
      return formatMac(node.value);
    case "Duration":
      return formatDuration(node.value);
    case "Size":
      return formatSize(node.value);
  }
}

const printStep = (step: ast.RawStep): string =>
  step.kind === "Index" ? `[${step.index}]` : `${step.arrow ? "->" : "."}${step.name}`;
