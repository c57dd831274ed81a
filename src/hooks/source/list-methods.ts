import type { Value } from "./scope.ts";

/** What a method of `e.events` hands to its callback, and what it gives. */
interface ListMethod {
  readonly callback: (item: Value) => readonly (Value | undefined)[];
  readonly gives: (item: Value) => Value | undefined;
}

const LIST: Value = { kind: "list" };
const each = (item: Value) => [item, undefined, LIST];
const ofList: ListMethod = { callback: each, gives: () => LIST };
const ofItem: ListMethod = { callback: each, gives: (item) => item };
const ofElse: ListMethod = { callback: each, gives: () => undefined };
const sorting: ListMethod = { callback: (item) => [item, item], gives: () => LIST };

export const LIST_METHODS: Readonly<Record<string, ListMethod>> = {
  filter: ofList,
  slice: ofList,
  concat: ofList,
  reverse: ofList,
  toReversed: ofList,
  sort: sorting,
  toSorted: sorting,
  at: ofItem,
  find: ofItem,
  findLast: ofItem,
  map: ofElse,
  flatMap: ofElse,
  some: ofElse,
  every: ofElse,
  forEach: ofElse,
  findIndex: ofElse,
  findLastIndex: ofElse,
  reduce: { callback: (item) => [undefined, item, undefined, LIST], gives: () => undefined },
};
