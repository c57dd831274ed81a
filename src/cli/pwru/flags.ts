import type { Flag, Given, Meaning, Value } from "./flag.ts";
import { functionsOf } from "./functions.ts";
import { compared, maskOf, pcap, quoted } from "./terms.ts";

/** What a switch says when it is on; off, which is pwru's default for all but two, it says nothing. */
const on =
  (meaning: Meaning) =>
  (value: Value): Meaning =>
    value === true ? meaning : {};
const text = (make: (value: string, given: Given) => Meaning) => (value: Value, given: Given) =>
  make(String(value), given);
const list = (make: (values: readonly string[]) => Meaning) => (value: Value) =>
  make(value as readonly string[]);

/** Megabytes after which pwru goes on in a new file, unless it is told. */
const DEFAULT_FILE_MB = "100";

/** What is said about files only counts where there is one. */
const ofFile = (make: (value: Value) => Meaning) => (value: Value, given: Given) =>
  given.has("output-file") ? make(value) : { note: "without `--output-file` it does nothing" };

/** Every flag of pwru 1.0.12, also those that its help does not list, by name. */
export const FLAGS: readonly Flag[] = [
  {
    name: "all-kmods",
    type: "bool",
    about: "functions of all modules",
    example: ["--all-kmods"],
    means: on({ note: "functions of all loaded modules are always among `at all`" }),
  },
  {
    name: "backend",
    type: "string",
    about: "how to attach",
    example: ["--backend", "kprobe"],
    means: text((backend) =>
      backend === "kprobe" || backend === "kprobe-multi"
        ? { options: ["--backend", backend] }
        : {
            cannot: {
              why: `pwru has no backend \`${backend}\``,
              instead: "`--backend kprobe` or `kprobe-multi`; without it the best there is",
            },
          },
    ),
  },
  {
    name: "debug",
    type: "bool",
    about: "more messages",
    example: ["--debug"],
    means: on({ note: "`pwq explain` shows what a query attaches to, captures and runs" }),
  },
  {
    name: "filter-func",
    type: "string",
    about: "functions whose whole name matches",
    example: ["--filter-func", "ip_(rcv|output).*"],
    means: text((regex) => ({
      functions: functionsOf(regex),
      ...(/kfree_skb|sk_skb_reason_drop/.test(regex) && {
        note: "a function that this kernel does not have is refused; `trace drop` shows drops on every kernel, with the reason and the place",
      }),
    })),
  },
  {
    name: "filter-ifname",
    type: "string",
    about: "packets on this device, in pwru's own network namespace or that of `--filter-netns`",
    example: ["--filter-ifname", "eth0"],
    means: text((name, given) => ({
      where: [
        `iface == ${quoted(name)}`,
        ...(given.has("filter-netns") ? [] : [`netns == ${quoted("/proc/self/ns/net")}`]),
      ],
    })),
  },
  {
    name: "filter-kprobe-batch",
    type: "uint",
    about: "probes attached at a time",
    example: ["--filter-kprobe-batch", "20"],
    means: text(() => ({ note: "needs no setting: pwq attaches as fast as the kernel lets it" })),
  },
  {
    name: "filter-mark",
    type: "mark",
    about: "packets with this mark",
    example: ["--filter-mark", "0xa00/0xf00"],
    means: text((mark) => ({ whereSkb: [maskOf(mark)] })),
  },
  {
    name: "filter-netns",
    type: "string",
    about: "packets in this network namespace",
    example: ["--filter-netns", "/run/netns/web"],
    means: text((given) => {
      const inode = /^inode:(\d+)$/.exec(given)?.[1];
      const name = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(given)?.[1];
      return { where: [`netns == ${inode ?? quoted(name ?? given)}`] };
    }),
  },
  {
    name: "filter-non-skb-funcs",
    type: "strings",
    about: "functions without a packet among their arguments",
    example: ["--filter-non-skb-funcs", "fib_table_lookup,neigh_lookup"],
    means: list((names) => ({
      points: names.map((name) => `calls ${name}`),
      follows: true,
      note: "they are shown where they work for a followed packet, by the calls that are underway",
    })),
  },
  {
    name: "filter-skb-expr",
    type: "string",
    about: "packets for which a comparison holds",
    example: ["--filter-skb-expr", "skb->dev->ifindex = 3"],
    means: text((expression) => ({ whereSkb: [compared(expression)] })),
  },
  {
    name: "filter-trace-tc",
    type: "bool",
    about: "BPF programs at tc",
    example: ["--filter-trace-tc"],
    means: on({ points: ["tc"], show: ["cb.bpf"] }),
  },
  {
    name: "filter-trace-xdp",
    type: "bool",
    about: "XDP programs",
    example: ["--filter-trace-xdp"],
    means: on({ xdp: {} }),
  },
  {
    name: "filter-track-bpf-helpers",
    type: "bool",
    about: "BPF helpers that programs call",
    example: ["--filter-track-bpf-helpers"],
    means: on({
      points: ["calls"],
      follows: true,
      note: "functions of the network are among `calls` besides helpers; `calls bpf_skb_*` would be some helpers only",
    }),
  },
  {
    name: "filter-track-skb",
    type: "bool",
    about: "packets that matched once, whatever becomes of them",
    example: ["--filter-track-skb"],
    means: on({ follows: true }),
  },
  {
    name: "filter-track-skb-by-stackid",
    type: "bool",
    about: "calls on behalf of a packet, also when it is freed",
    example: ["--filter-track-skb-by-stackid"],
    means: on({ points: ["calls"], follows: true }),
  },
  {
    name: "filter-tunnel-pcap-l2",
    type: "string",
    about: "packets in a tunnel, from their Ethernet header",
    example: ["--filter-tunnel-pcap-l2", "tcp port 80"],
    means: text((filter) => ({ whereSkb: [pcap(filter, "inner.")], note: TUNNEL_NOTE })),
  },
  {
    name: "filter-tunnel-pcap-l3",
    type: "string",
    about: "packets in a tunnel, from their IP header",
    example: ["--filter-tunnel-pcap-l3", "tcp port 80"],
    means: text((filter) => ({ whereSkb: [pcap(filter, "inner.")], note: TUNNEL_NOTE })),
  },
  {
    name: "filter-xdp-expr",
    type: "string",
    about: "frames at XDP programs for which a comparison holds",
    example: ["--filter-trace-xdp", "--filter-xdp-expr", "xdp->rxq->dev->ifindex = 3"],
    means: text((expression) => ({ xdp: { where: [compared(expression)] } })),
  },
  {
    name: "help",
    short: "h",
    type: "bool",
    about: "pwru's help",
    example: ["--help"],
    means: on({ instead: ["help"] }),
  },
  {
    name: "kernel-btf",
    type: "string",
    about: "types from this file",
    example: ["--kernel-btf", "vmlinux.btf"],
    means: text((file) => ({ options: ["--btf", file] })),
  },
  {
    name: "kmods",
    type: "strings",
    about: "functions of these modules besides the kernel's own",
    example: ["--kmods", "veth,nf_conntrack"],
    means: list((names) => ({ options: ["--modules", names.join(",")] })),
  },
  {
    name: "netns-names-max-length",
    type: "uint",
    about: "how wide the column of namespaces is",
    example: ["--netns-names-max-length", "16"],
    means: text(() => ({ note: "needs no setting: columns are as wide as what they hold" })),
  },
  {
    name: "output-bpfmap",
    type: "bool",
    about: "keys and values at operations on BPF maps",
    example: ["--output-bpfmap"],
    means: on({
      cannot: {
        why: "pwq reads packets and what belongs to them, and BPF maps belong to programs",
        instead: "leave it out; `bpftool map dump id N` prints a map",
      },
    }),
  },
  {
    name: "output-caller",
    type: "bool",
    about: "the function it was called from",
    example: ["--output-caller"],
    means: on({ show: ["caller"] }),
  },
  {
    name: "output-file",
    type: "string",
    about: "write to a file, and go on in a new one after 100 MB",
    example: ["--output-file", "trace.log"],
    means: text((file, given) => ({
      options: [
        "--output",
        file,
        "--output-max-size",
        `${given.get("output-file-max-size") ?? DEFAULT_FILE_MB}MiB`,
      ],
    })),
  },
  {
    name: "output-file-compress",
    type: "bool",
    about: "compress finished files",
    example: ["--output-file", "trace.log", "--output-file-compress"],
    means: ofFile(on({ options: ["--output-gzip"] })),
  },
  {
    name: "output-file-max-age",
    type: "uint",
    about: "remove finished files after so many days; 0: never",
    example: ["--output-file", "trace.log", "--output-file-max-age", "7"],
    means: ofFile((days) => (days === "0" ? {} : { options: ["--output-keep", `${days}d`] })),
  },
  {
    name: "output-file-max-backups",
    type: "uint",
    about: "keep so many finished files; 0: all",
    example: ["--output-file", "trace.log", "--output-file-max-backups", "5"],
    means: ofFile((count) => (count === "0" ? {} : { options: ["--output-backups", String(count)] })),
  },
  {
    name: "output-file-max-size",
    type: "uint",
    about: "go on in a new file after so many MB",
    example: ["--output-file", "trace.log", "--output-file-max-size", "10"],
    means: ofFile(() => ({})),
  },
  {
    name: "output-json",
    type: "bool",
    about: "a JSON object a line",
    example: ["--output-json"],
    means: on({ options: ["--json"] }),
  },
  {
    name: "output-limit-lines",
    type: "uint",
    about: "end after so many events",
    example: ["--output-limit-lines", "100"],
    means: text((count) => (count === "0" ? {} : { limit: count })),
  },
  {
    name: "output-meta",
    type: "bool",
    about: "namespace, mark, device, protocol, MTU and length; on unless told",
    example: ["--output-meta=false"],
    means: (value) => (value === false ? { hides: META } : {}),
  },
  {
    name: "output-netns-names",
    type: "bool",
    about: "names of network namespaces",
    example: ["--output-netns-names"],
    means: on({ note: "`netns` always shows the name where there is one" }),
  },
  {
    name: "output-skb",
    type: "bool",
    about: "the whole `struct sk_buff`",
    example: ["--output-skb"],
    means: on({ show: ["dump(skb)"] }),
  },
  {
    name: "output-skb-cb",
    type: "bool",
    about: "the control buffer, as BPF programs see it",
    example: ["--output-skb-cb"],
    means: on({ show: ["cb.bpf"] }),
  },
  {
    name: "output-skb-metadata",
    type: "strings",
    about: "up to four members",
    example: ["--output-skb-metadata", "skb->hash,skb->dev->ifindex"],
    means: list((paths) => ({ show: paths })),
  },
  {
    name: "output-skb-shared-info",
    type: "bool",
    about: "the whole `struct skb_shared_info`",
    example: ["--output-skb-shared-info"],
    means: on({ show: ["dump(shinfo)"] }),
  },
  {
    name: "output-stack",
    type: "bool",
    about: "the kernel stack",
    example: ["--output-stack"],
    means: on({ show: ["stack"] }),
  },
  {
    name: "output-tcp-flags",
    type: "bool",
    about: "TCP flags",
    example: ["--output-tcp-flags"],
    means: on({ show: ["tcp.flags"] }),
  },
  {
    name: "output-tunnel",
    type: "bool",
    about: "addresses inside a tunnel",
    example: ["--output-tunnel"],
    means: on({ show: ["tunnel.kind", "tunnel.vni", "inner.tuple"] }),
  },
  {
    name: "output-tuple",
    type: "bool",
    about: "addresses, ports and protocol; on unless told",
    example: ["--output-tuple=false"],
    means: (value) => (value === false ? { hides: ["tuple"] } : {}),
  },
  {
    name: "output-xdp-metadata",
    type: "strings",
    about: "up to four members, at XDP programs",
    example: ["--filter-trace-xdp", "--output-xdp-metadata", "xdp->rxq->queue_index"],
    means: list((paths) => ({ xdp: { show: paths } })),
  },
  {
    name: "ready-file",
    type: "string",
    about: "make this file when all is attached",
    example: ["--ready-file", "/tmp/ready"],
    means: text((file) => ({ options: ["--ready-file", file] })),
  },
  {
    name: "set-percpu-buf",
    type: "uint",
    about: "room for dumps",
    example: ["--set-percpu-buf", "8192"],
    means: text(() => ({ note: "needs no setting: dumps are not cut" })),
  },
  {
    name: "timestamp",
    type: "string",
    about: "`none`, `current`, `absolute`: the time; `relative`: since the packet's previous event",
    example: ["--filter-track-skb", "--timestamp", "relative"],
    means: text((kind, given) => {
      if (kind === "relative") {
        const note = "a packet that is not followed has no previous event; `--filter-track-skb` follows";
        return { show: ["delta"], ...(given.get("filter-track-skb") !== true && { note }) };
      }
      if (kind === "absolute" || kind === "current") return { show: ["time"] };
      if (kind === "none") return {};
      return {
        cannot: {
          why: `pwru has no time \`${kind}\``,
          instead: "`absolute`, `relative`, `current` or `none`",
        },
      };
    }),
  },
  {
    name: "version",
    type: "bool",
    about: "pwru's version",
    example: ["--version"],
    means: on({ instead: ["--version"] }),
  },
];

/** What `--output-meta` is about. */
const META = ["netns", "mark", "iface", "protocol", "mtu", "len"] as const;

const TUNNEL_NOTE = "packets without a tunnel, which pwru lets through, are not selected";
