/**
 * What is read after a drop, in the network namespace that it happened in, to put words to what was captured. Each is
 * undefined where it cannot be read: no such namespace any more, no such program, no privileges, or too many asked.
 */
export interface Later {
  /** Name of a network namespace by its inode. */
  netns(inode: number | undefined): string | undefined;
  /** Standard output of a program run in that namespace. */
  run(inode: number | undefined, command: readonly [string, ...string[]]): string | undefined;
}

/** Of a recording: nothing of then can be read now. */
export const NOTHING_LATER: Later = { netns: () => undefined, run: () => undefined };
