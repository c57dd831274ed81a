import { int, u8, u16 } from "../types.ts";
import { icmp6Types, icmpTypes } from "./enums.ts";
import type { Field, HeaderTest } from "./field.ts";
import { header } from "./read.ts";

const notIcmp = "packets that are not ICMP, and later fragments";
const notIcmp6 = "packets that are not ICMPv6, and later fragments";
/** ECHO_REPLY 0 and ECHO 8; only these have an identifier and a sequence number here. */
const echo: HeaderTest = { offset: 0, size: 1, mask: 0xf7, value: 0 };
/** ECHO 128 and ECHO_REPLY 129. */
const echo6: HeaderTest = { offset: 0, size: 1, mask: 0xfe, value: 128 };

/** RFC 792. */
export const icmpFields: readonly Field[] = [
  {
    name: "icmp.type",
    type: int(8, { names: icmpTypes }),
    doc: "ICMP message type.",
    optional: notIcmp,
    read: header("icmp", 0, 1),
    column: { title: "ICMP_TYPE", width: 14 },
    aka: ["icmp.icmptype", "icmptype"],
  },
  {
    name: "icmp.code",
    type: u8,
    doc: "ICMP message code.",
    optional: notIcmp,
    read: header("icmp", 1, 1),
    column: { title: "ICMP_CODE", width: 9 },
    aka: ["icmp.icmpcode", "icmpcode"],
  },
  {
    name: "icmp.id",
    type: u16,
    doc: "Identifier of an echo request or reply.",
    optional: `${notIcmp} and other messages`,
    read: header("icmp", 4, 2, { when: echo }),
    column: { title: "ICMP_ID", width: 7 },
    aka: ["icmp.ident"],
  },
  {
    name: "icmp.seq",
    type: u16,
    doc: "Sequence number of an echo request or reply.",
    optional: `${notIcmp} and other messages`,
    read: header("icmp", 6, 2, { when: echo }),
    column: { title: "ICMP_SEQ", width: 8 },
  },
];

/** RFC 4443. */
export const icmp6Fields: readonly Field[] = [
  {
    name: "icmp6.type",
    type: int(8, { names: icmp6Types }),
    doc: "ICMPv6 message type.",
    optional: notIcmp6,
    read: header("icmp6", 0, 1),
    column: { title: "ICMP_TYPE", width: 17 },
    aka: ["icmpv6.type", "icmp6type"],
  },
  {
    name: "icmp6.code",
    type: u8,
    doc: "ICMPv6 message code.",
    optional: notIcmp6,
    read: header("icmp6", 1, 1),
    column: { title: "ICMP_CODE", width: 9 },
    aka: ["icmpv6.code", "icmp6code"],
  },
  {
    name: "icmp6.id",
    type: u16,
    doc: "Identifier of an echo request or reply.",
    optional: `${notIcmp6} and other messages`,
    read: header("icmp6", 4, 2, { when: echo6 }),
    column: { title: "ICMP_ID", width: 7 },
    aka: ["icmpv6.echo.identifier"],
  },
  {
    name: "icmp6.seq",
    type: u16,
    doc: "Sequence number of an echo request or reply.",
    optional: `${notIcmp6} and other messages`,
    read: header("icmp6", 6, 2, { when: echo6 }),
    column: { title: "ICMP_SEQ", width: 8 },
    aka: ["icmpv6.echo.sequence_number"],
  },
];
