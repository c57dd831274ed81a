import { describe, expect, it } from "vitest";
import { check } from "../../src/compiler/check/check.ts";
import { compile } from "../../src/compiler/compile.ts";
import type { KernelFacts } from "../../src/compiler/facts.ts";
import { FIELDS } from "../../src/compiler/fields/table.ts";
import { isNativeError, native } from "../../src/native/native.ts";
import { gatherFacts } from "../../src/runtime/kernel/facts.ts";
import { linked } from "../../src/runtime/kernel-tracer.ts";
import { pcapCompiler } from "../../src/runtime/pcap.ts";
import { randomFilter } from "../oracle/filters.ts";
import { Random } from "../random.ts";
import { because } from "./bpf.ts";
import { unable } from "./machine.ts";

/**
 * The third way in which generated code is checked: the running kernel's verifier takes it, with both ways of reading,
 * in the program of a function and in that of a tracepoint.
 */
const reason = unable();
const FILTERS = 30;
const PROGRAMS: ReadonlySet<string> = new Set(["pwq_kprobe", "pwq_tp_kfree_skb", "pwq_kretprobe"]);

/** The verifier gives up at a million instructions, and takes a second for it; a query should be far from both. */
const MOST_INSTRUCTIONS = 200_000;

/** Of functions that this kernel cannot probe, as if it could: programs for them are loaded all the same. */
const withKprobes = (facts: KernelFacts): KernelFacts => ({
  ...facts,
  features: { ...facts.features, kprobe: true },
});

function refusal(text: string, facts: KernelFacts): string | undefined {
  const { program, diagnostics } = check({ name: "query", text }, { facts, pcap: pcapCompiler(native) });
  if (!program) return `${text}: ${diagnostics.map((d) => d.message).join("; ")}`;
  const obj = native().openObject(linked(native(), compile(program, facts)));
  try {
    for (const { name } of native().programs(obj)) native().setAutoload(obj, name, PROGRAMS.has(name));
    native().load(obj);
    for (const { name } of native()
      .programs(obj)
      .filter(({ autoload }) => autoload)) {
      const { verifiedInsns } = native().programStats(obj, name);
      if (verifiedInsns > MOST_INSTRUCTIONS)
        return `${text}: ${verifiedInsns} instructions verified in ${name}`;
    }
    return undefined;
  } catch (error) {
    if (!isNativeError(error)) throw error;
    return `${text}: ${error.message}\n${error.log?.split("\n").slice(-8).join("\n")}`;
  } finally {
    native().closeObject(obj);
  }
}

/** A kernel without its data symbols does not tell what was interrupted. */
const canRead = (running: KernelFacts | undefined, text: string): boolean =>
  running?.features.interruptContext === true || !/\bcontext\b/.test(text);

/** Everything that the kernel part can be asked to capture, ten at a time. */
function captures(running: KernelFacts | undefined): string[] {
  // What functions return needs function probes, and has cases of its own; so has `latency`, which belongs to `from … to …`.
  const names = [...FIELDS.keys()].filter(
    (name) => name !== "ret" && name !== "latency" && canRead(running, name),
  );
  const items = [
    ...names,
    "payload(64)",
    "hex(skb->cb, 16)",
    "str(skb->dev->name)",
    "arg(1)",
    "skb->dev->ifindex",
    "skb->sk->__sk_common.skc_prot->name",
  ];
  return Array.from({ length: Math.ceil(items.length / 10) }, (_, i) =>
    items.slice(10 * i, 10 * i + 10).join(", "),
  );
}

