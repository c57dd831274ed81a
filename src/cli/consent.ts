import { createInterface } from "node:readline/promises";
import { isatty } from "node:tty";
import { compile } from "../compiler/compile.ts";
import { PwqError } from "../compiler/diagnostics/diagnostic.ts";
import type { KernelFacts } from "../compiler/facts.ts";
import type { CheckedProgram } from "../compiler/typed.ts";
import { digestOf, type Installed, installed } from "../library/packages/installed.ts";
import { printable } from "../library/packages/manifest.ts";
import { type Call, fail } from "./call.ts";
import { counted, filled } from "./lines.ts";
import { checkedProgram, documentation, type GivenProgram, readSource } from "./program.ts";
import { quote } from "./quote.ts";
import { printError, STDERR } from "./terminal.ts";

const STDIN = 0;

/**
 * Before a query of a package runs for the first time: shows what the package may do, and asks. `--yes` agrees. What was
 * agreed to is remembered by the content of all its programs. Throws PWQ2614 where nobody agrees.
 */
export async function requireConsent(
  call: Call,
  program: GivenProgram,
  facts: KernelFacts,
  ask: (query: Installed) => Promise<boolean> = agrees,
): Promise<void> {
  const all = installed();
  const query = all.find(({ name }) => name === program.source.name);
  if (!query || query.store.accepted().includes(digestOf(query))) return;
  printError(`${powers(query, all, program, facts)}\n`);
  if (!call.options.yes && !(await ask(query))) throw notAgreed(call, query.package);
  query.store.accept(digestOf(query));
}

/** For where nobody can be asked; throws PWQ2614. */
export function requireAgreed(name: string): void {
  const query = installed().find((each) => each.name === name);
  if (query && !query.store.accepted().includes(digestOf(query)))
    throw fail({
      code: "PWQ2614",
      message: `nobody has agreed to run the package \`${query.package}\``,
      label: `\`pwq run ${name}\` shows what it may do, and asks`,
    });
}

async function agrees({ package: name }: Installed): Promise<boolean> {
  if (!isatty(STDIN) || !isatty(STDERR)) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`Run queries of ${name}? [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

function notAgreed({ argv }: Call, name: string): PwqError {
  const dashes = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const line = [...argv.slice(0, dashes), "--yes", ...argv.slice(dashes)].map(quote).join(" ");
  return fail({
    code: "PWQ2614",
    message: `nobody has agreed to run the package \`${name}\``,
    label: `pwq ${line}`,
  });
}

/** What the queries of a package look at, copy out of the kernel, and what their hooks could do with it. */
export function powers(
  query: Installed,
  all: readonly Installed[],
  program: GivenProgram,
  facts: KernelFacts,
): string {
  const { package: name, locked } = query;
  const lines = [
    `The package ${name} ${locked.version} (${printable(locked.resolved)}) has not run here before. Its queries:`,
  ];
  for (const each of all.filter((other) => other.package === name && other.store === query.store)) {
    const source = each === query ? program.source : readSource(each.name);
    const params = each === query ? program.params : new Map<string, string>();
    lines.push("", `  ${each.name}  ${printable(documentation(source).doc.split("\n", 1)[0]!)}`);
    for (const line of deeds({ source, params, hookFiles: [] }, facts)) lines.push(`      ${line}`);
  }
  lines.push(
    "",
    "They read the kernel's memory through BPF, and change nothing. Hooks are sandboxed: no files, no network.",
  );
  return lines.join("\n");
}

function deeds(given: GivenProgram, facts: KernelFacts): readonly string[] {
  let checked: CheckedProgram;
  let compiled: ReturnType<typeof compile>;
  try {
    ({ checked } = checkedProgram(given, () => facts));
    compiled = compile(checked, facts);
  } catch (error) {
    if (!(error instanceof PwqError)) throw error;
    return [`cannot run as it is: ${printable(error.diagnostics[0]?.message ?? "")}`];
  }
  const { plan, queries } = compiled;
  const probes = [
    ...(plan.kprobes.length > 0 ? [counted(plan.kprobes.length, "function")] : []),
    ...(plan.tracepoints.length > 0 ? [counted(plan.tracepoints.length, "tracepoint")] : []),
    ...(plan.programPoints.length > 0 ? ["BPF programs"] : []),
  ];
  const fields = [...new Set(queries.flatMap(({ record }) => record.slots.map(({ key }) => key)))];
  const { hooks } = checked;
  return [
    `attaches to ${probes.join(", ")}`,
    ...filled(`captures ${fields.join(", ") || "time, function and drop reason"}`, 100),
    hooks
      ? `hooks (${[...new Set(hooks.hooks.map(({ event }) => event))].join(", ")}) see that, and may print, report, emit rows, leave events out and end the trace`
      : "no hooks",
  ];
}
