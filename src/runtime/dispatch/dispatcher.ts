import type { AttachPlan, Compiled } from "../../compiler/compiled.ts";
import { type Native, native, type Obj } from "../../native/native.ts";
import { COOKIE_MAP, linked, loaded, PROGRAMS, setSizes, told } from "../kernel-tracer.ts";
import type { Attached, Loaded, Sizes } from "../tracer.ts";
import { Attachment } from "./attachment.ts";
import { COOKIES, SpareMaps } from "./spare-maps.ts";
import { type Wiring, wiringOf } from "./wiring.ts";

/**
 * Attaches once and traces many queries, one after the other: being attached is what takes seconds, a program is exchanged
 * in microseconds. Each query has programs and maps of its own, so that neither its events nor its losses can be taken for
 * another's. What is attached is detached with the query that has the place when it ends.
 */
export class Dispatcher {
  readonly #native: Native;
  readonly #spare: SpareMaps;
  #attachment: Attachment | undefined;
  /** Whose programs are called: it is told when others are. */
  #current: { replaced(): void } | undefined;

  constructor(face: Native = native()) {
    this.#native = face;
    this.#spare = new SpareMaps(face);
  }

  /** Whether a query can be traced so: where functions share one attachment, or there are none. */
  static takes({ plan, remembers }: Compiled): boolean {
    return plan.backend !== "kprobe" && !plan.returns && plan.programPoints.length === 0 && !remembers.calls;
  }

  /** Whether everything that the query looks at is attached. */
  suffices(compiled: Compiled): boolean {
    const at = this.#attachment;
    const { plan } = compiled;
    return (
      at !== undefined &&
      Dispatcher.takes(compiled) &&
      plan.kprobes.every(({ symbol }) => at.functions.has(symbol) || at.refused.has(symbol)) &&
      plan.tracepoints.every(({ tracepoint }) => at.tracepoints.has(tracepoint))
    );
  }

  /** Functions that are attached although the query does not look at them. */
  idle({ plan }: Compiled): number {
    return Math.max(0, (this.#attachment?.functions.size ?? 0) - plan.kprobes.length);
  }

  /**
   * Loads a query beside the one that is traced; that one goes on until this one's `attach`, which takes its place. Where
   * the attached points do not suffice it must have ended before. Throws PwqError.
   */
  load(compiled: Compiled, sizes: Sizes): Loaded {
    return told(compiled, () => this.#load(compiled, sizes));
  }

  #load(compiled: Compiled, sizes: Sizes): Loaded {
    const face = this.#native;
    const before = this.#attachment;
    const attachment = before ?? new Attachment(face, compiled);
    const wiring = wiringOf(compiled.plan, attachment.functions, attachment.tracepoints);
    const bytes = linked(face, compiled);
    const obj = face.openObject(bytes);
    try {
      excludeUnused(face, obj, wiring);
      if (!this.#spare.give(obj, compiled, sizes)) {
        setSizes(face, obj, compiled, sizes);
        if (wiring.cookies) face.setMapSize(obj, COOKIE_MAP, COOKIES);
      }
      face.load(obj);
      if (wiring.cookies) face.mapFill(obj, COOKIE_MAP, wiring.cookies.from, wiring.cookies.to);
      if (wiring.functions.size > 0) face.mapSetProgram(obj, PROGRAMS, 0, wiring.general, obj);
    } catch (error) {
      face.closeObject(obj);
      if (!before) attachment.detach();
      throw error;
    }
    this.#attachment = attachment;
    return this.#traced(loaded(face, bytes, obj, compiled), attachment, before === undefined, {
      wiring,
      obj,
      bytes,
      compiled,
      sizes,
    });
  }

  #traced(query: Loaded, attachment: Attachment, isFirst: boolean, made: Made): Loaded {
    const { wiring, obj, bytes, compiled, sizes } = made;
    let missedBefore = 0;
    let missed = 0;
    let closed = false;
    const own = {
      replaced(): void {
        missed = attachment.missed() - missedBefore;
      },
    };
    const end = (): void => {
      if (this.#current !== own && !(isFirst && this.#attachment === attachment && !this.#current)) return;
      own.replaced();
      attachment.detach();
      this.#attachment = undefined;
      this.#current = undefined;
      this.#spare.drop();
    };
    return {
      ...query,
      attach: (plan): Attached =>
        told(compiled, () => {
          missedBefore = isFirst ? 0 : attachment.missed();
          this.#current?.replaced();
          attachment.wire(wiring, obj);
          this.#current = own;
          this.#spare.prepare(bytes, compiled, sizes);
          return isFirst ? attachment.attach(plan) : attachedAgain(attachment, plan);
        }),
      missed: () => missed,
      detach: end,
      close() {
        if (closed) return;
        closed = true;
        end();
        query.close();
      },
    };
  }
}

interface Made {
  readonly wiring: Wiring;
  readonly obj: Obj;
  readonly bytes: Uint8Array;
  readonly compiled: Compiled;
  readonly sizes: Sizes;
}

function attachedAgain({ refused }: Attachment, { kprobes, tracepoints }: AttachPlan): Attached {
  const again = kprobes.flatMap(({ symbol }) => {
    const code = refused.get(symbol);
    return code === undefined ? [] : [{ symbol, code }];
  });
  return { count: kprobes.length - again.length + tracepoints.length, refused: again };
}

function excludeUnused(face: Native, obj: Obj, { functions, tracepoints, general }: Wiring): void {
  const used = new Set([...functions.values(), ...tracepoints.values()]);
  if (functions.size > 0) used.add(general);
  for (const { name } of face.programs(obj)) face.setAutoload(obj, name, used.has(name));
}
