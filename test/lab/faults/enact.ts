import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { FAULTS, type Fault } from "./table.ts";

/** Nothing was asked for: the guest has its share. */
export const isShare = /^\d$/.test(process.env.PWQ_LAB_FAULTS ?? "all");

/** The faults of this guest: those that are asked for, else every sixth, others in each kernel. */
export function chosen(which = process.env.PWQ_LAB_FAULTS ?? "all"): readonly Fault[] {
  if (which === "all") return FAULTS;
  return /^\d$/.test(which)
    ? FAULTS.filter((_, i) => i % 6 === 2 * Number(which))
    : FAULTS.filter(({ script }) => which.split(",").some((text) => script.includes(text)));
}

export type Step = "setup" | "traffic" | "cleanup";

/** Runs a step of a script. Its status says nothing: many end in a command that must fail. */
export async function enact(folder: string, script: string, step: Step): Promise<void> {
  await promisify(execFile)("bash", [`${folder}/${script}.sh`, step]).catch(() => {});
}
