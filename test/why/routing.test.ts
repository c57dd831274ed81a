import { describe, expect, it } from "vitest";
import { explain } from "../../src/why/explain.ts";
import { drop, later } from "./drops.ts";

describe("the reverse-path filter", () => {
  const facts = {
    iface: "s1",
    netns: 1,
    "ip.src": "10.0.1.1",
    "conf.rp_filter": 1,
    "conf.all.rp_filter": 0,
  } as const;

  it("strict: the setting, the device, and the way back as it is later", () => {
    const route = "10.0.1.1 via 10.0.2.254 dev s0 src 10.0.2.2 uid 0 \n    cache \n";
    const { text, cause, evidence } = explain(
      drop("IP_RPFILTER", "ip_rcv_finish_core", facts),
      later({ "ip -4 route get 10.0.1.1": route }),
    );
    expect(text).toMatchInlineSnapshot(
      `"dropped in ip_rcv_finish_core: IP_RPFILTER — rp_filter=1 on s1 (netns srv), source 10.0.1.1: strict, so the way back to the source must leave by the device it came in (read later: the route back to 10.0.1.1 goes out of s0, not s1). Asymmetric routing? Try \`sysctl net.ipv4.conf.s1.rp_filter=2\`, or route the answers by s1."`,
    );
    expect(cause).toBe("sysctl:srv:net.ipv4.conf.s1.rp_filter=1");
    expect(Object.fromEntries(evidence)).toEqual(facts);
  });

  it("the larger of the device's setting and that of all counts", () => {
    const both = { ...facts, "conf.rp_filter": 0, "conf.all.rp_filter": 2 };
    const { what, cause } = explain(drop("IP_RPFILTER", "ip_rcv_finish_core", both), later());
    expect(what).toContain("rp_filter=2");
    expect(cause).toBe("sysctl:srv:net.ipv4.conf.all.rp_filter=2");
  });

  it("says less where there is less", () => {
    const { text, cause } = explain(drop("IP_RPFILTER", "ip_rcv_finish_core"), later());
    expect(text).toMatchInlineSnapshot(
      `"dropped in ip_rcv_finish_core: IP_RPFILTER — the reverse-path filter refused it: there must be a route back to the source. Add a route back to the source, or find out who sends with that address."`,
    );
    expect(cause).toBeUndefined();
  });
});
