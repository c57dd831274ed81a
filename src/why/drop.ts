import type { EvidenceName } from "./evidence.ts";

/** A piece of evidence as it was captured; flags and enumerators by name. */
export type Fact = number | bigint | boolean | string | readonly string[];

/** A drop as explainers see it. */
export interface Drop {
  /** By name where the kernel's types have one, else its number. */
  readonly reason: string;
  /** The function that dropped the packet, an address if the kernel hides its symbols. */
  readonly place: string;
  readonly module?: string;
  /** undefined: the packet, or this kernel, does not have it. */
  readonly fact: (name: EvidenceName) => Fact | undefined;
}

/** Where an explainer says what it found. Values that are absent leave their part of the sentence out. */
export class Evidence {
  readonly drop: Drop;
  /** What was looked at and was there, in that order: the structured evidence of `--json`. */
  readonly used = new Map<EvidenceName, Fact>();

  constructor(drop: Drop) {
    this.drop = drop;
  }

  get(name: EvidenceName): Fact | undefined {
    const fact = this.drop.fact(name);
    if (fact !== undefined) this.used.set(name, fact);
    return fact;
  }

  number(name: EvidenceName): number | undefined {
    const fact = this.get(name);
    return typeof fact === "number" || typeof fact === "bigint" ? Number(fact) : undefined;
  }

  text(name: EvidenceName): string | undefined {
    const fact = this.get(name);
    if (fact === undefined || (typeof fact === "object" && !isText(fact))) return undefined;
    return String(fact);
  }

  flag(name: EvidenceName): boolean | undefined {
    const fact = this.get(name);
    return typeof fact === "boolean" ? fact : undefined;
  }

  /** Functions on the stack, innermost first, without offsets and modules. */
  get stack(): readonly string[] {
    const frames = this.drop.fact("stack");
    return Array.isArray(frames)
      ? frames.map((frame: string) => withoutCopy(frame.replace(/[+ ].*$/, "")))
      : [];
  }

  /** Bytes from where the kernel was in the packet; empty if they could not be read. */
  get bytes(): Uint8Array {
    const hex = this.drop.fact("data");
    return typeof hex === "string" ? Buffer.from(hex, "hex") : new Uint8Array();
  }
}

const isText = (fact: Fact): fact is Exclude<Fact, readonly string[]> => !Array.isArray(fact);

/** A function by the name it has in the source: the compiler calls its copies `name.constprop.0`, `name.isra.0`. */
export const withoutCopy = (name: string): string => name.replace(/\.(constprop|isra|part|cold)\b.*$/, "");
