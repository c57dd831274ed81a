/**
 * The command line's door: takes the call apart, loads the one module it needs, and turns what is thrown into
 * findings and an exit status. Everything else is behind a lazy import, so that small calls stay fast.
 */
import { PwqError } from "../compiler/diagnostics/diagnostic.ts";
import { parseCall } from "./call.ts";
import type { Options } from "./options.ts";
import { print } from "./terminal.ts";

/** One call; `argv` is what follows `pwq`. Resolves to the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  let color: Options["color"];
  try {
    const call = parseCall(argv) ?? parseCall(["repl"])!;
    color = call.options.color;
    if (call.options.version) {
      const { version } = await import("./version.ts");
      print(`pwq ${version}\n`);
      return 0;
    }
    if (call.options.help) {
      const { commandHelp, generalHelp } = await import("./help.ts");
      print(call.command.name === "help" ? generalHelp() : commandHelp(call.command));
      return 0;
    }
    const module = await call.command.load();
    return await module.run(call);
  } catch (error) {
    const { report } = await import("./report.ts");
    if (error instanceof PwqError) return report(error.diagnostics, color);
    const { internalFault } = await import("./fault.ts");
    return report([internalFault(error)], color);
  }
}
