import {
  call,
  exit,
  type Insn,
  type Item,
  jump,
  label,
  mov,
  type ObjectFunction,
  r0,
  r1,
  r2,
  r3,
  r4,
  r6,
  r7,
} from "../bpf/index.ts";
import type { KernelFacts } from "../facts.ts";
import type { ReturnPlan } from "../plan/returns.ts";

/** The program that sees functions return; see `bpf/templates/returns.h`. */
export function returnProgram(plan: ReturnPlan, facts: KernelFacts): ObjectFunction {
  return {
    name: plan.program,
    section: plan.how === "session" ? "kprobe.multi" : "kretprobe",
    visibility: "global",
    params: 1,
    insns: plan.how === "session" ? session(plan, facts) : single(plan),
  };
}

/** Called at the entry and at the return: the kernel says which, and keeps eight bytes for the call between them. */
function session({ first, lasting }: ReturnPlan, facts: KernelFacts): Item[] {
  const kfunc = (name: string): Insn => call.kfunc(facts.btf.find("func", name)!.id);
  return [
    mov.reg(r6, r1),
    // Before 7.0 they take no argument, and what is in the register does no harm.
    kfunc("bpf_session_is_return"),
    mov.reg(r7, r0),
    mov.reg(r1, r6),
    kfunc("bpf_session_cookie"),
    mov.reg(r1, r6),
    mov.reg(r2, r0),
    jump.ne.imm(r7, 0, "return"),
    call.local("pwq_session_entry"),
    exit,
    label("return"),
    mov.imm(r3, first),
    mov.imm(r4, lasting),
    call.local("pwq_session_return"),
    exit,
  ];
}

const single = ({ first, lasting }: ReturnPlan): Item[] => [
  mov.imm(r2, first),
  mov.imm(r3, lasting),
  call.local("pwq_return"),
  mov.imm(r0, 0),
  exit,
];
