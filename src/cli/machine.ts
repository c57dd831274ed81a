import { readFileSync } from "node:fs";
import type { AttachPlan } from "../compiler/compiled.ts";
import { type Diagnostic, PwqError } from "../compiler/diagnostics/diagnostic.ts";
import type { KernelFacts } from "../compiler/facts.ts";
import { type Native, native } from "../native/native.ts";
import { lockdownMode } from "../runtime/doctor.ts";
import { type Ahead, beginAhead, type ReadFile } from "../runtime/kernel/ahead.ts";
import { gatherFacts } from "../runtime/kernel/facts.ts";
import { findTracefs } from "../runtime/kernel/tracefs.ts";
import { sudoLine } from "./quote.ts";

/** The addon; throws PWQ3012 if it cannot be loaded. */
export function addon(load: () => Native = native): Native {
  try {
    return load();
  } catch (error) {
    const [message = "", ...help] = String(error instanceof Error ? error.message : error).split("\n");
    throw unable({ code: "PWQ3012", message, help: help.map((line) => line.trim()) });
  }
}

/**
 * Facts of the running kernel, each feature tried by the addon if it is there; with `btf`, those of its kernel. `read`:
 * what has begun to read their files.
 */
export function kernelFacts(btf: string | undefined, read?: ReadFile): KernelFacts {
  let probe: Native | undefined;
  try {
    probe = native();
  } catch {
    // Then BTF tells; a command that cannot do without the addon asks for it itself.
  }
  return gatherFacts({
    ...(btf !== undefined && { btf }),
    ...(probe && { probe, passes: probe, interfaces: probe.interfaces, read: read ?? reading(probe) }),
  });
}

const reading =
  (native: Native): ReadFile =>
  (path) =>
    native.finishReading(native.startReading(path));

/** Begins what the kernel takes long for and a trace of this program will need. Undefined without the addon. */
export function ahead(text: string, ringBytes: number): Ahead | undefined {
  try {
    // Only a guess: it decides when something is read, not whether.
    return beginAhead(native(), ringBytes, /\btrace\s+skb\b/.test(text));
  } catch {
    return undefined;
  }
}

const RUNNING_BTF = "/sys/kernel/btf/vmlinux";

/** `--btf` for a trace: of this kernel, which is the same as none, or for a kernel that carries none itself. */
export function btfForRunning(file: string | undefined, running = RUNNING_BTF): string | undefined {
  if (file === undefined) return undefined;
  let own: Buffer;
  try {
    own = readFileSync(running);
  } catch {
    return file;
  }
  try {
    if (readFileSync(file).equals(own)) return undefined;
  } catch {
    // What is wrong with the file is said when it is read for its types.
    return file;
  }
  throw unable({
    code: "PWQ3018",
    message: `\`${file}\` is not the BTF of the running kernel`,
    label: "without `--btf` the kernel's own is used; `pwq check` and `explain` take any",
  });
}

/** Throws PWQ3001 with the line to type, unless this process may trace. */
export function requirePrivileges(
  argv: readonly string[],
  capabilities: ReturnType<Native["capabilities"]> = addon().capabilities(),
): void {
  const missing = missingPrivileges(capabilities);
  if (missing.length > 0) throw new PwqError([noPrivileges(missing, argv)]);
}

function missingPrivileges(has: ReturnType<Native["capabilities"]>): readonly string[] {
  if (has.CAP_SYS_ADMIN) return [];
  return (["CAP_BPF", "CAP_PERFMON"] as const).filter((name) => !has[name]);
}

export function noPrivileges(
  missing: readonly string[],
  argv: readonly string[],
  called = process.argv0,
  script = process.argv[1] ?? "",
): Diagnostic {
  return {
    code: "PWQ3001",
    severity: "error",
    message: "tracing needs root",
    label: sudoLine(argv, called, script),
    help: [`missing: ${missing.join(", ")}`],
  };
}

/** Throws what makes every trace on this kernel impossible. */
export function requireKernel(facts: KernelFacts, root = "/"): void {
  if (lockdownMode(root) === "confidentiality") {
    throw unable({
      code: "PWQ3007",
      message: "the kernel is locked down: nobody may read its memory",
      label: "boot with `lockdown=integrity`, or without Secure Boot",
    });
  }
  if (!facts.features.ringBuffer) {
    throw unable({
      code: "PWQ3009",
      message: `Linux ${facts.release} has no BPF ring buffer`,
      label: "Linux 5.8 has it",
    });
  }
}

/** Functions are probed, but which of them can be is not known beforehand. */
export function tracefsWarning(plan: AttachPlan, tracefs = findTracefs("/")): Diagnostic | undefined {
  if (plan.backend === "tracepoint" || !("problem" in tracefs)) return undefined;
  const { problem, path } = tracefs;
  return problem === "not mounted"
    ? {
        code: "PWQ3005",
        severity: "warning",
        message: "tracefs is not mounted, so it is not known which functions can be traced",
        label: `mount -t tracefs tracefs ${path}`,
      }
    : {
        code: "PWQ3006",
        severity: "warning",
        message: `${path} cannot be read, so it is not known which functions can be traced`,
      };
}

const unable = (finding: Omit<Diagnostic, "severity">): PwqError =>
  new PwqError([{ severity: "error", ...finding }]);
