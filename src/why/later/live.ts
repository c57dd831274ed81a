import { spawnSync } from "node:child_process";
import type { NetworkNamespaces } from "../../runtime/kernel/netns.ts";
import type { Later } from "./later.ts";

/** A drop of the same cause within this time is told with the same words. */
const FRESH_MS = 3000;
/** A program that takes longer is not waited for: a slow machine takes its time to start one. */
const PATIENCE_MS = 5000;
/** What took all the patience there is, is not tried again so soon. */
const FAILED_MS = 60_000;
/** Programs started within a second, at most: reading must not become a load of its own. */
const MOST_PER_SECOND = 20;
const LARGEST_OUTPUT = 1 << 20;
/** Answers that are remembered; namespaces come and go. */
const MOST_KNOWN = 1024;

interface Known {
  /** undefined: the program is not there, or says that it cannot. */
  readonly text: string | undefined;
  /** Good until then. */
  readonly until: number;
}

/** Reads from the running machine, and remembers for a while. */
export function liveLater(namespaces: Pick<NetworkNamespaces, "label" | "path">): Later {
  const known = new Map<string, Known>();
  let second = 0;
  let started = 0;
  const allowed = (): boolean => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) [second, started] = [now, 0];
    return ++started <= MOST_PER_SECOND;
  };
  return {
    netns: (inode) => (inode === undefined ? undefined : namespaces.label(inode)),
    run(inode, command) {
      if (inode === undefined) return undefined;
      const key = JSON.stringify([inode, ...command]);
      const before = known.get(key);
      if (before && performance.now() < before.until) return before.text;
      const path = namespaces.path(inode);
      if (path === undefined || !allowed()) return undefined;
      const answer = ask(path, command);
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(key, answer);
      return answer.text;
    },
  };
}

function ask(path: string, [program, ...args]: readonly [string, ...string[]]): Known {
  const { status, stdout } = spawnSync("nsenter", [`--net=${path}`, "--", program, ...args], {
    encoding: "utf8",
    timeout: PATIENCE_MS,
    maxBuffer: LARGEST_OUTPUT,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const now = performance.now();
  if (status === null) return { text: undefined, until: now + FAILED_MS };
  return { text: status === 0 ? stdout : undefined, until: now + FRESH_MS };
}
