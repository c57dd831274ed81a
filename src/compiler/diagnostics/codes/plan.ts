import type { Page } from "../codes.ts";

export const plan = {
  PWQ1250: {
    title: "no such function in this kernel",
    text: "A name or glob in `at` or `fn(…)` matches no function of the running kernel or its loaded modules. Function names change between kernels; `pwq probes 'GLOB'` lists what is here. A function of a module appears when the module is loaded.",
    wrong: "trace skb at ip_recv",
    right: "trace skb at ip_rcv",
  },
  PWQ1251: {
    title: "this function does not take an skb",
    text: "pwq follows a packet through functions that get its socket buffer as an argument in a register. This function exists but has no such argument, so there is no packet to look at.",
    wrong: "trace skb at __udp4_lib_lookup",
    right: "trace skb at udp_rcv",
  },
  PWQ1252: {
    title: "this function cannot be traced",
    text: "The function takes an skb but ftrace cannot attach to it: the compiler inlined it everywhere, the kernel marks it `notrace`, or several functions share the name. Its callers are usually traceable; `pwq probes 'GLOB'` shows which are.",
    wrong: "trace skb at dst_output",
    right: "trace skb at ip_output",
  },
  PWQ1253: {
    title: "no such module",
    text: "`module GLOB` matches no loaded module that has BTF and functions with an skb. Load the module first (`modprobe NAME`); code built into the kernel belongs to no module.",
    wrong: "trace skb at module nf_contrack",
    right: "trace skb at module nf_conntrack",
  },
  PWQ1254: {
    title: "no such tracepoint with an skb",
    text: "`tracepoint GROUP:GLOB` matches no tracepoint of this kernel that carries an skb. `pwq probes` lists them.",
    wrong: "trace skb at tracepoint net:netif_recieve_skb",
    right: "trace skb at tracepoint net:netif_receive_skb",
  },
  PWQ1255: {
    title: "this tracepoint cannot be used",
    text: "The tracepoint carries an skb that may already be freed, or that is not the packet itself. Looking at it could show another packet's data as this one's, so pwq never attaches it.",
    wrong: "trace skb at tracepoint net:net_dev_xmit",
    right: "trace skb at tracepoint net:net_dev_start_xmit",
  },
  PWQ1256: {
    title: "this kernel cannot probe functions",
    text: "The query names functions, but this kernel has no kprobes that pwq could use (see `pwq doctor`), so only tracepoints can be looked at. Leave `at` out to use every tracepoint that carries an skb, or name tracepoints.",
    wrong: "trace skb at ip_rcv",
    right: "trace skb at tracepoint net:*",
  },
  PWQ1257: {
    title: "backend not available",
    text: "`--backend` asks for a way of attaching that this kernel or these privileges do not have. `pwq doctor` says why. With `--backend auto` the best available one is taken.",
  },
  PWQ1258: {
    title: "this end of a journey cannot be seen here",
    text: "The terminal is seen by probing functions, and this backend has only tracepoints. `drop`, `xmit` and `free` are seen by tracepoints and work everywhere.",
    wrong: "trace skb until deliver",
    right: "trace skb until drop, free",
  },
  PWQ1259: {
    title: "nothing is left to look at",
    text: "The exclusions (`!…`) in `at` take away everything that the rest selects.",
    wrong: "trace skb at ip_*, !*",
    right: "trace skb at ip_*, !ip_send*",
  },
  PWQ1260: {
    title: "too many queries in one file",
    text: "All queries of a file share one attachment, and each takes a bit in the attach cookie: eight at most. Split the file.",
  },
  PWQ1261: {
    title: "not on this kernel",
    text: "The field is read from kernel structures, and this kernel's BTF has none of the members it could be read from. The module that defines the structure may not be loaded (conntrack fields need `nf_conntrack`).",
  },
  PWQ1262: {
    title: "this cannot be tested in the kernel",
    text: "`where`, `when`, `until` and `stop when` are evaluated in the kernel, at the event, and this cannot be: two texts of a packet are not compared there, only each with a constant, and what is put together after the event can only be shown.",
    wrong: "trace skb where comm == iface",
    right: "trace skb show comm, iface",
  },
  PWQ1263: {
    title: "this pattern is too large",
    text: "Patterns are turned into a table for the kernel. This one needs too many states, or uses a feature that no table can hold (backreferences, look-ahead). Simplify it, or test several shorter patterns with `or`.",
  },
  PWQ1264: {
    title: "too much to capture",
    text: "The shown items of one event together are larger than 16 KiB, or 4 KiB on kernels before 6.2. Show less, or capture fewer bytes (`payload(64)`).",
  },
  PWQ1265: {
    title: "the query needs more stack than the kernel gives",
    text: "A BPF program has 512 bytes of stack. This query's conditions keep too many values at once; split the query in two or drop some conditions.",
  },
  PWQ1266: {
    title: "this filter cannot run in the kernel",
    text: "libpcap's program for the filter is translated to the kernel's BPF, which knows no loops without an end and no programs without a limit. `ip6 protochain` makes loops: fields of pwq (`tcp.dport`) find what lies behind IPv6 extension headers without them. A list of hundreds of hosts is shorter as a set: `ip.src in {…}`.",
    wrong: 'trace skb where pcap "ip6 protochain 6"',
    right: "trace skb where ip6 and tcp",
  },
  PWQ1268: {
    title: "no function here has that",
    text: "None of the functions that the query looks at has such an argument, or returns a number or a pointer; or the kernel's types do not tell in which register it is.",
    wrong: "trace skb at ip_rcv show arg(5)",
    right: "trace skb at ip_rcv show arg(1)",
  },
  PWQ1267: {
    title: "returns cannot be probed here",
    text: "`ret` needs function probes. A kernel that has probes on entries and returns together (Linux 6.10) can do it for all functions; an older one needs a probe of its own for each return, so that there `at` must name a few functions.",
    wrong: "# kernel: 6.1\ntrace skb show ret",
    right: "trace skb at ip_rcv, nf_hook_slow show ret",
  },
  PWQ1269: {
    title: "too many values to remember",
    text: "For each followed packet the kernel keeps the last value of every `changed(…)`, what each `first(…)` has seen, and when `from` was passed: eight values in a file, because they are kept for every packet.",
    wrong:
      "trace skb when changed(mark) or changed(len) or changed(iface) or changed(netns) or changed(priority) or changed(queue) or changed(ip.src) or changed(ip.dst) or changed(ip.ttl)",
    right: "trace skb when changed(mark) or changed(len) or changed(iface) or changed(netns)",
  },
  PWQ1270: {
    title: "BPF programs cannot be looked at here",
    text: "The point `tc` puts a small tracing program before each BPF program that is loaded for tc, which takes a kernel with BPF trampolines and their cookies (Linux 6.0 on x86-64 and arm64).",
    wrong: "# without: bpf_tramp_link\ntrace skb at tc",
    right: "trace skb at tcf_classify",
  },
  PWQ1271: {
    title: "one file traces packets or XDP frames",
    text: "The queries of a file share one program in the kernel, and that knows either socket buffers or the frames of XDP programs. Put the queries into two files and run them side by side.",
    wrong: "trace xdp\ntrace skb at ip_rcv",
    right: "trace xdp\ntrace xdp where tcp",
  },
  PWQ1272: {
    title: "calls cannot be looked at here",
    text: "The point `calls` looks at functions that get no packet and runs the query for the packet they work for: that of the innermost function on the stack that got one. It follows packets, so `follow none` excludes it, and a journey does not begin or end there. The point `xdp` finds the packet that a program is run for in the same way. Calls are told apart by the return addresses on the stack, which probes on returns (`ret`) replace, and which only x86-64 has there.",
    wrong: "trace skb at ip_rcv, calls fib_table_lookup show ret",
    right: "trace skb at ip_rcv, calls fib_table_lookup",
  },
  PWQ1273: {
    title: "this function takes an skb",
    text: "`calls` is for functions that do not get the packet. One that gets it is a point by its name alone.",
    wrong: "trace skb at path, calls ip_rcv",
    right: "trace skb at path, ip_rcv",
  },
  PWQ1275: {
    title: "too many conditions on the names of BPF programs",
    text: "A program's name is tested once, when the program is met, and the answer is kept in the number of its point, where four answers have room. Names in one set, and names that one glob matches, are one condition.",
    wrong:
      'trace skb at tc where func == "a(tc)" or func == "b(tc)" or func == "c(tc)" or func == "d(tc)" or func == "e(tc)"',
    right: 'trace skb at tc where func in {"a(tc)", "b(tc)", "c(tc)", "d(tc)", "e(tc)"}',
  },
  PWQ1274: {
    title: "too many functions",
    text: "The kernel has tens of thousands of functions, and each probe costs time whenever it is passed. At most 8192 functions without an skb are looked at; `calls` by itself means some three thousand of the network.",
    right: "trace skb at path, calls fib_*, calls neigh_*",
  },
} as const satisfies Record<string, Page>;
