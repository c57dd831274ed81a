/**
 * Work of the kernel that takes its time and that every trace needs, begun in threads of the addon while the query is
 * still being read: pages of BTF, the list of functions, the ring buffer.
 */
import { join } from "node:path";
import type { Native, Reading, RingMap } from "../../native/native.ts";
import { vmlinuxBtfPath } from "./btf-files.ts";
import { findTracefs } from "./tracefs.ts";

/** Of the addon. */
type Begins = Pick<Native, "startReading" | "finishReading" | "startRing">;

/** Reads a file whole; throws what the system has against it. */
export type ReadFile = (path: string) => Uint8Array;

export interface Ahead {
  /** What was begun is waited for, anything else read now. */
  readonly read: ReadFile;
  readonly ring: RingMap;
}

export const FUNCTIONS_FILE = "available_filter_functions";

/** `functions`: whether it is likely that the list of functions is needed, which takes a good part of a second to make. */
export function beginAhead(native: Begins, ringBytes: number, functions: boolean, root = "/"): Ahead {
  const begun = new Map<string, Reading>();
  const begin = (path: string): void => {
    try {
      begun.set(path, native.startReading(path));
    } catch {
      // What is wrong is said to the one who needs it.
    }
  };
  begin(vmlinuxBtfPath(root));
  const tracefs = functions ? findTracefs(root) : undefined;
  if (tracefs && !("problem" in tracefs)) begin(join(tracefs.path, FUNCTIONS_FILE));
  return {
    read(path) {
      const reading = begun.get(path) ?? native.startReading(path);
      begun.delete(path);
      return native.finishReading(reading);
    },
    ring: native.startRing(ringBytes),
  };
}
