#!/usr/bin/env node
// Boots stock Debian kernels and runs the cases of test/lab/cases in each, with the pwq that is built in dist/.
//   node test/lab/run.mjs [--json FILE] [--table FILE] [--only TEXT] [--faults all|TEXT] [--keep] [SUITE…]
// --only: the cases whose name contains TEXT. --keep: the folders with each guest's log stay, and are named.
// --faults: all of test/lab/faults on every kernel, or those whose name contains TEXT (or one of several, with commas); otherwise each runs on one kernel
//   only, because they take minutes.
// --table: what cases marked, by row and kernel, is merged into this JSON file (scripts/faults.mjs makes a page of it).
// --json: counts as {"passed":N,"failed":N,"skipped":N}.
// Exit status: 0 all passed; 1 not; 3 the lab cannot run here (the reason is printed).
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { arch, availableParallelism, freemem, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const SUITES = ["bookworm", "bookworm-backports", "sid"];
/** A guest that has not finished after this many seconds is ended. */
const GUEST_SECONDS = 2100;
/** Free memory that another guest needs: its 2 GiB and QEMU's own. */
const GUEST_BYTES = 2.6 * 2 ** 30;

/** Of the source tree, what `scripts/build.mjs snapshot` needs. */
const SNAPSHOT_PARTS = ["scripts/build.mjs", "test/fixtures/btf/6.12.btf.gz"];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    table: { type: "string" },
    only: { type: "string" },
    faults: { type: "string" },
    keep: { type: "boolean" },
  },
});
const suites = positionals.length > 0 ? positionals : SUITES;
const unknown = suites.filter((suite) => !SUITES.includes(suite));
if (unknown.length > 0) stop(2, `unknown suite ${unknown.join(", ")} (${SUITES.join(", ")})`);

const guests = new Set();
const scratch = mkdtempSync(join(tmpdir(), "pwq-lab-"));
chmodSync(scratch, 0o755); // one case runs pwq as nobody
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    for (const guest of guests) process.kill(-guest.pid, "SIGKILL");
    cleanUp();
    process.exit(130);
  });
}

