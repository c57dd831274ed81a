import { size, u16 } from "../types.ts";
import type { Field } from "./field.ts";
import { destinationPort, sourcePort } from "./ports.ts";
import { either, header } from "./read.ts";

const notUdp = "packets that are not UDP, and later fragments";

/** RFC 768. */
export const udpFields: readonly Field[] = [
  {
    name: "udp.sport",
    type: u16,
    doc: "Source port; of a packet without headers yet, its socket's.",
    optional: notUdp,
    read: sourcePort("udp"),
    column: { title: "SPORT", width: 5 },
    aka: ["udp.srcport", "udp.src"],
  },
  {
    name: "udp.dport",
    type: u16,
    doc: "Destination port; of a packet without headers yet, its socket's.",
    optional: notUdp,
    read: destinationPort("udp"),
    column: { title: "DPORT", width: 5 },
    aka: ["udp.dstport", "udp.dst"],
  },
  {
    name: "udp.port",
    type: u16,
    doc: "Either port: `==` asks whether one of them is, `!=` whether none is.",
    optional: notUdp,
    read: either("udp.sport", "udp.dport"),
    column: { title: "PORT", width: 11 },
  },
  {
    name: "udp.len",
    type: size,
    doc: "Length of UDP header and data, as the header says.",
    optional: `${notUdp}, and packets whose UDP header is not written yet`,
    read: header("udp", 4, 2),
    column: { title: "UDP_LEN", width: 7 },
    aka: ["udp.length"],
  },
];
