/** FNV-1a of 32 bits: a few lines, and good enough for names. src/native/btf.c has the same. */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

export function hashBytes(bytes: Uint8Array, from: number, end: number): number {
  let hash = BASIS;
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, PRIME);
  return hash >>> 0;
}

/** Of an ASCII name. */
export function hashName(name: string): number {
  let hash = BASIS;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), PRIME);
  return hash >>> 0;
}
