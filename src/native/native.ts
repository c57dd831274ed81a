import type { BtfPasses } from "../compiler/btf/passes.ts";
import type { LineHashing } from "../runtime/kernel/line-table.ts";
import { type Binding, loadBinding } from "./load.ts";

/**
 * The typed face of the addon: libbpf's linker, loader, links, maps and ring buffer, and a few system calls that Node
 * does not have. It decides nothing. Every function throws a `NativeError` (or a `TypeError` for a wrong argument);
 * handles close themselves when they are collected, but a caller who cares about the moment closes them.
 */
export interface Native extends BtfPasses, LineHashing {
  /** "1.1" */
  libbpfVersion(): string;

  /** Joins relocatable eBPF objects into one, as `bpftool gen object` does. */
  link(inputs: readonly LinkInput[]): Uint8Array;

  /** Opens the file and reads all of it in a thread. */
  startReading(path: string): Reading;
  /** Waits for the rest. Once. */
  finishReading(reading: Reading): Uint8Array;
  /** A thread makes a ring buffer map of that many bytes (a power of two of pages); `useRing` says whether it could. */
  startRing(bytes: number): RingMap;
  /** Instead of a map of the object's own. Before `load`. */
  useRing(obj: Obj, map: string, ring: RingMap): void;

  openObject(bytes: Uint8Array): Obj;
  /** Entries (bytes for a ring buffer; a power of two of pages). Before `load`. */
  setMapSize(obj: Obj, map: string, entries: number): void;
  setAutoload(obj: Obj, program: string, autoload: boolean): void;
  /** As in linux/bpf.h's `enum bpf_attach_type`, where the program's section does not say it. Before `load`. */
  setAttachType(obj: Obj, program: string, type: number): void;
  programs(obj: Obj): ProgramInfo[];
  /**
   * Creates the maps and loads every program that is not excluded. With `logLevel` (1 to 4, as the verifier's) the
   * verifier's log of each program is returned; without, nothing is. On refusal `NativeError.program` and `.log` say which
   * program and why.
   */
  load(obj: Obj, options?: { readonly logLevel?: number }): ProgramLog[];
  /** The program's instructions as they are given to the kernel, eight bytes each. */
  programInsns(obj: Obj, program: string): Uint8Array;
  programStats(obj: Obj, program: string): ProgramStats;
  /** Closing twice is fine. Links and rings made from it live on until they are closed themselves. */
  closeObject(obj: Obj): void;

  /** One link for many functions, named or by address. One that cannot be traced fails the whole call (ESRCH, EINVAL). */
  attachKprobeMulti(
    obj: Obj,
    program: string,
    functions: readonly string[] | BigUint64Array,
    cookies: BigUint64Array,
  ): Link;
  /** At the function's entry, or at its return if the program's section is `kretprobe`. */
  attachKprobe(obj: Obj, program: string, symbol: string, cookie: bigint): Link;
  /**
   * Kprobes on many functions, held by one handle. What cannot be probed is reported by its index and left out. Where
   * tracefs allows it they share one trace event, which is quick to undo, and the program finds the cookies in the map
   * `pwq_cookies`; elsewhere each function has its perf event.
   */
  attachKprobes(obj: Obj, program: string, symbols: readonly string[], cookies: BigUint64Array): Kprobes;
  /** `name` without its group: `kfree_skb`. */
  attachRawTracepoint(obj: Obj, program: string, name: string): Link;
  /** Loaded BPF programs of these types (`enum bpf_prog_type`). */
  bpfPrograms(types: readonly number[]): BpfProgram[];
  /** All maps of `obj`, by name, are those of `loaded`; its constants too, if so told. Before `load` of the first. */
  shareMaps(obj: Obj, loaded: Obj, constants: boolean): void;
  /**
   * A tracing program of the object looks at a function of another loaded program. Before `load`. The descriptor that is
   * returned must stay open until then; `closeDescriptor` closes it.
   */
  setAttachTarget(obj: Obj, program: string, id: number, entry: string): number;
  closeDescriptor(descriptor: number): void;
  /** At the target that `setAttachTarget` named. */
  attachTrace(obj: Obj, program: string, cookie: bigint): Link;
  /** Detaching twice is fine. */
  detach(link: Link): void;
  linkInfo(link: Link): LinkInfo;

  /** The value of each possible CPU: a u64 each. */
  mapLookupPerCpu(obj: Obj, map: string, key: Uint8Array | number): BigUint64Array;
  /** Puts a loaded program, of the object `of`, into a program array, for tail calls. */
  mapSetProgram(obj: Obj, map: string, index: number, program: string, of: Obj): void;
  /** Entries from numbers to numbers, in one call. */
  mapFill(obj: Obj, map: string, keys: BigUint64Array, values: BigUint64Array): void;
  /** All entries, keys and values one after another. Not a snapshot: what changes meanwhile may be missing or twice. */
  mapEntries(obj: Obj, map: string): MapEntries;
  /** How many entries there are now. */
  mapCount(obj: Obj, map: string): number;
  mapUpdate(obj: Obj, map: string, key: Uint8Array, value: Uint8Array): void;
  /** False if there was no such key. */
  mapDelete(obj: Obj, map: string, key: Uint8Array): boolean;

  /**
   * Reads a ring buffer map in a thread and hands over whole batches. At most `maxBatches` are out at a time; a batch
   * counts as out until `onBatch` has returned, or its promise has settled. Then the thread stops reading, so that what
   * does not fit is lost in the kernel, where it is counted, and nowhere else. An open ring keeps the process alive.
   */
  openRing(obj: Obj, map: string, options: RingOptions): Ring;
  /** Settles when everything that was submitted before the call has been handed to `onBatch`. */
  ringFlush(ring: Ring): Promise<void>;
  /** Stops the thread; what has not been handed over is discarded. Closing twice is fine. */
  closeRing(ring: Ring): void;

