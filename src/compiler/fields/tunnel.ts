import { int, u32 } from "../types.ts";
import { tunnelKinds } from "./enums.ts";
import type { Field, Read } from "./field.ts";

const noTunnel = "packets that are in no tunnel, or whose outer headers are gone or not written yet";

const found = (what: "tunnel.kind" | "tunnel.vni"): Read => ({
  from: "inner",
  of: { from: "view", what },
});

/** VXLAN: RFC 7348, Geneve: RFC 8926, GRE: RFC 2784 and 2890, IP in IP: RFC 2003, 2473 and 4213. */
export const tunnelFields: readonly Field[] = [
  {
    name: "tunnel.kind",
    type: int(16, { names: tunnelKinds }),
    doc: "Kind of the outermost tunnel: `SIT` is IPv6 in IPv4, `IPIP6` IPv4 in IPv6.",
    optional: noTunnel,
    read: found("tunnel.kind"),
    column: { title: "TUNNEL", width: 6 },
    aka: ["tunnel.type", "tunnel.proto"],
  },
  {
    name: "tunnel.vni",
    type: u32,
    doc: "Network identifier (VNI) of VXLAN or Geneve; GRE has `gre.key`.",
    optional: "packets that are in no VXLAN or Geneve tunnel",
    read: found("tunnel.vni"),
    column: { title: "VNI", width: 8 },
    aka: ["vxlan.vni", "geneve.vni", "tunnel.id"],
  },
];
