import { describe, expect, it } from "vitest";
import { Evidence } from "../../src/why/drop.ts";
import { explain } from "../../src/why/explain.ts";
import { hookOf } from "../../src/why/hooks.ts";
import { legacyVerdicts } from "../../src/why/later/iptables.ts";
import { chainsOf, verdicts } from "../../src/why/later/nft.ts";
import { contains, downHolder } from "../../src/why/later/routes.ts";
import { listeners } from "../../src/why/later/sockets.ts";
import { tunnels } from "../../src/why/later/tunnels.ts";
import { greKey, ip4Words, outer } from "../../src/why/packet.ts";
import { drop, type Facts, later } from "./drops.ts";

const datagram: Facts = {
  netns: 1,
  iface: "s0",
  "ip.src": "10.0.0.1",
  "ip.dst": "10.0.0.2",
  "ip.proto": "UDP",
  "udp.dport": 6005,
};
const evidence = (facts: Facts): Evidence => new Evidence(drop("NETFILTER_DROP", "nft_do_chain", facts));

const RULESET = `table inet f {
	chain in {
		type filter hook input priority filter; policy accept;
		tcp dport 6005 drop
		udp dport { 53, 6000-6010 } ip saddr 10.0.0.0/8 counter packets 5 bytes 300 drop
		udp dport 9 drop
		drop
	}

	chain out {
		type filter hook output priority filter; policy drop;
		udp dport 6005 drop
	}
}
# Warning: table ip filter is managed by iptables-nft, do not touch!
table ip filter {
	chain OUTPUT {
		type filter hook output priority filter; policy accept;
		ip saddr 192.0.2.1 counter packets 0 bytes 0 accept
		meta l4proto udp udp dport 6005 counter packets 5 bytes 300 drop
	}
}
`;
const nft = later({ "nft list ruleset": RULESET });
const at = (hook: "input" | "output", family: "ip" | "ip6" = "ip") => ({ hook, family });

describe("nftables", () => {
  it("has chains with their hooks, policies and rules", () => {
    const chains = chainsOf(RULESET);
    expect(
      chains.map(({ family, table, name, hook, policy, rules, iptables }) => ({
        name: `${family} ${table} ${name}`,
        at: `${hook} ${policy}`,
        rules: rules.length,
        iptables,
      })),
    ).toEqual([
      { name: "inet f in", at: "input accept", rules: 4, iptables: false },
      { name: "inet f out", at: "output drop", rules: 1, iptables: false },
      { name: "ip filter OUTPUT", at: "output accept", rules: 2, iptables: true },
    ]);
  });

  it("the likeliest rule is the one in a chain of the hook whose conditions fit most", () => {
    const rules = verdicts(nft, 1, at("input"), evidence(datagram))!;
    expect(rules.map(({ chain, number }) => [chain, number])).toEqual([
      ["in", 2],
      ["in", 4],
    ]);
    const elsewhere = { ...datagram, "ip.src": "172.16.0.1" };
    expect(verdicts(nft, 1, at("input"), evidence(elsewhere))!.map(({ number }) => number)).toEqual([4]);
  });

  it("rules of iptables are told by table, chain and number", () => {
    const facts = { ...datagram, stack: ["nft_do_chain+0x1", "nf_hook_slow+0x1", "__ip_local_out+0x1"] };
    const { cause } = explain(
      drop("NETFILTER_DROP", "nft_do_chain", facts),
      later({ "nft list ruleset": RULESET.slice(RULESET.indexOf("# Warning")) }),
    );
    expect(cause).toBe("iptables:srv:filter/OUTPUT/2");
  });

  it("a rule that asks for the state of a connection fits by that", () => {
    const ruleset = RULESET.replace("tcp dport 6005 drop", "ct state invalid drop").replace("\t\tdrop\n", "");
    const invalid = { ...datagram, "udp.dport": 1 };
    const rules = verdicts(later({ "nft list ruleset": ruleset }), 1, at("input"), evidence(invalid))!;
    expect(rules.map(({ rule }) => rule)).toEqual(["ct state invalid drop"]);
    const known = evidence({ ...invalid, "ct.state": "ESTABLISHED" });
    expect(verdicts(later({ "nft list ruleset": ruleset }), 1, at("input"), known)).toEqual([]);
  });

  it("says nothing where it cannot be asked", () => {
    expect(verdicts(later(), 1, at("input"), evidence(datagram))).toBeUndefined();
  });
});

