import { describe, expect, test } from "vitest";
import { explainPathProblem, members, resolvePath, resolvePathText } from "../../../src/compiler/btf/path.ts";
import { parsePath } from "../../../src/compiler/btf/path-text.ts";
import { bitfieldLoad } from "../../../src/compiler/btf/path-value.ts";
import { readBtf } from "../../../src/compiler/btf/reader.ts";
import { fixtureBtf, fixtureModules } from "../../fixtures/btf.ts";
import { BtfBuilder } from "./build-btf.ts";

/** A kernel in which every kind of member is at a place of its own. */
function tinyKernel() {
  const b = new BtfBuilder();
  const u8 = b.int("unsigned char", 1);
  const char = b.int("char", 1, { signed: true });
  const u16 = b.int("unsigned short", 2);
  const u32 = b.int("unsigned int", 4);
  const int = b.int("int", 4, { signed: true });
  const ulong = b.int("unsigned long", 8);
  const u128 = b.int("unsigned __int128", 16);
  const bool = b.typedef("bool", b.int("_Bool", 1, { bool: true }));
  const be16 = b.typedef("__be16", b.typedef("__u16", u16));
  const be32 = b.typedef("__be32", u32);
  const sum16 = b.typedef("__sum16", u16);
  const state = b.add("enum", "state", 1, [{ text: "NEW" }, 1, { text: "OLD" }, 2], { vlen: 2 });
  const in6Union = b.struct(
    "",
    16,
    [
      ["u6_addr8", b.array(u8, 16), 0],
      ["u6_addr32", b.array(be32, 4), 0],
    ],
    "union",
  );
  const in6 = b.struct("in6_addr", 16, [["in6_u", in6Union, 0]]);
  const inAddr = b.struct("in_addr", 4, [["s_addr", be32, 0]]);
  const uid = b.typedef("kuid_t", b.struct("", 4, [["val", u32, 0]]));
  const plainStruct = b.struct("zone", 4, [
    ["id", u16, 0],
    ["flags", u8, 16],
    ["dir", u8, 24],
  ]);
  const fn = b.proto(0, []);
  const hidden = b.add("fwd", "secret", 0);
  const device = b.struct("net_device", 40, [
    ["name", b.array(char, 16), 0],
    ["ifindex", int, 128],
    ["addr", b.array(u8, 6), 160],
    ["queues", b.array(plainStruct, 4), 208],
  ]);
  const flags = b.struct("", 4, [
    ["low", u8, 0, 3],
    ["across", u32, 6, 10],
    ["top", u32, 24, 8],
    ["signed_bits", int, 16, 4],
    ["state_bits", state, 20, 2],
  ]);
  b.struct("sk_buff", 200, [
    ["dev", b.add("const", "", b.ptr(device)), 0],
    ["len", u32, 64],
    ["", flags, 96],
    ["protocol", be16, 128],
    ["csum", sum16, 144],
    ["ready", bool, 160],
    ["state", state, 168],
    ["cb", b.array(char, 8), 192],
    ["daddr", in6, 256],
    ["saddr", inAddr, 384],
    ["uid", uid, 416],
    ["zone", plainStruct, 448],
    ["refdst", ulong, 512],
    ["destructor", b.ptr(fn), 576],
    ["secret", b.ptr(hidden), 640],
    ["wide", u128, 704],
    ["text", b.ptr(b.add("const", "", char)), 832],
    ["data", b.ptr(u8), 896],
    ["devs", b.array(b.ptr(device), 2), 960],
    ["pp", b.ptr(b.ptr(device)), 1088],
    ["nothing", b.ptr(0), 1152],
    [
      "union",
      b.struct(
        "both",
        8,
        [
          ["a", ulong, 0],
          ["b", b.array(u8, 8), 0],
        ],
        "union",
      ),
      1216,
    ],
    ["tail", b.array(u32, 0), 1600],
  ]);
  const m = new BtfBuilder(b.end);
  m.struct("secret", 8, [["word", int, 32]]);
  const vmlinux = readBtf(b.bytes(), "vmlinux");
  return { vmlinux, module: readBtf(m.bytes(), "keeper", vmlinux) };
}

const { vmlinux, module } = tinyKernel();
const resolved = (path: string) => {
  const result = resolvePathText([vmlinux, module], path);
  if ("problem" in result) throw new Error(explainPathProblem(result.problem));
  return result.ok;
};
const problem = (path: string) => {
  const result = resolvePathText(vmlinux, path);
  if ("ok" in result) throw new Error(`${path} resolves`);
  return result.problem;
};
const u32 = { kind: "scalar", size: 4, signed: false };

