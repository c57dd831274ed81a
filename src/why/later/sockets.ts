import type { Later } from "./later.ts";

/** What `ss` says of the socket that has a port; what is not there is absent. */
export interface Listener {
  readonly address: string;
  /** `python3`, pid 42 */
  readonly program?: string;
  readonly pid?: number;
  /** Bytes that wait, the limit, and packets dropped by the socket. */
  readonly waiting?: number;
  readonly limit?: number;
  readonly drops?: number;
  readonly filter: boolean;
}

/** Sockets that are bound to a port; undefined: nobody can say. */
export function listeners(
  later: Later,
  netns: number | undefined,
  proto: "tcp" | "udp",
  port: number,
): readonly Listener[] | undefined {
  const text = later.run(netns, ["ss", "-Hnampb", `--${proto}`, `sport = :${port}`]);
  return text === undefined ? undefined : text.split("\n").flatMap((line) => parse(line) ?? []);
}

function parse(line: string): Listener | undefined {
  const address = /^\S+\s+\d+\s+\d+\s+(\S+)/.exec(line)?.[1];
  if (address === undefined) return undefined;
  const [, program, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(line) ?? [];
  const [, waiting, limit] = /skmem:\(r(\d+),rb(\d+)/.exec(line) ?? [];
  const drops = /skmem:\([^)]*,d(\d+)\)/.exec(line)?.[1];
  return {
    address,
    ...(program && { program, pid: Number(pid) }),
    ...(waiting && { waiting: Number(waiting), limit: Number(limit) }),
    ...(drops && { drops: Number(drops) }),
    filter: /bpf filter/.test(line),
  };
}
