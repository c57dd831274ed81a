import { alu, call, HELPER, type Item, lddwVariable, ldx, mov, r0, r1, r2, r3 } from "../bpf/index.ts";
import { findMember } from "../btf/struct.ts";
import type { KernelFacts } from "../facts.ts";
import { CONTEXT } from "../layout.ts";
import { Emitter } from "./emitter.ts";
import type { Reader } from "./reader.ts";

/** The generated function that tells whether the running task has something to do with what is going on. */
export const CONTEXT_FUNCTION = "pwq_context";

/** Bits of `preempt_count`: include/linux/preempt.h. */
const COUNT = { softirq: 8, hardirqs: 16, nmis: 20 } as const;
const FIELD = 0xf;

/**
 * `u64 pwq_context(void)`: one of CONTEXT. Not of the template: the loader would read the kernel's whole BTF only to find
 * this one number. Without branches over it: a verifier before 6.4 would keep a state for each. A kprobe that is a
 * breakpoint counts as a non-maskable and as a hard interrupt, so the one is taken off the other; real ones handle no
 * packets.
 */
export function generateContext(facts: KernelFacts, reader: Reader): readonly Item[] {
  const e = new Emitter(STACK);
  loadCount(e, facts, reader);
  e.emit(
    mov.reg(r1, r0),
    mov.reg(r2, r0),
    mov.reg(r3, r0),
    // r3: in a hard interrupt
    alu.rsh.imm(r2, COUNT.nmis),
    alu.and.imm(r2, FIELD),
    alu.rsh.imm(r3, COUNT.hardirqs),
    alu.and.imm(r3, FIELD),
    alu.sub.reg(r3, r2),
    alu.add.imm(r3, FIELD),
    alu.rsh.imm(r3, 4),
    alu.and.imm(r3, 1),
    // r0: in a soft one, and not also in a hard one
    alu.rsh.imm(r1, COUNT.softirq),
    alu.and.imm(r1, 1),
    mov.reg(r0, r3),
    alu.xor.imm(r0, 1),
    alu.and.reg(r0, r1),
    alu.lsh.imm(r3, 1),
    alu.or.reg(r0, r3),
  );
  e.return();
  e.place(UNKNOWN);
  e.emit(mov.imm(r0, CONTEXT.unknown));
  e.return();
  return e.items;
}

/** For a number that has to be copied. */
const STACK = 8;
const UNKNOWN = "unknown";

/** r0 = `preempt_count`, whose place differs between architectures and kernels. */
function loadCount(e: Emitter, facts: KernelFacts, reader: Reader): void {
  const { btf } = facts;
  const member = (struct: string, name: string): number => {
    const type = btf.find("struct", struct);
    const found = type && findMember(btf, type, name);
    if (!found) throw new RangeError(`struct ${struct} has no ${name}`);
    return found.bitOffset / 8;
  };
  if (facts.arch === "x86_64") {
    // A variable of its own, but for Linux 6.2 to 6.14.
    const hot = btf.find("var", "pcpu_hot");
    const variable = hot ?? btf.find("var", "__preempt_count");
    const offset = hot ? member("pcpu_hot", "preempt_count") : 0;
    if (!variable) throw new RangeError("the kernel has no count of interrupts");
    e.emit(lddwVariable(r1, variable.id), call.helper(HELPER.this_cpu_ptr), ldx(4, r0, r0, offset));
    return;
  }
  const offset = member("task_struct", "thread_info") + member("thread_info", "preempt");
  e.emit(call.helper(HELPER.get_current_task));
  // `struct { u32 count, need_resched; } preempt`, in this order on little-endian machines.
  reader.number(e, offset, 4, UNKNOWN);
}
