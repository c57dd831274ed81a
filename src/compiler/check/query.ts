import type { Clause, Point, Trace } from "../../../grammar/ast.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import { isReturn, waitsForReturns } from "../returns.ts";
import type { CheckedQuery, CheckedTerminal, TExpr } from "../typed.ts";
import { someExpr } from "../typed-parts.ts";
import { checkAggregation } from "./aggregate.ts";
import { checkFor, checkLimit, checkRate, checkSample } from "./amounts.ts";
import { condition } from "./expression/condition.ts";
import { type Context, placeOf } from "./expression/context.ts";
import { checkFollow, FOLLOW_KINDS } from "./follow.ts";
import { checkJourney } from "./journey.ts";
import { isTooLong } from "./length.ts";
import { warnAbsent } from "./lint-absent.ts";
import { warnInterface } from "./lint-interface.ts";
import { checkShow, defaultColumns } from "./show.ts";
import { checkTerminal } from "./until.ts";
import { checkXdp } from "./xdp.ts";

type ClauseOf<K extends Clause["kind"]> = Extract<Clause, { kind: K }>;

/** Checks one `trace`. What is wrong is reported and left out of the result. */
export function checkQuery(syntax: Trace, outer: Context): CheckedQuery {
  checkSubject(syntax, outer);
  const clauses = onceEach(syntax, outer);
  const clause = <K extends Clause["kind"]>(kind: K) => clauses.get(kind) as ClauseOf<K> | undefined;
  const [at, where, when, stop] = [clause("At"), clause("Where"), clause("When"), clause("Stop")];
  const [show, sample, rate] = [clause("Show"), clause("Sample"), clause("Rate")];
  const [until, ending, from, follow, limit, forClause] = [
    clause("Until"),
    clause("Ending"),
    clause("From"),
    clause("Follow"),
    clause("Limit"),
    clause("For"),
  ];
  const stretch = from && checkStretch(from, outer);
  // A stretch by itself looks at its two ends.
  const points = at ? at.points : stretch ? [] : [standardPoint(syntax)];
  const xdp = syntax.subject.text === "xdp";
  const ctx: Context = {
    ...outer,
    subject: xdp ? "xdp" : "skb",
    points: [...points, ...(stretch ? [stretch.from, stretch.to] : [])],
  };
  const test = (each: typeof where | typeof when | typeof stop): TExpr | undefined => {
    const typed = each && condition(each.condition, ctx);
    if (!typed || isTooLong(typed, placeOf(ctx, each.condition), ctx.world)) return undefined;
    warnAbsent(typed, ctx.world);
    warnInterface(typed, ctx.world);
    return typed;
  };
  const terminals = (of: typeof until | typeof ending): readonly CheckedTerminal[] =>
    of?.terminals.flatMap((terminal) => checkTerminal(terminal, ctx) ?? []) ?? [];
  checkTogether(syntax, clauses, ctx);
  const [by, every, top] = [clause("By"), clause("Every"), clause("Top")];
  const aggregated = checkAggregation({ show, by, every, top }, ctx);
  const query: CheckedQuery = {
    source: ctx.scope.source,
    syntax,
    at: points,
    ...optional("stretch", stretch),
    ...optional("where", test(where)),
    ...optional("when", test(when)),
    ...optional("stop", test(stop)),
    follow: follow ? checkFollow(follow, ctx) : new Set(xdp ? [] : FOLLOW_KINDS),
    until: terminals(until),
    ending: terminals(ending),
    show:
      aggregated?.columns ??
      (show ? checkShow(show, ctx) : defaultColumns(syntax.subject.span, from !== undefined, ctx)),
    ...optional("aggregation", aggregated?.aggregation),
    explicitShow: show !== undefined,
    ...optional("sample", sample && checkSample(sample, ctx)),
    ...optional("rate", rate && checkRate(rate, ctx)),
    ...optional("limit", limit && checkLimit(limit, ctx)),
    ...optional("forNs", forClause && checkFor(forClause, ctx)),
  };
  if (xdp) checkXdp(query, ctx);
  else checkReturns(query, clauses, ctx);
  checkJourney(query, ctx);
  return query;
}

/** A packet is selected when a function is entered; what that returns belongs to the packet only if it is followed. */
function checkReturns(query: CheckedQuery, clauses: ReadonlyMap<Clause["kind"], Clause>, ctx: Context): void {
  const { report } = ctx.world;
  const where = clauses.get("Where");
  if (where && query.where && someExpr(query.where, isReturn)) {
    report.error("PWQ1215", placeOf(ctx, where), "`where` cannot ask what a function returns", {
      label: "packets are selected when functions are entered",
      help: ["`when ret < 0` shows the returns of followed packets that are so"],
    });
  }
  const follow = clauses.get("Follow");
  if (follow && query.follow.size === 0 && waitsForReturns(query)) {
    report.error("PWQ1215", placeOf(ctx, follow), "with `follow none` there are no returns", {
      label: "a return belongs to the packet that its function was entered with",
    });
  }
}

