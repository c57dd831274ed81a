import type { Page } from "../codes.ts";

/** 120x to 122x: statements and clauses. */
export const clauses = {
  PWQ1201: {
    title: "a clause twice",
    text: "Each clause can stand in a query once. Conditions are joined by `and`; points, terminals and columns are listed with commas.",
    wrong: "trace skb where tcp where ip.ttl < 5",
    right: "trace skb where tcp and ip.ttl < 5",
  },
  PWQ1202: {
    title: "unknown subject",
    text: "A query traces `skb`, packets as the kernel's socket buffers, or `drop`, which is short for `skb at drop`.",
    wrong: "trace packets where tcp",
    right: "trace skb where tcp",
  },
  PWQ1203: {
    title: "unknown kind of following",
    text: "`follow` lists what the following of a packet crosses: `clone`, `copy`; or it says `none`, and then `where` selects events one by one.",
    wrong: "trace skb where tcp follow clones",
    right: "trace skb where tcp follow clone",
  },
  PWQ1204: {
    title: "not a fraction",
    text: "`sample 1/100` takes one selected packet in a hundred, at random: both are whole numbers from 1, the first is not above the second, and neither is above 4294967295.",
    wrong: "trace skb sample 100/1",
    right: "trace skb sample 1/100",
  },
  PWQ1205: {
    title: "not a rate",
    text: "`rate 100/s` lets at most that many selected packets through in each second (`s`), millisecond (`ms`), minute (`m`) or hour (`h`). The number is whole and from 1.",
    wrong: "trace skb rate 100/day",
    right: "trace skb rate 100/m",
  },
  PWQ1206: {
    title: "not a limit",
    text: "`limit 10 packets` or `limit 1000 events` ends the trace when so many were selected or shown. The number is whole and from 1.",
    wrong: "trace skb limit 0 packets",
    right: "trace skb limit 1 packets",
  },
  PWQ1207: {
    title: "not a duration",
    text: "`for` takes how long the trace is to run, as a number with a unit: `for 10s`, `for 5m`.",
    wrong: "trace drop for 10",
    right: "trace drop for 10s",
  },
  PWQ1208: {
    title: "two columns of one name",
    text: "Each column is a key of the JSON output, and a key can be there once. `type`, `time`, `packet`, `func`, `query` and `last` are keys of every event. Give one of them another name with `as`.",
    wrong: "trace skb show mark, len, mark",
    right: "trace skb show mark, len",
  },
  PWQ1209: {
    title: "clauses that do not go together",
    text: "One clause takes away what the other needs: `trace drop` is the point `drop` already; with `follow none` there are no journeys, so nothing that is about a journey (`until`, `ending`, `when`, `limit … packets`) can be said.",
    wrong: "trace drop at ip_rcv",
    right: "trace skb at ip_rcv, drop",
  },
  PWQ1210: {
    title: "a requirement is not met",
    text: "The program says with `@requires` what it cannot do without, and this kernel does not have it.",
    wrong: "@requires kernel >= 99.0\n\ntrace drop",
    right: "@requires kernel >= 5.17\n\ntrace drop",
  },
  PWQ1211: {
    title: "written for a later version of the language",
    text: "The first line says which version of the language the program was written for, and this pwq knows only earlier ones. A newer pwq runs it.",
    wrong: "pwq 2\n\ntrace drop",
    right: "pwq 1\n\ntrace drop",
  },
  PWQ1212: {
    title: "the language version is not first",
    text: "`pwq 1` says how the rest is to be read, so it stands once, before all other statements.",
    wrong: "trace drop\npwq 1",
    right: "pwq 1\ntrace drop",
  },
  PWQ1213: {
    title: "a name defined twice",
    text: "A name means one thing in a file: a `def` can have neither the name of another, nor of one that a used file brings in, nor of a field or protocol; and parameters of a program and of the files it uses share the command line.",
    wrong: "def web = tcp.dport == 443\ndef web = tcp.dport == 80\n\ntrace skb where web",
    right: "def web = tcp.dport in {80, 443}\n\ntrace skb where web",
  },
  PWQ1214: {
    title: "not a column",
    text: "`show` prints values of a packet or an event. A set, a range or a constant is the same for all of them.",
    wrong: "trace skb show mark, 7",
    right: "trace skb show mark",
  },
  PWQ1215: {
    title: "a return has no packet to select",
    text: "`ret` is what a function returns. `where` selects packets, at the entry of functions, when nothing has been returned yet; and the return belongs to the packet only if that is followed until then. Select with other fields, and ask for `ret` in `when`, `until` or `show`.",
    wrong: "trace skb at nf_hook_slow where ret < 0",
    right: "trace skb at nf_hook_slow when ret < 0 show ret",
  },
  PWQ1218: {
    title: "not known of a packet that is not followed",
    text: "`changed(x)` and `first(x)` compare with earlier events of the journey, and `latency` with its beginning. `where` is asked of packets that are not on a journey yet, and with `follow none` none ever is.",
    wrong: "trace skb where changed(mark)",
    right: "trace skb where tcp when changed(mark)",
  },
  PWQ1219: {
    title: "`latency` without `from … to …`",
    text: "`latency` is the time a packet took from the first of two points to the second, and `from … to …` says which they are. Without them there are `elapsed`, the time since the packet's first event, and `delta`, since the one before.",
    wrong: "trace skb show latency",
    right: "trace skb from ip_rcv to ip_local_deliver show latency",
  },
  PWQ1216: {
    title: "a frame at an XDP program has no such thing",
    text: "XDP programs run before there is a socket buffer, so a frame has headers, a length, a device and a receive queue, and after the program has run a verdict (`ret`), but no mark, socket, connection or journey. `xdp->…` reads the members of `struct xdp_buff`.",
    wrong: "trace xdp where mark == 7",
    right: "trace xdp where udp.dport == 53 and ret == XDP_DROP",
  },
  PWQ1220: {
    title: "aggregates and values of single events",
    text: "`show` prints either events, one by one, or aggregates: one line for many events. What a group is to be told by stands in `by`.",
    wrong: "trace drop show count(), drop.reason",
    right: "trace drop show count() by drop.reason",
  },
  PWQ1221: {
    title: "nothing is aggregated",
    text: "`by`, `every` and `top` say how aggregates are grouped, how often they are printed and how many groups; so `show` must name one: `count() sum(x) avg(x) min(x) max(x) p50(x) p90(x) p99(x) hist(x) lhist(x, low, high, step) uniq(x)`.",
    wrong: "trace drop by drop.reason",
    right: "trace drop show count() by drop.reason",
  },
  PWQ1222: {
    title: "an aggregate stands by itself",
    text: "`count()` and its like are made of many events, so they are columns of their own in `show`: they cannot be computed with, nor tested for one event.",
    wrong: "trace drop when count() > 10",
    right: "trace drop show count() by drop.reason top 10",
  },
} as const satisfies Record<string, Page>;
