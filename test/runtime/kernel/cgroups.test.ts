import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
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

test("watched, a group that was there for a moment only keeps its path", async () => {
  const root = tree({ "sys/fs/cgroup/cgroup.procs": "", "sys/fs/cgroup/old.slice/cgroup.procs": "" });
  const found: string[] = [];
  const cgroups = new Cgroups({ root, now: () => 0, onFound: (path) => found.push(path) });
  cgroups.watch();
  expect(found.toSorted()).toEqual(["/", "/old.slice"]);
  grow(root, { "sys/fs/cgroup/new.slice/cgroup.procs": "" });
  await vi.waitFor(() => expect(found).toContain("/new.slice"));
  grow(root, { "sys/fs/cgroup/new.slice/job.scope/cgroup.procs": "" });
  await vi.waitFor(() => expect(found).toContain("/new.slice/job.scope"));
  const id = inode(root, "sys/fs/cgroup/new.slice/job.scope");
  rmSync(join(root, "sys/fs/cgroup/new.slice"), { recursive: true });
  expect(cgroups.path(id)).toBe("/new.slice/job.scope");
  cgroups.close();
  grow(root, { "sys/fs/cgroup/late.slice/cgroup.procs": "" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(found).not.toContain("/late.slice");
});
