import { describe, expect, it } from "vitest";
import { findField } from "../../src/compiler/fields/table.ts";
import { reasonType } from "../../src/runtime/decode/reason.ts";
import { EVIDENCE_NAMES, type EvidenceName, evidenceField, evidenceKey } from "../../src/why/evidence.ts";
import { explain } from "../../src/why/explain.ts";
import { EXPLAINERS } from "../../src/why/explainers/table.ts";
import { fixtureFacts } from "../fixtures/btf.ts";
import { drop, type Facts, later } from "./drops.ts";

/** Every kind of evidence at once, as no packet has it. */
const EVERYTHING: Facts = {
  data: "4500003c1c4640004011b1e6c0a80001c0a80002",
  stack: ["nft_do_chain+0x1", "nf_hook_slow+0x2", "ip_local_deliver+0x3"],
  iface: "eth0",
  netns: 1,
  tuple: "10.0.0.1:5000 > 10.0.0.2:6000 udp",
  "ip.src": "10.0.0.1",
  "ip.dst": "10.0.0.2",
  "ip.proto": "UDP",
  "ip.ttl": 1,
  "udp.dport": 6000,
  len: 1500,
  mark: 7,
  protocol: "IP",
  "dst.dev": "eth1",
  "dst.dev.mtu": 1400,
  "dst.error": -22,
  "dev.state": 4,
  "dev.qdisc": "tbf",
  "dev.mtu": 1500,
  "vlan.tci": 30,
  "conf.rp_filter": 1,
  "conf.all.rp_filter": 0,
  "conf.forwarding": 0,
  "sk.rcvbuf": 4096,
  "sk.rmem": 4000,
  "ct.state": "NEW",
};

/** Whatever is asked for afterwards, there is some text. */
const talkative = { ...later(), run: () => "1: eth0 <UP> mtu 1500\n  something else\n" };

const SUBSYSTEMS = /^(OVS_DROP|RX_DROP|QDISC_DROP)_/;
/** Of enum skb_drop_reason: no reasons of packets. */
const NOT_REASONS =
  /^(NOT_SPECIFIED|MAX|SUBSYS_.*|NOT_DROPPED_YET|CONSUMED|QDISC_DROP_MAX|QDISC_DROP_UNSPEC|__.*)$/;

function reasonsOf(kernel: "6.1" | "6.12" | "7.2"): readonly string[] {
  const type = reasonType(fixtureFacts(kernel).btf);
  return type.kind === "int" ? [...(type.names?.values.keys() ?? [])] : [];
}

const known = new Set(EXPLAINERS.flatMap(({ reasons = [] }) => reasons));

describe("the table of explainers", () => {
  const drops = EXPLAINERS.flatMap(({ reasons = ["NOT_SPECIFIED"], places = ["some_function"] }) =>
    reasons.flatMap((reason) => places.map((place) => [reason, place] as const)),
  );

  it("has words for well over sixty reasons and places", () => {
    expect(known.size).toBeGreaterThan(60);
    expect(new Set(EXPLAINERS.flatMap(({ places = [] }) => places)).size).toBeGreaterThan(30);
  });

  it.each([
    ["nothing", {}, later()],
    ["all evidence", EVERYTHING, later()],
    ["all evidence, and answers that make no sense", EVERYTHING, talkative],
  ] as const)("makes a sentence of %s", (_, facts, after) => {
    for (const [reason, place] of drops) {
      const { text, check, cause } = explain(drop(reason, place, facts), after);
      expect(text).toContain(`dropped in ${place}: ${reason} — `);
      expect(text).not.toMatch(/undefined|NaN|null|\[object|\(\)| {2}|\.\.(?!\.)/);
      expect(text).toMatch(/[.?)]$/);
      expect([reason, place, check]).not.toEqual([reason, place, undefined]);
      expect(cause ?? "no:cause").toMatch(/^[a-z0-9-]+:(?!.*(undefined|NaN))[^ ]/);
    }
  });

  it("knows every reason of the kernels it is tested on", () => {
    for (const kernel of ["6.1", "6.12", "7.2"] as const) {
      const unknown = reasonsOf(kernel).filter((reason) => !NOT_REASONS.test(reason) && !known.has(reason));
      expect([kernel, unknown]).toEqual([kernel, []]);
    }
  });

  it("names no reason that no kernel has", () => {
    const all = new Set((["6.1", "6.12", "7.2"] as const).flatMap(reasonsOf));
    const foreign = [...known].filter((reason) => !all.has(reason) && !SUBSYSTEMS.test(reason));
    expect(foreign).toEqual(["NOT_SPECIFIED"].filter((reason) => known.has(reason) && !all.has(reason)));
  });

  it("has no entry that another one always speaks before", () => {
    const general = EXPLAINERS.filter(({ places, when }) => !places && !when).flatMap(
      ({ reasons = [] }) => reasons,
    );
    expect(general.filter((reason, i) => general.indexOf(reason) !== i)).toEqual([]);
  });
});

describe("a drop that nothing is known of", () => {
  it("says where it was, how it came there, and what to do", () => {
    const facts = {
      iface: "eth0",
      netns: 1,
      mark: 7,
      stack: ["sk_skb_reason_drop+0x1", "some_rcv+0x5 [some]"],
    };
    expect(explain(drop("12345", "some_function", facts), later()).text).toMatchInlineSnapshot(
      `"dropped in some_function: 12345 — the kernel says no more on eth0 (netns srv); called by sk_skb_reason_drop, some_rcv; mark 0x7. Trace the packet's way: pwq 'trace skb where … until drop show tuple, mark, stack if drop'."`,
    );
  });
});

describe("evidence", () => {
  it("is read by the kernel as it is, not computed", () => {
    for (const name of EVIDENCE_NAMES) {
      const { read } = evidenceField(evidenceKey(name)) ?? findField(name)!;
      expect([name, ["expr", "either", "runtime"].includes(read.from)]).toEqual([name, false]);
    }
  });

  it("is not a word of the language, unless it was one before", () => {
    const own = EVIDENCE_NAMES.filter((name: EvidenceName) => evidenceField(evidenceKey(name)));
    expect(own.every((name) => evidenceKey(name).startsWith("why."))).toBe(true);
    expect(own.length).toBeGreaterThan(30);
  });
});
