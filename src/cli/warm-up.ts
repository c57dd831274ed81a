import { compile } from "../compiler/compile.ts";
import { COUNTERS } from "../compiler/layout.ts";
import { gatherFacts } from "../runtime/kernel/facts.ts";
import type { Tracer } from "../runtime/tracer.ts";
import { parseCall } from "./call.ts";
import { trace } from "./commands/run.ts";
import { checkedProgram, readProgram } from "./program.ts";

/** What people ask first, on both ways through the planner. */
const QUERIES = [
  "trace drop where udp.dport == 53 and not ip.src in 10.0.0.0/8",
  'trace skb where tcp.dport == 443 or iface == "eth0" until drop, deliver show mark, netns, skb->dev->ifindex',
];

/** Traces nothing on no kernel, from the call to the summary. `btf`: a file with the types of some kernel. */
export async function warmUp(btf: string): Promise<void> {
  for (const query of QUERIES) {
    const call = parseCall(["run", "-e", query, "--for", "1ms", "--output", "/dev/null", "--quiet"])!;
    const program = readProgram(call);
    const { checked, facts } = checkedProgram(program, () => gatherFacts({ btf }));
    await trace(call, checked, compile(checked, facts), facts, idle);
  }
}

const idle: Tracer = {
  load: () => ({
    attach: ({ tracepoints, kprobes }) => ({ count: tracepoints.length + kprobes.length, refused: [] }),
    read() {},
    counters: () => Array.from({ length: COUNTERS }, () => 0n),
    tracked: () => ({ entries: 0, followed: () => 0 }),
    remembered: () => 0,
    missed: () => 0,
    detach() {},
    flush: async () => {},
    close() {},
  }),
};
