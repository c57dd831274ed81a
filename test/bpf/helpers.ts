import { HELPER } from "../../src/compiler/bpf/helpers.ts";
import { type Native, native } from "./interpreter.ts";
import type { Memory } from "./memory.ts";

/** The kernel's helpers as the interpreter needs them; kernel/trace/bpf_trace.c and kernel/bpf/helpers.c say what they do. */

const EFAULT = -14n;

/** What the helpers say about the machine and the task. */
export interface Surroundings {
  readonly time?: bigint;
  readonly cpu?: number;
  readonly pidTgid?: bigint;
  readonly uidGid?: bigint;
  readonly comm?: string;
  readonly cgroup?: bigint;
}

/** bpf_probe_read_kernel(dst, size, src): on a fault `dst` is zeroed. */
const probeRead = native(3, ([dst = 0n, size = 0n, src = 0n], memory) => {
  const count = Number(size);
  const found = memory.read(src, count);
  memory.write(dst, found?.slice() ?? new Uint8Array(count));
  return found ? 0n : EFAULT;
});

/**
 * bpf_probe_read_kernel_str(dst, size, src): copies up to and with the NUL, at most `size` bytes with a NUL in the last;
 * the length with NUL. Bytes after it are whatever they were; the verifier takes all for written.
 */
const probeReadStr = native(3, ([dst = 0n, size = 0n, src = 0n], memory) => {
  const count = Number(size);
  if (count === 0) return 0n;
  const text: number[] = [];
  while (text.length < count) {
    const byte = text.length === count - 1 ? 0 : memory.read(src + BigInt(text.length), 1)?.[0];
    if (byte === undefined) {
      memory.write(dst, new Uint8Array(count));
      return EFAULT;
    }
    text.push(byte);
    if (byte === 0) break;
  }
  writeWithRest(memory, dst, Uint8Array.from(text), count);
  return BigInt(text.length);
});

function writeWithRest(memory: Memory, dst: bigint, bytes: Uint8Array, size: number): void {
  const rest = memory.find(dst, size);
  const all = new Uint8Array(size).fill(0xa5);
  if (rest) {
    const offset = Number(dst - rest.address);
    for (let i = 0; i < size; i++)
      if (!rest.written || rest.written[offset + i]) all[i] = rest.view.getUint8(offset + i);
  }
  all.set(bytes);
  memory.write(dst, all);
}

/** bpf_get_current_comm(dst, size): padded with zeroes. */
const comm = (name: string): Native =>
  native(2, ([dst = 0n, size = 0n], memory) => {
    const bytes = new Uint8Array(Number(size));
    bytes.set(new TextEncoder().encode(name).subarray(0, Math.max(bytes.length - 1, 0)));
    memory.write(dst, bytes);
    return 0n;
  });

/** The helpers of a machine in which nothing changes. */
export function helpers(around: Surroundings = {}): Record<number, Native> {
  return {
    [HELPER.probe_read_kernel]: probeRead,
    [HELPER.probe_read_kernel_str]: probeReadStr,
    [HELPER.ktime_get_ns]: native(0, () => around.time ?? 0n),
    [HELPER.get_smp_processor_id]: native(0, () => BigInt(around.cpu ?? 0)),
    [HELPER.get_current_pid_tgid]: native(0, () => around.pidTgid ?? 0n),
    [HELPER.get_current_uid_gid]: native(0, () => around.uidGid ?? 0n),
    [HELPER.get_current_cgroup_id]: native(0, () => around.cgroup ?? 0n),
    // Of one processor all.
    [HELPER.this_cpu_ptr]: native(1, ([address = 0n]) => address),
    [HELPER.get_current_comm]: comm(around.comm ?? "test"),
  };
}

/** bpf_rdonly_cast(object, type): the object. Under the type's id as KernelFacts' BTF has it. */
export const rdonlyCast: Native = native(2, ([object = 0n]) => object);
