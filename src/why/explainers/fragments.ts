import type { Explainer } from "../explainer.ts";
import { flow, where } from "../words.ts";

/** Reassembly that was given up. */
export const fragments: readonly Explainer[] = [
  { reasons: ["FRAG_REASM_TIMEOUT"] },
  {
    places: [
      "ip_expire",
      "ip6frag_expire_frag_queue",
      "ip6_frag_expire",
      "nf_ct_frag6_expire",
      "inet_frag_destroy",
      "inet_frag_rbtree_purge",
    ],
  },
].map((keys) => ({
  ...keys,
  explain: (e, later) => ({
    what: `the other fragments of ${flow(e)} did not come in time${where(e, later)}, so those that did are thrown away`,
    check:
      "Fragments are lost on the way: a firewall that only knows the first one (later ones have no ports), or an MTU problem; `nstat -az | grep Reasm`.",
    cause: "packet:fragment-missing",
  }),
}));
