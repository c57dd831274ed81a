import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { SHELLS } from "../../src/cli/completion/shells.ts";
import { flag } from "../../src/cli/options.ts";
import { quote } from "../../src/cli/quote.ts";
import { BUILD_MS, build } from "./build.ts";
import { emptyFolder } from "./pwq.ts";

/** What the shells themselves offer with the scripts that pwq prints. Where tests must be complete they are installed. */
const FILE: Readonly<Record<string, string>> = { bash: "pwq.bash", zsh: "_pwq", fish: "pwq.fish" };
const installed = (shell: string): boolean =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, shell)));

const folder = emptyFolder();
/** The library is asked through the program that is completed. */
const env = {
  ...process.env,
  PATH: `${resolve("dist")}${delimiter}${process.env.PATH}`,
  XDG_DATA_HOME: join(folder, "data"),
};
const run = (shell: string, ...args: string[]): string[] =>
  execFileSync(shell, args, { cwd: folder, encoding: "utf8", timeout: 60_000, env })
    .split("\n")
    .map((line) => line.split("\t")[0]!)
    .filter((line) => line !== "");

/** What is offered at the end of a line, sorted. */
const OFFERS: Readonly<Record<string, (line: string) => string[]>> = {
  bash(line) {
    // Words as readline makes them: `=` and `@` are words of their own.
    const words: string[] = [
      ...(line.match(/'[^']*'|[^\s=@]+|[=@]/g) ?? []),
      ...(line.endsWith(" ") ? ["''"] : []),
    ];
    const script = `source ./pwq.bash; COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; COMP_LINE=${quote(line)}; COMP_POINT=${line.length}; _pwq; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run("bash", "--norc", "-c", script);
  },
  zsh: (line) => run("zsh", "-f", resolve("test/cli/offers.zsh"), folder, line),
  fish: (line) => run("fish", "--no-config", "-c", `source pwq.fish; complete -C ${JSON.stringify(line)}`),
};

beforeAll(() => {
  build();
  mkdirSync(join(folder, "data/pwq/library"), { recursive: true });
  writeFileSync(
    join(folder, "data/pwq/library/mine.pwq"),
    "param lane: int = 1\nparam lake: int = 2\ntrace drop",
  );
  for (const [shell, script] of Object.entries(SHELLS)) writeFileSync(join(folder, FILE[shell]!), script());
  for (const name of ["drops.pwq", "drops.txt"]) writeFileSync(join(folder, name), "");
}, BUILD_MS);

/** A shell that builds its tables on a busy machine. */
const timeout = 60_000;

describe.each(Object.keys(SHELLS))("%s", { timeout }, (shell) => {
  const missing = !installed(shell) && process.env.CI !== "true";
  const offers = (line: string): string[] => [...new Set(OFFERS[shell]!(line))].sort();

  test.skipIf(missing).each<[string, readonly string[]]>([
    ["pwq ex", ["explain"]],
    ["pwq run --rea", ["--ready-file"]],
    ["pwq check --js", []],
    ["pwq run --color ", ["always", "auto", "never"]],
    ["pwq run drops.pwq --backend k", ["kprobe", "kprobe-multi"]],
    ["pwq 'trace drop' --js", ["--json"]],
    ["pwq completion ", ["bash", "fish", "zsh"]],
    ["pwq help from", ["from-pwru"]],
    ["pwq run dro", ["drops.pwq", "drops.txt"]],
    ["pwq run drops.pwq --output dro", ["drops.pwq", "drops.txt"]],
    ["pwq run --limit ", []],
    ["pwq run drops.pwq -- ls dro", ["drops.pwq", "drops.txt"]],
    ["pwq run drops.pwq -- unam", ["uname"]],
    ["pwq --ver", ["--version"]],
  ])("%s", (line, expected) => {
    expect(offers(line)).toEqual(expected);
  });

  test.skipIf(missing)("every command, and nothing else where a command is wanted", () => {
    expect(offers("pwq ")).toEqual(expect.arrayContaining(COMMANDS.map(({ name }) => name)));
    expect(offers("pwq ").filter((word) => !word.startsWith("-"))).toHaveLength(COMMANDS.length);
  });

  test.skipIf(missing).each(["run", "check", "compile"])("every option of %s", (name) => {
    const { options } = COMMANDS.find((command) => command.name === name)!;
    const long = [...options, "help" as const].map(flag).filter((spelling) => spelling.startsWith("--"));
    expect(offers(`pwq ${name} --`).filter((word) => word.startsWith("--"))).toEqual(long.sort());
  });

  test.skipIf(missing)("names of the library, the user's too", () => {
    expect(offers("pwq run @rp")).toEqual(["@rpf"]);
    expect(offers("pwq explain @min")).toEqual(["@mine"]);
  });
  test.skipIf(missing)("parameters of the program that is named", () => {
    expect(offers("pwq run @mine la")).toEqual(["lake=", "lane="]);
    expect(offers("pwq run @mine lane=1 lak")).toEqual(["lake="]);
  });
  test.skipIf(missing)("a value after a sign", () => {
    const plain = offers("pwq run --color=a").map((word) => word.replace(/^--color=/, ""));
    expect(plain).toEqual(["always", "auto"]);
  });
});
