import { expect, test } from "vitest";
import { parseTraceable } from "../../../src/runtime/kernel/traceable.ts";

const parse = (text: string) => parseTraceable(Buffer.from(text));

const traceable = parse(
  [
    "ip_rcv",
    "tcp_v4_rcv",
    "__netif_receive_skb_core.constprop.0",
    "show_signal.part.0",
    "do_thing.cold",
    "tcp_thing.isra.0.constprop.1",
    "veth_xmit [veth]",
    "nft_do.isra.0 [nf_tables]",
    "not.a_copy",
    "",
  ].join("\n"),
);

test("has functions of vmlinux and of modules, each where it is", () => {
  expect(traceable.has("ip_rcv")).toBe(true);
  expect(traceable.has("ip_rc")).toBe(false);
  expect(traceable.has("")).toBe(false);
  expect(traceable.has("veth_xmit", "veth")).toBe(true);
  expect(traceable.has("veth_xmit")).toBe(false);
  expect(traceable.has("ip_rcv", "veth")).toBe(false);
});

test("copies are those the compiler made, without their module", () => {
  expect(traceable.copies()).toEqual([
    "__netif_receive_skb_core.constprop.0",
    "show_signal.part.0",
    "do_thing.cold",
    "tcp_thing.isra.0.constprop.1",
    "nft_do.isra.0",
  ]);
});

test("an empty list is one", () => {
  expect(parse("").has("ip_rcv")).toBe(false);
  expect(parse("").copies()).toEqual([]);
});

test("a name that stands for several functions", () => {
  const traceable = parse("add_grec\nip_rcv\nadd_grec\nhelp [nf_a]\nhelp [nf_b]\n");
  expect(traceable.isAmbiguous("add_grec")).toBe(true);
  expect(traceable.isAmbiguous("ip_rcv")).toBe(false);
  expect(traceable.isAmbiguous("help", "nf_a")).toBe(false);
});