function cleanUp() {
  if (options.keep) console.log(`lab: the guests' logs are in ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
}

function stop(status, message) {
  console.error(`lab: ${message}`);
  process.exit(status);
}

/** Why the lab cannot run here; undefined: it can. Fetches the kernels that are not there yet. */
function obstacle() {
  if (arch() !== "x64") return `the guests are x86-64 and run this machine's programs, but this is ${arch()}`;
  if (!existsSync(join(root, "dist/pwq"))) return "pwq is not built (npm run setup)";
  for (const suite of suites) {
    try {
      // What apt-get says is the reason, and the person's to read.
      execFileSync(join(here, "lab"), ["fetch", suite], { stdio: ["ignore", "ignore", "inherit"] });
    } catch {
      return `there is no kernel of ${suite}`;
    }
  }
  return undefined;
}

/** What the guests run: the kit and all cases in one file, pwq, and the traffic program. */
async function bundle() {
  const cases = readdirSync(join(here, "cases")).filter((name) => name.endsWith(".ts"));
  const lines = [
    `import { runCases } from "./guest.ts";`,
    ...cases.map((name, i) => `import cases${i} from "./cases/${name}";`),
    `const only = process.env.PWQ_LAB_ONLY ?? "";`,
    `const all = [${cases.map((_, i) => `...cases${i}`).join(", ")}].filter((test) => test.name.includes(only));`,
    `await runCases(all, JSON.parse(process.env.PWQ_LAB_SETUP));`,
    `process.exit(0);`,
  ];
  await build({
    stdin: { contents: lines.join("\n"), resolveDir: here, loader: "ts" },
    outfile: join(scratch, "guest.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  // The guests see this machine's files: a build while they run must not change what they test.
  for (const part of ["dist", "build", "docs", "examples", "package.json", ...SNAPSHOT_PARTS])
    cpSync(join(root, part), join(scratch, "pwq", part), { recursive: true });
  // What hooks need is not in the bundle.
  symlinkSync(realpathSync(join(root, "node_modules")), join(scratch, "pwq/node_modules"));
  await build({
    entryPoints: [join(here, "kit/several.ts")],
    outfile: join(scratch, "pwq/dist/several.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  cpSync(join(here, "faults"), join(scratch, "faults"), { recursive: true });
  execFileSync("cc", ["-O2", "-o", join(scratch, "send"), join(here, "kit/send.c")]);
  // Without the machine's own headers clang does not find <asm/types.h>.
  const headers = `-I/usr/include/${execFileSync("cc", ["-dumpmachine"], { encoding: "utf8" }).trim()}`;
  const [from, to] = [join(here, "kit/programs.bpf.c"), join(scratch, "programs.o")];
  execFileSync("clang", ["-O2", "-g", "-target", "bpf", headers, "-c", from, "-o", to]);
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Boots one kernel and resolves to its results, each printed as it comes. */
async function boot(suite) {
  const out = mkdtempSync(join(scratch, `${suite}-`));
  const setup = {
    out: "/out",
    program: join(scratch, "pwq/dist/pwq"),
    send: join(scratch, "send"),
    programs: join(scratch, "programs.o"),
    faults: join(scratch, "faults"),
  };
  const script = join(scratch, `${suite}.sh`);
  const lines = [
    `export PWQ_LAB_SETUP=${quoted(JSON.stringify(setup))} PWQ_LAB_ONLY=${quoted(options.only ?? "")}`,
    `export PWQ_LAB_FAULTS=${quoted(options.faults ?? String(SUITES.indexOf(suite)))}`,
    `export PATH=${quoted(dirname(process.execPath))}:$PATH`,
    // The guest has another processor than this machine.
    `node ${quoted(join(scratch, "pwq/scripts/build.mjs"))} snapshot`,
    `node ${quoted(join(scratch, "guest.mjs"))}`,
  ];
  writeFileSync(script, `${lines.join("\n")}\n`);
  const lab = spawn(join(here, "lab"), ["run", suite, script], {
    env: { TIMEOUT: String(GUEST_SECONDS), ...process.env, LAB_OUT: out },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group of its own, so that QEMU is ended with it
  });
  guests.add(lab);
  let log = "";
  for (const stream of [lab.stdout, lab.stderr])
    stream.setEncoding("utf8").on("data", (text) => (log += text));
  let printed = 0;
  const results = () => {
    const file = join(out, "results");
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    return text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };
  const print = () => {
    for (const result of results().slice(printed)) {
      printed++;
      report(suite, result);
    }
  };
  const timer = setInterval(print, 500);
  const status = await new Promise((done) => lab.on("close", done));
  guests.delete(lab);
  clearInterval(timer);
  print();
  const all = results();
  if (status !== 0) {
    const failed = {
      name: "the guest runs to its end",
      outcome: "failed",
      seconds: 0,
      reason: `status ${status}\n${log}`,
    };
    all.push(failed);
    report(suite, failed);
  }
  return all.map((result) => ({ ...result, suite }));
}

/** A row for each thing that cases have marked, a column for each kernel. */
function printMarks(results) {
  const before = options.table && existsSync(options.table) ? readFileSync(options.table, "utf8") : "{}";
  const table = JSON.parse(before);
  const rows = new Map();
  for (const { suite, marks = {} } of results) {
    for (const [row, passed] of Object.entries(marks)) {
      if (!rows.has(row)) rows.set(row, {});
      rows.get(row)[suite] = passed ? "ok" : "FAIL";
      table[row] = { ...table[row], [suite]: passed };
    }
  }
  if (options.table) writeFileSync(options.table, `${JSON.stringify(table, undefined, 2)}\n`);
  if (rows.size === 0) return;
  const width = Math.max(...[...rows.keys()].map((row) => row.length));
  const line = (row, cells) => console.log([row.padEnd(width), ...cells].join("  ").trimEnd());
  line("", suites);
  for (const [row, cells] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1)))
    line(
      row,
      suites.map((suite) => (cells[suite] ?? "-").padEnd(suite.length)),
    );
}

function report(suite, { name, outcome, seconds, reason }) {
  const word = { passed: "ok  ", failed: "FAIL", skipped: "skip" }[outcome];
  console.log(
    `${word}  ${suite}: ${name}${outcome === "skipped" ? ` (${reason})` : ` (${seconds.toFixed(1)} s)`}`,
  );
  if (outcome !== "skipped" && reason) console.log(reason.replace(/^/gm, "      "));
}

/**
 * Runs `work` on every suite, as many at a time as memory and processors allow: a guest keeps one processor busy, but
 * waits now and then.
 */
async function inTurn(work) {
  const queue = [...suites];
  const lanes = Math.max(1, Math.min(availableParallelism() + 1, Math.floor(freemem() / GUEST_BYTES)));
  const results = [];
  const lane = async () => {
    for (let suite = queue.shift(); suite; suite = queue.shift()) results.push(...(await work(suite)));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

const reason = obstacle();
if (reason) {
  cleanUp();
  stop(3, reason);
}
await bundle();
const results = await inTurn(boot);
printMarks(results);
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const { outcome } of results) counts[outcome]++;
if (results.length === 0) stop(1, `no case is called ${options.only}`);
console.log(`${basename(here)}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (options.json) writeFileSync(options.json, JSON.stringify(counts));
cleanUp();
process.exit(counts.failed > 0 ? 1 : 0);
