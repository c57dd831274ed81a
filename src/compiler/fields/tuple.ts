import type { Field } from "./field.ts";

/** The packet in one column. */
export const tupleFields: readonly Field[] = [
  {
    name: "tuple",
    type: { kind: "tuple" },
    doc: "Addresses, ports and protocol in one column: `10.0.0.1:40222 > 10.0.0.2:443 tcp`.",
    optional: "packets that are not IP",
    read: { from: "view", what: "tuple" },
    column: { title: "TUPLE", width: 40 },
  },
];
