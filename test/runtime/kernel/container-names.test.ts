import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { containerName } from "../../../src/runtime/kernel/container-names.ts";
import { kernelNames } from "../../../src/runtime/kernel/names.ts";
import { tree } from "./tree.ts";

const id = "0123456789abcdef".repeat(4);
const bundle = (annotations: Readonly<Record<string, string>>): string =>
  JSON.stringify({ ociVersion: "1.2.0", annotations });

test.each([
  [
    "Docker",
    `var/lib/docker/containers/${id}/config.v2.json`,
    JSON.stringify({ ID: id, Name: "/web" }),
    "web",
  ],
  [
    "Kubernetes with containerd",
    `run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`,
    bundle({
      "io.kubernetes.cri.container-name": "nginx",
      "io.kubernetes.cri.sandbox-name": "web-7d4b",
      "io.kubernetes.cri.sandbox-namespace": "shop",
    }),
    "shop/web-7d4b/nginx",
  ],
  [
    "a pod's own container",
    `run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`,
    bundle({ "io.kubernetes.cri.sandbox-name": "web-7d4b", "io.kubernetes.cri.sandbox-namespace": "shop" }),
    "shop/web-7d4b",
  ],
  [
    "nerdctl",
    `run/containerd/io.containerd.runtime.v2.task/default/${id}/config.json`,
    bundle({ "nerdctl/name": "web" }),
    "web",
  ],
  [
    "CRI-O",
    `run/containers/storage/overlay-containers/${id}/userdata/config.json`,
    bundle({
      "io.kubernetes.container.name": "nginx",
      "io.kubernetes.pod.name": "web-0",
      "io.kubernetes.pod.namespace": "shop",
    }),
    "shop/web-0/nginx",
  ],
  [
    "podman",
    "var/lib/containers/storage/overlay-containers/containers.json",
    JSON.stringify([
      { id: id.replace("0", "f"), names: ["db"] },
      { id, names: ["web"] },
    ]),
    "web",
  ],
])("%s", (_, path, content, name) => {
  expect(containerName(id, tree({ [path]: content }))).toBe(name);
});

test.each([
  ["nobody's file", {}],
  ["a file that is being written", { [`var/lib/docker/containers/${id}/config.v2.json`]: '{"Name":"/w' }],
  ["a file without the name", { [`var/lib/docker/containers/${id}/config.v2.json`]: "[]" }],
  [
    "a list without the container",
    {
      "var/lib/containers/storage/overlay-containers/containers.json": '[{"id":"x","names":["db"]}, null, 7]',
    },
  ],
])("no name: %s", (_, files) => {
  expect(containerName(id, tree(files))).toBeUndefined();
});

test("a name is remembered from when the group was found, for containers that are removed at once", () => {
  const note = `var/lib/docker/containers/${id}/config.v2.json`;
  const other = "f".repeat(64);
  const root = tree({
    "sys/fs/cgroup/cgroup.procs": "",
    [`sys/fs/cgroup/docker-${id}.scope/cgroup.procs`]: "",
    [`sys/fs/cgroup/docker-${other}.scope/cgroup.procs`]: "",
    [note]: '{"Name":"/web"}',
  });
  const cgroup = (of: string): bigint =>
    statSync(join(root, `sys/fs/cgroup/docker-${of}.scope`), { bigint: true }).ino;
  const ids = [
    cgroup(id),
    cgroup(other),
    statSync(join(root, "sys/fs/cgroup"), { bigint: true }).ino,
  ] as const;
  const names = kernelNames({ symbols: () => undefined }, root);
  names.watchCgroups();
  rmSync(join(root, note));
  rmSync(join(root, `sys/fs/cgroup/docker-${id}.scope`), { recursive: true });
  expect(names.container(ids[0])).toBe("web");
  expect(names.container(ids[1])).toBe("ffffffffffff");
  expect(names.container(ids[2])).toBeUndefined();
  names.close();
});
