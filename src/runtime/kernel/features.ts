/**
 * What this kernel can do, by trying each thing. Where trying is not allowed (`pwq explain` needs no root) or not
 * possible (`--btf` of another kernel), the kernel's types tell what was built in.
 */
import type { Btf } from "../../compiler/btf/btf.ts";
import type { Features } from "../../compiler/facts.ts";
import type { Native, ProbeName } from "../../native/native.ts";

/** What the addon can try. */
export type FeatureProbe = Pick<Native, "probe" | "probeRdonlyCast" | "probeVariable">;

export type Finding = { readonly ok: true } | { readonly ok: false; readonly reason: string };

type FeatureName = keyof Features;

interface Feature {
  /** What the addon tries. */
  readonly probe: (probe: FeatureProbe, btf: Btf) => ReturnType<FeatureProbe["probe"]>;
  /** What BTF has only if it was built in. */
  readonly inBtf: (btf: Btf) => boolean;
  readonly missing: string;
}

const tries =
  (name: ProbeName): Feature["probe"] =>
  (probe) =>
    probe.probe(name);
const hasFunction =
  (name: string): Feature["inBtf"] =>
  (btf) =>
    btf.find("func", name) !== undefined;
const hasEnumerator =
  (enumeration: string, name: string): Feature["inBtf"] =>
  (btf) =>
    btf.find("enum", enumeration)?.values.some((value) => value.name === name) ?? false;

const SESSION_KFUNCS = ["bpf_session_cookie", "bpf_session_is_return"] as const;
/** Cookies of tracing programs came with this structure. */
const hasProgramProbe = (btf: Btf): boolean => btf.find("struct", "bpf_tramp_link") !== undefined;
const NO_PROGRAM_PROBE = "needs Linux 6.0 with a BPF trampoline";
const RDONLY_CAST = "bpf_rdonly_cast";
const ENOENT = 2;

const NO_COUNT = "the kernel's types do not tell where the count of interrupts is";
/** x86: a per-CPU variable, for which the kernel must also know its own data symbols (CONFIG_KALLSYMS_ALL). */
const preemptCount = (btf: Btf) => btf.find("var", "pcpu_hot") ?? btf.find("var", "__preempt_count");
/** arm64: a member of every task. */
function inThread(btf: Btf): boolean {
  const members = btf.find("struct", "thread_info")?.members ?? [];
  return members
    .flatMap((member) => (member.name === "" ? btf.resolve(member.type).members : [member]))
    .some(({ name }) => name === "preempt");
}

const FEATURES: Readonly<Record<FeatureName, Feature>> = {
  kprobeMulti: {
    probe: tries("kprobe-multi"),
    // The function to attach is there without CONFIG_FPROBE too: it only refuses.
    inBtf: (btf) => btf.find("struct", "bpf_kprobe_multi_link") !== undefined,
    missing: "needs Linux 5.18 with CONFIG_FPROBE",
  },
  kprobe: {
    probe: tries("kprobe"),
    inBtf: hasFunction("create_local_trace_kprobe"),
    missing: "needs CONFIG_KPROBE_EVENTS",
  },
  kprobeSession: {
    probe(probe, btf) {
      if (SESSION_KFUNCS.every((name) => btf.find("func", name))) return probe.probe("kprobe-session");
      return { ok: false, errno: ENOENT, reason: `no kfunc ${SESSION_KFUNCS[0]} in BTF` };
    },
    inBtf: (btf) => SESSION_KFUNCS.every((name) => hasFunction(name)(btf)) && FEATURES.kprobeMulti.inBtf(btf),
    missing: "needs Linux 6.10 with CONFIG_FPROBE",
  },
  rawTracepoint: {
    probe: tries("raw-tracepoint"),
    inBtf: hasEnumerator("bpf_prog_type", "BPF_PROG_TYPE_RAW_TRACEPOINT"),
    missing: "needs Linux 4.17 with CONFIG_BPF_EVENTS",
  },
  programProbe: {
    // To try it there would have to be a program.
    probe: (_, btf) =>
      hasProgramProbe(btf) ? { ok: true } : { ok: false, errno: ENOENT, reason: NO_PROGRAM_PROBE },
    inBtf: (btf) => hasProgramProbe(btf),
    missing: NO_PROGRAM_PROBE,
  },
  rdonlyCast: {
    probe(probe, btf) {
      const [kfunc, struct] = [btf.find("func", RDONLY_CAST), btf.find("struct", "sk_buff")];
      if (!kfunc || !struct) return { ok: false, errno: ENOENT, reason: `no kfunc ${RDONLY_CAST} in BTF` };
      return probe.probeRdonlyCast(kfunc.id, struct.id);
    },
    inBtf: hasFunction(RDONLY_CAST),
    missing: "needs Linux 6.2",
  },
  ringBuffer: {
    probe: tries("ring-buffer"),
    inBtf: hasEnumerator("bpf_map_type", "BPF_MAP_TYPE_RINGBUF"),
    missing: "needs Linux 5.8",
  },
  interruptContext: {
    probe(probe, btf) {
      const variable = preemptCount(btf);
      if (variable) return probe.probeVariable(variable.id);
      return inThread(btf) ? { ok: true } : { ok: false, errno: ENOENT, reason: NO_COUNT };
    },
    inBtf: (btf) => preemptCount(btf) !== undefined || inThread(btf),
    missing: NO_COUNT,
  },
};

const [EPERM, EACCES] = [1, 13];

/** Tries one thing; by BTF where there is no probe or it is not permitted. */
export function findFeature(name: FeatureName, btf: Btf, probe?: FeatureProbe): Finding {
  const { probe: attempt, inBtf, missing } = FEATURES[name];
  const result = probe && attempt(probe, btf);
  if (result && (result.ok || (result.errno !== EPERM && result.errno !== EACCES))) return result;
  return inBtf(btf) ? { ok: true } : { ok: false, reason: missing };
}

/** Each is tried when it is first asked for. */
export function features(btf: Btf, probe?: FeatureProbe): Features {
  const known = new Map<FeatureName, boolean>();
  const has = (name: FeatureName): boolean => {
    let found = known.get(name);
    if (found === undefined) {
      found = findFeature(name, btf, probe).ok;
      known.set(name, found);
    }
    return found;
  };
  return {
    get kprobeMulti() {
      return has("kprobeMulti");
    },
    get kprobe() {
      return has("kprobe");
    },
    get kprobeSession() {
      return has("kprobeSession");
    },
    get rawTracepoint() {
      return has("rawTracepoint");
    },
    get programProbe() {
      return has("programProbe");
    },
    get rdonlyCast() {
      return has("rdonlyCast");
    },
    get ringBuffer() {
      return has("ringBuffer");
    },
    get interruptContext() {
      return has("interruptContext");
    },
  };
}
