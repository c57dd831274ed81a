import type { Explanation } from "../../why/explain.ts";
import type { CauseEvent } from "../decode/why.ts";
import { explanationJson } from "../decode/why.ts";
import { printable } from "../text.ts";
import type { Presenter } from "./presenter.ts";
import type { Sink } from "./sink.ts";
import { styles } from "./style.ts";

export interface CauseOptions {
  readonly json: boolean;
  readonly color: boolean;
  /** Repeats are told while the trace runs. */
  readonly live: boolean;
}

/** Drops with one cause. */
interface Cause {
  /** From 1, in the order in which causes were seen. */
  readonly id: number;
  readonly first: CauseEvent;
  readonly explanation: Explanation;
  count: number;
  /** As it was told last. */
  told: number;
  last: string;
}

/** Different drops and causes that are told apart; what comes beyond is counted together. */
const MOST = 4096;
/** How often repeats are told. */
const REPEATS_MS = 5000;

/** Each cause when it is first seen, and all of them with their counts at the end. */
export function causePresenter(
  sink: Sink,
  read: (at: number) => CauseEvent,
  { json, color, live }: CauseOptions,
): Presenter {
  const causes = new Map<string, Cause>();
  const byKey = new Map<string, Cause>();
  const style = styles(color);
  let timer: NodeJS.Timeout | undefined;
  let beyond = 0;
  const line = (object: object): void => sink.line(`${JSON.stringify(object)}\n`);

  const causeOf = (event: CauseEvent): Cause | undefined => {
    const known = byKey.get(event.key);
    if (known) return known;
    if (byKey.size >= MOST) return undefined;
    const explanation = event.explain();
    const { reason, place, cause } = explanation;
    const name = [reason, place, event.netns, event.iface, cause ?? explanation.what].join("|");
    const found = causes.get(name) ?? {
      id: causes.size + 1,
      first: event,
      explanation,
      count: 0,
      told: 0,
      last: event.time,
    };
    causes.set(name, found);
    byKey.set(event.key, found);
    return found;
  };
  const tell = (cause: Cause): void => {
    cause.told = cause.count;
    if (json) line(causeJson(cause, false));
    else sink.line(causeText(cause, style));
  };
  const repeats = (): void => {
    for (const cause of causes.values()) {
      if (cause.explanation.ordinary || cause.count === cause.told) continue;
      sink.line(`${cause.id}. again: ${cause.count - cause.told} more, ${cause.count} in all\n`);
      cause.told = cause.count;
    }
  };
  return {
    start(info) {
      if (json) line({ type: "start", ...info });
      if (live && !json) timer = setInterval(repeats, REPEATS_MS);
    },
    event(_, at) {
      const event = read(at);
      const cause = causeOf(event);
      if (!cause) {
        beyond++;
        return;
      }
      cause.count++;
      cause.last = event.time;
      if (cause.count === 1 && !cause.explanation.ordinary) tell(cause);
    },
    said() {},
    lost: ({ cause, count }) => line({ type: "lost", cause, count }),
    cut() {},
    end(info) {
      clearInterval(timer);
      const all = [...causes.values()];
      if (json) {
        for (const cause of all) line(causeJson(cause, true));
        return line({ type: "end", ...info });
      }
      sink.line(summary(all, beyond));
    },
  };
}

const INDENT = "   ";

function causeText({ id, first, explanation }: Cause, style: ReturnType<typeof styles>): string {
  const { reason, place, what, now = [], check } = explanation;
  const [open, close] = style.drop;
  const [dim, undim] = style.end;
  const lines = [
    `${id}. ${first.tuple ?? "a packet"}${first.iface === undefined ? "" : ` on ${first.iface}`}${first.netns === undefined ? "" : ` in ${first.netns}`}`,
    `${INDENT}${open}${place} dropped: ${reason}${close}`,
    `${INDENT}${printable(what)}`,
    ...now.map((text) => `${INDENT}${dim}read later: ${printable(text)}${undim}`),
    ...(check === undefined ? [] : [`${INDENT}-> ${printable(check)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function summary(all: readonly Cause[], beyond: number): string {
  const told = all.filter(({ explanation }) => !explanation.ordinary).sort((a, b) => b.count - a.count);
  const ordinary = all.filter(({ explanation }) => explanation.ordinary);
  const width = Math.max(0, ...told.map(({ count }) => String(count).length));
  const rows = told.map(({ id, count, first, explanation }) => {
    const { reason, place, cause } = explanation;
    const named = cause === undefined ? "" : `, ${printable(cause)}`;
    return `${String(count).padStart(width)}x  ${id}. ${place} dropped: ${reason}${named} (${first.tuple ?? "no address"})`;
  });
  const counted = ordinary.reduce((sum, { count }) => sum + count, 0);
  return [
    ...(rows.length > 0 ? ["", ...rows] : ["nothing was dropped that a healthy machine does not drop"]),
    ...(counted > 0 ? [`${counted} more that a healthy machine drops too`] : []),
    ...(beyond > 0 ? [`${beyond} more, after too many different ones to tell apart`] : []),
    "",
  ].join("\n");
}

/** See schema/events.schema.json. */
function causeJson({ id, first, explanation, count, last }: Cause, final: boolean): object {
  const { reason, place, ordinary } = explanation;
  return {
    type: "cause",
    id,
    count,
    ...(final && { final }),
    first: first.time,
    last,
    "drop.reason": reason,
    func: place,
    netns: first.netns ?? null,
    iface: first.iface ?? null,
    tuple: first.tuple ?? null,
    ordinary,
    why: explanationJson(explanation),
  };
}
