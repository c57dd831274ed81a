import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Cgroups } from "../../../src/runtime/kernel/cgroups.ts";
import { grow, tree } from "./tree.ts";

const inode = (root: string, path: string) => statSync(join(root, path), { bigint: true }).ino;

test.each(["sys/fs/cgroup", "sys/fs/cgroup/unified"])("paths by id, below %s", (mount) => {
  const root = tree({
    [`${mount}/cgroup.procs`]: "",
    [`${mount}/system.slice/ssh.service/cgroup.procs`]: "",
  });
  const cgroups = new Cgroups({ root });
  expect(cgroups.path(inode(root, mount))).toBe("/");
  expect(cgroups.path(inode(root, `${mount}/system.slice/ssh.service`))).toBe("/system.slice/ssh.service");
  expect(cgroups.path(Number(inode(root, `${mount}/system.slice`)))).toBe("/system.slice");
  expect(cgroups.path(1n << 60n)).toBeUndefined();
});

test("a new group is found, at most once a second", () => {
  const root = tree({ "sys/fs/cgroup/cgroup.procs": "" });
  let ms = 0;
  const cgroups = new Cgroups({ root, now: () => ms });
  expect(cgroups.path(inode(root, "sys/fs/cgroup"))).toBe("/");
  grow(root, { "sys/fs/cgroup/new/cgroup.procs": "" });
  expect(cgroups.path(inode(root, "sys/fs/cgroup/new"))).toBeUndefined();
  ms = 1000;
  expect(cgroups.path(inode(root, "sys/fs/cgroup/new"))).toBe("/new");
});

test("a machine with the old hierarchies only knows none", () => {
  expect(new Cgroups({ root: tree({ "sys/fs/cgroup/memory/tasks": "" }) }).path(1)).toBeUndefined();
});
