import { type Call, fail, wordsOf } from "../call.ts";
import { SHELLS } from "../completion/shells.ts";
import { print } from "../terminal.ts";

/** `pwq completion SHELL` */
export function run(call: Call): number {
  const [shell] = wordsOf(call, 1);
  const names = Object.keys(SHELLS);
  const write = shell === undefined ? undefined : SHELLS[shell];
  if (!write) {
    throw fail({
      code: "PWQ2022",
      message: shell === undefined ? "completion for which shell?" : `no completion for \`${shell}\``,
      label: `one of ${names.map((name) => `\`${name}\``).join(", ")}`,
    });
  }
  print(write());
  return 0;
}
