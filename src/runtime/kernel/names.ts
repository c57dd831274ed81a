import type { CompiledQuery } from "../../compiler/compiled.ts";
import type { KernelFacts } from "../../compiler/facts.ts";
import type { Later } from "../../why/later/later.ts";
import { liveLater } from "../../why/later/live.ts";
import type { Names } from "../decode/context.ts";
import { Cgroups } from "./cgroups.ts";
import { containerId, shortId } from "./container.ts";
import { containerName } from "./container-names.ts";
import { currentSymbols } from "./current-symbols.ts";
import { NetworkNamespaces } from "./netns.ts";

/** A runtime may write down a container's name after it has made the group: it is asked again, at most so often. */
const FRESH_MS = 1000;

export interface KernelNames extends Names {
  /** Reads for the words of explanations. */
  readonly later: Later;
  /** Notes control groups as they come, so that those of short-lived containers have a name afterwards. */
  watchCgroups(): void;
  close(): void;
}

/** Names that the running kernel and its file systems give to the numbers in records, kept current. */
export function kernelNames(facts: Pick<KernelFacts, "symbols">, root = "/"): KernelNames {
  const namespaces = new NetworkNamespaces({ root });
  const containers = new Map<string, { readonly name: string | undefined; readonly asked: number }>();
  /** Asked for as soon as the group is known, because the runtime forgets a container when it is removed. */
  const containerAt = (path: string): string | undefined => {
    const id = containerId(path);
    if (id === undefined) return undefined;
    const now = performance.now();
    let known = containers.get(id);
    if (!known || (known.name === undefined && now - known.asked > FRESH_MS)) {
      known = { name: containerName(id, root), asked: now };
      containers.set(id, known);
    }
    return known.name ?? shortId(id);
  };
  const cgroups = new Cgroups({ root, onFound: containerAt });
  return {
    symbol: currentSymbols(facts.symbols, root),
    netns: (inode) => namespaces.label(inode),
    later: liveLater(namespaces),
    cgroup: (id) => cgroups.path(id),
    container(id) {
      const path = cgroups.path(id);
      return path === undefined ? undefined : containerAt(path);
    },
    watchCgroups: () => cgroups.watch(),
    close: () => cgroups.close(),
  };
}

/** Whether records tell of control groups. */
export const tellsCgroups = (queries: readonly CompiledQuery[]): boolean =>
  queries.some(({ record }) => record.slots.some(({ key }) => key === "cgroup" || key === "sk.cgroup"));
