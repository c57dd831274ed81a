/**
 * The helpers by which code in the sandbox says something; `say` takes an entry of the answer without its brackets.
 * Becomes text in the sandbox, so it imports nothing.
 */
export function speech(say: (entry: string) => void) {
  // User code may replace what these names mean.
  const { stringify } = JSON;
  const { isArray } = Array;
  const text = String;
  const plain = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? text(value) : value);
  const shown = (value: unknown): string =>
    typeof value === "object" && value !== null ? (stringify(value, plain) ?? "") : text(value);
  return {
    print(...values: unknown[]) {
      let line = "";
      for (let i = 0; i < values.length; i++) line += (i > 0 ? " " : "") + shown(values[i]);
      say(`"print",${stringify(line)}`);
    },
    report(what: unknown, about?: { severity?: unknown; hint?: unknown }) {
      const line = shown(what);
      const severity = text(about?.severity ?? "info");
      if (severity !== "info" && severity !== "warning" && severity !== "error")
        throw new TypeError("severity is info, warning or error");
      const hint = about?.hint === undefined ? null : shown(about.hint);
      say(`"report",${stringify(line)},"${severity}",${hint === null ? "null" : stringify(hint)}`);
    },
    emit(row: unknown) {
      if (typeof row !== "object" || row === null || isArray(row))
        throw new TypeError("emit takes an object: a column for each property");
      const json = stringify(row, plain);
      if (json === undefined || json[0] !== "{")
        throw new TypeError("emit takes an object: a column for each property");
      say(`"row",${stringify(json)}`);
    },
  };
}
