/**
 * The container a cgroup path belongs to, as the twelve digits that people use of its id; undefined outside of one.
 * Docker, containerd, CRI-O and podman all name the cgroup by the 64 digits, with a prefix and `.scope` under systemd:
 * `/system.slice/docker-ID.scope`, `/kubepods/besteffort/podUID/ID`, `/…/cri-containerd-ID.scope`, `/…/crio-ID.scope`,
 * `/machine.slice/libpod-ID.scope/container`. What runs inside may make groups below; the innermost container counts.
 * `crio-conmon-ID.scope` and `libpod-conmon-ID.scope` hold the container's monitor, which is not in it.
 */
export function containerId(cgroupPath: string): string | undefined {
  let id: string | undefined;
  for (const part of cgroupPath.split("/")) {
    const match = /^(?:([a-z-]+)-)?([0-9a-f]{64})(?:\.scope)?$/.exec(part);
    if (match && !match[1]?.endsWith("conmon")) id = match[2]!.slice(0, 12);
  }
  return id;
}
