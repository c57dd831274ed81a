import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { enact, isShare } from "../faults/enact.ts";
import type { Case, Lab } from "../kit/case.ts";
import { sh, until } from "../kit/process.ts";

/**
 * The canned queries, each with the fault that it is for: while the same kind of network works they say nothing, and
 * with the fault they say what is wrong. Several run at a time, since to start pwq is what takes time in the guest.
 */
interface Canned {
  /** With its parameters. */
  readonly query: string;
  /** A script of test/lab/faults, without `.sh`; several queries may be about one. */
  readonly fault: string;
  /** What must stand in its findings, prints and rows. A namespace that was just made may not have its name yet. */
  readonly says: readonly RegExp[];
  /** It also says what is no fault. */
  readonly talks?: true;
}

const CANNED: readonly Canned[] = [
  {
    query: "drops",
    fault: "05-nft-input-drop",
    says: [/"count":\d+,"reason":"NETFILTER_DROP","place":"nf\w+","netns":("srv"|\d+)/],
    talks: true,
  },
  {
    query: "rpf",
    fault: "01-rp-filter-strict",
    says: [/10\.0\.1\.1 came in on s1 \(netns (srv|\d+)\).*IP_RPFILTER/],
  },
  {
    query: "mtu host=10.0.1.1",
    fault: "03-mtu-black-hole",
    says: [
      /1\.5 KiB of 10\.0\.1\.1:5003 .*do not fit \(netns (rtr|\d+), DF/,
      /sender to send less is dropped/,
    ],
  },
  {
    query: "firewall",
    fault: "05-nft-input-drop",
    says: [/5005 > 10\.0\.0\.2:6005 udp in the input hook on s0 \(netns (srv|\d+)\)/],
  },
  {
    query: "conntrack",
    fault: "07-conntrack-invalid",
    says: [/10\.0\.1\.1:5007 .*\(netns (rtr|\d+)\): TCP in mid-stream/],
  },
  {
    query: "route",
    fault: "09-ip-forward-off",
    says: [/5009 .*\(netns (rtr|\d+)\): it is for another machine/],
  },
  {
    query: "icmp host=10.0.1.1",
    fault: "08-no-route-forward",
    says: [
      /(rtr|\d+): DEST_UNREACH code 0 10\.0\.1\.254 > 10\.0\.1\.1 leaves by r1, about 10\.0\.1\.1:5008 > 192\.168\.77\.7:6008/,
    ],
  },
  {
    query: "neigh",
    fault: "11-arp-failure",
    says: [
      /10\.0\.2\.77:6011 udp \(netns (rtr|\d+)\) has waited in vain.*on r2: NEIGH_FAILED/,
      /asked three times who has 10\.0\.2\.77 on r2 \(netns (rtr|\d+)\)/,
    ],
  },
  {
    query: "bridge",
    fault: "18-bridge-vlan-ingress",
    says: [/VLAN 30 at port p1 \(netns (sw|\d+)\): VLAN filtering/],
  },
  {
    query: "tc",
    fault: "26-peer-down-perm-neigh",
    says: [/6026 udp on r2 \(netns (rtr|\d+)\): the device has no carrier.*noop/],
  },
  {
    query: "socket port=6030",
    fault: "30-socket-filter",
    says: [/6030 udp \(netns (srv|\d+)\): a filter of the socket/],
  },
  {
    query: "checksum",
    fault: "16-tcp-checksum",
    says: [/6016 tcp came in on s0 \(netns (srv|\d+)\).*TCP_CSUM/],
  },
  {
    query: "tcp port=6013",
    fault: "13-tcp-closed-port",
    says: [
      /6013 tcp \(netns (srv|\d+)\): dropped, NO_SOCKET/,
      /\(netns (srv|\d+)\): a reset is sent/,
      /\(netns (cli|\d+)\): a reset comes in/,
    ],
  },
  {
    query: "tunnel",
    fault: "27-gre-wrong-key",
    says: [/192\.168\.0\.1 > 192\.168\.0\.2 gre \(netns (h2|\d+)\): no GRE here.*with key 1/],
  },
  {
    query: "multicast",
    fault: "29-multicast-no-member",
    says: [/nobody in netns (srv|\d+) has joined 239\.1\.1\.1 on s0, where 10\.0\.0\.1 sends/],
  },
  {
    query: "ipv6 host=fd00:1::1",
    fault: "28-ipv6-no-route",
    says: [/\[fd00:77::7\]:6028 udp \(netns (rtr|\d+)\): there is no route/],
  },
  {
    query: "duplicate",
    fault: "02b-martian-local-source",
    says: [/on r1 sends as 10\.0\.2\.254, which is refused \(netns (rtr|\d+)\)/],
  },
  {
    query: "xdp",
    fault: "21-xdp-generic-drop",
    says: [/XDP program drop7777 on s0 \(netns (srv|\d+)\) says XDP_DROP to 10\.0\.0\.1:5021/],
  },
  {
    query: "dns server=10.0.2.2",
    fault: "12-udp-no-socket",
    says: [/no answer: example\.com\. A from 10\.0\.1\.1 to 10\.0\.2\.2 \(netns rtr\d+\)/],
  },
  {
    query: "nat port=8053",
    fault: "25-nat-then-drop",
    says: [/10\.0\.1\.1:5025 > 10\.0\.1\.254:8053 udp => .*10\.0\.2\.254:5025 > 10\.0\.2\.2:53 udp/],
  },
  {
    query: "netns port=8053",
    fault: "25-nat-then-drop",
    says: [/ends in netns (srv|\d+): NETFILTER_DROP/, /"way":"cli => rtr => (srv|\d+)"/],
  },
  { query: "mark port=6024", fault: "24-fwmark-wrong-nexthop", says: [/mark 0x0 => 0x66.*netns rtr/] },
  {
    query: "backlog port=6014",
    fault: "14-listen-overflow",
    says: [/6014 tcp is not answered \(netns (srv|\d+)\)/, /"socket":"(srv|\d+) 10\.0\.0\.2 tcp 6014"/],
  },
  {
    query: "path port=6024",
    fault: "24-fwmark-wrong-nexthop",
    says: [/\[cli\] > .*\[rtr\] > .*ip_forward.*\[isp2\] > .*dropped: IP_INNOROUTES in ip_error/],
    talks: true,
  },
  {
    query: "latency port=6024",
    fault: "24-fwmark-wrong-nexthop",
    says: [/"type":"aggregate".*"netns":"rtr"/],
    talks: true,
  },
];

/** Each takes memory, and looks at the packets of all. */
const AT_ONCE = 8;

async function run(some: readonly Canned[], lab: Lab): Promise<void> {
  sh("modprobe", ["-a", "nf_conntrack", "nf_tables"]); // @conntrack asks for what the first rule would load
  const network = await healthyNetwork(lab);
  const wrong: string[] = [];
  const program = `${dirname(lab.pwq.command)}/several.mjs`;
  const traces = lab.pwq.exec(process.execPath, program, lab.folder, ...some.map(({ query }) => query));
  await until("attached", 500, () => existsSync(`${lab.folder}/ready`) || traces.ended);
  const saidBy = (canned: Canned): readonly string[] => said(`${lab.folder}/${some.indexOf(canned)}.json`);
  network.use();
  await sleep(1200); // journeys end a second after their last event
  for (const canned of some.filter(({ talks }) => !talks)) {
    const [early] = saidBy(canned);
    if (early !== undefined) wrong.push(`@${canned.query} speaks where nothing is wrong: ${early}`);
  }
  for (const fault of new Set(some.map((canned) => canned.fault))) await play(fault, lab);
  network.askInVain();
  await sleep(1200);
  const { status, stderr } = await traces.end("SIGINT", 120);
  if (status !== 0) wrong.push(`pwq failed: ${stderr}`);
  for (const canned of some) {
    const { query, says } = canned;
    const lines = saidBy(canned);
    const missing = says.filter((pattern) => !lines.some((line) => pattern.test(line)));
    lab.mark(`@${query.split(" ")[0]}`, missing.length === 0);
    for (const pattern of missing)
      wrong.push(`@${query} does not say ${pattern}, but\n${lines.join("\n") || "nothing"}`);
  }
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
}

/** What hooks and aggregates have said, one text for each. */
function said(file: string): readonly string[] {
  return (existsSync(file) ? readFileSync(file, "utf8") : "")
    .split("\n")
    .filter((line) => /^\{"type":"(print|report|row|aggregate)"/.test(line))
    .map((line) => {
      const { type, text, row } = JSON.parse(line) as { type: string; text?: string; row?: object };
      return text ?? (type === "row" ? JSON.stringify(row) : line);
    });
}

const play = async (fault: string, { faults }: Lab): Promise<void> => {
  try {
    await enact(faults, fault, "setup");
    await enact(faults, fault, "traffic");
    await sleep(200);
  } finally {
    await enact(faults, fault, "cleanup");
  }
};

/** A router that works, on the same ports as the faults, and a name server that takes questions and says nothing. */
async function healthyNetwork({ hosts }: Lab): Promise<{ use: () => void; askInVain: () => void }> {
  const { client, router, server } = hosts.routed();
  router.nft(
    "table inet ok { chain f { type filter hook forward priority 0; ct state established,related,new accept; }; }",
  );
  await server.listen("tcp", "10.0.2.2", 6014);
  for (const port of [53, 6024, 8053]) await server.listen("udp", "10.0.2.2", port);
  return {
    use() {
      for (const port of [6024, 8053]) client.udp("10.0.2.2", port, { count: 2 });
      if (client.connect("10.0.2.2", 6014) !== "connected") throw new Error("the network should work");
      client.run("ping", "-c", "1", "-W", "2", "10.0.2.2");
    },
    askInVain: () => void client.run("python3", "-I", "-S", "-c", QUESTION),
  };
}

/** RFC 1035: the address of example.com. */
const QUESTION = `import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(bytes.fromhex("123401000001000000000000076578616d706c6503636f6d0000010001"), ("10.0.2.2", 53))`;

/** What is asked for with `--faults all` or `--faults TEXT`: they take minutes, so CI has none. */
function chosen(which: string): readonly Canned[] {
  if (which === "all") return CANNED;
  return isShare ? [] : CANNED.filter(({ query, fault }) => `@${query} ${fault}`.includes(which));
}

const canned = chosen(process.env.PWQ_LAB_FAULTS ?? "all");

export default Array.from({ length: Math.ceil(canned.length / AT_ONCE) }, (_, i): Case => {
  const some = canned.slice(i * AT_ONCE, (i + 1) * AT_ONCE);
  const names = some.map(({ query }) => `@${query.split(" ")[0]}`);
  return {
    name: `canned queries ${names.join(" ")} find their faults, and say nothing without them`,
    timeout: 800,
    run: (lab) => run(some, lab),
  };
});
