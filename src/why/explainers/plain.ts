import type { Explainer } from "../explainer.ts";
import { where } from "../words.ts";

/** An entry whose sentence says the same of each such drop, but for where it was. */
export const plain = (
  reasons: readonly string[],
  what: string,
  check: string,
  rest: Pick<Explainer, "ordinary" | "places"> = {},
): Explainer => ({
  reasons,
  ...rest,
  explain: (e, later) => ({ what: `${what}${where(e, later)}`, check }),
});
