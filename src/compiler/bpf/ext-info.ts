import { BTF_MAGIC, type TypeId } from "./btf-writer.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { StringTable } from "./string-table.ts";

/** What `.BTF.ext` says about one section of code. Offsets are bytes from the section's start, ascending. */
export interface SectionInfo {
  readonly section: string;
  /** Where each function begins, and its BTF type. */
  readonly functions: readonly { readonly offset: number; readonly type: TypeId }[];
  /** From where on which source line holds. The kernel wants one at the start of every function. */
  readonly lines: readonly LineInfo[];
}

export interface LineInfo {
  readonly offset: number;
  readonly file: string;
  readonly text: string;
  /** From 1; 0: unknown. */
  readonly line: number;
  readonly column: number;
}

const VERSION = 1;
/** With the two words about CO-RE, of which there is none. */
const HEADER_SIZE = 32;
const FUNC_INFO_SIZE = 8;
const LINE_INFO_SIZE = 16;
/** `line_col` is line << 10 | column. */
const MAX_LINE = 2 ** 22 - 1;
const MAX_COLUMN = 2 ** 10 - 1;

/** The content of `.BTF.ext`. Texts go to the string table of `.BTF`, so this comes before that is written. */
export function writeExtInfo(sections: readonly SectionInfo[], strings: StringTable): Uint8Array {
  const functions = table(FUNC_INFO_SIZE, sections, strings, (section, out) => {
    for (const { offset, type } of section.functions) out.u32(offset, type);
    return section.functions.length;
  });
  const lines = table(LINE_INFO_SIZE, sections, strings, (section, out) => {
    for (const { offset, file, text, line, column } of section.lines) {
      const lineColumn = Math.min(line, MAX_LINE) * (MAX_COLUMN + 1) + Math.min(column, MAX_COLUMN);
      out.u32(offset, strings.add(file), strings.add(text), lineColumn);
    }
    return section.lines.length;
  });
  const out = new ByteWriter();
  out.u16(BTF_MAGIC);
  out.u8(VERSION);
  out.u8(0);
  out.u32(
    HEADER_SIZE,
    0,
    functions.length,
    functions.length,
    lines.length,
    functions.length + lines.length,
    0,
  );
  out.append(functions);
  out.append(lines);
  return out.bytes();
}

/** Record size, then per section: name, number of records, records. */
function table(
  recordSize: number,
  sections: readonly SectionInfo[],
  strings: StringTable,
  write: (section: SectionInfo, out: ByteWriter) => number,
): Uint8Array {
  const out = new ByteWriter();
  out.u32(recordSize);
  for (const section of sections) {
    const records = new ByteWriter();
    const count = write(section, records);
    out.u32(strings.add(section.section), count);
    out.append(records.bytes());
  }
  return out.bytes();
}
