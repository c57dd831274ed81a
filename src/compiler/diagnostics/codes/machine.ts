import type { Page } from "../codes.ts";

/** 30xx: this kernel or these privileges cannot do it. Exit status 3. */
export const machine = {
  PWQ3001: {
    title: "tracing needs root",
    text: "Loading a BPF program that reads kernel memory needs the capabilities CAP_BPF and CAP_PERFMON, and CAP_SYS_ADMIN for some of what pwq reads; root has them. The line shown starts the same call through sudo and keeps PATH, which many systems reset. `pwq check`, `compile`, `fields`, `help`, `info` and `replay` need no privileges.",
  },
  PWQ3002: {
    title: "this kernel has no BTF",
    text: "pwq types kernel structures by the BTF that the kernel carries in /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF, on in Debian since 11, Ubuntu since 20.10, Fedora since 31). Without it, BTF of exactly this kernel can be given with `--btf FILE`.",
  },
  PWQ3003: {
    title: "not a BTF file",
    text: "The file of `--btf` cannot be read or is not BTF. A raw BTF file is a copy of /sys/kernel/btf/vmlinux, or what `bpftool btf dump file vmlinux format raw` gives for an ELF file.",
    wrong: "pwq check -e 'trace drop' --btf /boot/vmlinuz",
    right: "pwq check -e 'trace drop' --btf /sys/kernel/btf/vmlinux",
  },
  PWQ3005: {
    title: "tracefs is not mounted",
    text: "The list of functions that can be probed, and the tracepoints, are read from tracefs, which is usually at /sys/kernel/tracing. `mount -t tracefs tracefs /sys/kernel/tracing` mounts it; in a container it may have to be passed in.",
  },
  PWQ3006: {
    title: "tracefs cannot be read",
    text: "/sys/kernel/tracing is there but its files cannot be read with these rights. Tracing works without it where the kernel has kprobe-multi, but functions that cannot be probed are then only found when attaching.",
  },
  PWQ3007: {
    title: "the kernel is locked down",
    text: "In lockdown mode `confidentiality` the kernel lets nobody read its memory, not root either, so no tracer works. The mode is set by the boot line or by Secure Boot; `cat /sys/kernel/security/lockdown` shows it. In mode `integrity` pwq works.",
  },
  PWQ3008: {
    title: "locked memory is limited",
    text: "Before Linux 5.11 the memory of BPF maps counts against RLIMIT_MEMLOCK; later against the memory cgroup. The maps asked for do not fit. A smaller `--buffer` or `--follow-map` needs less; `ulimit -l unlimited` lifts the old limit.",
  },
  PWQ3009: {
    title: "this kernel has no BPF ring buffer",
    text: "Events come through a BPF ring buffer, which Linux has since 5.8. There is no way around it.",
  },
  PWQ3010: {
    title: "the bpf system call is refused",
    text: "The kernel was built without CONFIG_BPF_SYSCALL, or a seccomp profile or security module of this container forbids it. Docker needs `--privileged`, or `--cap-add BPF --cap-add PERFMON --cap-add SYS_ADMIN` with a profile that allows bpf and perf_event_open.",
  },
  PWQ3011: {
    title: "nothing could be attached",
    text: "Each of the functions and tracepoints of the query was refused by the kernel, so there is nothing to see. The reasons are listed. Blacklisted, inlined and removed functions cannot be probed; `pwq probes GLOB` shows which can.",
  },
  PWQ3012: {
    title: "the native part is missing",
    text: "pwq reaches the kernel through a small addon, which was not built for this machine or was built for another Node.js or C library. `npm run setup` in the repository builds it.",
  },
  PWQ3013: {
    title: "this architecture is not supported",
    text: "pwq knows where function arguments are on x86-64 and on 64-bit ARM.",
  },
  PWQ3015: {
    title: "some functions were refused",
    text: "The kernel refused a probe on these functions, and the trace goes on without them. They may be on the kprobe blacklist, be inlined in this build, or belong to a module that was unloaded in between.",
  },
  PWQ3016: {
    title: "the kernel has no room for this",
    text: "A map or program was refused because it is too large: of memory, of the number of open files, or of the 64-bit size a map may have. A smaller `--buffer` or `--follow-map` needs less memory; each function takes one open file with the `kprobe` backend (`ulimit -n`).",
  },
  PWQ3017: {
    title: "the kernel refused it",
    text: "The kernel gave an error that pwq has no better explanation for. The operation and the error are shown. `pwq doctor` checks what is known to go wrong.",
  },
  PWQ3018: {
    title: "the BTF does not fit this kernel",
    text: "With `--btf` a program can be checked, explained and compiled for another kernel, but it runs only on the kernel the BTF came from: offsets of structure members differ.",
  },
  PWQ3019: {
    title: "libpcap is missing",
    text: 'The filter after `pcap` is compiled by libpcap, which tcpdump comes with; `apt-get install libpcap0.8` installs it alone. Queries without `pcap "…"` do not need it.',
  },
} as const satisfies Record<string, Page>;
