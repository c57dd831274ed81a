import { helpPage, nearestPage, topics } from "../../compiler/diagnostics/pages.ts";
import { type Call, fail, wordsOf } from "../call.ts";
import { findCommand } from "../commands.ts";
import { commandHelp, generalHelp } from "../help.ts";
import { print } from "../terminal.ts";

/** `pwq help`, `pwq help COMMAND`, `pwq help CODE`, `pwq help TOPIC`. */
export function run(call: Call): number {
  const [subject] = wordsOf(call, 1);
  if (subject === undefined) {
    const list = topics().map(([name, title]) => `  ${name.padEnd(12)}  ${title}`);
    print(`${generalHelp()}\nTopics:\n${list.join("\n")}\n`);
    return 0;
  }
  const command = findCommand(subject);
  const text = command ? commandHelp(command) : helpPage(subject);
  if (text === undefined) {
    const label = nearestPage(subject);
    throw fail({
      code: "PWQ2013",
      message: `there is no help on \`${subject}\``,
      label: label ?? "`pwq help` lists commands and topics",
    });
  }
  print(text);
  return 0;
}