describe.skipIf(reason !== undefined)(`the verifier takes generated code${because(reason)}`, () => {
  const running = reason === undefined ? gatherFacts({ probe: native() }) : undefined;
  describe.each([
    ["direct reads", true],
    ["probe reads", false],
  ])("with %s", (_, rdonlyCast) => {
    const facts = (): KernelFacts => ({
      ...running!,
      features: { ...running!.features, rdonlyCast, kprobe: false, kprobeMulti: false },
    });

    it("of random filters", () => {
      const random = new Random(7);
      const refused: string[] = [];
      for (let i = 0; i < FILTERS; i++) {
        const text = `trace skb where ${randomFilter(random)} until drop show mark, netns, tuple`;
        if (!canRead(running, text)) continue;
        const said = refusal(text, facts());
        if (said) refused.push(said);
      }
      expect(refused).toEqual([]);
    }, 60_000);

    it.each(captures(running))("that captures %s", (items) => {
      expect(refusal(`trace skb where tcp.dport == 443 until drop show ${items}`, facts())).toBeUndefined();
    });

    it.each([
      'trace skb where comm ~ "ng*" and iface matches "^(eth|veth)[0-9]+$" until drop',
      "trace skb where tcp.dport in {1, 3, 5, 7, 9, 11, 13, 15, 17, 19..29} until drop",
      `trace skb where ip.dst in {${Array.from({ length: 40 }, (_, i) => `10.${i * 3}.0.0/16, 2001:db8:${i * 2}::/48`).join(", ")}}`,
      "trace skb where tcp.flags has SYN sample 1/10 rate 100/s limit 5 packets stop when skb->len > 9000",
      "trace skb where ip when delta > 1ms or len % 7 == mark / 3 until drop, free, skb->mark == 9",
      'trace skb where drop.location ~ "nft_*" or func ~ "net:*" follow none',
      "trace skb show stack if drop and tcp.dport == 443, tuple if not udp, mark until drop and len > 7",
      'trace skb where pcap "tcp port 443 and not host 1.1.1.1" until drop',
      "trace skb where inner.tcp.dport == 443 or tunnel.vni == 7 until drop show tunnel.kind, inner.tuple, tuple, inner.eth",
      'trace skb where inner.pcap "tcp port 443" and not inner.ip.src in {10.0.0.0/8, fd00::/8} when pcap "udp or ip proto 47" until inner.icmp show inner.payload.len',
      'trace skb where pcap "vlan 5 and (tcp[tcpflags] & tcp-syn != 0 or ip6[40] == 6)" or not pcap "arp" show pcap "len > 100"',
      'trace skb where pcap "tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420 and ip[2:2] - ((ip[0]&0xf)<<2) > 40"',
      `trace skb where pcap "${Array.from({ length: 60 }, (_, i) => `host 10.0.${i}.1`).join(" or ")}"`,
      "trace skb at tcp_v4_rcv, nf_hook_slow when ret < 0 or ret == 7 until drop show ret, mark, tuple, skb->dev->name, stack",
      "trace skb at ip_rcv, nf_hook_slow where arg(1) != 0 and arg(3) & 0xff == 3 show arg(0), arg(2), ret",
      "trace skb where shinfo->nr_frags > 0 until drop show dump(skb), dump(shinfo) if drop, dump(skb->sk->__sk_common)",
      "trace skb where tcp until xmit ending drop, skb->len > 9000 show mark",
      "trace skb where udp ending free, xmit\ntrace skb where tcp ending drop\ntrace skb where icmp until drop",
      "trace skb where ip when changed(mark) or changed(iface) or changed(ip.src) and not first(ip.dst) show changed(mark), first(comm), mark, len",
      "trace skb where ip when changed(mark) or changed(len) or changed(iface) or changed(netns) or changed(ip.src) or changed(ip.dst) or first(func) until changed(priority) and drop",
      "trace skb from tracepoint net:netif_rx to tracepoint skb:consume_skb where tcp.dport == 443 when latency > 1ms until drop show latency, tuple",
      "trace skb from tracepoint net:netif_rx to tracepoint net:netif_receive_skb where udp ending latency > 1ms\ntrace skb where tcp when changed(mark)",
      "trace xdp where udp.dport == 53 and ret == XDP_DROP show tuple, len, iface, queue, payload(16), vlan.id, dump(xdp), stack, eth.src, ip6.dst",
      "trace drop where tcp\ntrace skb where udp.dport == 53 until drop\ntrace skb where icmp show icmp.type",
    ])("of %s", (text) => {
      expect(refusal(text, /\bret\b/.test(text) ? withKprobes(facts()) : facts())).toBeUndefined();
    });
  });
});
