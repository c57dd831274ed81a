#!/bin/bash
# cgroup BPF egress program denies the sender's packets. The program is embedded as base64.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() {
  std2
  base64 -d <<'B' | gunzip > /tmp/pwq-deny.o
H4sIAAAAAAACA6t39XFjYmRkgAFGhu8MCB4CcCAJOkBJdqDK7VCxqVDaPcCHAR8wB2IWho//0cVBxgsxMMP5AlBaDogFgTpgAMZiYmZISc2rZN
ArSa0oYUhOL8ovLYgvzk7ST00vSi0uZojPYdDLySnLjU9MSSkqzkxnyMlMTs0rTmVI1ktm0CsuKSpJTALSlbkgmgrAGoiZsYjvgtLeWPyLDNig
Ymxo4g447GNB4/MQ0C+AHp9ofH2ofnQ/BOCwD939iiC9Pv/zgVQDsvgOWHwh+RObfmckNcggAkonIOljQnK/BDTyAExQKwDIAgAA
B
  mkdir -p /tmp/pwq-cgroup; mountpoint -q /tmp/pwq-cgroup || mount -t cgroup2 none /tmp/pwq-cgroup; mkdir -p /tmp/pwq-cgroup/pwqlab
  rm -f /sys/fs/bpf/xd_deny; bpftool prog load /tmp/pwq-deny.o /sys/fs/bpf/xd_deny type cgroup/skb && bpftool cgroup attach /tmp/pwq-cgroup/pwqlab egress pinned /sys/fs/bpf/xd_deny
}
traffic() { ( echo $BASHPID > /tmp/pwq-cgroup/pwqlab/cgroup.procs; udp_send cli 10.0.0.1 5037 10.0.0.2 6037 5 32 ); }
ground_truth() { echo 'TRUTH cli drops in ip_finish_output (BPF_CGROUP_RUN_PROG_INET_EGRESS), reason BPF_CGROUP_EGRESS: program deny on cgroup /pwqlab returned 0; sendto() gets EPERM.'; bpftool cgroup show /tmp/pwq-cgroup/pwqlab; }
cleanup() { local n; bpftool cgroup detach /tmp/pwq-cgroup/pwqlab egress pinned /sys/fs/bpf/xd_deny 2>/dev/null; rm -f /sys/fs/bpf/xd_deny; rmdir /tmp/pwq-cgroup/pwqlab 2>/dev/null; for n in $NSLIST; do ip netns del "$n" 2>/dev/null; done; }

main "$@"