describe("values", () => {
  test.each([
    ["skb->len", 8, u32],
    ["skb->protocol", 16, { kind: "scalar", size: 2, signed: false, bigEndian: true }],
    ["skb->csum", 18, { kind: "scalar", size: 2, signed: false, bigEndian: true }],
    ["skb->ready", 20, { kind: "scalar", size: 1, signed: false, bool: true }],
    [
      "skb->state",
      21,
      {
        kind: "scalar",
        size: 1,
        signed: false,
        enumName: "state",
        enumValues: new Map([
          ["NEW", 1n],
          ["OLD", 2n],
        ]),
      },
    ],
    ["skb->cb", 24, { kind: "chars", size: 8 }],
    ["skb->cb[7]", 31, { kind: "scalar", size: 1, signed: true }],
    ["skb->daddr", 32, { kind: "bytes", size: 16, typeName: "struct in6_addr" }],
    ["skb->daddr.in6_u.u6_addr32[1]", 36, { ...u32, bigEndian: true }],
    ["skb->saddr", 48, { ...u32, bigEndian: true }],
    ["skb->uid", 52, u32],
    ["skb->uid.val", 52, u32],
    ["skb->zone.flags", 58, { kind: "scalar", size: 1, signed: false }],
    ["skb->refdst", 64, { kind: "scalar", size: 8, signed: false }],
    ["skb->destructor", 72, { kind: "pointer", target: "function" }],
    ["skb->dev", 0, { kind: "pointer", target: "struct net_device" }],
    ["skb->text", 104, { kind: "pointer", target: "char" }],
    ["skb->nothing", 144, { kind: "pointer", target: "void" }],
    ["skb->wide", 88, { kind: "bytes", size: 16, typeName: "unsigned __int128" }],
    ["skb->union", 152, { kind: "bytes", size: 8, typeName: "union both" }],
    ["skb->devs[1]", 128, { kind: "pointer", target: "struct net_device" }],
    ["skb->tail[3]", 212, u32],
  ])("%s", (path, offset, value) => {
    expect(resolved(path)).toEqual({ derefs: [], offset, value });
  });
});

describe("bitfields are read by a load that covers them", () => {
  test.each([
    ["skb->low", 12, 1, { shift: 0, width: 3 }],
    ["skb->across", 12, 2, { shift: 6, width: 10 }],
    ["skb->signed_bits", 14, 1, { shift: 0, width: 4 }],
    ["skb->state_bits", 14, 1, { shift: 4, width: 2 }],
  ])("%s", (path, offset, size, bits) => {
    expect(resolved(path)).toMatchObject({ offset, value: { kind: "scalar", size, bits } });
  });
  test("one that fills its bytes is read as they are", () => {
    expect(resolved("skb->top")).toEqual({
      derefs: [],
      offset: 15,
      value: { kind: "scalar", size: 1, signed: false },
    });
  });
  test("sign and enumerators are the declared type's", () => {
    expect(resolved("skb->signed_bits").value).toMatchObject({ signed: true });
    expect(resolved("skb->state_bits").value).toMatchObject({ enumName: "state" });
  });

  test("for every place and width there can be, within the struct, as small as can be", () => {
    for (const limit of [4, 8, 12]) {
      for (let bit = 0; bit < limit * 8; bit++) {
        for (let width = 1; width <= 64 && bit + width <= limit * 8; width++) {
          const load = bitfieldLoad(bit, width, limit);
          const bytes = Math.ceil((bit + width) / 8) - Math.floor(bit / 8);
          if (bytes > 8) {
            expect(load).toBeUndefined();
            continue;
          }
          const { offset, size, shift } = load!;
          expect(offset * 8 + shift).toBe(bit);
          expect(shift).toBeGreaterThanOrEqual(0);
          expect(shift + width).toBeLessThanOrEqual(size * 8);
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset + size).toBeLessThanOrEqual(limit);
          expect(size).toBeLessThan(bytes * 2);
        }
      }
    }
  });
});

describe("pointers on the way", () => {
  test.each([
    ["skb->dev->ifindex", [{ offset: 0 }], 16],
    ["skb->dev->name[2]", [{ offset: 0 }], 2],
    ["skb->dev->queues[2].flags", [{ offset: 0 }], 36],
    ["skb->devs[1]->ifindex", [{ offset: 128 }], 16],
    ["skb->data[14]", [{ offset: 112 }], 14],
    ["skb->pp[1]->ifindex", [{ offset: 136 }, { offset: 8 }], 16],
    ["skb->refdst & ~1 : net_device -> ifindex", [{ offset: 64, mask: 0xfffffffffffffffen }], 16],
    ["skb->nothing : net_device -> queues[1].id", [{ offset: 144 }], 30],
  ])("%s", (path, derefs, offset) => {
    expect(resolved(path)).toMatchObject({ derefs, offset });
  });

  test("to a struct that only a module lays open", () => {
    expect(resolved("skb->secret->word")).toMatchObject({ derefs: [{ offset: 80 }], offset: 4 });
    expect(explainPathProblem(problem("skb->secret->word"))).toBe(
      "this kernel's BTF has only the name of `struct secret`, not its members",
    );
  });
});

