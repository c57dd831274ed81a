import type { Code } from "../diagnostics/codes.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Source, Span } from "../source.ts";

/** A place in one of the program's texts. */
export interface Place {
  readonly source: Source;
  readonly span: Span;
}

/** What may stand beside the message of a finding. */
export interface Details {
  readonly label?: string | undefined;
  readonly help?: readonly string[] | undefined;
}

/** Collects findings; the same code at the same place is one finding. */
export class Reporter {
  readonly #found: Diagnostic[] = [];

  error(code: Code, at: Place | undefined, message: string, details: Details = {}): undefined {
    this.#add({ code, severity: "error", message, ...placed(at), ...defined(details) });
  }

  warn(code: Code, at: Place, message: string, details: Details = {}): void {
    this.#add({ code, severity: "warning", message, ...placed(at), ...defined(details) });
  }

  get failed(): boolean {
    return this.#found.some((d) => d.severity === "error");
  }

  /** In the order of the texts: findings of one source from top to bottom, sources as they were first met. */
  all(): readonly Diagnostic[] {
    const order = [...new Set(this.#found.map((d) => d.at?.source))];
    return this.#found.toSorted(
      (a, b) =>
        order.indexOf(a.at?.source) - order.indexOf(b.at?.source) ||
        (a.at?.span.start ?? 0) - (b.at?.span.start ?? 0),
    );
  }

  #add(finding: Diagnostic): void {
    const known = this.#found.some(
      (d) =>
        d.code === finding.code &&
        d.at?.source === finding.at?.source &&
        d.at?.span.start === finding.at?.span.start &&
        (finding.at !== undefined || d.message === finding.message),
    );
    if (!known) this.#found.push(finding);
  }
}

const placed = (at: Place | undefined): { at?: Place } => (at ? { at } : {});

function defined({ label, help }: Details): Pick<Diagnostic, "label" | "help"> {
  return {
    ...(label === undefined ? {} : { label }),
    ...(help === undefined || help.length === 0 ? {} : { help }),
  };
}
