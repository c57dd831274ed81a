import { join } from "node:path";
import { readText } from "./files.ts";

/** A runtime's own note about a container, and the name that is in it. */
interface Source {
  readonly path: (id: string) => string;
  readonly name: (note: unknown, id: string) => string | undefined;
}

type Record_ = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Record_ => typeof value === "object" && value !== null;
const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** `namespace/pod/container` of Kubernetes, else what the runtime calls it, from the annotations of an OCI bundle. */
function annotated(note: unknown): string | undefined {
  const of = isRecord(note) && isRecord(note.annotations) ? note.annotations : {};
  const first = (...keys: readonly string[]): string | undefined =>
    keys.map((key) => textOf(of[key])).find((text) => text !== undefined);
  const pod = first("io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name");
  if (pod === undefined) return first("nerdctl/name");
  const namespace = first("io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace");
  // The container that only holds a pod's namespaces has no name of its own.
  const own = first("io.kubernetes.cri.container-name", "io.kubernetes.container.name");
  return [namespace, pod, own].filter((part) => part !== undefined).join("/");
}

const bundle = (folder: string): Source => ({
  path: (id) => join(folder, id, "config.json"),
  name: annotated,
});
const ofContainerd = (namespace: string): Source =>
  bundle(join("run/containerd/io.containerd.runtime.v2.task", namespace));

/** podman's list of all its containers. */
function listed(note: unknown, id: string): string | undefined {
  const entry = Array.isArray(note) ? note.find((one) => isRecord(one) && one.id === id) : undefined;
  return isRecord(entry) && Array.isArray(entry.names) ? textOf(entry.names[0]) : undefined;
}

const SOURCES: readonly Source[] = [
  {
    path: (id) => join("var/lib/docker/containers", id, "config.v2.json"),
    name: (note) => (isRecord(note) ? textOf(note.Name)?.replace(/^\//, "") : undefined),
  },
  ofContainerd("k8s.io"),
  ofContainerd("default"),
  {
    path: (id) => join("run/containers/storage/overlay-containers", id, "userdata/config.json"),
    name: annotated,
  },
  { path: () => "var/lib/containers/storage/overlay-containers/containers.json", name: listed },
];

/**
 * What people call a container, by its 64 digits: from the files of Docker, containerd (also as Kubernetes uses it),
 * CRI-O and podman. Undefined where none of them tells, as those of a user's own podman.
 */
export function containerName(id: string, root = "/"): string | undefined {
  for (const { path, name } of SOURCES) {
    const text = readText(join(root, path(id)));
    if (text === undefined) continue;
    const found = name(parsed(text), id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A file that is being written, or is of another version, tells nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
