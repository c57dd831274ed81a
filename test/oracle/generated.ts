import { generate } from "../../src/compiler/codegen/generate.ts";
import { surely } from "../../src/compiler/codegen/lower.ts";
import { layoutRecord } from "../../src/compiler/codegen/record.ts";
import type { RecordLayout } from "../../src/compiler/compiled.ts";
import type { KernelFacts } from "../../src/compiler/facts.ts";
import { EVENT } from "../../src/compiler/layout.ts";
import { plan as makePlan } from "../../src/compiler/plan/plan.ts";
import type { CheckedProgram } from "../../src/compiler/typed.ts";
import { helpers, rdonlyCast } from "../bpf/helpers.ts";
import { Machine, native } from "../bpf/interpreter.ts";
import { layOut } from "./memory.ts";
import type { Packet } from "./packet.ts";

/** What generated code made of one packet. */
export interface Outcome {
  readonly selected: boolean;
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
  #selected = false;
  #submitted = false;
  #record: Uint8Array;

  constructor(program: CheckedProgram, facts: KernelFacts) {
    this.#facts = facts;
    const plan = makePlan(program, facts);
    const checked = program.queries[0]!;
    const context = { facts, points: plan.points, source: checked.source };
    const captured = layoutRecord(checked.show, context);
    const where = checked.where && { where: surely(checked.where, true, context) };
    const query = { index: 0, checked, plan: plan.queries[0]!, context, until: [], ...where, ...captured };
    const { unit } = generate([query], plan, facts, checked.source);
    this.record = captured.record;
    this.#record = new Uint8Array(this.record.size);
    const cast = facts.features.rdonlyCast ? facts.btf.find("func", "bpf_rdonly_cast") : undefined;
    const record = (): bigint => this.#machine.memory.own("record", "write", this.#record).address;
    this.#machine = new Machine({
      functions: unit.functions.filter(({ section }) => section === ".text"),
      rodata: unit.rodata,
      helpers: helpers(),
      kfuncs: cast ? { [cast.id]: rdonlyCast } : {},
      externs: {
        pwq_admit: native(5, () => {
          this.#selected = true;
          return 1n;
        }),
        pwq_reserve: native(3, () => {
          this.#view.setBigUint64(EVENT.offsets.record!, record(), true);
          return 1n;
        }),
        pwq_submit: native(2, () => {
          this.#submitted = true;
          return 0n;
        }),
        pwq_end: native(2, () => 0n),
      },
    });
    this.#address = this.#machine.memory.own("event", "write", this.#event).address;
  }

  run(packet: Packet): Outcome {
    const { memory } = this.#machine;
    const { skb, regions } = layOut(packet, [this.#facts.btf, ...this.#facts.modules()]);
    const placed = regions.map(({ name, address, bytes }) => memory.kernel(name, address, bytes));
    this.#event.fill(0);
    this.#view.setBigUint64(EVENT.offsets.skb!, skb, true);
    this.#view.setUint32(EVENT.offsets.at!, 1, true);
    this.#record = new Uint8Array(this.record.size);
    this.#selected = false;
    this.#submitted = false;
    try {
      this.#machine.call("pwq_query", [this.#address]);
    } finally {
      for (const region of placed) memory.remove(region);
    }
    return {
      selected: this.#selected,
      record: this.#submitted ? this.#record : undefined,
      steps: this.#machine.steps,
    };
  }
}
