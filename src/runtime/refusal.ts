import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Compiled, ListingLine } from "../compiler/compiled.ts";
import { type Diagnostic, PwqError } from "../compiler/diagnostics/diagnostic.ts";
import type { NativeError } from "../native/native.ts";

/** The kernel's refusal as a finding: of our program, or of what we asked for. */
export function refusal(error: NativeError, compiled: Compiled): PwqError {
  const byVerifier = error.log && error.program && error.code !== "EAGAIN";
  const finding = byVerifier ? verifierFinding(error, compiled) : systemFinding(error);
  return new PwqError([finding]);
}

/** The fix by the system's name of the error; what is not here is PWQ3017 with the error itself. */
const BY_ERRNO: Readonly<Record<string, Omit<Diagnostic, "severity">>> = {
  EPERM: {
    code: "PWQ3010",
    message: "the kernel does not permit this",
    label:
      "a container's seccomp profile, a security module or a missing capability; `pwq doctor` tells them apart",
  },
  ENOSYS: { code: "PWQ3010", message: "the kernel has no bpf system call" },
  ENOMEM: {
    code: "PWQ3008",
    message: "the kernel does not give the memory for the maps",
    label: "try a smaller `--buffer` or `--follow-map`",
  },
  E2BIG: {
    code: "PWQ3016",
    message: "a map is larger than the kernel allows",
    label: "try a smaller `--buffer`",
  },
  EAGAIN: {
    code: "PWQ3017",
    message: "the kernel was interrupted while it verified the program",
    label: "try again",
  },
  EMFILE: {
    code: "PWQ3016",
    message: "too many open files",
    label: "each function takes one with this backend; `ulimit -n` sets how many there may be",
  },
};

export function systemFinding({ operation, code, message, libbpf }: NativeError): Diagnostic {
  const known = BY_ERRNO[code] ?? { code: "PWQ3017", message: `the kernel refused to ${verb(operation)}` };
  const said = libbpf?.trim().split("\n").slice(-3) ?? [];
  return { severity: "error", ...known, help: [message, ...said] };
}

/** `attachRawTracepoint` as words: `attach raw tracepoint`. */
const verb = (operation: string): string =>
  operation.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Lines of the verifier's log that are shown; all of it is saved. */
const SHOWN_LINES = 3;

function verifierFinding({ program, log = "" }: NativeError, compiled: Compiled): Diagnostic {
  const said = log
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "" && !/^(?:processed|verification time|stack depth)/.test(line));
  const place = placeOf(log, compiled);
  const source = compiled.queries[0]?.checked.source;
  const saved = saveLog(log, compiled);
  return {
    code: "PWQ9001",
    severity: "error",
    message: `the kernel's verifier refused \`${program}\``,
    ...(place?.span && source && { at: { source, span: place.span }, label: said.at(-1) ?? "refused" }),
    help: [
      ...said.slice(-SHOWN_LINES),
      ...(saved === undefined ? [] : [`the whole log and the program are in ${saved}`]),
      "this is a fault of pwq; please report it with that file and `uname -r`",
    ],
  };
}

/**
 * The line of the listing that the verifier stopped at. Its log repeats our line info as `; TEXT @ FILE:LINE`, and the
 * last of these before the end is where it was; numbers of instructions shift when objects are linked.
 */
function placeOf(log: string, { listing }: Compiled): ListingLine | undefined {
  const texts = [...log.matchAll(/^; (.*?)(?: @ .*)?$/gm)].map((match) => match[1]!.trim());
  for (const text of texts.reverse()) {
    const line = listing.find(({ query }) => query !== undefined && text !== "" && query.trim() === text);
    if (line) return line;
  }
  return undefined;
}

function saveLog(log: string, { listing }: Compiled): string | undefined {
  try {
    const file = join(mkdtempSync(join(tmpdir(), "pwq-")), "verifier.log");
    const program = listing.map(({ pc, text, query }) => `${pc}: ${text}${query ? `  ; ${query}` : ""}`);
    writeFileSync(file, `${program.join("\n")}\n\n${log}`);
    return file;
  } catch {
    // Without a writable folder the last lines on the screen are all there is.
    return undefined;
  }
}
