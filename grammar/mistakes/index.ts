import { brackets, emptySet } from "./brackets.ts";
import { addressWithPort, bareGlob, chained, doubleEquals, listForSet, singleEquals } from "./comparisons.ts";
import { ended, unexpected } from "./general.ts";
import { andForComma, danglingComma, missingBetween } from "./lists.ts";
import type { Mistake } from "./mistake.ts";
import { badCharacter, foreignSign, unfinishedName } from "./signs.ts";
import { missingSubject, ownLine, reservedName, unknownStatement } from "./statements.ts";
import { missingNumber, misspelt, quotedPoint, showAll } from "./words.ts";

/**
 * The mistakes people make, from the special to the general. A statement that does not parse is shown to one after the
 * other; the first that recognises it answers, and the last two always do.
 */
export const MISTAKES: readonly Mistake[] = [
  badCharacter,
  foreignSign,
  unknownStatement,
  missingSubject,
  singleEquals,
  doubleEquals,
  ownLine,
  unfinishedName,
  addressWithPort,
  chained,
  emptySet,
  bareGlob,
  brackets,
  danglingComma,
  listForSet,
  andForComma,
  misspelt,
  reservedName,
  quotedPoint,
  showAll,
  missingNumber,
  missingBetween,
  ended,
  unexpected,
];
