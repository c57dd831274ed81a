import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Loading objects into the running kernel with bpftool: what it says, with nothing left behind. */

const TOOLS = ["bpftool", "clang", "unshare"] as const;

/** Why these tests cannot run here; undefined: they can. */
export function missing(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  const path = (process.env.PATH ?? "").split(delimiter);
  const tool = TOOLS.find((name) => !path.some((dir) => existsSync(join(dir, name))));
  if (tool) return `${tool} is not installed`;
  return existsSync("/sys/kernel/btf/vmlinux") ? undefined : "the kernel has no BTF";
}

/** For a test's title. */
export const because = (reason: string | undefined): string => (reason ? ` (skipped: ${reason})` : "");

export interface Loaded {
  /** libbpf's debug output with the verifier's log. */
  readonly log: string;
  /** `bpftool prog dump xlated linum` of the program asked for. */
  readonly xlated: string;
}

const template = new URL("../bpf/fixtures/template.c", import.meta.url).pathname;

/** Links a generated object with the fixture template and loads it. Throws with bpftool's output if the kernel refuses. */
export function linkAndLoad(object: Uint8Array, program: string): Loaded {
  return inFolder((folder) => {
    writeFileSync(join(folder, "generated.o"), object);
    run(folder, "clang", ["-O2", "-g", "-target", "bpf", "-mcpu=v3", "-c", template, "-o", "template.o"]);
    run(folder, "bpftool", ["gen", "object", "linked.o", "template.o", "generated.o"]);
    return load(folder, "linked.o", program);
  });
}

/** Loads an object that has its own license. */
export function loadAlone(object: Uint8Array, program: string): Loaded {
  return inFolder((folder) => {
    writeFileSync(join(folder, "generated.o"), object);
    return load(folder, "generated.o", program);
  });
}

/**
 * The return values of a `tc` program for packets with the given bytes (at least 14), by BPF_PROG_TEST_RUN: nothing is
 * attached.
 */
export function runOnPackets(object: Uint8Array, program: string, packets: readonly Uint8Array[]): number[] {
  return inFolder((folder) => {
    writeFileSync(join(folder, "generated.o"), object);
    packets.forEach((bytes, i) => {
      writeFileSync(join(folder, `packet${i}`), bytes);
    });
    const runs = packets.map(
      (_, i) => `prog run pinned fs/programs/${program} data_in packet${i} data_out out`,
    );
    writeFileSync(join(folder, "runs"), runs.join("\n"));
    const output = pinned(folder, "generated.o", "bpftool batch file runs");
    return Array.from(output.matchAll(/^Return value: (\d+)/gm), ([, value]) => Number(value));
  });
}

function load(folder: string, object: string, program: string): Loaded {
  const show = `cat log; echo ${MARK}; bpftool prog dump xlated pinned fs/programs/${program} linum`;
  const [log = "", xlated = ""] = pinned(folder, object, show).split(`${MARK}\n`);
  return { log, xlated };
}

/** What `script` prints with the object's programs pinned in a mount namespace of its own: all is gone when it ends. */
function pinned(folder: string, object: string, script: string): string {
  const prepare = `set -e
    mkdir fs
    mount -t bpf bpf fs
    bpftool -d prog loadall ${object} fs/programs >log 2>&1 || { cat log; exit 1; }`;
  return run(folder, "unshare", ["-m", "sh", "-c", `${prepare}\n${script}`]);
}

const MARK = "----- xlated -----";

function run(cwd: string, command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} failed:\n${stdout.slice(-8000)}${stderr.slice(-8000)}`);
  }
}

function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "pwq-bpf-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
