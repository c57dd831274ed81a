import type { Batch } from "./batch.ts";

const SLOTS = 1024;

/**
 * Remembers what was made of a few bytes: an address, a name. Traffic repeats itself, and making a string costs
 * ten times as much as comparing some words. Direct-mapped: a collision makes the value anew.
 * `bytes` is a multiple of four, and so are the offsets given.
 */
export function wordCache<T>(batch: Batch, bytes: number, make: (at: number) => T): (at: number) => T {
  const words = bytes >> 2;
  const keys = new Uint32Array(SLOTS * words);
  const values = new Array<T | undefined>(SLOTS).fill(undefined);
  return (at) => {
    const { u32 } = batch;
    const from = at >> 2;
    let hash = 0;
    for (let i = 0; i < words; i++) hash = Math.imul(hash ^ u32[from + i]!, 0x9e3779b1);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const key = slot * words;
    const known = values[slot];
    if (known !== undefined) {
      let i = 0;
      while (i < words && keys[key + i] === u32[from + i]) i++;
      if (i === words) return known;
    }
    const value = make(at);
    values[slot] = value;
    for (let i = 0; i < words; i++) keys[key + i] = u32[from + i]!;
    return value;
  };
}