describe("problems", () => {
  test.each([
    ["skb->length", 0, "`struct sk_buff` has no member `length`"],
    ["skb->dev->index", 1, "`struct net_device` has no member `index`"],
    ["skb->dev.ifindex", 1, "`struct net_device *` is a pointer: write `->ifindex`"],
    ["skb.dev", 0, "`struct sk_buff *` is a pointer: write `->dev`"],
    ["skb->zone->id", 1, "`struct zone` is not a pointer: write `.id`"],
    ["skb->len->x", 1, "`unsigned int` has no members"],
    ["skb->pp->ifindex", 1, "`struct net_device *` has no members"],
    ["skb->nothing->x", 1, "`void` has no members"],
    ["skb->len[0]", 1, "`unsigned int` is not an array"],
    ["skb[0]", 0, "`struct sk_buff *` is not an array"],
    ["skb->nothing[0]", 1, "`void *` is not an array"],
    ["skb->cb[8]", 1, "`char[8]` has no element 8: the last one is 7"],
    ["skb->zone", 1, "`struct zone` cannot be printed as a whole"],
    ["skb->dev->queues", 2, "`struct zone[4]` cannot be printed as a whole"],
    ["skb->devs", 1, "`struct net_device *[2]` cannot be printed as a whole"],
    ["skb->tail", 1, "`unsigned int[0]` cannot be printed as a whole"],
    ["skb", 0, "`struct sk_buff *` cannot be printed as a whole"],
    ["skb->len : net_device -> name", 1, "`unsigned int` does not hold an address"],
    ["skb->low : net_device -> name", 1, "`unsigned char` does not hold an address"],
    ["skb->refdst : nf_conn -> status", 1, "this kernel has no `struct nf_conn`"],
    ["shinfo->gso_size", 0, "this kernel has no `struct skb_shared_info`"],
  ])("%s", (path, step, message) => {
    const found = problem(path);
    expect([found.step, explainPathProblem(found)]).toEqual([step, message]);
  });

  test("a member that is not there comes with those that are, also of anonymous structs", () => {
    expect(problem("skb->lenght")).toMatchObject({
      candidates: expect.arrayContaining(["len", "low", "dev"]),
    });
    expect(problem("skb->zone")).toMatchObject({ candidates: ["id", "flags", "dir"] });
  });

  test("a path of the fields table with a mistake in it is ours", () => {
    expect(() => resolvePathText(vmlinux, "dev->ifindex")).toThrow(SyntaxError);
  });
});

test("a whole struct can be had as bytes", () => {
  const whole = (path: string) => resolvePath(vmlinux, "sk_buff", parsePath(path).steps, { whole: true });
  expect(whole("skb->zone")).toMatchObject({
    ok: { offset: 56, value: { kind: "bytes", size: 4, typeName: "struct zone" } },
  });
  expect(whole("skb->devs")).toMatchObject({ ok: { value: { kind: "bytes", size: 16 } } });
  expect(whole("skb->len")).toMatchObject({ ok: { value: u32 } });
  expect(whole("skb->tail")).toHaveProperty("problem");
});

describe("completion", () => {
  const continuing = (path: string) => members([vmlinux, module], "sk_buff", parsePath(path).steps);
  test("offers members with their types and what joins them", () => {
    expect(continuing("skb->dev")).toEqual({
      operator: "->",
      members: [
        { name: "name", type: "char[16]" },
        { name: "ifindex", type: "int" },
        { name: "addr", type: "unsigned char[6]" },
        { name: "queues", type: "struct zone[4]" },
      ],
    });
    expect(continuing("skb")?.operator).toBe("->");
    expect(continuing("skb->zone")?.operator).toBe(".");
    expect(continuing("skb->secret")?.members).toEqual([{ name: "word", type: "int" }]);
  });
  test("offers nothing where nothing can follow", () => {
    expect(continuing("skb->len")).toBeUndefined();
    expect(continuing("skb->nope")).toBeUndefined();
  });
});

describe.each(["6.1", "6.12", "7.2"] as const)("Linux %s", (version) => {
  const btfs = [fixtureBtf(version), ...fixtureModules(version)];
  test.each([
    "skb->dev->name",
    "skb->dev->nd_net.net->ns.inum",
    "skb->sk->__sk_common.skc_v6_daddr",
    "skb->_nfct & ~7 : nf_conn -> status",
    "skb->_skb_refdst & ~1 : dst_entry -> _metrics & ~3 : dst_metrics -> metrics[1]",
    "skb->_skb_refdst & ~1 : rtable -> rt_pmtu",
    "shinfo->gso_size",
    "skb->pkt_type",
    "skb->dev->netdev_ops->ndo_start_xmit",
  ])("%s", (path) => {
    expect(resolvePathText(btfs, path)).toHaveProperty("ok");
  });
  test("bitfields of struct sk_buff are at the places its compiler gave them", () => {
    expect(resolvePathText(btfs, "skb->pkt_type")).toMatchObject({
      ok: { offset: 128, value: { size: 1, bits: { shift: 0, width: 3 } } },
    });
    expect(resolvePathText(btfs, "skb->ip_summed")).toMatchObject({
      ok: { offset: 128, value: { size: 1, bits: { shift: 5, width: 2 } } },
    });
  });
});
