import { PRESENCE } from "../fields/table.ts";
import type { PresenceName, TCompare, TExpr, TIn } from "../typed.ts";
import type { World } from "./expression/context.ts";

/**
 * Warns where `!=` (or `not in`, or `not` before `==`) on a header field leaves out all packets without that header, and
 * nothing says that this is meant: no `tcp and`, no other test of the header that must be true, no `not tcp or`.
 */
export function warnAbsent(condition: TExpr, world: World): void {
  visit(condition, false, new Set(), world);
}

type Header = PresenceName;

/** `negated`: under an odd number of `not`. `known`: headers that the packet is said to have or not to have. */
function visit(expr: TExpr, negated: boolean, known: ReadonlySet<Header>, world: World): void {
  switch (expr.kind) {
    case "not":
      visit(expr.operand, !negated, known, world);
      return;
    case "logic": {
      const all = (expr.op === "and") !== negated;
      const said = (other: TExpr) => (all ? demanded(other, negated) : excluded(other, negated));
      visit(expr.left, negated, union(known, said(expr.right)), world);
      visit(expr.right, negated, union(known, said(expr.left)), world);
      return;
    }
    case "compare": {
      const unequal = negated ? "==" : "!=";
      if (expr.op === unequal) warn(expr, expr.left, negated, known, world);
      return;
    }
    case "in":
      if (expr.negated !== negated) warn(expr, expr.value, negated, known, world);
      return;
    default:
      return;
  }
}

function warn(
  test: TCompare | TIn,
  value: TExpr,
  negated: boolean,
  known: ReadonlySet<Header>,
  world: World,
): void {
  const place = world.written.get(test);
  const header = headerOf(value);
  // Every packet that most people think of is IP, and has an Ethernet header or is about to.
  if (!place || !header || value.kind !== "field" || header === "ip" || header === "eth" || known.has(header))
    return;
  const written = place.source.text.slice(place.span.start, place.span.end).replace(/\s+/g, " ");
  const text = negated ? `not ${written}` : written;
  world.report.warn("PWQ1162", place, `this leaves out ${value.field.optional}`, {
    label: `to keep them: \`not ${header} or ${text}\``,
    help: [`to say that they are not meant: \`${header} and ${text}\``],
  });
}

/** The protocol whose header a field is of. */
function headerOf(value: TExpr): Header | undefined {
  if (value.kind !== "field" || value.field.optional === undefined) return undefined;
  const root = value.field.name.split(".", 1)[0] as Header;
  return PRESENCE.has(root) && value.field.name.includes(".") ? root : undefined;
}

const NONE: ReadonlySet<Header> = new Set();
const union = (a: ReadonlySet<Header>, b: ReadonlySet<Header>): ReadonlySet<Header> => new Set([...a, ...b]);

/** Headers that the packet must have for `expr` to be true (or false, if negated). */
function demanded(expr: TExpr, negated: boolean): ReadonlySet<Header> {
  switch (expr.kind) {
    case "present":
      return negated || expr.inner ? NONE : new Set([expr.layer]);
    case "not":
      return demanded(expr.operand, !negated);
    case "logic": {
      const [left, right] = [demanded(expr.left, negated), demanded(expr.right, negated)];
      return (expr.op === "and") !== negated
        ? union(left, right)
        : new Set([...left].filter((header) => right.has(header)));
    }
    case "compare":
      return (expr.op === "!=") !== negated ? NONE : union(headers(expr.left), headers(expr.right));
    case "in":
      return expr.negated !== negated ? NONE : headers(expr.value);
    case "match":
    case "has":
      return negated ? NONE : headers(expr.value);
    default:
      return NONE;
  }
}

function headers(value: TExpr): ReadonlySet<Header> {
  const header = headerOf(value);
  return header === undefined ? NONE : new Set([header]);
}

/** Headers of which `expr` is true for packets without them: `not tcp`. */
function excluded(expr: TExpr, negated: boolean): ReadonlySet<Header> {
  if (expr.kind === "not") return excluded(expr.operand, !negated);
  return expr.kind === "present" && !expr.inner && negated ? new Set([expr.layer]) : NONE;
}
