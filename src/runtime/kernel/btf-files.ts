/** BTF as the running kernel offers it: one file for itself, one for each module that has types. */
import { join } from "node:path";
import type { BtfPasses } from "../../compiler/btf/passes.ts";
import { BtfFormatError, type LoadedBtf, readBtf } from "../../compiler/btf/reader.ts";
import type { ReadFile } from "./ahead.ts";
import { list } from "./files.ts";

const FOLDER = "sys/kernel/btf";
const VMLINUX = "vmlinux";

export const vmlinuxBtfPath = (root: string): string => join(root, FOLDER, VMLINUX);

/** Throws what reading the file throws, and BtfFormatError. */
export function readVmlinuxBtf(path: string, read: ReadFile, passes?: BtfPasses): LoadedBtf {
  return readBtf(read(path), VMLINUX, undefined, passes);
}

/** Split BTF of every loaded module. One that is unloaded meanwhile, or that cannot be read, is left out. */
export function readModuleBtf(root: string, base: LoadedBtf, read: ReadFile): readonly LoadedBtf[] {
  const modules: LoadedBtf[] = [];
  for (const name of list(join(root, FOLDER))) {
    if (name === VMLINUX) continue;
    try {
      modules.push(readBtf(read(join(root, FOLDER, name)), name, base));
    } catch (error) {
      if (!(error instanceof BtfFormatError || (error instanceof Error && "code" in error))) throw error;
    }
  }
  return modules;
}

/** Modules that drop packets for reasons of their own. */
const WITH_REASONS: readonly string[] = ["mac80211", "openvswitch"];

/** Whether types of modules tell names of drop reasons: reading them all takes a while. */
export const modulesHaveReasons = (root = "/"): boolean =>
  list(join(root, FOLDER)).some((name) => WITH_REASONS.includes(name));
