import { counted } from "../cli/lines.ts";
import type { Compiled } from "../compiler/compiled.ts";
import { Dispatcher } from "../runtime/dispatch/dispatcher.ts";
import { kernelTracer } from "../runtime/kernel-tracer.ts";
import type { Attached, Loaded, Sizes, Tracer } from "../runtime/tracer.ts";

/** A query that has the place of another already, before its session has begun. */
export interface TakenOver {
  readonly loaded: Loaded;
  readonly attached: Attached;
  /** Milliseconds from when the query was entered until it was traced. */
  readonly ms: number;
}

/** How queries at the prompt are traced: one has the place, and the next takes it without a new attachment if it can. */
export class Places {
  #dispatcher: Dispatcher | undefined;

  /** For a query that begins with nothing attached, or goes on from what has taken the place. */
  tracer(compiled: Compiled, taken: TakenOver | undefined): Tracer {
    if (taken) return { load: () => ({ ...taken.loaded, attach: () => taken.attached }) };
    if (!Dispatcher.takes(compiled)) return kernelTracer();
    this.#dispatcher ??= new Dispatcher();
    return this.#dispatcher;
  }

  /** Traces the query instead of the one that is traced now; undefined: other points have to be attached for it. */
  takeOver(compiled: Compiled, sizes: Sizes, entered: number): TakenOver | undefined {
    const dispatcher = this.#dispatcher;
    if (!dispatcher?.suffices(compiled)) return undefined;
    const loaded = dispatcher.load(compiled, sizes);
    try {
      const attached = loaded.attach(compiled.plan);
      return { loaded, attached, ms: performance.now() - entered };
    } catch (error) {
      loaded.close();
      throw error;
    }
  }

  /** Said of a query that has taken over, if more is attached than it looks at. */
  idleNote(compiled: Compiled): string | undefined {
    const idle = this.#dispatcher?.idle(compiled) ?? 0;
    if (idle === 0) return undefined;
    return `${counted(idle, "function")} stay attached that this query does not look at; Ctrl-C before the next one detaches all`;
  }
}
