import {
  alu,
  be16,
  call,
  HELPER,
  jump,
  ldx,
  mov,
  type Register,
  r0,
  r1,
  r2,
  r3,
  r6,
  r7,
  r8,
  r9,
  stx,
} from "../bpf/index.ts";
import type { KernelFacts } from "../facts.ts";
import type { Read } from "../fields/field.ts";
import { VIEW, VIEW_HAS } from "../layout.ts";
import { Emitter } from "./emitter.ts";
import { HEADER, TRANSPORTS } from "./header.ts";
import type { Value } from "./ir.ts";
import { lowerRead } from "./lower-read.ts";
import type { Reader } from "./reader.ts";
import type { Tables } from "./tables.ts";
import { emitValue, type Generator } from "./values.ts";
import { Windows } from "./windows.ts";

/**
 * Generates `pwq_parse(view, skb)`: finds the headers of an skb and fills in the packet view, by the rules of view.md,
 * section by section. It is a global function: the verifier takes it by itself once, and not again wherever it is called. r7 is the offset reached, r8 the type or protocol found there, r9 the `has` bits so far.
 */
export function generateParse(facts: KernelFacts, reader: Reader, tables: Tables): Emitter {
  const skb = skbValues(facts);
  const e = new Emitter(STACK, (member) =>
    member === "skb" ? { base: FP, offset: SKB_SLOT } : { base: r6, offset: VIEW.offsets[member]! },
  );
  const windows = new Windows(Object.values(skb).filter((v) => v !== undefined));
  if (e.slot(8) !== SKB_SLOT) throw new RangeError("the skb's slot comes first");
  const p = new Parser({ e, reader, windows, tables }, skb);
  const there = e.newLabel("there");
  e.emit(jump.ne.imm(r1, 0, there), mov.imm(r0, 0));
  e.return();
  e.place(there);
  e.emit(mov.reg(r6, r1));
  e.storeEvent("skb", r2);
  e.opaqueZero(r9, r0);
  e.emit(alu.add.imm(r9, VIEW_HAS.parsed));
  p.start();
  p.vlanTag();
  p.socket();
  p.ethernet();
  p.network();
  p.ipv4();
  p.ipv6();
  p.transport();
  e.place(FINISH);
  e.storeEvent("has", r9);
  e.emit(mov.imm(r0, 0));
  e.return();
  return e;
}

const STACK = 160;
/** The first slot of the frame. */
const SKB_SLOT = -8;
const FINISH = "finish";
const VLAN_TYPES = [0x8100, 0x88a8] as const;
const FP = 10 satisfies Register;

/** Members of the skb and what hangs on it, as values; undefined where this kernel has no such member. */
function skbValues(facts: KernelFacts) {
  const number = (path: string, rest: Partial<Extract<Read, { from: "path" }>> = {}): Value | undefined => {
    const lowered = lowerRead(
      { from: "path", path, ...rest },
      { kind: "int", bits: 64, signed: false },
      facts,
    );
    return lowered?.shape === "number" ? lowered.value : undefined;
  };
  const address = lowerRead(
    { from: "path", path: "skb->sk->__sk_common.skc_v6_daddr" },
    { kind: "ip" },
    facts,
  );
  const [high, low] = address?.shape === "ip" && address.v6 ? address.v6 : [undefined, undefined];
  return {
    head: number("skb->head"),
    tail: number("skb->tail"),
    mac: number("skb->mac_header"),
    network: number("skb->network_header"),
    protocol: number("skb->protocol"),
    route: number("skb->_skb_refdst"),
    // `vlan_present` up to 6.1; afterwards a tag is there if any bit of protocol and TCI is set.
    tagged: number("skb->vlan_present") ?? number("skb->vlan_all"),
    tci: number("skb->vlan_tci"),
    deviceType: number("skb->dev->type"),
    family: number("skb->sk->__sk_common.skc_family"),
    state: number("skb->sk->__sk_common.skc_state"),
    protocolOfSocket: number("skb->sk->sk_protocol"),
    addressHigh: high,
    addressLow: low,
  };
}

class Parser {
  readonly #g: Generator;
  readonly #skb: ReturnType<typeof skbValues>;
  readonly #mac: number;
  readonly #network: number;
  readonly #next: number;

