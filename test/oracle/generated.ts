import { findMember } from "../../src/compiler/btf/struct.ts";
import { generate } from "../../src/compiler/codegen/generate.ts";
import { surely } from "../../src/compiler/codegen/lower.ts";
import { lowerPast } from "../../src/compiler/codegen/lower-past.ts";
import { ProgramNames } from "../../src/compiler/codegen/program-names.ts";
import { layoutRecord } from "../../src/compiler/codegen/record.ts";
import type { RecordLayout } from "../../src/compiler/compiled.ts";
import type { KernelFacts } from "../../src/compiler/facts.ts";
import { EVENT, POINT_KIND } from "../../src/compiler/layout.ts";
import { plan as makePlan } from "../../src/compiler/plan/plan.ts";
import type { CheckedProgram } from "../../src/compiler/typed.ts";
import { helpers, rdonlyCast } from "../bpf/helpers.ts";
import { Machine, type Native, native } from "../bpf/interpreter.ts";
import { layOut } from "./memory.ts";
import type { Occasion } from "./occasion.ts";
import type { Packet } from "./packet.ts";

/** What generated code made of one packet. */
export interface Outcome {
  readonly selected: boolean;
  /** Whether `pwq_select` let it pass by, which the template asks first. */
  readonly passed: boolean;
  /** The record, if the event was to be shown. */
  readonly record: Uint8Array | undefined;
  readonly steps: number;
}

/** Generated code of a program with one query, in an interpreter that plays the template. */
export class Generated {
  readonly record: RecordLayout;
  readonly #machine: Machine;
  readonly #facts: KernelFacts;
  readonly #event = new Uint8Array(EVENT.size);
  readonly #view = new DataView(this.#event.buffer);
  readonly #address: bigint;
  #occasion: Occasion | undefined;
  readonly #count: Count;
  /** What the template remembers of earlier runs, which are all of one packet. */
  readonly #last = new Map<bigint, string>();
  readonly #seen = new Set<string>();
  #selected = false;
  readonly #atDrops: string;
  #submitted = false;
  #record: Uint8Array;

  constructor(program: CheckedProgram, facts: KernelFacts) {
    this.#facts = facts;
    this.#count = preemptCount(facts);
    const plan = makePlan(program, facts);
    const checked = program.queries[0]!;
    const without = {
      facts,
      points: plan.points,
      functions: () => new Set<number>(),
      programs: new ProgramNames([]),
      source: checked.source,
    };
    const past = lowerPast(checked, plan.queries[0]!.stretch, 0, 0, without);
    const context = { ...without, past: past.indices };
    const captured = layoutRecord(checked.show, context);
    const where = checked.where && { where: surely(checked.where, true, context) };
    const query = {
      index: 0,
      checked,
      plan: plan.queries[0]!,
      context,
      until: [],
      ending: [],
      past,
      ...where,
      ...captured,
    };
    const unit = generate([query], plan, facts, checked.source);
    this.record = captured.record;
    this.#record = new Uint8Array(this.record.size);
    // Where drops have a function of their own, the template calls it for them.
    this.#atDrops = unit.functions.find(({ name }) => name === "pwq_query_at_drops")?.name ?? "pwq_query";
    const cast = facts.features.rdonlyCast ? facts.btf.find("func", "bpf_rdonly_cast") : undefined;
    const record = (): bigint => this.#machine.memory.own("record", "write", this.#record).address;
    const reserve = (): bigint => {
      this.#view.setBigUint64(EVENT.offsets.record!, record(), true);
      return 1n;
    };
    const submit = (): bigint => {
      this.#submitted = true;
      return 0n;
    };
    this.#machine = new Machine({
      functions: unit.functions.filter(({ section }) => section === ".text"),
      rodata: unit.rodata,
      helpers: this.#helpers(),
      variables: { [this.#count.id]: this.#count.bytes },
      kfuncs: cast ? { [cast.id]: rdonlyCast } : {},
      externs: {
        pwq_admit: native(5, () => {
          this.#selected = true;
          return 1n;
        }),
        pwq_reserve: native(3, reserve),
        pwq_compose: native(3, reserve),
        pwq_submit: native(2, submit),
        pwq_output: native(2, submit),
        pwq_end: native(2, () => 0n),
        pwq_changed: native(4, ([, slot, high, low]) => {
          const value = `${high} ${low}`;
          const before = this.#last.get(slot!);
          this.#last.set(slot!, value);
          return before !== undefined && before !== value ? 1n : 0n;
        }),
        pwq_first: native(4, ([, slot, high, low]) => {
          const value = `${slot} ${high} ${low}`;
          if (this.#seen.has(value)) return 0n;
          this.#seen.add(value);
          return 1n;
        }),
        pwq_kept: native(2, () => 0n),
      },
    });
    this.#address = this.#machine.memory.own("event", "write", this.#event).address;
  }

  /** As the occasion of the present run has them. */
  #helpers(): Readonly<Record<number, Native>> {
    const fixed = (): Readonly<Record<number, Native>> => {
      const { cpu = 0, pid = 0, tid = 0, comm = "", cgroup = 0n } = this.#occasion ?? {};
      return helpers({ cpu, pidTgid: (BigInt(pid) << 32n) | BigInt(tid), comm, cgroup });
    };
    return Object.fromEntries(
      Object.entries(fixed()).map(([number, { params }]) => [
        number,
        native(params, (args, memory) => fixed()[Number(number)]!.run(args, memory)),
      ]),
    );
  }

  run(packet: Packet, occasion?: Occasion): Outcome {
    const { memory } = this.#machine;
    this.#occasion = occasion;
    const { skb, regions } = layOut(packet, [this.#facts.btf, ...this.#facts.modules()]);
    const placed = regions.map(({ name, address, bytes }) => memory.kernel(name, address, bytes));
    this.#count.set(occasion?.preemptCount ?? 0);
    this.#event.fill(0);
    this.#view.setBigUint64(EVENT.offsets.skb!, skb, true);
    this.#view.setUint32(EVENT.offsets.at!, 1, true);
    if (occasion?.reason !== undefined) {
      this.#view.setUint32(EVENT.offsets.kind!, POINT_KIND.drop, true);
      this.#view.setUint32(EVENT.offsets.reason!, occasion.reason, true);
    }
    this.#record = new Uint8Array(this.record.size);
    this.#selected = false;
    this.#submitted = false;
    let passed: boolean;
    try {
      passed = this.#machine.call("pwq_select", [skb]) === 0n;
      this.#machine.call(occasion?.reason === undefined ? "pwq_query" : this.#atDrops, [this.#address]);
    } finally {
      for (const region of placed) memory.remove(region);
    }
    return {
      selected: this.#selected,
      passed,
      record: this.#submitted ? this.#record : undefined,
      steps: this.#machine.steps,
    };
  }
}

/** The variable of the kernel that has the count of interrupts. */
interface Count {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly set: (count: number) => void;
}

/** As x86 has it: in `struct pcpu_hot` from Linux 6.2 to 6.14, else a variable of its own. */
function preemptCount({ btf }: KernelFacts): Count {
  const hot = btf.find("var", "pcpu_hot");
  const member = hot && findMember(btf, btf.find("struct", "pcpu_hot")!, "preempt_count");
  const bytes = new Uint8Array(64);
  const set = (count: number) =>
    new DataView(bytes.buffer).setUint32((member?.bitOffset ?? 0) / 8, count, true);
  return { id: (hot ?? btf.find("var", "__preempt_count"))!.id, bytes, set };
}
