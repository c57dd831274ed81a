/**
 * The notation for paths in the fields table: what a raw path of a query can say, and casts.
 *
 *     path = root step* cast*
 *     step = "->" NAME | "." NAME | "[" NUMBER "]"
 *     cast = ["& ~" NUMBER] ":" TYPE step+
 *
 * `skb->_nfct & ~7 : nf_conn -> status`: the value so far, a pointer or an unsigned long, with bits 0-2 cleared, is the
 * address of a `struct nf_conn`. TYPE is the tag of a struct or union. Blanks do not matter.
 */

/** A step of a path; the grammar's `RawStep` is one too. */
export type PathStep =
  | { readonly kind: "Member"; readonly arrow: boolean; readonly name: string }
  | { readonly kind: "Index"; readonly index: number }
  /** `clear`: bits cleared of the value before it is taken as the address of a `type`. */
  | { readonly kind: "Cast"; readonly type: string; readonly clear: bigint };

export interface ParsedPath {
  /** `skb` or `shinfo`. */
  readonly root: string;
  readonly steps: readonly PathStep[];
}

const STEP =
  /\s*(?:(->|\.)\s*([A-Za-z_]\w*)|\[\s*(\d+)\s*\]|(?:&\s*~\s*(0x[\da-f]+|\d+)\s*)?:\s*([A-Za-z_]\w*))/iy;

/** Throws SyntaxError with the place: the text is ours, so a mistake in it is a bug. */
export function parsePath(text: string): ParsedPath {
  const root = /^\s*([A-Za-z_]\w*)/.exec(text);
  if (!root) throw new SyntaxError(`path \`${text}\` does not start with a name`);
  const steps: PathStep[] = [];
  STEP.lastIndex = root[0].length;
  while (text.slice(STEP.lastIndex).trim() !== "") {
    const at = STEP.lastIndex;
    const match = STEP.exec(text);
    if (!match) throw new SyntaxError(`path \`${text}\`: no step at \`${text.slice(at).trim()}\``);
    const [, operator, member, index, clear, type] = match;
    if (member) steps.push({ kind: "Member", arrow: operator === "->", name: member });
    else if (index) steps.push({ kind: "Index", index: Number(index) });
    else steps.push({ kind: "Cast", type: type!, clear: BigInt(clear ?? 0) });
  }
  if (steps.at(-1)?.kind === "Cast")
    throw new SyntaxError(`path \`${text}\` ends with a cast: nothing is read`);
  return { root: root[1]!, steps };
}
