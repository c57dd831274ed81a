/**
 * The facts of a kernel that the compiler works with: of the running one, or of the one a BTF file came from.
 * Everything beyond vmlinux's BTF is read when it is first asked for.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { BtfPasses } from "../../compiler/btf/passes.ts";
import { BtfFormatError, type LoadedBtf, readBtf } from "../../compiler/btf/reader.ts";
import { findMember } from "../../compiler/btf/struct.ts";
import { PwqError } from "../../compiler/diagnostics/diagnostic.ts";
import type { Arch, KernelFacts } from "../../compiler/facts.ts";
import type { Native } from "../../native/native.ts";
import { FUNCTIONS_FILE, type ReadFile } from "./ahead.ts";
import { readModuleBtf, readVmlinuxBtf, vmlinuxBtfPath } from "./btf-files.ts";
import { type FeatureProbe, features } from "./features.ts";
import { readUnsized } from "./files.ts";
import { interfaceNames } from "./interfaces.ts";
import type { LineHashing } from "./line-table.ts";
import { NetworkNamespaces } from "./netns.ts";
import { kernelRelease, machineArch, parseVersion } from "./release.ts";
import { parseSymbols } from "./symbols.ts";
import { parseTraceable } from "./traceable.ts";
import { findTracefs } from "./tracefs.ts";
import { parseEvents } from "./tracepoints.ts";

export interface FactsOptions {
  /** BTF of another kernel (`--btf`): what only the running kernel could tell is then not known. */
  readonly btf?: string;
  /** The file of `btf` is of the running kernel, which carries none itself. */
  readonly running?: boolean;
  /** The addon; without it, BTF tells the features. */
  readonly probe?: FeatureProbe;
  /** The addon's; without them, scripts do it. */
  readonly passes?: BtfPasses & LineHashing;
  /** Through the addon, and what it has begun to read; without it, Node reads. */
  readonly read?: ReadFile;
  /** The addon's; without it, interfaces are not known. */
  readonly interfaces?: Native["interfaces"];
  /** Instead of `/`. */
  readonly root?: string;
}

/** Throws PwqError if there is no BTF, or none that can be read, or the machine is of an unknown architecture. */
export function gatherFacts(options: FactsOptions = {}): KernelFacts {
  const { btf: file, probe, passes, interfaces, root = "/", read = readFileSync } = options;
  const ownFile = vmlinuxBtfPath(root);
  const namespaces = new NetworkNamespaces({ root });
  const netns = {
    netnsInode: (name: string) => namespaces.inode(name),
    netnsNames: () => namespaces.names(),
    interfaceNames: lately(() => interfaces && interfaceNames(namespaces, interfaces)),
  };
  if (file !== undefined && file !== ownFile && !options.running)
    return { ...factsOfFile(file, passes), ...netns };

  const btf = file === undefined ? readOwn(ownFile, read, passes) : readGiven(file, passes);
  const arch = machineArch();
  if (!arch) throw failed("PWQ3013", `pwq does not know how ${process.arch} passes arguments`);
  const release = kernelRelease();
  const version = parseVersion(release);
  const tracefs = once(() => {
    const found = findTracefs(root);
    return "problem" in found ? undefined : found.path;
  });
  const traceText = (name: string): Buffer | undefined => {
    const path = tracefs();
    return path === undefined ? undefined : readUnsized(join(path, name), options.read);
  };
  const events = once(() => parseEvents(traceText("available_events")?.toString("latin1") ?? ""));
  return {
    release,
    ...(version && { version }),
    arch,
    btf,
    modules: once(() => readModuleBtf(root, btf, read)),
    traceable: once(() => {
      const text = traceText(FUNCTIONS_FILE);
      return text === undefined ? undefined : parseTraceable(text, passes);
    }),
    tracepointGroup: (name) => events().get(name),
    features: features(btf, probe),
    symbols: once(() => {
      const text = readUnsized(join(root, "proc/kallsyms"), options.read);
      return text && parseSymbols(text);
    }),
    ...netns,
  };
}

function factsOfFile(
  file: string,
  passes: BtfPasses | undefined,
): Omit<KernelFacts, "netnsInode" | "netnsNames" | "interfaceNames"> {
  const btf = readGiven(file, passes);
  return {
    release: basename(file),
    arch: btfArch(btf),
    btf,
    modules: () => [],
    traceable: () => undefined,
    tracepointGroup: () => undefined,
    features: features(btf),
    symbols: () => undefined,
  };
}

function readOwn(path: string, read: ReadFile, passes: BtfPasses | undefined): LoadedBtf {
  try {
    return readVmlinuxBtf(path, read, passes);
  } catch (error) {
    if (error instanceof BtfFormatError) throw failed("PWQ3003", error.message);
    throw failed("PWQ3002", `there is no ${path}`);
  }
}

function readGiven(file: string, passes: BtfPasses | undefined): LoadedBtf {
  try {
    return readBtf(readFileSync(file), "vmlinux", undefined, passes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failed("PWQ3003", `\`${file}\` is not BTF of a kernel`, reason);
  }
}

/** By the registers of `struct pt_regs`. A fixture of neither is taken as of this machine. */
function btfArch(btf: LoadedBtf): Arch {
  const registers = btf.find("struct", "pt_regs");
  if (registers && findMember(btf, registers, "di")) return "x86_64";
  if (registers && findMember(btf, registers, "pstate")) return "arm64";
  return machineArch() ?? "x86_64";
}

const failed = (code: "PWQ3002" | "PWQ3003" | "PWQ3013", message: string, ...help: string[]): PwqError =>
  new PwqError([{ code, severity: "error", message, ...(help.length > 0 && { help }) }]);

/** Interfaces come and go: what was found is good for so long. */
const GOOD_MS = 5000;

function lately<T>(make: () => T): () => T {
  let made: { readonly value: T; readonly at: number } | undefined;
  return () => {
    const now = performance.now();
    if (!made || now - made.at > GOOD_MS) made = { value: make(), at: now };
    return made.value;
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
