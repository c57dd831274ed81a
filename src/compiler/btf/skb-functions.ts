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
  const { words, records, byKind } = btf.image;
  const functions = byKind[KIND_NUMBER.func]!;
  const { places } = btf.skbArguments;
  const byName = new Map<string, SkbFunction>();
  const leftOut = new Map<string, LeftOutFunction>();

  for (let i = 0; i < functions.length; i++) {
    const record = functions[i]!;
    const at = records[record]!;
    const prototype = words[at + 2]!;
    const place = places[prototype] ?? PLACE.none;
    if (place === PLACE.none) continue;

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
      const { params } = btf.type(prototype);
      byName.set(name, { name, btfId: btf.firstId + record, position, params });
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
 * `include/trace/bpf_probe.h` makes a typedef `btf_trace_NAME` of each tracepoint's prototype. Its first parameter is
 * the tracepoint's private data, which is not among the arguments a program sees.
 */
export function findSkbTracepoints(btf: LoadedBtf): readonly SkbTracepoint[] {
  const { words, records, byKind } = btf.image;
  const { passing } = btf.skbArguments;
  const prefix = Buffer.from(TRACEPOINT_PREFIX);
  const tracepoints: SkbTracepoint[] = [];
  for (const record of byKind[KIND_NUMBER.typedef]!) {
    if (!btf.strings.startsWith(words[records[record]!]!, prefix)) continue;
    const typedef = btf.type(btf.firstId + record);
    const pointer = btf.resolve(typedef.id);
    const prototype = pointer.kind === "ptr" ? btf.resolve(pointer.type) : pointer;
    if (prototype.kind !== "func_proto") continue;
    const params = prototype.params.slice(1);
    const position = params.findIndex(({ type }) => passing[type] === PASSING.skb);
    if (position < 0) continue;
    tracepoints.push({ name: typedef.name.slice(TRACEPOINT_PREFIX.length), position, params });
  }
  return tracepoints;
}
