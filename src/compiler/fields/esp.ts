import { int } from "../types.ts";
import type { Field } from "./field.ts";
import { header } from "./read.ts";

/** RFC 4303. */
export const espFields: readonly Field[] = [
  {
    name: "esp.spi",
    type: int(32, { base: "hex" }),
    doc: "Security parameters index: which security association the packet belongs to.",
    optional: "packets that are not ESP, and later fragments",
    read: header("esp", 0, 4),
    column: { title: "SPI", width: 10 },
    aka: ["ipsec.spi"],
  },
];
