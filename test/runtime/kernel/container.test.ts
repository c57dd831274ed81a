import { expect, test } from "vitest";
import { containerId } from "../../../src/runtime/kernel/container.ts";

const id = "0123456789abcdef".repeat(4);
const inner = "fedcba9876543210".repeat(4);

test.each([
  [`/docker/${id}`],
  [`/system.slice/docker-${id}.scope`],
  [`/system.slice/docker-${id}.scope/init.scope`],
  [`/kubepods/besteffort/pod12345678-aaaa-bbbb-cccc-ddddeeeeffff/${id}`],
  [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-${id}.scope`],
  [`/kubepods.slice/kubepods-pod1.slice/crio-${id}.scope`],
  [`/machine.slice/libpod-${id}.scope/container`],
  [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope/container`],
  [`/docker/${inner}/docker/${id}`],
])("%s", (path) => {
  expect(containerId(path)).toBe(id);
});

test.each([
  ["/"],
  ["/system.slice/ssh.service"],
  [`/machine.slice/libpod-conmon-${id}.scope`],
  [`/kubepods.slice/crio-conmon-${id}.scope`],
  [`/docker/${id.slice(1)}`],
  [`/docker/${id}0`],
])("%s is no container", (path) => {
  expect(containerId(path)).toBeUndefined();
});
