import { release } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PwqError } from "../../../src/compiler/diagnostics/diagnostic.ts";
import { gatherFacts } from "../../../src/runtime/kernel/facts.ts";
import { fixtureFile } from "../../fixtures/btf.ts";
import { tree } from "./tree.ts";

const machine = () =>
  tree({
    "sys/kernel/btf/vmlinux": fixtureFile("6.12.btf"),
    "sys/kernel/btf/veth": fixtureFile("6.12.veth.btf"),
    "sys/kernel/btf/broken": "not BTF",
    "sys/kernel/tracing/trace": "",
    "sys/kernel/tracing/available_filter_functions": "ip_rcv\nveth_xmit [veth]\n",
    "sys/kernel/tracing/available_events": "skb:kfree_skb\n",
    "proc/kallsyms": "ffffffff81000000 T ip_rcv\nffffffff81000100 T next\n",
    "run/netns/web": "",
  });

const failure = (options: Parameters<typeof gatherFacts>[0]) => {
  try {
    gatherFacts(options);
  } catch (error) {
    if (error instanceof PwqError) return error.diagnostics[0]!;
    throw error;
  }
  throw new Error("facts were gathered");
};

test("of a running kernel", () => {
  const facts = gatherFacts({ root: machine() });
  expect(facts.release).toBe(release());
  expect(facts.btf.find("struct", "sk_buff")?.size).toBe(232);
  expect(facts.modules().map(({ name }) => name)).toEqual(["veth"]);
  expect(facts.modules()).toBe(facts.modules());
  expect(facts.traceable()?.has("veth_xmit", "veth")).toBe(true);
  expect(facts.tracepointGroup("kfree_skb")).toBe("skb");
  expect(facts.symbols()?.lookup(0xffffffff81000001n)).toEqual({ name: "ip_rcv", offset: 1 });
  expect(facts.netnsNames()).toEqual(["web"]);
  expect(facts.netnsInode("web")).toBeGreaterThan(0);
});

test("of a running kernel that shows little", () => {
  const facts = gatherFacts({ root: tree({ "sys/kernel/btf/vmlinux": fixtureFile("6.1.btf") }) });
  expect(facts.modules()).toEqual([]);
  expect(facts.traceable()).toBeUndefined();
  expect(facts.tracepointGroup("kfree_skb")).toBeUndefined();
  expect(facts.symbols()).toBeUndefined();
  expect(facts.netnsNames()).toEqual([]);
  expect(facts.features.rdonlyCast).toBe(false);
});

test("of a BTF file: what it tells and nothing of this machine's kernel", () => {
  const root = machine();
  const facts = gatherFacts({
    root,
    btf: join(tree({ "linux-7.2.btf": fixtureFile("7.2.btf") }), "linux-7.2.btf"),
  });
  expect(facts).toMatchObject({ release: "linux-7.2.btf", arch: "x86_64" });
  expect(facts).not.toHaveProperty("version");
  expect(facts.features.rdonlyCast).toBe(true);
  expect(facts.modules()).toEqual([]);
  expect(facts.traceable()).toBeUndefined();
  expect(facts.symbols()).toBeUndefined();
});

test("the running kernel's own BTF file is no other kernel's", () => {
  const root = machine();
  expect(gatherFacts({ root, btf: join(root, "sys/kernel/btf/vmlinux") }).release).toBe(release());
});

test("of a running kernel that carries no BTF, with a file of it", () => {
  const root = tree({
    "sys/kernel/tracing/trace": "",
    "sys/kernel/tracing/available_filter_functions": "ip_rcv\n",
    "vmlinux.btf": fixtureFile("6.1.btf"),
  });
  const facts = gatherFacts({ root, btf: join(root, "vmlinux.btf"), running: true });
  expect(facts.release).toBe(release());
  expect(facts.traceable()?.has("ip_rcv")).toBe(true);
});

describe("failures say what is wrong", () => {
  test("no BTF", () => {
    expect(failure({ root: tree({}) })).toMatchObject({ code: "PWQ3002" });
  });
  test("a file that is not BTF, a folder, nothing", () => {
    const root = tree({ "text.btf": "hello, this is a text file", "folder/x": "" });
    expect(failure({ btf: join(root, "text.btf") })).toMatchObject({
      code: "PWQ3003",
      help: ["BTF of vmlinux: it starts with 0x6568, not with BTF's 0xeb9f"],
    });
    expect(failure({ btf: join(root, "folder") })).toMatchObject({ code: "PWQ3003" });
    expect(failure({ btf: join(root, "nope") })).toMatchObject({
      code: "PWQ3003",
      help: [expect.stringContaining("ENOENT")],
    });
  });
});
