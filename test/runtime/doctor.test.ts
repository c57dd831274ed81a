import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { prescription } from "../../src/cli/commands/doctor.ts";
import type { Native, ProbeResult } from "../../src/native/native.ts";
import { examine } from "../../src/runtime/doctor.ts";
import { styles } from "../../src/runtime/output/style.ts";

const KALLSYMS = "ffffffff81000000 T _stext\nffffffff81001000 T ip_rcv\n";

/** A tree that stands in for `/` of a machine where all is well, but for what is given. */
function machine(files: Readonly<Record<string, string | Uint8Array | undefined>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "pwq-root-"));
  const all = {
    "sys/kernel/btf/vmlinux": gunzipSync(readFileSync("test/fixtures/btf/6.12.btf.gz")),
    "sys/kernel/tracing/trace": "",
    "sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
    "proc/kallsyms": KALLSYMS,
    ...files,
  };
  for (const [path, content] of Object.entries(all)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

const OK: ProbeResult = { ok: true };
const NO: ProbeResult = { ok: false, errno: 95, reason: "Operation not supported" };

function addon(answers: Readonly<Record<string, ProbeResult>> = {}, capable = true): Native {
  const native: Partial<Native> = {
    libbpfVersion: () => "1.1",
    capabilities: () => ({
      CAP_BPF: capable,
      CAP_PERFMON: capable,
      CAP_SYS_ADMIN: false,
      CAP_NET_ADMIN: false,
    }),
    probe: (name) => answers[name] ?? OK,
    probeRdonlyCast: () => answers.rdonlyCast ?? OK,
    probeVariable: () => answers.variable ?? OK,
  };
  return native as Native;
}

/** Name and state of what is not well. */
const ills = (patient: Parameters<typeof examine>[0]): string[] =>
  examine(patient)
    .filter(({ state }) => state !== "ok")
    .map(({ name, state }) => `${name}: ${state}`);

describe("the doctor", () => {
  test("finds nothing where all is well", () => {
    expect(ills({ native: addon(), root: machine() })).toEqual([]);
  });

  test.each<[string, Parameters<typeof examine>[0], string[]]>([
    [
      "no addon",
      { native: new Error("the addon is missing\nLooked for: x"), root: machine() },
      ["addon: bad"],
    ],
    ["no BTF", { native: addon(), root: machine({ "sys/kernel/btf/vmlinux": undefined }) }, ["BTF: bad"]],
    ["broken BTF", { native: addon(), root: machine({ "sys/kernel/btf/vmlinux": "no" }) }, ["BTF: bad"]],
    ["no capabilities", { native: addon({}, false), root: machine() }, ["capabilities: bad"]],
    ["bpf refused", { native: addon({ "bpf-syscall": NO }), root: machine() }, ["bpf(): bad"]],
    [
      "lockdown",
      {
        native: addon(),
        root: machine({ "sys/kernel/security/lockdown": "none integrity [confidentiality]\n" }),
      },
      ["lockdown: bad"],
    ],
    [
      "no kprobes, as on some small machines",
      { native: addon({ "kprobe-multi": NO, kprobe: NO }), root: machine() },
      ["kprobe-multi: weak", "kprobes: weak"],
    ],
    [
      "old",
      { native: addon({ rdonlyCast: NO, "ring-buffer": NO }), root: machine() },
      ["ring buffer: bad", "direct loads: weak"],
    ],
    ["no data symbols", { native: addon({ variable: NO }), root: machine() }, ["interrupts: weak"]],
    [
      "no tracefs",
      { native: addon(), root: machine({ "sys/kernel/tracing/trace": undefined }) },
      ["tracefs: weak"],
    ],
    [
      "hidden symbols",
      { native: addon(), root: machine({ "proc/kallsyms": "0000000000000000 T ip_rcv\n" }) },
      ["symbols: weak"],
    ],
  ])("%s", (_, patient, found) => {
    expect(ills(patient)).toEqual(found);
  });

  test("everything that is not well has a fix", () => {
    const worst = examine({
      native: addon({ "bpf-syscall": NO, kprobe: NO }, false),
      root: machine({ "proc/kallsyms": undefined }),
    });
    for (const { name, state, fix } of worst)
      if (state !== "ok") expect([name, fix]).not.toContain(undefined);
  });

  test("says it in lines, and ends with the verdict", () => {
    const text = prescription(
      [
        { name: "kernel", state: "ok", found: "6.12" },
        { name: "BTF", state: "bad", found: "none", fix: "get some" },
      ],
      styles(false),
    );
    expect(text).toBe(
      "kernel  ok       6.12\nBTF     MISSING  none\n    get some\n\nThis machine cannot trace: BTF.\n",
    );
  });
});
