/**
 * The container a cgroup path belongs to, by the 64 digits of its id; undefined outside of one.
 * Docker, containerd, CRI-O and podman all name the cgroup by these, with a prefix and `.scope` under systemd:
 * `/system.slice/docker-ID.scope`, `/kubepods/besteffort/podUID/ID`, `/…/cri-containerd-ID.scope`, `/…/crio-ID.scope`,
 * `/machine.slice/libpod-ID.scope/container`. What runs inside may make groups below; the innermost container counts.
 * `crio-conmon-ID.scope` and `libpod-conmon-ID.scope` hold the container's monitor, which is not in it.
 */
export function containerId(cgroupPath: string): string | undefined {
  let id: string | undefined;
  for (const part of cgroupPath.split("/")) {
    const match = /^(?:([a-z-]+)-)?([0-9a-f]{64})(?:\.scope)?$/.exec(part);
    if (match && !match[1]?.endsWith("conmon")) id = match[2]!;
  }
  return id;
}

/** As much of an id as people use. */
export const shortId = (id: string): string => id.slice(0, 12);
