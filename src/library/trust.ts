import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { FileProblem } from "../compiler/check/loader.ts";

const OTHERS_MAY_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Why nothing is to be taken from a file or folder of the library: somebody else than root and the user could have put
 * it there, or can exchange it, also by renaming a folder above it (which the sticky bit of /tmp forbids).
 */
export function untrusted(
  path: string,
  owners: readonly number[] = ownersTrusted(),
): FileProblem | undefined {
  const real = realpathSync(path);
  for (let place = real; ; place = dirname(place)) {
    const { mode, uid } = statSync(place);
    const held = place !== real && (mode & STICKY) !== 0;
    if ((mode & OTHERS_MAY_WRITE) !== 0 && !held) return { kind: "world-writable", what: place };
    if (!owners.includes(uid) && !held) return { kind: "foreign", what: place };
    if (place === dirname(place)) return undefined;
  }
}

/** Root, this process's user, and who called sudo: they may do here whatever they like. */
function ownersTrusted(): readonly number[] {
  const caller = process.env.SUDO_UID;
  return [0, process.getuid!(), ...(caller !== undefined && /^\d+$/.test(caller) ? [Number(caller)] : [])];
}
