/** How arguments are passed, as far as it matters for finding an skb among them: for every type and every prototype. */
import { type ArgumentMarks, PASSING, PLACE } from "./passes.ts";
import type { LoadedBtf } from "./reader.ts";

export { PASSING, PLACE };

export interface SkbArguments extends ArgumentMarks {
  /** 1 for `struct sk_buff` itself, also behind typedefs and qualifiers; by type id. */
  readonly isSkb: Uint8Array;
  /** PASSING by type id. */
  readonly passing: Uint8Array;
  /** PLACE by the type id of a prototype. */
  readonly places: Uint8Array;
}

/** `base`: what is known of the types that a module's BTF goes on from. */
export function classifyArguments(btf: LoadedBtf, base?: SkbArguments): SkbArguments {
  const marks: SkbArguments = {
    isSkb: continued(btf, base?.isSkb),
    passing: continued(btf, base?.passing),
    places: continued(btf, base?.places),
  };
  for (const kind of ["struct", "fwd"] as const)
    for (const id of btf.ownNamed(kind, "sk_buff")) marks.isSkb[id] = 1;
  btf.passes.classifyArguments(btf.image, btf.firstId, marks);
  return marks;
}

function continued(btf: LoadedBtf, base: Uint8Array | undefined): Uint8Array {
  const marks = new Uint8Array(btf.endId);
  if (base) marks.set(base);
  return marks;
}
