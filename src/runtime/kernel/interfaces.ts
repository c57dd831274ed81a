import type { Native } from "../../native/native.ts";
import type { NetworkNamespaces } from "./netns.ts";

/**
 * Names of the interfaces that there are now, in every network namespace that can be entered, sorted. Only to answer
 * "is there such an interface": events carry the name themselves, as it was at that moment.
 * Undefined if no namespace can be entered. `interfaces` throws for one that cannot.
 */
export function interfaceNames(
  namespaces: NetworkNamespaces,
  interfaces: Native["interfaces"],
): readonly string[] | undefined {
  const names = new Set<string>();
  let entered = false;
  for (const path of namespaces.paths()) {
    try {
      for (const { name } of interfaces(path)) names.add(name);
      entered = true;
    } catch {
      // It went away, or is not ours to enter: its interfaces are not known.
    }
  }
  return entered ? [...names].sort() : undefined;
}
