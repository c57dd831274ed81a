import type { Evidence } from "./drop.ts";
import type { Later } from "./later/later.ts";

/** What an explainer makes of a drop. */
export interface Finding {
  /** What happened, with the values that made it happen; no capital, no full stop. */
  readonly what: string;
  /** What was read after the drop, and may have changed since. */
  readonly now?: readonly string[];
  /** The next thing to look at or to try. */
  readonly check?: string;
  /**
   * The cause as a machine may compare it: `sysctl:NETNS:KEY=VALUE`, `mtu:NETNS:DEV=N`, `nft:NETNS:FAMILY/TABLE/CHAIN`.
   * docs/why.md lists the kinds.
   */
  readonly cause?: string;
}

/** One entry of the table: which drops it knows, and what it says of them. */
export interface Explainer {
  /** By name, without prefix. Absent: any. */
  readonly reasons?: readonly string[];
  /** Functions. Absent: any; for reasons that say nothing (NOT_SPECIFIED) they are all there is. */
  readonly places?: readonly string[];
  /** Of these, drops for which it holds. */
  readonly when?: (evidence: Evidence) => boolean;
  /** Happens on a healthy machine too: `pwq why` counts it and says no more. */
  readonly ordinary?: true;
  readonly explain: (evidence: Evidence, later: Later) => Finding;
}
