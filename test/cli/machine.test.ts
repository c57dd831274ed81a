import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { internalFault } from "../../src/cli/fault.ts";
import { addon, btfForRunning, noPrivileges, requireKernel, tracefsWarning } from "../../src/cli/machine.ts";
import { openOutput } from "../../src/cli/output.ts";
import { statusOf } from "../../src/cli/report.ts";
import { refusedWarning } from "../../src/cli/warnings.ts";
import { type Diagnostic, PwqError } from "../../src/compiler/diagnostics/diagnostic.ts";
import { render } from "../../src/compiler/diagnostics/render.ts";
import type { KernelFacts } from "../../src/compiler/facts.ts";
import type { NativeError } from "../../src/native/native.ts";
import { gatherFacts } from "../../src/runtime/kernel/facts.ts";
import { Sink } from "../../src/runtime/output/sink.ts";
import { readRecording } from "../../src/runtime/recording.ts";
import { refusal } from "../../src/runtime/refusal.ts";
import { fakeKernel, runFake } from "../runtime/fakes.ts";
import { compiled, query } from "../runtime/records.ts";

const FOLDER = join(import.meta.dirname, "errors");

/** A small tree that stands in for `/`. */
function tree(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "pwq-root-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** With types of a kernel, as few as there can be. */
function treeWithBtf(): string {
  const root = tree();
  mkdirSync(join(root, "sys/kernel/btf"), { recursive: true });
  writeFileSync(
    join(root, "sys/kernel/btf/vmlinux"),
    gunzipSync(readFileSync("test/fixtures/btf/6.1.btf.gz")),
  );
  return root;
}

function nativeError(rest: Partial<NativeError>): NativeError {
  const { code = "EINVAL", operation = "load", ...more } = rest;
  return Object.assign(new Error(`${operation}: the system's words`), {
    operation,
    code,
    errno: 22,
    ...more,
  });
}

const refused = (error: Partial<NativeError>) => () => {
  throw refusal(nativeError(error), compiled([query([], ["mark"])]));
};
const argv = ["trace skb where tcp.dport == 443", "--json"];
const facts = (features: Partial<KernelFacts["features"]>) => ({ release: "5.4.0", features }) as KernelFacts;

/** What goes wrong with a machine that cannot be had here; each gives or throws its findings. */
const CASES: Readonly<Record<string, () => unknown>> = {
  "PWQ2011-folder-not-there": () => openOutput({ output: "/no/such/folder/out" }),
  "PWQ2011-is-a-folder": () => openOutput({ output: "/" }),
  "PWQ2011-a-device-split": () => openOutput({ output: "/dev/null", "output-max-size": 65_536 }),
  "PWQ2016-disk-full": async () => {
    const output = await openOutput({ output: "/dev/full" });
    const sink = new Sink(output.fd, () => {});
    sink.event("an event\n");
    throw (await output.close(sink)).failure;
  },
  "PWQ2017-ready-file": () =>
    runFake(fakeKernel(), [query([], ["mark"])], () => {}, { readyFile: "/no/such/folder/ready" }),
  "PWQ2019-not-a-recording": () => readRecording("package.json"),
  "PWQ2019-not-there": () => readRecording("no-such-file.pwqr"),
  "PWQ3001-no-root": () => [noPrivileges(["CAP_BPF", "CAP_PERFMON"], argv, "pwq", "/home/me/pwq/dist/pwq")],
  "PWQ3001-no-root-from-a-clone": () => [
    noPrivileges(["CAP_BPF"], argv, "./dist/pwq", "/home/me/pwq/dist/pwq"),
  ],
  "PWQ3002-no-btf": () => gatherFacts({ root: "/no/such/root" }),
  "PWQ3005-tracefs-not-mounted": () => [
    tracefsWarning(compiled([]).plan, { problem: "not mounted", path: "/sys/kernel/tracing" }),
  ],
  "PWQ3006-tracefs-not-readable": () => [
    tracefsWarning(compiled([]).plan, { problem: "not readable", path: "/sys/kernel/tracing" }),
  ],
  "PWQ3007-lockdown": () => {
    const root = tree({ "sys/kernel/security/lockdown": "none integrity [confidentiality]\n" });
    requireKernel(facts({ ringBuffer: true }), root);
  },
  "PWQ3008-memory": refused({ code: "ENOMEM" }),
  "PWQ3009-no-ring-buffer": () => requireKernel(facts({ ringBuffer: false }), tree()),
  "PWQ3010-bpf-refused": refused({ code: "EPERM" }),
  "PWQ3010-no-bpf": refused({ code: "ENOSYS" }),
  "PWQ3011-nothing-attached": () =>
    runFake(
      fakeKernel({ attached: { count: 0, refused: [{ symbol: "ip_rcv", code: "EINVAL" }] } }),
      [query([], ["mark"])],
      () => {},
    ),
  "PWQ3012-no-addon": () =>
    addon(() => {
      throw new Error(
        "the native addon is missing; build it with `npm run build`. Looked for:\n  /x/build/pwq.node: not there",
      );
    }),
  "PWQ3013-architecture": () => {
    const arch = Object.getOwnPropertyDescriptor(process, "arch")!;
    Object.defineProperty(process, "arch", { ...arch, value: "riscv64" });
    try {
      gatherFacts({ root: treeWithBtf() });
    } finally {
      Object.defineProperty(process, "arch", arch);
    }
  },
  "PWQ3015-some-refused": () => [
    refusedWarning(Array.from({ length: 7 }, (_, i) => ({ symbol: `ip_function_${i}`, code: "EINVAL" }))),
  ],
  "PWQ3016-too-large": refused({ code: "E2BIG" }),
  "PWQ3016-open-files": refused({ code: "EMFILE", operation: "attachKprobes" }),
  "PWQ3017-interrupted": refused({ code: "EAGAIN", program: "pwq_kprobe", log: "processed 100 insns" }),
  "PWQ3017-unknown-error": refused({
    code: "EBUSY",
    operation: "attachRawTracepoint",
    libbpf: "libbpf: its words\n",
  }),
  "PWQ3018-other-btf": () => {
    const root = tree({ running: "one", given: "another" });
    try {
      btfForRunning(join(root, "given"), join(root, "running"));
    } catch (error) {
      const [finding] = (error as PwqError).diagnostics;
      throw new PwqError([{ ...finding!, message: finding!.message.replaceAll(root, "") }]);
    }
  },
  "PWQ9002-fault": () => [internalFault(new TypeError("x is not a function"))],
};

async function findings(action: () => unknown): Promise<readonly Diagnostic[]> {
  try {
    return (await action()) as readonly Diagnostic[];
  } catch (error) {
    if (error instanceof PwqError) return error.diagnostics;
    throw error;
  }
}

describe("this machine", () => {
  test.each(Object.keys(CASES))("%s", async (name) => {
    const found = await findings(CASES[name]!);
    const got = `${render(found, { color: false })}exit status ${statusOf(found)}\n`;
    const golden = join(FOLDER, `${name}.golden`);
    if (process.env.UPDATE) writeFileSync(golden, got);
    expect(got).toBe(readFileSync(golden, "utf8"));
    expect(found[0]!.code).toBe(name.slice(0, "PWQ3001".length));
  });
});

describe("a program that the verifier refused", () => {
  const text = "trace skb where tcp.dport == 443";
  const listing = [
    { pc: 0, text: "r0 = 0", query: "where tcp.dport == 443", span: { start: 10, end: 32 } },
    { pc: 1, text: "exit" },
  ];
  const log = `0: R1=ctx()\n; where tcp.dport == 443 @ <query>:1\n0: (b7) r0 = 0\nR1 invalid mem access 'scalar'\nprocessed 2 insns\n`;
  const q = query([], ["mark"], { source: { name: "<query>", text } });
  const { diagnostics } = refusal(nativeError({ code: "EACCES", program: "pwq_kprobe", log }), {
    ...compiled([q]),
    listing,
  });

  test("PWQ9001 shows the part of the query, and saves the log", () => {
    const saved = /in (\S+verifier\.log)$/m.exec(diagnostics[0]!.help!.join("\n"))![1]!;
    const drawn = render(diagnostics, { color: false }).replace(saved, "/tmp/pwq-XXXXXX/verifier.log");
    const golden = join(FOLDER, "PWQ9001-verifier.golden");
    if (process.env.UPDATE) writeFileSync(golden, drawn);
    expect(drawn).toBe(readFileSync(golden, "utf8"));
    const file = readFileSync(saved, "utf8");
    expect(file).toContain("0: r0 = 0  ; where tcp.dport == 443");
    expect(file).toContain(log);
    expect(statusOf(diagnostics)).toBe(1);
  });
});
