import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
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

const PLATFORM = `linux-${process.arch}`;

/**
 * Places of the addon, seen from this module: as a source file it is two folders below the package's root,
 * bundled it is one.
 */
const PLACES = [
  "../build/pwq.node",
  "../../build/pwq.node",
  `../prebuilds/${PLATFORM}/pwq.node`,
  `../../prebuilds/${PLATFORM}/pwq.node`,
].map((place) => fileURLToPath(new URL(place, import.meta.url)));

export function loadBinding(): Binding {
  const require = createRequire(import.meta.url);
  const tried: string[] = [];
  for (const path of PLACES) {
    try {
      return require(path) as Binding;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (/libbpf\.so/.test(message))
        throw new Error(`libbpf is missing: apt-get install libbpf1 (${message})`);
      if (/libelf\.so/.test(message))
        throw new Error(`libelf is missing: apt-get install libelf1 (${message})`);
      tried.push(/Cannot find module/.test(message) ? `${path}: not there` : `${path}: ${message}`);
    }
  }
  throw new Error(
    `the native addon is missing; build it with \`npm run build\`. Looked for:\n  ${tried.join("\n  ")}`,
  );
}
