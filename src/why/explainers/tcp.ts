import type { Explainer } from "../explainer.ts";
import { caused, flow, netnsKey, service, where } from "../words.ts";
import { plain } from "./plain.ts";

const DUPLICATE = "Retransmissions and reordered segments look so; `nstat -az | grep TCPDSACK` counts them.";
const SIGNED = "Both ends need the same key: `ss -nti` shows which connections sign.";

/** Segments that TCP itself refuses (tcp_validate_incoming and what is around it). */
export const tcp: readonly Explainer[] = [
  {
    reasons: ["TCP_LISTEN_OVERFLOW"],
    explain: (e, later) => ({
      what: `the accept queue of TCP port ${service(e)?.port ?? "?"} is full${where(e, later)}: its program does not accept`,
      check:
        "`ss -lnt` shows Recv-Q of Send-Q; a stuck program, or a backlog (listen, net.core.somaxconn) that is too small.",
      ...caused`listen:${netnsKey(e, later)}:${service(e)?.port}`,
    }),
  },
  {
    reasons: ["TCP_FLAGS", "TCP_INVALID_SYN"],
    explain: (e, later) => ({
      what: `the flags ${e.text("tcp.flags") ?? "?"} of ${flow(e)} make no sense in that state (${e.text("sk.state") ?? "unknown"})${where(e, later)}`,
      check: "A connection that one side has forgotten, or a scan.",
    }),
  },
  {
    places: [
      "tcp_rcv_state_process",
      "tcp_rcv_established",
      "tcp_data_queue",
      "tcp_v4_do_rcv",
      "tcp_v6_do_rcv",
    ],
    explain: (e, later) => ({
      what: `TCP in state ${e.text("sk.state") ?? "unknown"} has no use for ${flow(e)} (flags ${e.text("tcp.flags") ?? "?"})${where(e, later)}`,
      check:
        "Mostly one side has closed while the other still sends: `ss -nta`, and pwq 'trace skb where tcp.flags has RST show process, tuple'.",
    }),
  },
  plain(
    ["TCP_RESET"],
    "the connection was reset by the other side",
    "The reset itself is consumed; who sent it: pwq 'trace skb where tcp.flags has RST show process, tuple'.",
    { ordinary: true },
  ),
  plain(
    ["TCP_CLOSE"],
    "a segment came for a connection that is closed",
    "The other side still sends: it has not seen the end.",
    { ordinary: true },
  ),
  plain(
    ["TCP_ABORT_ON_DATA"],
    "data came after the program had closed the connection",
    "The program closed before it had read all; the sender gets a reset.",
  ),
  plain(["TCP_OLD_DATA", "TCP_OLD_SEQUENCE"], "the data was here already", DUPLICATE, { ordinary: true }),
  plain(["TCP_OLD_ACK", "TCP_TOO_OLD_ACK"], "it acknowledges what was acknowledged before", DUPLICATE, {
    ordinary: true,
  }),
  plain(
    ["TCP_INVALID_SEQUENCE", "TCP_INVALID_END_SEQUENCE"],
    "its sequence number lies outside of the window",
    DUPLICATE,
  ),
  plain(
    ["TCP_INVALID_ACK_SEQUENCE", "TCP_ACK_UNSENT_DATA"],
    "it acknowledges what was never sent",
    "A connection that one side has forgotten, a broken middlebox, or forgery.",
  ),
  plain(
    ["TCP_OVERWINDOW"],
    "it is beyond the window that was offered",
    "The sender ignores the window, or the program reads too slowly.",
  ),
  plain(
    ["TCP_ZEROWINDOW"],
    "the receive window is closed: the program does not read",
    "`ss -ntmp` shows what waits and whose it is.",
  ),
  plain(["TCP_OFOMERGE"], "its data was here already, out of order", DUPLICATE, { ordinary: true }),
  plain(
    ["TCP_OFO_DROP", "TCP_OFO_QUEUE_PRUNE"],
    "segments that came out of order were thrown away for want of memory",
    "`nstat -az | grep TCPOFO`; net.ipv4.tcp_rmem limits a socket.",
  ),
  plain(
    ["TCP_RFC7323_PAWS", "TCP_RFC7323_PAWS_ACK", "TCP_RFC7323_TW_PAWS", "TCP_RFC7323_TSECR"],
    "its time stamp is older than one seen before (PAWS, RFC 7323)",
    "Several clients behind one NAT address, or a delayed duplicate; `nstat -az | grep PAWS`.",
  ),
  plain(["TCP_FASTOPEN"], "fast open refused it", "`nstat -az | grep FastOpen`; the cookie is old."),
  plain(
    ["TCP_MD5NOTFOUND", "TCP_MD5UNEXPECTED", "TCP_MD5FAILURE"],
    "the MD5 signature (RFC 2385) is missing, unexpected or wrong",
    SIGNED,
  ),
  plain(
    ["TCP_AUTH_HDR", "TCP_AONOTFOUND", "TCP_AOUNEXPECTED", "TCP_AOKEYNOTFOUND", "TCP_AOFAILURE"],
    "the authentication option (TCP-AO, RFC 5925) is missing, unexpected or wrong",
    SIGNED,
  ),
  plain(
    ["TCP_MINTTL"],
    "its TTL is lower than the socket wants (IP_MINTTL)",
    "It came over more hops than the program allows, as BGP's TTL security does.",
  ),
];
