import type { Explainer } from "../explainer.ts";
import { routing } from "./routing.ts";

/** Every drop that pwq has words for. Of several entries that know a drop the first one speaks. */
export const EXPLAINERS: readonly Explainer[] = [...routing];
