import type { CidrLiteral, Expr, Membership } from "../../../../grammar/ast.ts";
import type { ConstRange, ConstSet, TConst, TExpr, TIn } from "../../typed.ts";
import { bool } from "../../types.ts";
import { behind, type Context, placeOf, spanOf, textOf } from "./context.ts";
import { describe } from "./describe.ts";
import { constantOf } from "./fit.ts";
import { fold, isConstant } from "./fold.ts";
import type { Expected } from "./folded.ts";
import { networkRange } from "./network.ts";
import { eitherEnd, expectedBeside, operand } from "./operand.ts";

/** `x in SET`, `x not in SET`. */
export function membership(node: Membership, ctx: Context): TExpr | undefined {
  const value = operand(node.value, ctx);
  if (!value) return undefined;
  const set = constantSet(node, ctx, expectedBeside(value, node.value, ctx));
  if (!set) return undefined;
  if (value.type.kind === "bool") {
    return ctx.world.report.error(
      "PWQ1107",
      placeOf(ctx, node.value),
      `\`${textOf(ctx, node.value)}\` is a condition`,
    );
  }
  return eitherEnd(value, node.negated, node, ctx, (end) => {
    const made: TIn = {
      kind: "in",
      negated: node.negated,
      value: end,
      set,
      type: bool,
      span: spanOf(ctx, node),
    };
    ctx.world.written.set(made, placeOf(ctx, node));
    return made;
  });
}

function constantSet(written: Membership, from: Context, expected: Expected): ConstSet | undefined {
  const { node, ctx } = behind(written.set, from);
  if (node.kind === "Set" || node.kind === "Range" || node.kind === "Cidr") {
    const members: Member[] = [];
    const complete = collect(node, ctx, expected, members);
    return complete ? assemble(members) : undefined;
  }
  const one = isConstant(node, ctx);
  // Says what is wrong with the constant itself, if anything is.
  if (one && !fold(node, ctx, expected)) return undefined;
  const value = textOf(from, written.value);
  return ctx.world.report.error(
    one ? "PWQ1132" : "PWQ1115",
    placeOf(from, written.set),
    `\`${textOf(from, written.set)}\` is not a set`,
    { label: `compare it: \`${value} ${written.negated ? "!=" : "=="} ${textOf(from, written.set)}\`` },
  );
}

/** A range of numbers or addresses, or one string. */
type Member =
  | { readonly kind: "number" | "ip4" | "ip6"; readonly range: ConstRange }
  | { readonly kind: "string"; readonly text: string };

/** Adds what a node of a set stands for; false if any of it is wrong. Every wrong member is reported. */
function collect(written: Expr, from: Context, expected: Expected, into: Member[]): boolean {
  const { node, ctx } = behind(written, from);
  switch (node.kind) {
    case "Set":
      return node.items.map((item) => collect(item, ctx, expected, into)).every(Boolean);
    case "Cidr":
      return addNetwork(node, ctx, expected, into);
    case "Range": {
      const low = constantOf(node.low, ctx, expected);
      const high = constantOf(node.high, ctx, expected);
      return low !== undefined && high !== undefined && addRange(node, low, high, ctx, into);
    }
    default: {
      if (!isConstant(node, ctx)) {
        ctx.world.report.error("PWQ1115", placeOf(ctx, node), `\`${textOf(ctx, node)}\` is not a constant`, {
          label: `compare it: \`${expected.what} == ${textOf(ctx, node)}\``,
        });
        return false;
      }
      const constant = constantOf(written, from, expected);
      return constant !== undefined && addRange(node, constant, constant, ctx, into);
    }
  }
}

function addRange(node: Expr, low: TConst, high: TConst, ctx: Context, into: Member[]): boolean {
  const { report } = ctx.world;
  if (typeof low.value === "string" && low === high) {
    into.push({ kind: "string", text: low.value });
    return true;
  }
  if (typeof low.value !== "bigint" || typeof high.value !== "bigint") {
    report.error("PWQ1113", placeOf(ctx, node), `${describe(low.type)} has no range`);
    return false;
  }
  const kind = familyOf(low);
  if (kind !== familyOf(high)) {
    report.error("PWQ1114", placeOf(ctx, node), "a range of addresses of two families");
    return false;
  }
  if (low.value > high.value) {
    const text = `${textOf(ctx, node)}`.split("..");
    report.error("PWQ1116", placeOf(ctx, node), `nothing is in \`${textOf(ctx, node)}\``, {
      label: text.length === 2 ? `did you mean \`${text[1]!.trim()}..${text[0]!.trim()}\`?` : undefined,
    });
    return false;
  }
  into.push({ kind, range: { low: low.value, high: high.value } });
  return true;
}

const familyOf = ({ type }: TConst): "number" | "ip4" | "ip6" =>
  type.kind !== "ip" ? "number" : type.version === 6 ? "ip6" : "ip4";

function addNetwork(node: CidrLiteral, ctx: Context, expected: Expected, into: Member[]): boolean {
  const { report } = ctx.world;
  const { type, what } = expected;
  if (type.kind !== "ip" && type.kind !== "unknown") {
    report.error("PWQ1107", placeOf(ctx, node), `\`${what}\` is ${describe(type)}, and this is a network`);
    return false;
  }
  if (type.kind === "ip" && type.version !== undefined && type.version !== node.version) {
    report.error(
      "PWQ1114",
      placeOf(ctx, node),
      `\`${what}\` is ${describe(type)}, and this an IPv${node.version} network`,
      {
        label: /^ip[46]\./.test(what)
          ? `\`${what.replace(/^ip[46]/, `ip${node.version}`)}\` is IPv${node.version}`
          : undefined,
      },
    );
    return false;
  }
  into.push({ kind: node.version === 6 ? "ip6" : "ip4", range: networkRange(node, ctx) });
  return true;
}

function assemble(members: readonly Member[]): ConstSet {
  const ranges = (kind: "number" | "ip4" | "ip6") =>
    joined(members.flatMap((member) => (member.kind === kind ? [member.range] : [])));
  const strings = members.flatMap((member) => (member.kind === "string" ? [member.text] : []));
  return {
    ranges: ranges("number"),
    ranges4: ranges("ip4"),
    ranges6: ranges("ip6"),
    strings: [...new Set(strings)],
  };
}

/** Sorted, disjoint, and no two of them touching. */
function joined(ranges: readonly ConstRange[]): readonly ConstRange[] {
  const out: ConstRange[] = [];
  for (const range of ranges.toSorted((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))) {
    const last = out.at(-1);
    if (!last || range.low > last.high + 1n) out.push(range);
    else if (range.high > last.high) out[out.length - 1] = { low: last.low, high: range.high };
  }
  return out;
}
