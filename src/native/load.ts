import { existsSync } from "node:fs";
import { packaged } from "../place.ts";
import type { Kprobes, Native, Obj, Ring } from "./native.ts";

/** What `pwq.node` exports. */
export interface Binding extends Omit<Native, "openRing" | "attachKprobes"> {
  /** `cookieMap` takes the cookies by the functions' addresses. */
  attachKprobes(
    obj: Obj,
    program: string,
    symbols: readonly string[],
    cookies: BigUint64Array,
    cookieMap: string,
  ): Kprobes;
  openRing(
    obj: Obj,
    map: string,
    batchBytes: number,
    maxBatches: number,
    flushMs: number,
    onBatch: (batch: Uint8Array, count: number) => void,
  ): Ring;
  /** One batch fewer is out. */
  ringAck(ring: Ring): void;
}

const PLACES = ["build/pwq.node", `prebuilds/linux-${process.arch}/pwq.node`];

export function loadBinding(): Binding {
  const tried: string[] = [];
  for (const path of PLACES.map(packaged)) {
    if (!existsSync(path)) {
      tried.push(`${path}: not there`);
      continue;
    }
    try {
      const module = { exports: {} };
      process.dlopen(module, path);
      return module.exports as Binding;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (/libbpf\.so/.test(message))
        throw new Error(`libbpf is missing: apt-get install libbpf1 (${message})`);
      if (/libelf\.so/.test(message))
        throw new Error(`libelf is missing: apt-get install libelf1 (${message})`);
      tried.push(`${path}: ${message}`);
    }
  }
  throw new Error(
    `the native addon is missing; build it with \`npm run build\`. Looked for:\n  ${tried.join("\n  ")}`,
  );
}
