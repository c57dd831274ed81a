import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "../../../src/cli/main.ts";

/**
 * Several traces in one process, because to start one takes many seconds under emulation:
 *   node several.cjs FOLDER 'drops' 'socket port=53' …
 * The n-th writes FOLDER/n.json; FOLDER/ready is there once all are attached. SIGINT ends them all.
 */
const [folder = ".", ...queries] = process.argv.slice(2);
const ends: Promise<number>[] = [];
for (const [i, query] of queries.entries()) {
  const [name, ...params] = query.split(" ");
  const ready = `${folder}/ready-${i}`;
  let ended = false;
  const end = main([
    "run",
    `@${name}`,
    ...params,
    "--json",
    "-o",
    `${folder}/${i}.json`,
    "--ready-file",
    ready,
  ]);
  ends.push(end.finally(() => (ended = true)));
  while (!existsSync(ready) && !ended) await sleep(50);
}
writeFileSync(`${folder}/ready`, "");
const failed = (await Promise.all(ends)).filter((status) => status !== 0);
process.exit(failed.length > 0 ? 1 : 0);