  /**
   * libpcap's compiler, optimising, for a link type (a DLT_ number): machine code of classic BPF, eight bytes an
   * instruction, or what libpcap has against the text. Undefined: there is no libpcap here. It may ask the resolver for names.
   */
  pcapCompile(
    text: string,
    linkType: number,
  ): { readonly insns: Uint8Array; readonly problem?: undefined } | { readonly problem: string } | undefined;

  /** Tries the thing itself, without lasting effect. */
  probe(feature: ProbeName): ProbeResult;
  /** `kfunc` and `struct` are ids in vmlinux's BTF: of `bpf_rdonly_cast` and of any structure. */
  probeRdonlyCast(kfunc: number, struct: number): ProbeResult;
  /** Whether a program may have the address of a variable: `variable` is its id in vmlinux's BTF. */
  probeVariable(variable: number): ProbeResult;
  /** Of this thread, effective. */
  capabilities(): Readonly<Record<Capability, boolean>>;
  /** Interfaces of the network namespace that `path` names (`/run/netns/x`, `/proc/1/ns/net`). */
  interfaces(path: string): { readonly ifindex: number; readonly name: string }[];
}

declare const handle: unique symbol;
/** An opened eBPF object. */
export type Obj = { readonly [handle]: "object" };
/** One or more attachments that are undone together. */
export type Link = { readonly [handle]: "link" };
export type Ring = { readonly [handle]: "ring" };
export type Reading = { readonly [handle]: "reading" };
export type RingMap = { readonly [handle]: "ring map" };

export interface Kprobes {
  readonly links: Link;
  readonly failed: readonly { readonly index: number; readonly errno: number }[];
}

export interface LinkInput {
  /** For messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ProgramInfo {
  readonly name: string;
  readonly section: string;
  readonly autoload: boolean;
}

export interface BpfProgram {
  readonly id: number;
  /** At most 15 characters of it. */
  readonly name: string;
  /** The function it begins with; absent: it has no BTF. */
  readonly entry?: string;
}

export interface ProgramLog {
  readonly program: string;
  readonly log: string;
}

export interface ProgramStats {
  readonly id: number;
  /** Both zero unless `kernel.bpf_stats_enabled` is set. */
  readonly runCount: bigint;
  readonly runTimeNs: bigint;
  /** Runs that the kernel left out because the program was already running on that CPU. */
  readonly recursionMisses: bigint;
  /** Instructions that the verifier went through. */
  readonly verifiedInsns: number;
}

export interface LinkInfo {
  /** Of the first attachment; undefined where the kernel has no link for it. */
  readonly id?: number;
  readonly programId?: number;
  /** How many functions or tracepoints the handle holds. */
  readonly count: number;
  /** Hits that were missed while attached, summed; undefined where the kernel does not count them (before 6.7). */
  readonly missed?: bigint;
}

export interface MapEntries {
  readonly keySize: number;
  readonly valueSize: number;
  readonly count: number;
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
}

export interface RingOptions {
  /** Whole records, each padded to eight bytes; the array belongs to the callee. */
  readonly onBatch: (batch: Uint8Array, count: number) => void | Promise<void>;
  /** A batch is handed over when the next record would not fit. */
  readonly batchBytes: number;
  readonly maxBatches: number;
  /** A batch that is not full is handed over after this many milliseconds at most. */
  readonly flushMs: number;
}

export type ProbeName =
  | "bpf-syscall"
  | "btf"
  | "kprobe-multi"
  | "kprobe-session"
  | "kprobe"
  | "raw-tracepoint"
  | "ring-buffer";

/** `reason` is the system's answer in words. */
export type ProbeResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly errno: number; readonly reason: string };

export type Capability = "CAP_BPF" | "CAP_PERFMON" | "CAP_SYS_ADMIN" | "CAP_NET_ADMIN";

/** What the addon throws. */
export interface NativeError extends Error {
  /** What was tried: `load`, `link`, `attachKprobeMulti`. */
  readonly operation: string;
  /** Positive, as in errno.h. */
  readonly errno: number;
  /** `EPERM`. */
  readonly code: string;
  /** The program that the verifier refused, and its log. */
  readonly program?: string;
  readonly log?: string;
  /** libbpf's own words, one line each, where it had any. */
  readonly libbpf?: string;
}

export function isNativeError(error: unknown): error is NativeError {
  return error instanceof Error && "operation" in error && "errno" in error;
}

let face: Native | undefined;

/** The addon, loaded on first use. Throws an `Error` that says where it was looked for and what to install. */
export function native(): Native {
  face ??= dress(loadBinding());
  return face;
}

/** Of the template, see `bpf/templates/kprobe.bpf.c`. */
const COOKIE_MAP = "pwq_cookies";

/** The binding acknowledges batches one by one; here the callback's end does it. */
function dress(binding: Binding): Native {
  const { openRing, ringAck, attachKprobes, ...rest } = binding;
  return {
    ...rest,
    attachKprobes: (obj, program, symbols, cookies) =>
      attachKprobes(obj, program, symbols, cookies, COOKIE_MAP),
    openRing(obj, map, { onBatch, batchBytes, maxBatches, flushMs }) {
      const ack = (): void => ringAck(ring);
      const ring: Ring = openRing(obj, map, batchBytes, maxBatches, flushMs, (batch, count) => {
        let pending: void | Promise<void>;
        try {
          pending = onBatch(batch, count);
        } catch (error) {
          ack();
          throw error;
        }
        if (pending instanceof Promise) void pending.finally(ack);
        else ack();
      });
      return ring;
    },
  };
}