const optional = <K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [k in K]?: V };

const SUBJECTS = ["skb", "drop", "xdp"];

function checkSubject({ subject }: Trace, ctx: Context): void {
  if (SUBJECTS.includes(subject.text)) return;
  const { report } = ctx.world;
  const at = placeOf(ctx, subject);
  report.error("PWQ1202", at, `\`${subject.text}\` cannot be traced`, {
    label:
      didYouMean(subject.text, SUBJECTS) ??
      "trace `skb`, packets, `drop`, dropped packets, or `xdp`, frames at XDP programs",
  });
}

/** The clauses by kind; one that is there twice, or not in this version, is reported. */
function onceEach(syntax: Trace, ctx: Context): ReadonlyMap<Clause["kind"], Clause> {
  const clauses = new Map<Clause["kind"], Clause>();
  for (const clause of syntax.clauses) {
    // The word that begins the clause is what is wrong, not all of it.
    const word = clause.kind.toLowerCase();
    const at = placeOf(ctx, { span: { start: clause.span.start, end: clause.span.start + word.length } });
    if (clauses.has(clause.kind)) {
      const join = ["Where", "When", "Stop"].includes(clause.kind)
        ? "join the conditions by `and`"
        : "make it one clause";
      ctx.world.report.error("PWQ1201", at, `\`${word}\` is there twice`, { label: join });
    } else clauses.set(clause.kind, clause);
  }
  return clauses;
}

/** Clauses that contradict each other. */
function checkTogether(syntax: Trace, clauses: ReadonlyMap<Clause["kind"], Clause>, ctx: Context): void {
  const conflict = (kind: Clause["kind"], message: string, label: string) => {
    const clause = clauses.get(kind);
    if (clause) ctx.world.report.error("PWQ1209", placeOf(ctx, clause), message, { label });
  };
  if (syntax.subject.text === "drop") {
    conflict("At", "`trace drop` looks at drops and nowhere else", "write `trace skb at …`");
    conflict("From", "`trace drop` looks at drops and nowhere else", "write `trace skb from … to …`");
  }
  if (syntax.subject.text === "xdp") {
    const each = "each run of an XDP program is an event of its own";
    conflict("At", "`trace xdp` looks at XDP programs and nowhere else", "leave it out");
    for (const kind of ["Follow", "Until", "Ending", "From"] as const) {
      conflict(kind, "frames at XDP programs are not followed", each);
    }
    conflict("When", "frames at XDP programs are not followed", "join the conditions by `and` in `where`");
    const limit = clauses.get("Limit") as ClauseOf<"Limit"> | undefined;
    if (limit?.unit.text === "packets")
      conflict("Limit", "frames are counted as events", "write `limit … events`");
  }
  const follow = clauses.get("Follow") as ClauseOf<"Follow"> | undefined;
  if (follow?.what.some((word) => word.text === "none")) {
    conflict(
      "Until",
      "`until` ends journeys, and with `follow none` there are none",
      "leave one of them out",
    );
    conflict(
      "Ending",
      "`ending` is about journeys, and with `follow none` there are none",
      "leave one of them out",
    );
    conflict(
      "From",
      "`from … to …` is a journey, and with `follow none` there are none",
      "leave one of them out",
    );
    conflict("When", "with `follow none`, `where` selects events", "join the conditions by `and` in `where`");
    const limit = clauses.get("Limit") as ClauseOf<"Limit"> | undefined;
    if (limit?.unit.text === "packets") {
      conflict("Limit", "with `follow none` packets are not counted, only events", "write `limit … events`");
    }
  }
}

function checkStretch({ from, to }: ClauseOf<"From">, ctx: Context): CheckedQuery["stretch"] {
  for (const point of [from, to]) {
    if (!("exclude" in point && point.exclude)) continue;
    ctx.world.report.error(
      "PWQ1209",
      placeOf(ctx, point),
      "a journey does not begin or end at what is left out",
      {
        label: "leave out the `!`",
      },
    );
  }
  return { from, to };
}

const standardPoint = ({ subject }: Trace): Point => ({
  kind: "NamedPoint",
  name: subject.text === "drop" || subject.text === "xdp" ? subject.text : "all",
  span: subject.span,
});
