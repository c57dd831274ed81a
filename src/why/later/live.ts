import { spawnSync } from "node:child_process";
import type { NetworkNamespaces } from "../../runtime/kernel/netns.ts";
import type { Later } from "./later.ts";

/** A drop of the same cause within this time is told with the same words. */
const FRESH_MS = 3000;
/** A program that takes longer is not waited for. */
const PATIENCE_MS = 2000;
/** Programs started within a second, at most: reading must not become a load of its own. */
const MOST_PER_SECOND = 20;
const LARGEST_OUTPUT = 1 << 20;

interface Known {
  readonly text: string | undefined;
  readonly at: number;
}

/** Reads from the running machine, and remembers for a while. */
export function liveLater(namespaces: Pick<NetworkNamespaces, "label" | "path">): Later {
  const known = new Map<string, Known>();
  let second = 0;
  let started = 0;
  const now = (): number => performance.now();
  const allowed = (): boolean => {
    const current = Math.floor(now() / 1000);
    if (current !== second) [second, started] = [current, 0];
    return ++started <= MOST_PER_SECOND;
  };
  const read = (inode: number, [program, ...args]: readonly [string, ...string[]]): string | undefined => {
    const path = namespaces.path(inode);
    if (path === undefined || !allowed()) return undefined;
    const { status, stdout } = spawnSync("nsenter", [`--net=${path}`, "--", program, ...args], {
      encoding: "utf8",
      timeout: PATIENCE_MS,
      maxBuffer: LARGEST_OUTPUT,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return status === 0 ? stdout : undefined;
  };
  return {
    netns: (inode) => (inode === undefined ? undefined : namespaces.label(inode)),
    run(inode, command) {
      if (inode === undefined) return undefined;
      const key = JSON.stringify([inode, ...command]);
      const before = known.get(key);
      if (before && now() - before.at < FRESH_MS) return before.text;
      const text = read(inode, command);
      known.set(key, { text, at: now() });
      return text;
    },
  };
}
