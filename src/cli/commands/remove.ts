import { didYouMean } from "../../compiler/diagnostics/suggest.ts";
import { Store } from "../../library/packages/store.ts";
import { type Call, fail, wordsOf } from "../call.ts";
import { STATUS } from "../report.ts";
import { print } from "../terminal.ts";

/** `pwq remove NAME`: takes away what `pwq add` has installed for this user. */
export function run(call: Call): number {
  const [name = ""] = wordsOf(call, 1);
  const store = new Store();
  const known = Object.keys(store.lock().packages);
  if (!known.includes(name)) {
    throw fail({
      code: "PWQ2612",
      message: name === "" ? "remove which package?" : `no package \`${name}\` is installed`,
      label:
        didYouMean(name, known) ??
        (known.length === 0 ? "none is" : `there are ${known.map((each) => `\`${each}\``).join(", ")}`),
    });
  }
  store.replace(name, undefined);
  print(`removed ${name}\n`);
  return STATUS.done;
}
