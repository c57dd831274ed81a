import { check } from "../../src/compiler/check/check.ts";
import { compile } from "../../src/compiler/compile.ts";
import type { CompiledQuery } from "../../src/compiler/compiled.ts";
import { render } from "../../src/compiler/diagnostics/render.ts";
import type { HookProgram } from "../../src/hooks/program.ts";
import { type EventsVerdict, Hooks } from "../../src/hooks/run/hooks.ts";
import type { Limits } from "../../src/hooks/sandbox/sandbox.ts";
import { Batch } from "../../src/runtime/decode/batch.ts";
import { fixtureFacts } from "../fixtures/btf.ts";
import { batchOf, context, type HeadWanted, POINTS, record } from "../runtime/records.ts";

/** An event as a test wants it: its head, and values of captured slots by key. */
export type Wanted = HeadWanted & { readonly values?: Readonly<Record<string, Uint8Array>> };

export interface Running {
  readonly hooks: Hooks;
  readonly queries: readonly CompiledQuery[];
  readonly program: HookProgram;
  /** Errors of hooks that were switched off, as they are drawn. */
  readonly faults: string[];
  /** Hands over one batch with these events. */
  events(...wanted: readonly Wanted[]): EventsVerdict;
  /** The same with bytes of a batch. */
  batch(bytes: Uint8Array, count: number): EventsVerdict;
}

export interface RunningOptions {
  readonly file?: string;
  readonly limits?: Limits;
  /** Room for events that are shown. */
  readonly room?: number;
  /** Hooks that the checker would refuse: run as they stand, instead of those of the program. */
  readonly unchecked?: string;
}

/** A program's hooks over the real decoder, with records that a test makes. */
export async function running(text: string, options: RunningOptions = {}): Promise<Running> {
  const { file, limits, room = Number.POSITIVE_INFINITY, unchecked } = options;
  const facts = fixtureFacts("6.12");
  const { program, diagnostics } = check(
    { name: "test.pwq", text },
    { facts, ...(file !== undefined && { hookFiles: [{ name: "hooks.ts", text: file }] }) },
  );
  if (!program?.hooks) throw new Error(render(diagnostics, { color: false }) || "no hooks");
  const { queries } = compile(program, facts);
  const batch = new Batch();
  const faults: string[] = [];
  const made = unchecked === undefined ? program.hooks : { ...program.hooks, code: unchecked };
  const hooks = await Hooks.start(made, {
    queries,
    batch,
    context: context(),
    onFault: (fault) => faults.push(render([fault], { color: false })),
    ...(limits && { limits }),
  });
  const take = (bytes: Uint8Array, count: number): EventsVerdict => {
    batch.use(bytes);
    const size = bytes.length / count;
    const places = Array.from({ length: count }, (_, i) => i * size);
    return hooks.events(places, { total: room, queries: queries.map(() => Number.POSITIVE_INFINITY) });
  };
  return {
    hooks,
    queries,
    program: made,
    faults,
    batch: take,
    events: (...wanted) =>
      take(
        batchOf(...wanted.map(({ values = {}, ...head }) => record(queries[0]!, head, values))),
        wanted.length,
      ),
  };
}

/** Points of test records, by name. */
export const point = (name: string): number => POINTS.findIndex((each) => each.name === name);

/** A drop with reason NETFILTER_DROP in `nf_hook_slow`. */
export const DROP: Wanted = { point: point("skb:kfree_skb"), reason: 8, location: 0xffffffff81000010n };

/** What was printed. */
export const printed = ({ said }: EventsVerdict): string[] =>
  said.flatMap(([, one]) => (one.kind === "print" ? [one.text] : []));
