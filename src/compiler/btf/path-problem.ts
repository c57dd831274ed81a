/**
 * Why a path does not fit the kernel's types. `step` is the index of the step that is at fault, or the number of steps
 * if it is the end; `type` is what stands before it, as C writes it.
 */
export type PathProblem = { readonly step: number; readonly type: string } & (
  | { readonly kind: "no-type" }
  /** `candidates`: the members there are, through anonymous structs and unions too. */
  | { readonly kind: "no-member"; readonly member: string; readonly candidates: readonly string[] }
  /** Written `.` where `->` belongs. */
  | { readonly kind: "needs-arrow"; readonly member: string }
  /** Written `->` where `.` belongs. */
  | { readonly kind: "needs-dot"; readonly member: string }
  /** A member of something that has none: a number, an enum, an array. */
  | { readonly kind: "not-struct" }
  /** BTF knows the struct by name only: it belongs to a module that is not loaded, or is never laid open. */
  | { readonly kind: "forward-declared" }
  | { readonly kind: "not-array" }
  | { readonly kind: "out-of-bounds"; readonly index: number; readonly count: number }
  /** A cast of something that holds no address. */
  | { readonly kind: "not-address" }
  /** The path ends in a struct, or in an array of what is no plain number. */
  | { readonly kind: "not-printable"; readonly candidates: readonly string[] }
);

/** One sentence for a message: what is wrong, and where it is known, what to write. */
export function explainPathProblem(problem: PathProblem): string {
  const { type } = problem;
  switch (problem.kind) {
    case "no-type":
      return `this kernel has no \`${type}\``;
    case "no-member":
      return `\`${type}\` has no member \`${problem.member}\``;
    case "needs-arrow":
      return `\`${type}\` is a pointer: write \`->${problem.member}\``;
    case "needs-dot":
      return `\`${type}\` is not a pointer: write \`.${problem.member}\``;
    case "not-struct":
      return `\`${type}\` has no members`;
    case "forward-declared":
      return `this kernel's BTF has only the name of \`${type}\`, not its members`;
    case "not-array":
      return `\`${type}\` is not an array`;
    case "out-of-bounds":
      return `\`${type}\` has no element ${problem.index}: the last one is ${problem.count - 1}`;
    case "not-address":
      return `\`${type}\` does not hold an address`;
    case "not-printable":
      return `\`${type}\` cannot be printed as a whole`;
  }
}
