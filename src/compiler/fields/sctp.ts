import { u16 } from "../types.ts";
import type { Field } from "./field.ts";
import { destinationPort, sourcePort } from "./ports.ts";
import { either } from "./read.ts";

const notSctp = "packets that are not SCTP, and later fragments";

/** RFC 9260. */
export const sctpFields: readonly Field[] = [
  {
    name: "sctp.sport",
    type: u16,
    doc: "Source port; of a packet without headers yet, its socket's.",
    optional: notSctp,
    read: sourcePort("sctp"),
    column: { title: "SPORT", width: 5 },
    aka: ["sctp.srcport"],
  },
  {
    name: "sctp.dport",
    type: u16,
    doc: "Destination port; of a packet without headers yet, its socket's.",
    optional: notSctp,
    read: destinationPort("sctp"),
    column: { title: "DPORT", width: 5 },
    aka: ["sctp.dstport"],
  },
  {
    name: "sctp.port",
    type: u16,
    doc: "Either port: `==` asks whether one of them is, `!=` whether none is.",
    optional: notSctp,
    read: either("sctp.sport", "sctp.dport"),
    column: { title: "PORT", width: 11 },
  },
];
