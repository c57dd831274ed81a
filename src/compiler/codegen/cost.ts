import type { Bytes, Cond, Value } from "./ir.ts";

/**
 * Rough costs in units of a plain load, to test cheap things first: a condition of an `and` may be tested in any order,
 * since none has effects. Only the order matters.
 */
const COST = {
  event: 1,
  load: 4,
  /** Parsing is shared by all that need it, but whatever needs it first pays. */
  view: 20,
  helper: 8,
  bytes: 30,
  /** After all tests of fields: these share what parsing has found, a filter looks for itself. */
  pcap: 60,
} as const;

export function valueCost(value: Value): number {
  switch (value.op) {
    case "const":
    case "network":
      return 0;
    case "event":
    case "local":
    case "regs":
      return COST.event;
    case "view":
    case "header":
      return COST.view;
    case "helper":
    case "context":
      return COST.helper;
    case "pcap":
      return COST.pcap;
    case "load":
      return COST.load + valueCost(value.base);
    case "alu":
    case "minmax":
      return 1 + valueCost(value.left) + valueCost(value.right);
    case "swap":
    case "bits":
      return 1 + valueCost(value.value);
    case "guard":
      return conditionCost(value.condition) + valueCost(value.value);
    case "first":
      return sum(value.of.map(valueCost));
  }
}

export function conditionCost(cond: Cond): number {
  switch (cond.op) {
    case "const":
      return 0;
    case "and":
    case "or":
      return sum(cond.of.map(conditionCost));
    case "cmp":
      return 1 + valueCost(cond.left) + valueCost(cond.right);
    case "test":
    case "present":
      return 1 + valueCost(cond.value);
    case "has":
      return COST.view;
    case "ranges":
      return sum(cond.parts.map(valueCost)) + 2 + Math.ceil(Math.log2(cond.ranges.length + 1)) * 4;
    case "text":
      return COST.bytes + bytesCost(cond.source);
  }
}

function bytesCost(bytes: Bytes): number {
  switch (bytes.op) {
    case "memory":
      return valueCost(bytes.base);
    case "cstring":
      return valueCost(bytes.pointer);
    case "comm":
      return COST.helper;
    case "header":
    case "payload":
      return COST.view;
    case "guard":
      return conditionCost(bytes.condition) + bytesCost(bytes.bytes);
    case "first":
      return sum(bytes.of.map(bytesCost));
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
