import { release } from "node:os";
import type { Arch } from "../../compiler/facts.ts";

/** `6.12.95+deb12-amd64` -> [6, 12, 95]; a missing third number is 0. Undefined if it does not start with a version. */
export function parseVersion(text: string): readonly [number, number, number] | undefined {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** `uname -r`. */
export const kernelRelease = (): string => release();

const ARCHES: Readonly<Record<string, Arch>> = { x64: "x86_64", arm64: "arm64" };

/** Undefined on an architecture whose calling convention pwq does not know. */
export const machineArch = (node: string = process.arch): Arch | undefined =>
  Object.hasOwn(ARCHES, node) ? ARCHES[node] : undefined;
