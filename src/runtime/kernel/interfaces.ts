import type { Native } from "../../native/native.ts";
import type { NetworkNamespaces } from "./netns.ts";

/** Interfaces are renamed and replaced: what was read is good for this long. */
const FRESH_MS = 1000;

interface Known {
  readonly at: number;
  readonly names: ReadonlyMap<number, string>;
}

/**
 * Names of interfaces by index, in each network namespace. For places where the kernel gives an index only: events carry
 * the name, as it was at that moment. An interface that has gone keeps its last name until another takes its index.
 */
export class InterfaceNames {
  readonly #namespaces: NetworkNamespaces;
  readonly #interfaces: Native["interfaces"];
  readonly #now: () => number;
  readonly #known = new Map<number, Known>();

  /** `interfaces` lists those of the namespace behind a path, and throws if it cannot be entered. */
  constructor(
    namespaces: NetworkNamespaces,
    interfaces: Native["interfaces"],
    now: () => number = () => performance.now(),
  ) {
    this.#namespaces = namespaces;
    this.#interfaces = interfaces;
    this.#now = now;
  }

  /** Undefined if there is none, or if the namespace cannot be entered (without CAP_SYS_ADMIN only our own can). */
  name(netns: number, ifindex: number): string | undefined {
    return this.#read(netns).get(ifindex);
  }

  /** All names in a namespace, by index. */
  all(netns: number): ReadonlyMap<number, string> {
    return this.#read(netns);
  }

  #read(netns: number): ReadonlyMap<number, string> {
    const known = this.#known.get(netns);
    if (known && this.#now() - known.at < FRESH_MS) return known.names;
    const names = new Map(known?.names);
    const path = this.#namespaces.path(netns);
    if (path !== undefined) {
      try {
        for (const { ifindex, name } of this.#interfaces(path)) names.set(ifindex, name);
      } catch {
        // The namespace went away, or may not be entered: what was known stays.
      }
    }
    this.#known.set(netns, { at: this.#now(), names });
    return names;
  }
}
