/**
 * Names that code in the sandbox shares. The functions of this folder are written into its first script as they stand,
 * so they may use these names, what the language has, and nothing that is imported.
 */
declare global {
  /** The rows of the current batch. */
  let U32: Uint32Array;
  /** Interned values by number. */
  let S: unknown[];
  /** Where the current row begins. */
  let row: number;
  /** Counts batches: with the row, it tells whether the event that an object was made for is over. */
  let turn: number;
  /** The event that hooks see which do not keep it. */
  const CURRENT: object;
  /** The event that hooks see which may. */
  const Fresh: new () => object;
  function copyOf(): Record<string, unknown>;
}

export type {};
