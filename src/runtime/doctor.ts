import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Btf } from "../compiler/btf/btf.ts";
import { BtfFormatError } from "../compiler/btf/reader.ts";
import type { Native, ProbeResult } from "../native/native.ts";
import { readVmlinuxBtf, vmlinuxBtfPath } from "./kernel/btf-files.ts";
import { findFeature } from "./kernel/features.ts";
import { readText, readUnsized } from "./kernel/files.ts";
import { kernelRelease, machineArch, parseVersion } from "./kernel/release.ts";
import { parseSymbols } from "./kernel/symbols.ts";
import { findTracefs } from "./kernel/tracefs.ts";

/** One thing that was looked at. */
export interface Examined {
  readonly name: string;
  /** bad: pwq cannot trace; weak: it can, with less. */
  readonly state: "ok" | "weak" | "bad";
  readonly found: string;
  /** What to do about it, if it is not ok. */
  readonly fix?: string;
}

export interface Patient {
  /** The addon, or why it cannot be loaded. */
  readonly native: Native | Error;
  /** Instead of `/`. */
  readonly root?: string;
}

/** Everything that a trace depends on, in the order in which it depends on it. */
export function examine({ native, root = "/" }: Patient): readonly Examined[] {
  const btf = readBtf(root);
  const addon = native instanceof Error ? undefined : native;
  return [
    kernel(),
    addonState(native),
    btf instanceof Error ? noBtf(btf, root) : ok("BTF", vmlinuxBtfPath(root)),
    ...(addon ? [capabilities(addon), bpfCall(addon.probe("bpf-syscall"))] : []),
    lockdown(root),
    ...(btf instanceof Error ? [] : features(btf, addon)),
    tracefs(root),
    symbols(root),
    memory(root),
  ];
}

const ok = (name: string, found: string): Examined => ({ name, state: "ok", found });

function kernel(): Examined {
  const release = kernelRelease();
  const arch = machineArch();
  if (!arch)
    return {
      name: "kernel",
      state: "bad",
      found: `${release}, ${process.arch}`,
      fix: "pwq runs on x86-64 and on 64-bit ARM",
    };
  const version = parseVersion(release);
  const old = version !== undefined && (version[0] < 5 || (version[0] === 5 && version[1] < 8));
  return old
    ? { name: "kernel", state: "bad", found: `${release}, ${arch}`, fix: "pwq needs Linux 5.8" }
    : ok("kernel", `${release}, ${arch}`);
}

function addonState(native: Native | Error): Examined {
  if (native instanceof Error) {
    return { name: "addon", state: "bad", found: native.message.split("\n")[0]!, fix: "npm run setup" };
  }
  return ok("addon", `libbpf ${native.libbpfVersion()}`);
}

function readBtf(root: string): Btf | Error {
  try {
    return readVmlinuxBtf(vmlinuxBtfPath(root), readFileSync);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const noBtf = (error: Error, root: string): Examined => ({
  name: "BTF",
  state: "bad",
  found: error instanceof BtfFormatError ? error.message : `no ${vmlinuxBtfPath(root)}`,
  fix: "boot a kernel with CONFIG_DEBUG_INFO_BTF, or give BTF of this kernel with `--btf FILE`",
});

function capabilities(native: Native): Examined {
  const has = native.capabilities();
  const names = Object.entries(has).filter(([, there]) => there);
  const found = names.map(([name]) => name).join(", ") || "none";
  if (has.CAP_SYS_ADMIN || (has.CAP_BPF && has.CAP_PERFMON)) return ok("capabilities", found);
  return { name: "capabilities", state: "bad", found, fix: 'sudo env "PATH=$PATH" pwq …' };
}

function bpfCall(result: ProbeResult): Examined {
  if (result.ok) return ok("bpf()", "permitted");
  return {
    name: "bpf()",
    state: "bad",
    found: result.reason,
    fix: "as root; in a container with --privileged, or CAP_BPF, CAP_PERFMON and a seccomp profile that allows bpf",
  };
}

/** `none [integrity] confidentiality`: the mode in brackets holds. */
export function lockdownMode(root: string): string {
  const text = readText(join(root, "sys/kernel/security/lockdown"));
  return /\[(\w+)\]/.exec(text ?? "")?.[1] ?? "none";
}

function lockdown(root: string): Examined {
  const mode = lockdownMode(root);
  if (mode !== "confidentiality") return ok("lockdown", mode);
  return {
    name: "lockdown",
    state: "bad",
    found: mode,
    fix: "boot with lockdown=integrity, or without Secure Boot: in this mode nobody may read kernel memory",
  };
}

const FEATURES = [
  ["ring buffer", "ringBuffer", "bad", "Linux 5.8 has it"],
  ["raw tracepoints", "rawTracepoint", "bad", "Linux 4.17 has them"],
  [
    "kprobe-multi",
    "kprobeMulti",
    "weak",
    "the kprobe backend attaches more slowly; Linux 5.18 with CONFIG_FPROBE has it",
  ],
  ["probes on BPF programs", "programProbe", "weak", "`at tc` needs them; Linux 6.0 has them"],
  ["kprobe sessions", "kprobeSession", "weak", "`ret` needs a probe for each function; Linux 6.10 has them"],
  ["kprobes", "kprobe", "weak", "without any, a trace sees tracepoints only; CONFIG_KPROBES has them"],
  [
    "direct loads",
    "rdonlyCast",
    "weak",
    "fields are read by helper calls, which are slower; Linux 6.2 has them",
  ],
  [
    "interrupts",
    "interruptContext",
    "weak",
    "`process` may name a task that was interrupted; x86 kernels with CONFIG_KALLSYMS_ALL tell which",
  ],
] as const;

function features(btf: Btf, native: Native | undefined): Examined[] {
  return FEATURES.map(([name, feature, state, fix]) => {
    const finding = findFeature(feature, btf, native);
    return finding.ok ? ok(name, "there") : { name, state, found: finding.reason, fix };
  });
}

function tracefs(root: string): Examined {
  const found = findTracefs(root);
  if (!("problem" in found)) return ok("tracefs", found.path);
  const mount = `mount -t tracefs tracefs ${found.path}`;
  return {
    name: "tracefs",
    state: "weak",
    found: `${found.path}: ${found.problem}`,
    fix:
      found.problem === "not mounted"
        ? mount
        : "as root; which functions can be traced is then not known beforehand",
  };
}

function symbols(root: string): Examined {
  const text = readUnsized(join(root, "proc/kallsyms"));
  if (text && parseSymbols(text)) return ok("symbols", "/proc/kallsyms");
  return {
    name: "symbols",
    state: "weak",
    found: text ? "addresses are hidden" : "no /proc/kallsyms",
    fix: "as root, and `sysctl kernel.kptr_restrict=1`; drop locations and stacks are else numbers",
  };
}

/** Since 5.11 the memory cgroup limits BPF maps, before that RLIMIT_MEMLOCK. */
function memory(root: string): Examined {
  const version = parseVersion(kernelRelease());
  const byGroup = !version || version[0] > 5 || (version[0] === 5 && version[1] >= 11);
  if (byGroup) return ok("map memory", "by memory cgroup");
  const limits = readText(join(root, "proc/self/limits")) ?? "";
  const limit = /^Max locked memory\s+(\S+)/m.exec(limits)?.[1] ?? "unknown";
  return limit === "unlimited"
    ? ok("map memory", "unlimited")
    : { name: "map memory", state: "weak", found: `RLIMIT_MEMLOCK is ${limit}`, fix: "ulimit -l unlimited" };
}
