import type { KernelFacts } from "../../compiler/facts.ts";
import type { Names } from "../decode/context.ts";
import { Cgroups } from "./cgroups.ts";
import { NetworkNamespaces } from "./netns.ts";

/** Names that the running kernel and its file systems give to the numbers in records, kept current. */
export function kernelNames(facts: Pick<KernelFacts, "symbols">, root = "/"): Names {
  const namespaces = new NetworkNamespaces({ root });
  const cgroups = new Cgroups({ root });
  return {
    symbol: (address) => facts.symbols()?.lookup(address),
    netns: (inode) => namespaces.label(inode),
    cgroup: (id) => cgroups.path(id),
  };
}
