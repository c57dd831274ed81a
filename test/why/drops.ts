import type { Drop, Fact } from "../../src/why/drop.ts";
import type { EvidenceName } from "../../src/why/evidence.ts";
import type { Later } from "../../src/why/later/later.ts";

/** Drops as the decoder hands them to the explainers, for tests. */

export type Facts = Partial<Record<EvidenceName, Fact>>;

export const drop = (reason: string, place: string, facts: Facts = {}): Drop => ({
  reason,
  place,
  fact: (name) => facts[name],
});

/** Answers what is asked in a namespace from a table of command lines. */
export const later = (
  answers: Readonly<Record<string, string>> = {},
  namespaces: Readonly<Record<number, string>> = { 1: "srv", 2: "rtr" },
): Later => ({
  netns: (inode) => (inode === undefined ? undefined : namespaces[inode]),
  run: (inode, command) => (inode === undefined ? undefined : answers[command.join(" ")]),
});
