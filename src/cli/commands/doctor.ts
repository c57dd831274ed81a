import { native } from "../../native/native.ts";
import { type Examined, examine } from "../../runtime/doctor.ts";
import { type Styles, styles } from "../../runtime/output/style.ts";
import { type Call, wordsOf } from "../call.ts";
import { alignedLines } from "../lines.ts";
import { STATUS } from "../report.ts";
import { print, STDOUT, wantsColor } from "../terminal.ts";

/** `pwq doctor`: status 3 if this machine cannot trace. */
export function run(call: Call): number {
  wordsOf(call, 0);
  const examined = examine({ native: addonOrError() });
  print(prescription(examined, styles(wantsColor(call.options.color, STDOUT))));
  return examined.some(({ state }) => state === "bad") ? STATUS.unable : STATUS.done;
}

function addonOrError(): ReturnType<typeof native> | Error {
  try {
    return native();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const MARKS = { ok: "ok", weak: "less", bad: "MISSING" } as const;

export function prescription(examined: readonly Examined[], style: Styles): string {
  const lines = alignedLines(examined.map(({ name, state, found }) => [name, MARKS[state], found]));
  const colored = lines.map((line, i) => {
    const { state, fix } = examined[i]!;
    const [open, close] = state === "bad" ? style.drop : state === "weak" ? style.heading : ["", ""];
    return `${open}${line}${close}\n${fix === undefined ? "" : `    ${fix}\n`}`;
  });
  const bad = examined.filter(({ state }) => state === "bad");
  const verdict =
    bad.length === 0
      ? "This machine can trace."
      : `This machine cannot trace: ${bad.map(({ name }) => name).join(", ")}.`;
  return `${colored.join("")}\n${verdict}\n`;
}
