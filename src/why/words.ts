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

/** ` 10.0.0.1:5 > 10.0.0.2:6 udp`, as it is with the packet now. */
export const packet = (e: Evidence): string => {
  const tuple = e.text("tuple");
  return tuple === undefined ? "the packet" : tuple;
};
