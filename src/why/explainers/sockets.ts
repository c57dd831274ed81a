import type { Evidence } from "../drop.ts";
import type { Explainer, Finding } from "../explainer.ts";
import type { Later } from "../later/later.ts";
import { type Listener, listeners } from "../later/sockets.ts";
import { caused, netnsInode, netnsKey, service, where } from "../words.ts";
import { plain } from "./plain.ts";

const owner = ({ program, pid }: Listener): string =>
  program === undefined ? "a socket" : `${program} (pid ${pid})`;

/** Sockets with the port that the packet is for. */
function bound(e: Evidence, later: Later): readonly Listener[] | undefined {
  const to = service(e);
  return to && listeners(later, netnsInode(e), to.proto, to.port);
}

const causeOf = (e: Evidence, later: Later, kind = "socket", more = ""): Pick<Finding, "cause"> => {
  const to = service(e);
  return caused`${kind}:${netnsKey(e, later)}:${to?.proto}:${to?.port}${more}`;
};

function nobody(e: Evidence, later: Later): Finding {
  const to = service(e);
  const port = to ? `${to.proto.toUpperCase()} port ${to.port}` : "that port";
  const [address, flags] = [e.text("ip.dst"), e.text("tcp.flags")];
  const there = bound(e, later);
  const answer =
    to?.proto === "tcp"
      ? flags?.split("|").includes("RST")
        ? "no connection it belongs to"
        : "the sender gets a reset"
      : "the sender gets ICMP port unreachable";
  return {
    what: `no socket takes ${port}${address ? ` of ${address}` : ""}${where(e, later)}; ${answer}`,
    ...(there && {
      now: [
        there.length === 0
          ? `nothing has ${port} open`
          : there.map((one) => `${owner(one)} has ${one.address}`).join(", "),
      ],
    }),
    check: `\`ss -ln${to?.proto === "tcp" ? "t" : "u"}p\` in that namespace: does the program run, and listen on this address?`,
    ...causeOf(e, later),
  };
}

function full(e: Evidence, later: Later): Finding {
  const there = bound(e, later);
  const [limit, waiting] = [e.number("sk.rcvbuf"), e.number("sk.rmem")];
  const to = service(e);
  const at = limit === undefined ? "" : ` (${waiting ?? "?"} of ${limit} bytes)`;
  return {
    what: `the receive buffer of the socket on ${to ? `${to.proto.toUpperCase()} port ${to.port}` : "that port"} is full${at}${where(e, later)}: its program reads too slowly`,
    ...(there && {
      now: there.map(
        (one) =>
          `${owner(one)} has ${one.address}${one.limit === undefined ? "" : `, ${one.waiting} of ${one.limit} bytes wait`}${one.drops ? `, ${one.drops} dropped` : ""}`,
      ),
    }),
    check:
      "Is the program stuck? `ss -nump` shows what waits; a larger SO_RCVBUF (net.core.rmem_max) takes bursts.",
    ...causeOf(e, later, "socket", ":rcvbuf"),
  };
}

function filtered(e: Evidence, later: Later): Finding {
  const there = bound(e, later);
  return {
    what: `a filter on the socket (SO_ATTACH_FILTER or SO_ATTACH_BPF) refused the packet${where(e, later)}`,
    ...(there && there.length > 0 && { now: there.map((one) => `${owner(one)} has ${one.address}`) }),
    check: "`ss -nab` prints the filters of sockets; the program itself has set it.",
    ...causeOf(e, later, "sockfilter"),
  };
}

export const sockets: readonly Explainer[] = [
  {
    reasons: ["NO_SOCKET"],
    places: ["icmp_rcv", "icmpv6_rcv", "ping_rcv"],
    ordinary: true,
    explain: (e, later) => ({
      what: `an echo reply that no ping socket waits for${where(e, later)}; a raw socket, as ping has it for root, got its copy before`,
      check: "Nothing is wrong if somebody pings from here.",
    }),
  },
  { reasons: ["NO_SOCKET"], explain: nobody },
  { reasons: ["SOCKET_RCVBUFF", "PROTO_MEM"], explain: full },
  { reasons: ["SOCKET_FILTER"], explain: filtered },
  plain(
    ["SOCKET_BACKLOG"],
    "the socket was busy and its backlog full",
    "Its program cannot keep up: `ss -nmp`; a larger net.core.rmem_max helps against bursts.",
  ),
  plain(
    ["SOCKET_CLOSE"],
    "the socket was closed while the packet waited for it",
    "Nothing is wrong if the program meant to end.",
    {
      ordinary: true,
    },
  ),
  {
    places: [
      "udp_destruct_common",
      "udp_destruct_sock",
      "__skb_queue_purge",
      "skb_queue_purge_reason",
      "inet_sock_destruct",
      "sk_stream_kill_queues",
    ],
    ordinary: true,
    explain: (e, later) => ({
      what: `a socket was closed with packets that nobody had read${where(e, later)}`,
      check: "Nothing is wrong if the program meant to end; else it did not read in time.",
    }),
  },
  plain(
    ["QUEUE_PURGE"],
    "a queue was emptied, mostly because its socket or device went away",
    "Nothing is wrong unless it happens while that is in use.",
    {
      ordinary: true,
    },
  ),
  plain(
    ["PACKET_SOCK_ERROR"],
    "a capture (AF_PACKET) could not take its copy; the packet itself goes on",
    "Its buffer is full: tcpdump's `-B` makes it larger.",
    {
      ordinary: true,
    },
  ),
  plain(
    ["UNIX_DISCONNECT", "UNIX_SKIP_OOB"],
    "a message between programs (unix socket) was thrown away with its socket",
    "It is no packet of a network.",
    {
      ordinary: true,
    },
  ),
  plain(
    ["SKB_UCOPY_FAULT"],
    "the program's buffer could not be written",
    "Its address was wrong: a bug of the program.",
  ),
];