  constructor(g: Generator, skb: ReturnType<typeof skbValues>) {
    this.#g = g;
    this.#skb = skb;
    this.#mac = g.e.slot(8);
    this.#network = g.e.slot(8);
    this.#next = g.e.slot(8);
  }

  get #e(): Emitter {
    return this.#g.e;
  }

  /** r0 = a member of the skb. */
  #value(name: keyof ReturnType<typeof skbValues>, absent: string): void {
    const value = this.#skb[name];
    if (value) emitValue(this.#g, value, absent);
    else this.#e.goto(absent);
  }
  #set(member: string, from: Register): void {
    this.#e.storeEvent(member, from);
  }
  /** Each bit at most once on any way, since they are added. */
  #have(bits: number): void {
    this.#e.emit(alu.add.imm(r9, bits));
  }
  /** Goes to `otherwise` unless `bytes` bytes from r7 on are linear. */
  #linear(bytes: number, otherwise: string): void {
    this.#e.emit(mov.reg(r0, r7));
    if (bytes > 0) this.#e.emit(alu.add.imm(r0, bytes));
    this.#e.loadEvent(r1, "tail");
    this.#e.emit(jump.gt.reg(r0, r1, otherwise));
  }
  /** r0 = the number at r7 + offset, in host order. */
  #at(offset: number, size: 1 | 2): void {
    this.#e.loadEvent(r0, "head");
    this.#e.emit(alu.add.reg(r0, r7));
    this.#g.reader.number(this.#e, offset, size, FINISH);
    if (size === 2) this.#e.emit(be16(r0));
  }
  /** Copies `size` header bytes from r7 on into the event, where later reads then find them; not where reads are direct. */
  #keep(member: "l2bytes" | "l3bytes" | "l4bytes", size: number): void {
    if (this.#g.reader.direct) return;
    this.#e.loadEvent(r3, "head");
    this.#e.emit(
      alu.add.reg(r3, r7),
      mov.reg(r1, r6),
      alu.add.imm(r1, VIEW.offsets[member]!),
      mov.imm(r2, size),
      call.helper(HELPER.probe_read_kernel),
      jump.ne.imm(r0, 0, FINISH),
    );
  }
  /** r0 = the number at `offset` of the network header at r7, in host order: from the copy where there is one. */
  #network16(offset: number, size: 1 | 2): void {
    if (this.#g.reader.direct) return this.#at(offset, size);
    this.#e.emit(ldx(size, r0, r6, VIEW.offsets.l3bytes! + offset));
    if (size === 2) this.#e.emit(be16(r0));
  }
  #unlessVlan(register: Register, otherwise: string): void {
    const vlan = this.#e.newLabel("vlan");
    for (const type of VLAN_TYPES) this.#e.emit(jump.eq.imm(register, type, vlan));
    this.#e.goto(otherwise);
    this.#e.place(vlan);
  }

  start(): void {
    this.#value("head", FINISH);
    this.#e.emit(jump.sge.imm(r0, 0, FINISH));
    this.#set("head", r0);
    this.#value("tail", FINISH);
    this.#set("tail", r0);
    this.#value("mac", FINISH);
    this.#e.emit(stx(8, FP, this.#mac, r0));
    this.#value("network", FINISH);
    this.#e.emit(stx(8, FP, this.#network, r0));
  }

  vlanTag(): void {
    const untagged = "untagged";
    this.#value("tagged", untagged);
    this.#e.emit(jump.eq.imm(r0, 0, untagged));
    this.#value("tci", untagged);
    this.#set("tci", r0);
    this.#have(VIEW_HAS.tci);
    this.#e.place(untagged);
  }

  socket(): void {
    const e = this.#e;
    const written = "written";
    const unwritten = "unwritten";
    e.emit(ldx(8, r0, FP, this.#mac), jump.ne.imm(r0, 0xffff, written));
    e.emit(ldx(8, r0, FP, this.#network), jump.eq.imm(r0, 0, unwritten));
    this.#value("route", written);
    e.emit(jump.ne.imm(r0, 0, written));
    e.place(unwritten);

    const [four, six, proto, known] = ["sock4", "sock6", "sock_proto", "sock_known"] as const;
    const inet6 = "sock_inet6";
    this.#value("family", written);
    e.emit(jump.eq.imm(r0, 2, four), jump.ne.imm(r0, 10, written));
    e.place(inet6);
    this.#value("addressHigh", written);
    e.emit(jump.ne.imm(r0, 0, six));
    this.#value("addressLow", written);
    // ::ffff:a.b.c.d is IPv4; :: has no peer yet, so the family is open.
    e.emit(jump.eq.imm(r0, 0, written), alu.rsh.imm(r0, 32), jump.eq.imm(r0, 0xffff, four));
    e.place(six);
    this.#have(VIEW_HAS.sock6);
    e.goto(proto);
    e.place(four);
    this.#have(VIEW_HAS.sock4);
    e.place(proto);
    this.#value("state", FINISH);
    e.emit(mov.reg(r1, r0), mov.imm(r0, 6), jump.eq.imm(r1, 6, known), jump.eq.imm(r1, 12, known));
    this.#value("protocolOfSocket", FINISH);
    e.emit(jump.ge.imm(r0, 255, FINISH));
    e.place(known);
    this.#set("proto", r0);
    this.#have(VIEW_HAS.proto);
    e.goto(FINISH);
    e.place(written);
  }

  /** Leaves the end of the walk in r7 and the type there in r8, or goes to `no_ethernet`. */
  ethernet(): void {
    const e = this.#e;
    const none = "no_ethernet";
    const ethernet = "ethernet_device";
    e.emit(ldx(8, r7, FP, this.#mac), jump.eq.imm(r7, 0xffff, none));
    this.#value("deviceType", ethernet);
    e.emit(jump.eq.imm(r0, 1, ethernet), jump.ne.imm(r0, 772, none));
    e.place(ethernet);
    this.#linear(14, none);
    // r0 = mac + 14
    const notStale = e.newLabel("not_stale");
    e.emit(ldx(8, r1, FP, this.#network), jump.eq.imm(r1, 0, notStale), jump.gt.reg(r0, r1, none));
    e.place(notStale);
    this.#have(VIEW_HAS.eth);
    this.#set("l2", r7);
    this.#keep("l2bytes", 14);
    this.#at(12, 2);
    e.emit(mov.reg(r8, r0), alu.add.imm(r7, 14));
    const walked = "walked";
    for (let tag = 0; tag < 2; tag++) {
      this.#unlessVlan(r8, walked);
      this.#linear(4, walked);
      if (tag === 0) {
        const tagged = e.newLabel("tag_in_skb");
        e.emit(jump.set.imm(r9, VIEW_HAS.tci, tagged));
        this.#at(0, 2);
        this.#set("tci", r0);
        this.#have(VIEW_HAS.tci);
        e.place(tagged);
      }
      this.#at(2, 2);
      e.emit(mov.reg(r8, r0), alu.add.imm(r7, 4));
    }
    e.place(walked);
  }

  /** Leaves the network header's offset in r7 and its type in r8. */
  network(): void {
    const e = this.#e;
    const [found, own, tags, nibble] = [
      "network_header",
      "own_type",
      "tags_at_network",
      "by_version",
    ] as const;
    e.emit(ldx(8, r1, FP, this.#network), jump.eq.imm(r1, 0, found));
    this.#value("protocol", FINISH);
    const unclear = e.newLabel("unclear");
    e.emit(jump.eq.imm(r0, 0, unclear));
    this.#unlessVlan(r0, own);
    e.place(unclear);
    // network_header - (mac_header + 14) is 0, 4 or 8 and not beyond the walk: the walk is right.
    const elsewhere = e.newLabel("elsewhere");
    const walk = e.newLabel("walk");
    e.emit(
      ldx(8, r1, FP, this.#network),
      jump.gt.reg(r1, r7, elsewhere),
      ldx(8, r2, FP, this.#mac),
      mov.reg(r3, r1),
      alu.sub.reg(r3, r2),
      alu.sub.imm(r3, 14),
    );
    for (const distance of [0, 4, 8]) e.emit(jump.eq.imm(r3, distance, walk));
    e.goto(elsewhere);
    e.place(walk);
    e.goto(found);

    e.place("no_ethernet");
    e.emit(ldx(8, r1, FP, this.#network), jump.eq.imm(r1, 0, FINISH));
    this.#value("protocol", FINISH);
    e.place(elsewhere);
    // r0 = skb->protocol on every way to here
    e.emit(ldx(8, r7, FP, this.#network), mov.reg(r8, r0), jump.eq.imm(r8, 0, nibble));
    this.#unlessVlan(r8, found);
    e.goto(tags);

    e.place(own);
    e.emit(ldx(8, r7, FP, this.#network), mov.reg(r8, r0));
    e.goto(found);

    e.place(tags);
    for (let tag = 0; tag < 2; tag++) {
      this.#unlessVlan(r8, found);
      this.#linear(4, found);
      this.#at(2, 2);
      e.emit(mov.reg(r8, r0), alu.add.imm(r7, 4));
    }
    e.goto(found);

    e.place(nibble);
    this.#linear(1, FINISH);
    this.#at(0, 1);
    e.emit(alu.rsh.imm(r0, 4), mov.imm(r8, 0x0800), jump.eq.imm(r0, 4, found), mov.imm(r8, 0x86dd));
    e.emit(jump.ne.imm(r0, 6, FINISH));

    e.place(found);
    this.#set("l3", r7);
    e.emit(jump.eq.imm(r8, 0x0800, "ipv4"), jump.eq.imm(r8, 0x86dd, "ipv6"), jump.ne.imm(r8, 0x0806, FINISH));
    this.#linear(28, FINISH);
    this.#keep("l3bytes", 28);
    // Ethernet, IPv4, lengths 6 and 4 (RFC 826)
    for (const [offset, value] of [
      [0, 1],
      [2, 0x0800],
      [4, 0x0604],
    ] as const) {
      this.#network16(offset, 2);
      e.emit(jump.ne.imm(r0, value, FINISH));
    }
    this.#have(VIEW_HAS.arp);
    e.goto(FINISH);
  }

  ipv4(): void {
    const e = this.#e;
    e.place("ipv4");
    this.#linear(20, FINISH);
    this.#keep("l3bytes", 20);
    this.#network16(0, 1);
    e.emit(mov.reg(r8, r0), alu.rsh.imm(r0, 4), jump.ne.imm(r0, 4, FINISH));
    // r8 = header length in bytes
    e.emit(alu.and.imm(r8, 0xf), alu.lsh.imm(r8, 2), jump.lt.imm(r8, 20, FINISH));
    e.emit(mov.reg(r0, r7), alu.add.reg(r0, r8));
    e.loadEvent(r1, "tail");
    e.emit(jump.gt.reg(r0, r1, FINISH));
    this.#network16(9, 1);
    this.#set("proto", r0);
    this.#have(VIEW_HAS.ip4 | VIEW_HAS.proto);
    const noLength = e.newLabel("no_length");
    this.#network16(2, 2);
    e.emit(jump.lt.reg(r0, r8, noLength), alu.sub.reg(r0, r8));
    this.#set("payload", r0);
    this.#have(VIEW_HAS.payload);
    e.place(noLength);
    this.#network16(6, 2);
    e.emit(alu.and.imm(r0, 0x1fff), alu.lsh.imm(r0, 3));
    this.#set("fragoff", r0);
    e.emit(jump.ne.imm(r0, 0, FINISH), alu.add.reg(r7, r8));
    e.goto("transport");
  }

  ipv6(): void {
    const e = this.#e;
    e.place("ipv6");
    this.#linear(40, FINISH);
    this.#keep("l3bytes", 40);
    this.#network16(0, 1);
    e.emit(alu.rsh.imm(r0, 4), jump.ne.imm(r0, 6, FINISH));
    this.#have(VIEW_HAS.ip6);
    e.emit(mov.imm(r0, 0));
    this.#set("fragoff", r0);
    this.#network16(6, 1);
    e.emit(mov.reg(r8, r0), alu.add.imm(r7, 40));

    const [end, laterFragment] = ["no_extension", "later_fragment"] as const;
    for (let header = 0; header <= EXTENSIONS_MOST; header++) {
      const extension = e.newLabel("extension");
      const more = e.newLabel("more");
      for (const number of EXTENSIONS) e.emit(jump.eq.imm(r8, number, extension));
      e.goto(end);
      e.place(extension);
      if (header === EXTENSIONS_MOST) {
        e.goto(FINISH);
        break;
      }
      this.#linear(8, FINISH);
      this.#at(0, 1);
      e.emit(stx(8, FP, this.#next, r0));
      const [fragment, plain] = [e.newLabel("fragment"), e.newLabel("plain")];
      e.emit(jump.eq.imm(r8, FRAGMENT, fragment));
      this.#at(1, 1);
      e.emit(
        jump.ne.imm(r8, AUTHENTICATION, plain),
        alu.add.imm(r0, 2),
        alu.lsh.imm(r0, 2),
        alu.add.reg(r7, r0),
      );
      e.goto(more);
      e.place(plain);
      e.emit(alu.add.imm(r0, 1), alu.lsh.imm(r0, 3), alu.add.reg(r7, r0));
      e.goto(more);
      e.place(fragment);
      e.loadEvent(r1, "l3");
      e.emit(mov.reg(r0, r7), alu.sub.reg(r0, r1));
      this.#set("frag6", r0);
      const again = e.newLabel("again");
      e.emit(jump.set.imm(r9, VIEW_HAS.frag6, again));
      this.#have(VIEW_HAS.frag6);
      e.place(again);
      this.#at(2, 2);
      e.emit(alu.and.imm(r0, 0xfff8));
      this.#set("fragoff", r0);
      e.emit(alu.add.imm(r7, 8), ldx(8, r8, FP, this.#next), jump.ne.imm(r0, 0, laterFragment));
      e.place(more);
      e.emit(ldx(8, r8, FP, this.#next));
    }
    for (const label of [laterFragment, end]) {
      const noLength = e.newLabel("no_length");
      e.place(label);
      this.#set("proto", r8);
      this.#have(VIEW_HAS.proto);
      // payload = 40 + payload length - (r7 - l3)
      e.loadEvent(r1, "l3");
      e.emit(mov.reg(r2, r7), alu.sub.reg(r2, r1), alu.sub.imm(r2, 40), stx(8, FP, this.#next, r2));
      this.#lengthOfIpv6();
      e.emit(
        ldx(8, r2, FP, this.#next),
        jump.eq.imm(r0, 0, noLength),
        jump.lt.reg(r0, r2, noLength),
        alu.sub.reg(r0, r2),
      );
      this.#set("payload", r0);
      this.#have(VIEW_HAS.payload);
      e.place(noLength);
      if (label === laterFragment) e.goto(FINISH);
    }
  }

  /** r0 = the payload length word of the IPv6 header, whose offset is event.l3 by now, not r7. */
  #lengthOfIpv6(): void {
    const e = this.#e;
    if (!this.#g.reader.direct) {
      e.emit(ldx(2, r0, r6, VIEW.offsets.l3bytes! + 4), be16(r0));
      return;
    }
    e.loadEvent(r0, "head");
    e.loadEvent(r1, "l3");
    e.emit(alu.add.reg(r0, r1));
    this.#g.reader.number(e, 4, 2, FINISH);
    e.emit(be16(r0));
  }

  transport(): void {
    const e = this.#e;
    e.place("transport");
    this.#set("l4", r7);
    this.#have(VIEW_HAS.l4);
    e.loadEvent(r8, "proto");
    this.#keepTransport();
    for (const { layer, proto, family } of TRANSPORTS) {
      const next = e.newLabel("not");
      e.emit(jump.ne.imm(r8, proto, next));
      if (family) {
        const right = e.newLabel("family");
        e.emit(jump.set.imm(r9, VIEW_HAS[family], right));
        e.goto(FINISH);
        e.place(right);
      }
      this.#linear(HEADER[layer].least, FINISH);
      this.#have(HEADER[layer].has);
      e.goto(FINISH);
      e.place(next);
    }
  }

  /** Copies as many bytes of the transport header as are linear, 24 at most. */
  #keepTransport(): void {
    if (this.#g.reader.direct) return;
    const e = this.#e;
    const [enough, none] = [e.newLabel("enough"), e.newLabel("none")];
    e.loadEvent(r2, "tail");
    e.emit(jump.ge.reg(r7, r2, none), alu.sub.reg(r2, r7), jump.le.imm(r2, 24, enough), mov.imm(r2, 24));
    e.place(enough);
    e.loadEvent(r3, "head");
    e.emit(alu.add.reg(r3, r7), mov.reg(r1, r6), alu.add.imm(r1, VIEW.offsets.l4bytes!));
    e.emit(call.helper(HELPER.probe_read_kernel), jump.ne.imm(r0, 0, FINISH));
    e.place(none);
  }
}

/** IPv6 extension headers (RFC 8200, RFC 6275, RFC 7401, RFC 5533). */
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const EXTENSIONS = [0, 43, FRAGMENT, AUTHENTICATION, 60, 135, 139, 140] as const;
const EXTENSIONS_MOST = 6;
