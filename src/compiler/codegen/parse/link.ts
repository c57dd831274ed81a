import { alu, jump, ldx, mov, r0, r1, r2, r3, r7, r8, r9 } from "../../bpf/index.ts";
import { VIEW_HAS } from "../../layout.ts";
import { FINISH, FP, type Parser } from "./parser.ts";

/**
 * Goes past the Ethernet header where nothing asks for it and the network header is known without it: a quarter of
 * what parsing reads.
 */
export function skipEthernet(p: Parser): void {
  const { e } = p;
  const look = e.newLabel("look");
  e.emit(ldx(8, r1, FP, p.network), jump.eq.imm(r1, 0, look));
  p.value("protocol", FINISH);
  e.emit(jump.eq.imm(r0, 0, look));
  p.unlessVlan(r0, OWN_TYPE);
  e.place(look);
}

/** Where the network header and its type are what the skb says. */
const OWN_TYPE = "own_type";

/** Leaves the end of the walk in r7 and the type there in r8, or goes to `no_ethernet`. */
export function parseEthernet(p: Parser): void {
  const { e } = p;
  const none = "no_ethernet";
  const ethernet = "ethernet_device";
  e.emit(ldx(8, r7, FP, p.mac), jump.eq.imm(r7, 0xffff, none));
  p.value("deviceType", ethernet);
  e.emit(jump.eq.imm(r0, 1, ethernet), jump.ne.imm(r0, 772, none));
  e.place(ethernet);
  p.linear(14, none);
  // r0 = mac + 14
  const notStale = e.newLabel("not_stale");
  e.emit(ldx(8, r1, FP, p.network), jump.eq.imm(r1, 0, notStale), jump.gt.reg(r0, r1, none));
  e.place(notStale);
  walkFrame(p);
}

/** From the Ethernet header at r7 over at most two tags: leaves the end of the walk in r7 and the type there in r8. */
export function walkFrame(p: Parser): void {
  const { e } = p;
  p.have(VIEW_HAS.eth);
  p.set("l2", r7);
  p.keep("l2bytes", 14);
  p.at(12, 2);
  e.emit(mov.reg(r8, r0), alu.add.imm(r7, 14));
  const walked = "walked";
  for (let tag = 0; tag < 2; tag++) {
    p.unlessVlan(r8, walked);
    p.linear(4, walked);
    if (tag === 0) {
      const tagged = e.newLabel("tag_in_skb");
      e.emit(jump.set.imm(r9, VIEW_HAS.tci, tagged));
      p.at(0, 2);
      p.set("tci", r0);
      p.have(VIEW_HAS.tci);
      e.place(tagged);
    }
    p.at(2, 2);
    e.emit(mov.reg(r8, r0), alu.add.imm(r7, 4));
  }
  e.place(walked);
}

/** Leaves the network header's offset in r7 and its type in r8. */
export function parseNetwork(p: Parser): void {
  const { e } = p;
  const [found, own, tags, nibble] = ["network_header", OWN_TYPE, "tags_at_network", "by_version"] as const;
  e.emit(ldx(8, r1, FP, p.network), jump.eq.imm(r1, 0, found));
  p.value("protocol", FINISH);
  const unclear = e.newLabel("unclear");
  e.emit(jump.eq.imm(r0, 0, unclear));
  p.unlessVlan(r0, own);
  e.place(unclear);
  // network_header - (mac_header + 14) is 0, 4 or 8 and not beyond the walk: the walk is right.
  const elsewhere = e.newLabel("elsewhere");
  const walk = e.newLabel("walk");
  e.emit(
    ldx(8, r1, FP, p.network),
    jump.gt.reg(r1, r7, elsewhere),
    ldx(8, r2, FP, p.mac),
    mov.reg(r3, r1),
    alu.sub.reg(r3, r2),
    alu.sub.imm(r3, 14),
  );
  for (const distance of [0, 4, 8]) e.emit(jump.eq.imm(r3, distance, walk));
  e.goto(elsewhere);
  e.place(walk);
  e.goto(found);

  e.place("no_ethernet");
  e.emit(ldx(8, r1, FP, p.network), jump.eq.imm(r1, 0, FINISH));
  p.value("protocol", FINISH);
  e.place(elsewhere);
  // r0 = skb->protocol on every way to here
  e.emit(ldx(8, r7, FP, p.network), mov.reg(r8, r0), jump.eq.imm(r8, 0, nibble));
  p.unlessVlan(r8, found);
  e.goto(tags);

  e.place(own);
  e.emit(ldx(8, r7, FP, p.network), mov.reg(r8, r0));
  e.goto(found);

  e.place(tags);
  for (let tag = 0; tag < 2; tag++) {
    p.unlessVlan(r8, found);
    p.linear(4, found);
    p.at(2, 2);
    e.emit(mov.reg(r8, r0), alu.add.imm(r7, 4));
  }
  e.goto(found);

  e.place(nibble);
  p.linear(1, FINISH);
  p.at(0, 1);
  e.emit(alu.rsh.imm(r0, 4), mov.imm(r8, 0x0800), jump.eq.imm(r0, 4, found), mov.imm(r8, 0x86dd));
  e.emit(jump.ne.imm(r0, 6, FINISH));

  e.place(found);
  enterNetwork(p);
}

/** At the network header at r7, whose type is r8: to what is there. */
export function enterNetwork(p: Parser): void {
  const { e } = p;
  p.set("l3", r7);
  e.emit(jump.eq.imm(r8, 0x0800, "ipv4"), jump.eq.imm(r8, 0x86dd, "ipv6"), jump.ne.imm(r8, 0x0806, FINISH));
  p.linear(28, FINISH);
  p.keep("l3bytes", 28);
  // Ethernet, IPv4, lengths 6 and 4 (RFC 826)
  for (const [offset, value] of [
    [0, 1],
    [2, 0x0800],
    [4, 0x0604],
  ] as const) {
    p.network16(offset, 2);
    e.emit(jump.ne.imm(r0, value, FINISH));
  }
  p.have(VIEW_HAS.arp);
  e.goto(FINISH);
}