describe("iptables before nftables", () => {
  const saved = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
-A INPUT -p tcp -j DROP
-A INPUT -s 10.0.0.0/8 -p udp -m udp --dport 6005 -j DROP
-A INPUT -j LOG
COMMIT
`;
  const legacy = later({ "iptables-legacy-save": saved });

  it("rules by table, chain and number, and policies", () => {
    const found = legacyVerdicts(legacy, 1, at("input"), evidence(datagram))!;
    expect(found.map(({ table, chain, number }) => [table, chain, number])).toEqual([["filter", "INPUT", 2]]);
    const forwarded = legacyVerdicts(legacy, 1, { hook: "forward", family: "ip" }, evidence(datagram))!;
    expect(forwarded.map(({ rule }) => rule)).toEqual(["policy DROP"]);
  });
});

describe("hooks", () => {
  it("are told by the innermost function that calls them", () => {
    expect(hookOf(["nf_hook_slow", "ip_local_deliver", "ip_rcv"])).toEqual(at("input"));
    expect(hookOf(["nft_do_chain_bridge", "__br_forward", "br_handle_frame"])).toMatchObject({
      family: "bridge",
    });
    expect(hookOf(["something", "else"])).toBeUndefined();
  });
});

describe("addresses", () => {
  it.each([
    ["10.0.0.0/8", "10.1.2.3", true],
    ["10.0.0.0/8", "11.1.2.3", false],
    ["0.0.0.0/0", "1.2.3.4", true],
    ["192.0.2.1", "192.0.2.1", true],
    ["fd00:2::/64", "fd00:2::5", true],
    ["fd00:2::/64", "fd00:3::5", false],
    ["fd00::/16", "10.0.0.1", false],
    ["no address", "10.0.0.1", false],
  ])("%s contains %s: %s", (prefix, address, holds) => {
    expect(contains(prefix, address)).toBe(holds);
  });

  it("a device that is down holds the network of an address", () => {
    const answers = later({
      "ip -o link show": "2: r1: <BROADCAST,UP> mtu 1500\n3: r2@if3: <BROADCAST> mtu 1500\n",
      "ip -o -4 addr show": "2: r1    inet 10.0.1.254/24 scope\n3: r2    inet 10.0.2.254/24 scope\n",
    });
    expect(downHolder(answers, 1, "10.0.2.2")).toEqual({ dev: "r2", prefix: "10.0.2.254/24" });
    expect(downHolder(answers, 1, "10.0.1.2")).toBeUndefined();
  });
});

describe("sockets and tunnels", () => {
  it("who has the port, and how full it is", () => {
    const answer =
      'UNCONN 4352 0 0.0.0.0:6015 0.0.0.0:* users:(("python3",pid=42,fd=3)) skmem:(r4352,rb4096,t0,tb212992,f0,w0,o0,bl0,d18) bpf filter (1): 0x06 0 0 0,\n';
    expect(listeners(later({ "ss -Hnampb --udp sport = :6015": answer }), 1, "udp", 6015)).toEqual([
      {
        address: "0.0.0.0:6015",
        program: "python3",
        pid: 42,
        waiting: 4352,
        limit: 4096,
        drops: 18,
        filter: true,
      },
    ]);
  });

  it("tunnels with their keys, which iproute2 writes as addresses", () => {
    const answer =
      "7: gre0@NONE: <NOARP> mtu 1476    link/gre 0.0.0.0 brd 0.0.0.0    gre remote any local any\n" +
      "8: gre1@NONE: <UP> mtu 1472    link/gre 192.168.0.2 peer 192.168.0.1    gre remote 192.168.0.1 local 192.168.0.2 ikey 0.0.0.2 okey 0.0.0.2\n";
    expect(tunnels(later({ "ip -d -o link show type gre": answer }), 1, "gre")).toEqual([
      { name: "gre1", kind: "gre", mtu: 1472, local: "192.168.0.2", remote: "192.168.0.1", key: 2 },
    ]);
  });
});

describe("bytes of a packet", () => {
  const ip = "4500003c1c4640004011b1e6c0a80001c0a80002";

  it("an IPv4 header as it stands there", () => {
    expect(ip4Words(Buffer.from(ip, "hex"))).toEqual({
      version: 4,
      ihl: 5,
      totalLength: 60,
      proto: 17,
      source: "192.168.0.1",
      destination: "192.168.0.2",
    });
    expect(ip4Words(Buffer.from(ip.slice(0, 30), "hex"))).toBeUndefined();
  });

  it("the network and the addresses inside of VXLAN", () => {
    const ethernet = `${"02".repeat(12)}0800`;
    const packet = `${ip}c35012b5001000000800000000002a00${ethernet}${ip.replace("c0a80001", "0a000001")}`;
    expect(outer(Buffer.from(packet, "hex"))).toEqual({ vxlan: 42, inner: "10.0.0.1 > 192.168.0.2" });
    expect(outer(Buffer.from(ip, "hex"))).toEqual({});
  });

  it("the key of GRE, behind its checksum if there is one", () => {
    expect(greKey(Buffer.from("2000080000000007", "hex"))).toBe(7);
    expect(greKey(Buffer.from("a00008000000000000000007", "hex"))).toBe(7);
    expect(greKey(Buffer.from("0000080000000007", "hex"))).toBeUndefined();
  });
});
