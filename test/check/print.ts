import type { CheckedQuery, CheckedTerminal, ConstSet, ShowColumn, TExpr } from "../../src/compiler/typed.ts";
import type { Type } from "../../src/compiler/types.ts";

/** A typed expression in one line: fields by name, constants with their type, everything else in brackets. */
export function print(expr: TExpr): string {
  switch (expr.kind) {
    case "const":
      return `${typeof expr.value === "string" ? JSON.stringify(expr.value) : expr.value}:${printType(expr.type)}`;
    case "field":
      return expr.expansion ? `${expr.field.name}{${print(expr.expansion)}}` : expr.field.name;
    case "raw":
      return `${expr.text}:${printType(expr.type)}`;
    case "present":
      return `has-${expr.layer}`;
    case "not":
      return `(not ${print(expr.operand)})`;
    case "logic":
      return `(${print(expr.left)} ${expr.op} ${print(expr.right)})`;
    case "compare":
    case "arithmetic":
      return `(${print(expr.left)} ${expr.op} ${print(expr.right)})`;
    case "in":
      return `(${print(expr.value)} ${expr.negated ? "not in" : "in"} ${printSet(expr.set)})`;
    case "match":
      return `(${print(expr.value)} ${expr.how} ${JSON.stringify(expr.pattern)})`;
    case "past":
      return `${expr.how}(${print(expr.value)})`;
    case "has":
      return `(${print(expr.value)} has 0x${expr.mask.toString(16)})`;
    case "negate":
      return `(${expr.op}${print(expr.operand)})`;
    case "format":
      return `${expr.how}(${print(expr.operand)}, ${expr.size})`;
    case "pcap":
      return `${expr.inner ? "inner." : ""}pcap<${expr.text}>`;
    case "payload":
      return `payload(${expr.size})`;
    case "arg":
      return `arg(${expr.index})`;
    case "dump":
      return `dump(${expr.text})`;
    case "call":
      return `${expr.callee}(${expr.args.map(print).join(", ")})`;
  }
}

export function printType(type: Type): string {
  if (type.kind === "int") return `${type.unit ?? ""}${type.signed ? "i" : "u"}${type.bits}`;
  if (type.kind === "ip") return `ip${type.version ?? ""}`;
  return type.kind === "string" || type.kind === "bytes" ? `${type.kind}${type.size}` : type.kind;
}

function printSet({ ranges, ranges4, ranges6, strings }: ConstSet): string {
  const printed = [
    ...ranges.map(({ low, high }) => (low === high ? `${low}` : `${low}..${high}`)),
    ...[...ranges4, ...ranges6].map(({ low, high }) => `0x${low.toString(16)}..0x${high.toString(16)}`),
    ...strings.map((text) => JSON.stringify(text)),
  ];
  return `{${printed.join(", ")}}`;
}

const printTerminal = (terminal: CheckedTerminal): string =>
  terminal.kind === "expr"
    ? print(terminal.condition)
    : terminal.kind === "fn"
      ? `fn(${terminal.glob})`
      : terminal.kind;

const printColumn = ({ name, value, condition }: ShowColumn): string =>
  `${name}=${print(value)}${condition ? ` if ${print(condition)}` : ""}`;

/** A query, its clauses one in a line; those that are not there are left out. */
export function printQuery(query: CheckedQuery): string {
  const lines = [
    `at ${query.at.map((point) => ("name" in point ? point.name : `${point.kind} ${point.glob}`)).join(", ")}`,
    query.where && `where ${print(query.where)}`,
    query.when && `when ${print(query.when)}`,
    query.stop && `stop ${print(query.stop)}`,
    `follow ${[...query.follow].join(", ") || "none"}`,
    query.until.length > 0 && `until ${query.until.map(printTerminal).join(", ")}`,
    query.ending.length > 0 && `ending ${query.ending.map(printTerminal).join(", ")}`,
    query.explicitShow && `show ${query.show.map(printColumn).join(", ")}`,
    query.sample && `sample ${query.sample.numerator}/${query.sample.denominator}`,
    query.rate && `rate ${query.rate.count} per ${query.rate.perNs}ns`,
    query.limit && `limit ${query.limit.count} ${query.limit.unit}`,
    query.forNs !== undefined && `for ${query.forNs}ns`,
  ];
  return lines.filter((line) => typeof line === "string").join("\n");
}
