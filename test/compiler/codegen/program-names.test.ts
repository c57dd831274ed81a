import { describe, expect, it } from "vitest";
import { ProgramNames } from "../../../src/compiler/codegen/program-names.ts";
import { compile } from "../../../src/compiler/compile.ts";
import { OF_CLASS } from "../../../src/compiler/plan/programs.ts";
import { checked } from "../../check/program.ts";
import { fixtureFacts } from "../../fixtures/btf.ts";

const facts = fixtureFacts("6.12");
const compiled = (text: string) => compile(checked(text, { facts }), facts);
/** The class of a program, as it is met. */
const classOf = (text: string, name: string): number =>
  compiled(text).plan.programPoints[0]!.tests.reduce((bits, test, i) => bits | (Number(test(name)) << i), 0);

describe("conditions on names of BPF programs", () => {
  it("are tested when a program is met", () => {
    const text =
      'trace skb at tc where func ~ "cls_*" when func != "cls_main(tc)" or func in {"x(tc)", "cls_b(tc)"}';
    expect(classOf(text, "cls_main(tc)")).toBe(0b011);
    expect(classOf(text, "cls_b(tc)")).toBe(0b101);
    expect(classOf(text, "other(tc)")).toBe(0);
  });

  it("are one where they are the same, also the other way round", () => {
    const text =
      'trace skb at tc where func == "a(tc)" when func != "a(tc)"\ntrace skb at tc when func == "a(tc)"';
    expect(compiled(text).plan.programPoints[0]!.tests.length).toBe(1);
  });

  it("are none where no programs are looked at", () => {
    const names = new ProgramNames([]);
    expect(names.where("== a", (name) => name === "a", true)).toEqual([]);
    expect(names.tests).toEqual([]);
  });

  it("select the points of the classes for which they come out so", () => {
    const { first } = compiled("trace skb at tc").plan.programPoints[0]!;
    const names = new ProgramNames(compiled("trace skb at tc").plan.programPoints);
    names.where("== a", (name) => name === "a", true);
    const ranges = names.where("== b", (name) => name === "b", true)!;
    const isIn = (number: number): boolean => ranges.some(([low, high]) => number >= low && number <= high);
    for (let of = 0; of < 16; of++)
      for (const i of [0, OF_CLASS - 1])
        expect([of, isIn(first + of * OF_CLASS + i)]).toEqual([of, (of & 2) !== 0]);
  });
});
