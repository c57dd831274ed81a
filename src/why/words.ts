import type { Evidence } from "./drop.ts";
import type { Later } from "./later/later.ts";

/** The parts that many sentences have in common. Each is empty where its evidence is absent. */

/** ` on eth1 (netns rtr)` */
export function where(e: Evidence, later: Later): string {
  const device = e.text("iface");
  const name = netnsName(e, later);
  return `${device === undefined ? "" : ` on ${device}`}${name === undefined ? "" : ` (netns ${name})`}`;
}

/** The namespace of the packet: of its device, else of its route's device, else of its socket. */
export const netnsInode = (e: Evidence): number | undefined =>
  e.number("netns") ?? e.number("dst.netns") ?? e.number("sk.netns");

/** As people call it, else its number. */
export function netnsName(e: Evidence, later: Later): string | undefined {
  const inode = netnsInode(e);
  return later.netns(inode) ?? (inode === undefined ? undefined : String(inode));
}

/** Of a cause. */
export const netnsKey = (e: Evidence, later: Later): string => netnsName(e, later) ?? "?";

/** UDP or TCP, with the port it was sent to; undefined for all else. */
export function service(e: Evidence): { readonly proto: "tcp" | "udp"; readonly port: number } | undefined {
  const udp = e.number("udp.dport");
  if (udp !== undefined) return { proto: "udp", port: udp };
  const tcp = e.number("tcp.dport");
  return tcp === undefined ? undefined : { proto: "tcp", port: tcp };
}

/** ` to 10.0.0.2`, or nothing. */
export const destined = (e: Evidence): string => {
  const address = e.text("ip.dst");
  return address === undefined ? "" : ` to ${address}`;
};

/** Where there is an address on both sides, else what there is. */
export const flow = (e: Evidence): string => e.text("tuple") ?? "the packet";

/** A finding's cause, if all that it names is known. */
export function caused(
  texts: TemplateStringsArray,
  ...values: readonly (string | number | undefined)[]
): { readonly cause?: string } {
  if (values.includes(undefined)) return {};
  return { cause: String.raw({ raw: texts }, ...values) };
}
