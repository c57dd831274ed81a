import { describe, expect, it } from "vitest";
import { resolvePathText } from "../../../src/compiler/btf/path.ts";
import type { Read } from "../../../src/compiler/fields/field.ts";
import { FIELDS, findField } from "../../../src/compiler/fields/table.ts";
import { type FixtureKernel, fixtureBtf, fixtureModules } from "../../fixtures/btf.ts";

const KERNELS: readonly FixtureKernel[] = ["6.1", "6.12", "7.2"];

function pathsOf(read: Read): readonly string[] {
  if (read.from === "first") return read.of.flatMap(pathsOf);
  if (read.from !== "path" && read.from !== "view") return [];
  const conditions = (read.given ?? []).flatMap((given) => ("path" in given ? [given.path] : []));
  return read.from === "path" ? [read.path, ...conditions] : conditions;
}

const types = (kernel: FixtureKernel) => [fixtureBtf(kernel), ...fixtureModules(kernel)];
const paths = [...new Set([...FIELDS.values()].flatMap((field) => pathsOf(field.read)))];

/** What the loads of a field's first alternative come to, short enough to compare. */
function shape(kernel: FixtureKernel, path: string): string {
  const result = resolvePathText(types(kernel), path);
  if ("problem" in result) return result.problem.kind;
  const { derefs, value } = result.ok;
  const masks = derefs
    .map(({ mask }) => (mask === undefined ? "*" : `*&~${BigInt.asUintN(64, ~mask)}`))
    .join("");
  if (value.kind !== "scalar") return `${masks}${value.kind}${"size" in value ? value.size : ""}`;
  const bits = value.bits ? `:${value.bits.width}` : "";
  return `${masks}${value.bigEndian ? "be" : value.signed ? "s" : "u"}${value.size * 8}${bits}`;
}

describe.each(KERNELS)("the table on Linux %s", (kernel) => {
  it.each(paths)("has %s", (path) => {
    expect(resolvePathText(types(kernel), path)).toHaveProperty("ok");
  });

  it.each([
    ["skb->protocol", "be16"],
    ["skb->pkt_type", "u8:3"],
    ["skb->cb", "chars48"],
    ["skb->tstamp", "s64"],
    ["skb->dev->name", "*chars16"],
    ["skb->dev->nd_net.net->ns.inum", "**u32"],
    ["skb->_nfct & ~7 : nf_conn -> status", "*&~7u64"],
    ["skb->_skb_refdst & ~1 : rtable -> rt_pmtu", "*&~1u32:31"],
    ["skb->_skb_refdst & ~1 : dst_entry -> _metrics & ~3 : dst_metrics -> metrics[1]", "*&~1*&~3u32"],
    ["skb->sk->__sk_common.skc_daddr", "*be32"],
    ["skb->sk->__sk_common.skc_dport", "*be16"],
    ["skb->sk->__sk_common.skc_num", "*u16"],
    ["skb->sk->__sk_common.skc_v6_daddr", "*bytes16"],
  ])("reads %s as %s", (path, expected) => {
    expect(shape(kernel, path)).toBe(expected);
  });

  it("names its drop reasons in BTF", () => {
    const reasons = findField("drop.reason")!.btfEnum!.flatMap(({ name, prefix }) =>
      (fixtureBtf(kernel).find("enum", name)?.values ?? [])
        .filter((enumerator) => enumerator.name.startsWith(prefix))
        .map((enumerator) => enumerator.name.slice(prefix.length)),
    );
    expect(reasons).toEqual(expect.arrayContaining(["NETFILTER_DROP", "NO_SOCKET", "IP_RPFILTER"]));
    expect(new Set(reasons).size).toBe(reasons.length);
  });
});
