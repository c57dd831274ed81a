/**
 * Globs over names: `*` any run, `?` one character, `[a-z]` and `[!a-z]` one of a class; everything else is itself.
 * The whole name must match.
 */
export function globMatcher(glob: string): (name: string) => boolean {
  return /[*?[]/.test(glob) ? globsMatcher([glob]) : (name) => name === glob;
}

/** Whether a name matches one of them. */
export function globsMatcher(globs: readonly string[]): (name: string) => boolean {
  const pattern = new RegExp(`^(?:${globs.map(sourceOf).join("|")})$`, "s");
  return (name) => pattern.test(name);
}

const sourceOf = (glob: string): string =>
  glob.replace(/\[!?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length > 1 && part.startsWith("[")) {
      const negated = part.startsWith("[!");
      const body = part.slice(negated ? 2 : 1, -1).replace(/[\\^]/g, "\\$&");
      return body === "" ? (negated ? "." : "(?!)") : `[${negated ? "^" : ""}${body}]`;
    }
    return part.replace(/[\\^$.|+(){}[\]/]/, "\\$&");
  });
