import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageOf, programsOf } from "../../library/packages/pack.ts";
import { systemReason } from "../../runtime/system-error.ts";
import { type Call, fail, wordsOf } from "../call.ts";
import { counted } from "../lines.ts";
import { checkOnly, documentation } from "../program.ts";
import { report, STATUS } from "../report.ts";
import { print } from "../terminal.ts";

/** `pwq pack FOLDER`: a package of the programs in a folder, all of them without errors. */
export function run(call: Call): number {
  const [folder = "."] = wordsOf(call, 1);
  const programs = programsOf(folder);
  const titles: Record<string, string> = {};
  for (const { path, text } of programs) {
    const source = { name: join(folder, path), text };
    const { diagnostics, typed } = checkOnly({ source, params: new Map(), hookFiles: [] }, undefined);
    const status = report(diagnostics, call.options.color);
    if (status !== STATUS.done) return status;
    if (!path.includes("/") && typed!.queries.length > 0)
      titles[path.replace(/\.pwq$/, "")] = documentation(source).doc.split("\n", 1)[0]!;
  }
  if (Object.keys(titles).length === 0) throw noQuery(folder);
  const { manifest, archive } = packageOf(folder, programs, titles);
  const file =
    call.options.output ?? `${manifest.name.replace(/^@/, "").replace("/", "-")}-${manifest.version}.tgz`;
  try {
    writeFileSync(file, archive);
  } catch (error) {
    throw fail({ code: "PWQ2011", message: `\`${file}\` cannot be written`, label: systemReason(error) });
  }
  print(
    `${file}: ${manifest.name} ${manifest.version}, ${counted(programs.length, "program")}, ${counted(archive.length, "byte")}\n`,
  );
  return STATUS.done;
}

const noQuery = (folder: string): ReturnType<typeof fail> =>
  fail({
    code: "PWQ2603",
    message: `there is no query in \`${folder}\``,
    label: "at least one `.pwq` file in the folder itself has a `trace` statement",
  });
