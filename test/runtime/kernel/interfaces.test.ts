import { expect, test } from "vitest";
import { InterfaceNames } from "../../../src/runtime/kernel/interfaces.ts";
import { NetworkNamespaces } from "../../../src/runtime/kernel/netns.ts";
import { tree } from "./tree.ts";

function machine() {
  const namespaces = new NetworkNamespaces({ root: tree({ "run/netns/web": "" }) });
  const inode = namespaces.inode("web")!;
  const interfaces = [
    { ifindex: 1, name: "lo" },
    { ifindex: 2, name: "veth0" },
  ];
  const asked: string[] = [];
  let ms = 0;
  const names = new InterfaceNames(
    namespaces,
    (path) => {
      asked.push(path);
      return interfaces;
    },
    () => ms,
  );
  return { names, inode, interfaces, asked, pass: (by: number) => (ms += by) };
}

test("names by index, asked for once a second", () => {
  const { names, inode, interfaces, asked, pass } = machine();
  expect(names.name(inode, 2)).toBe("veth0");
  interfaces.push({ ifindex: 3, name: "eth9" });
  expect(names.name(inode, 3)).toBeUndefined();
  pass(1000);
  expect(names.name(inode, 3)).toBe("eth9");
  expect(asked).toHaveLength(2);
  expect(asked[0]).toMatch(/run\/netns\/web$/);
});

test("an interface that has gone keeps its name until its index has another", () => {
  const { names, inode, interfaces, pass } = machine();
  expect(names.all(inode).size).toBe(2);
  interfaces.splice(1, 1);
  pass(1000);
  expect(names.name(inode, 2)).toBe("veth0");
  interfaces.push({ ifindex: 2, name: "renamed" });
  pass(1000);
  expect(names.name(inode, 2)).toBe("renamed");
});

test("a namespace that cannot be found or entered has none", () => {
  const { names, asked } = machine();
  expect(names.name(4026532999, 1)).toBeUndefined();
  expect(asked).toEqual([]);
  const namespaces = new NetworkNamespaces({ root: tree({ "run/netns/web": "" }) });
  const refused = new InterfaceNames(namespaces, () => {
    throw new Error("EPERM");
  });
  expect(refused.name(namespaces.inode("web")!, 1)).toBeUndefined();
});
