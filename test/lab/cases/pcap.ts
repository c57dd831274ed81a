import assert from "node:assert/strict";
import type { Case } from "../kit/case.ts";
import { complete, endsInDrop, every, onlyPacket, passes, values } from "../kit/expect.ts";
import { MAC } from "../kit/hosts.ts";

/** libpcap's filters where a packet has an Ethernet header, and where it has none yet. */
export default [
  {
    name: "pcap: a filter finds the packet on its way out and in, and no other",
    async run({ hosts, pwq, at }) {
      const { client, server } = hosts.pair();
      server.dropOnInput("udp dport { 6005, 6006 }");
      const trace = await pwq.trace(
        [
          `trace skb ${at} where pcap "udp dst port 6005 and src host 10.0.0.1" until drop show udp.dport, pcap "arp" as arp, drop.reason`,
          `trace skb at path, veth_xmit where pcap "ether src ${MAC.a} and udp port 6005" follow none show eth.src as framed`,
        ].join("\n"),
      );
      client.udp("10.0.0.2", 6006);
      client.udp("10.0.0.2", 6005);
      const recorded = await trace.stop();
      complete(recorded);
      const events = onlyPacket({ ...recorded, events: recorded.events.filter((event) => "arp" in event) });
      passes(events, ["ip_output", "veth_xmit", "ip_rcv", "nf_hook_slow"]);
      endsInDrop(events, "NETFILTER_DROP");
      values(events, "udp.dport", [6005]);
      values(events, "arp", [false]);
      // Nothing can be said of an Ethernet header before there is one.
      const framed = recorded.events.filter((event) => "framed" in event);
      every(framed, "only frames have Ethernet addresses", (event) => event.framed === MAC.a);
      const places = framed.map((event) => event.func);
      assert.ok(places.includes("veth_xmit") && places.includes("ip_rcv"), places.join(" "));
      assert.ok(!places.includes("ip_output"), places.join(" "));
    },
  },
  {
    name: "pcap: the VLAN tag that the driver would insert is where the filter looks for it",
    async run({ hosts, pwq }) {
      const { client, server } = hosts.tagged();
      server.dropOnInput("udp dport 6005");
      const filters = ["vlan 42 and udp dst port 6005", "vlan 43", "udp dst port 6005", "not vlan"];
      const trace = await pwq.trace(
        `trace skb at veth_xmit where udp.dport == 6005 follow none show vlan.id, skb->vlan_tci, ${filters.map((text, i) => `pcap "${text}" as f${i}`).join(", ")}`,
      );
      client.udp("10.0.42.2", 6005);
      client.udp("10.0.0.2", 6005);
      const recorded = await trace.stop();
      complete(recorded);
      const said = recorded.events.map((event) => [
        event["vlan.id"],
        ...filters.map((_, i) => event[`f${i}`]),
      ]);
      assert.deepEqual(said, [
        [42, true, false, true, false],
        [null, false, false, true, true],
      ]);
      assert.equal(
        recorded.events[0]?.["skb->vlan_tci"],
        42,
        "the tag is in the socket buffer, not in the frame",
      );
    },
  },
] satisfies Case[];
