import { int } from "../types.ts";
import type { Field, HeaderTest } from "./field.ts";
import { first, header } from "./read.ts";

/** Checksum present 0x8000, key present 0x2000, version 0x0007. Version 1 is PPTP's and means other things. */
const key = (checksum: boolean): HeaderTest => ({
  offset: 0,
  size: 2,
  mask: 0xa007,
  value: checksum ? 0xa000 : 0x2000,
});

/** RFC 2784, and RFC 2890 for the key; it stands after the checksum, if there is one. */
export const greFields: readonly Field[] = [
  {
    name: "gre.key",
    type: int(32, { base: "hex" }),
    doc: "Key of the GRE tunnel.",
    optional: "packets that are not GRE, and GRE without a key",
    read: first(header("gre", 4, 4, { when: key(false) }), header("gre", 8, 4, { when: key(true) })),
    column: { title: "GRE_KEY", width: 10 },
  },
];
