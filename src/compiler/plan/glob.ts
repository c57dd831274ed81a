/**
 * Globs over names: `*` any run, `?` one character, `[a-z]` and `[!a-z]` one of a class; everything else is itself.
 * The whole name must match.
 */
export function globMatcher(glob: string): (name: string) => boolean {
  if (!/[*?[]/.test(glob)) return (name) => name === glob;
  const source = glob.replace(/\[!?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length > 1 && part.startsWith("[")) {
      const negated = part.startsWith("[!");
      const body = part.slice(negated ? 2 : 1, -1).replace(/[\\^]/g, "\\$&");
      return body === "" ? (negated ? "." : "(?!)") : `[${negated ? "^" : ""}${body}]`;
    }
    return part.replace(/[\\^$.|+(){}[\]/]/, "\\$&");
  });
  const pattern = new RegExp(`^(?:${source})$`, "s");
  return (name) => pattern.test(name);
}
