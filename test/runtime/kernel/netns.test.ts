import { linkSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { NetworkNamespaces } from "../../../src/runtime/kernel/netns.ts";
import { grow, tree } from "./tree.ts";

const process = (pid: number, comm: string, inode: number) => ({
  [`proc/${pid}/comm`]: `${comm}\n`,
  [`proc/${pid}/ns/net`]: { link: `net:[${inode}]` },
});

/** A time that moves only when the test says so. */
function stoppedClock() {
  let ms = 0;
  return { now: () => ms, pass: (by: number) => (ms += by) };
}

test("a name goes before a process", () => {
  const root = tree({ "run/netns/web": "", "var/run/docker/netns/0a1b2c": "" });
  const inode = (path: string) => statSync(join(root, path)).ino;
  grow(root, process(7, "nginx", inode("run/netns/web")));
  const namespaces = new NetworkNamespaces({ root });
  expect(namespaces.label(inode("run/netns/web"))).toBe("web");
  expect(namespaces.label(inode("var/run/docker/netns/0a1b2c"))).toBe("0a1b2c");
  expect(namespaces.inode("web")).toBe(inode("run/netns/web"));
  expect(namespaces.inode("nginx:7")).toBeUndefined();
  expect(namespaces.names()).toEqual(["0a1b2c", "web"]);
});

test("without a name, the process with the lowest id stands for the namespace", () => {
  const root = tree({
    ...process(120, "late", 4026531840),
    ...process(20, "early", 4026531840),
    ...process(3, "other", 4026532000),
    "proc/meminfo": "",
    "proc/30/comm": "without-ns\n",
  });
  const namespaces = new NetworkNamespaces({ root });
  expect(namespaces.label(4026531840)).toBe("early:20");
  expect(namespaces.path(4026531840)).toBe(join(root, "proc/20/ns/net"));
  expect(namespaces.label(4026532000)).toBe("other:3");
  expect(namespaces.label(1)).toBeUndefined();
});

test("a new namespace is found, at most once a second", () => {
  const root = tree({ "run/netns/old": "" });
  const { now, pass } = stoppedClock();
  const namespaces = new NetworkNamespaces({ root, now });
  expect(namespaces.names()).toEqual(["old"]);
  grow(root, { "run/netns/new": "", ...process(9, "curl", 4026532111) });
  expect(namespaces.inode("new")).toBeUndefined();
  expect(namespaces.label(4026532111)).toBe("curl:9");
  grow(root, process(11, "wget", 4026532222));
  expect(namespaces.label(4026532222)).toBeUndefined();
  pass(1000);
  expect(namespaces.inode("new")).toBe(statSync(join(root, "run/netns/new")).ino);
  expect(namespaces.label(4026532222)).toBe("wget:11");
});

test("a namespace that has gone keeps its name until its inode has another", () => {
  const root = tree({ "run/netns/a": "" });
  const { now, pass } = stoppedClock();
  const namespaces = new NetworkNamespaces({ root, now });
  const inode = namespaces.inode("a")!;
  linkSync(join(root, "run/netns/a"), join(root, "kept"));
  rmSync(join(root, "run/netns/a"));
  pass(1000);
  expect(namespaces.inode("a")).toBeUndefined();
  expect(namespaces.label(inode)).toBe("a");
  renameSync(join(root, "kept"), join(root, "run/netns/b"));
  pass(1000);
  expect(namespaces.label(inode)).toBe("b");
});

test("a machine without any of the folders", () => {
  const namespaces = new NetworkNamespaces({ root: tree({}) });
  expect(namespaces.names()).toEqual([]);
  expect(namespaces.label(4026531840)).toBeUndefined();
  expect(namespaces.path(4026531840)).toBeUndefined();
});

test("a path to a namespace is as good as a name, and another file is none", () => {
  const root = tree({ ...process(20, "early", 4026531840), "etc/hosts": "" });
  const namespaces = new NetworkNamespaces({ root });
  expect(namespaces.inode("/proc/20/ns/net")).toBe(4026531840);
  expect(namespaces.inode("/proc/21/ns/net")).toBeUndefined();
  expect(namespaces.inode("/etc/hosts")).toBeUndefined();
  expect(new NetworkNamespaces().inode("/proc/self/ns/net")).toBe(statSync("/proc/self/ns/net").ino);
});
