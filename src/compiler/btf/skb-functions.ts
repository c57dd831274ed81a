/** Which functions and tracepoints take a packet, and in which argument it comes. */
import type { LeftOutFunction, SkbFunction, SkbTracepoint } from "./btf.ts";
import { KIND_NUMBER } from "./format.ts";
import type { LoadedBtf } from "./reader.ts";
import { PASSING, PLACE } from "./skb-arguments.ts";

export interface SkbFunctions {
  readonly reachable: readonly SkbFunction[];
  readonly leftOut: readonly LeftOutFunction[];
}

/** `registers`: how many arguments the calling convention passes in registers (x86-64: 6, arm64: 8). */
export function findSkbFunctions(btf: LoadedBtf, registers: number): SkbFunctions {
  const { words, records, counts } = btf.image;
  const { places } = btf.skbArguments;
  const found = new Uint32Array(counts[KIND_NUMBER.func]!);
  const count = btf.passes.functionsWithSkb(btf.image, places, found);
  const byName = new Map<string, SkbFunction>();
  const leftOut = new Map<string, LeftOutFunction>();

  for (const record of found.subarray(0, count)) {
    const at = records[record]!;
    const prototype = words[at + 2]!;
    const place = places[prototype]!;
    const name = btf.strings.text(words[at]!) ?? "";
    const position = place - PLACE.first;
    if (place === PLACE.behindStruct || position >= registers) {
      const reason =
        place === PLACE.behindStruct
          ? "a struct passed by value comes before the skb"
          : "the skb is passed on the stack";
      leftOut.set(name, { name, reason });
      continue;
    }
    const other = byName.get(name);
    if (!other) {
      byName.set(name, { name, btfId: btf.firstId + record, position, prototype });
    } else if (other.position !== position) {
      leftOut.set(name, { name, reason: "functions of this name take the skb in different arguments" });
    }
  }
  return {
    reachable: [...byName.values()].filter(({ name }) => !leftOut.has(name)),
    leftOut: [...leftOut.values()],
  };
}

const TRACEPOINT_PREFIX = "btf_trace_";

/**
 * `include/trace/bpf_probe.h` makes a typedef `btf_trace_NAME` of a pointer to each tracepoint's prototype, whose first
 * parameter is the tracepoint's private data: that is not among the arguments a program sees.
 */
export function findSkbTracepoints(btf: LoadedBtf): readonly SkbTracepoint[] {
  const { passing } = btf.skbArguments;
  const { words, records, kinds } = btf.image;
  const tracepoints: SkbTracepoint[] = [];
  for (let record = 0; record < records.length; record++) {
    if (kinds[record] !== KIND_NUMBER.typedef) continue;
    if (!btf.strings.startsWith(words[records[record]!]!, TRACEPOINT_PREFIX)) continue;
    const typedef = btf.type(btf.firstId + record);
    const params = btf.resolve(btf.resolve(typedef.id).type).params.slice(1);
    // An argument of any type takes one slot here.
    const position = params.findIndex(({ type }) => passing[type] === PASSING.skb);
    if (position < 0) continue;
    tracepoints.push({ name: typedef.name.slice(TRACEPOINT_PREFIX.length), position, params });
  }
  return tracepoints;
}
