#!/bin/bash
# tc ingress: BPF direct action returns TC_ACT_SHOT (as Cilium/Calico do). The program is embedded as base64.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli srv"
setup() {
  std2
  base64 -d <<'B' | gunzip > /tmp/t7777.o
H4sIAAAAAAACA6t39XFjYmRkgAFGhu8MCB4CVCAJOkBJdqDK7VCxRKEACC3oA6b3C0PE2ZkZGLSAtK4yL5hfKMQDpkOZuBk4wHxeKJ8TKi8O5b
MzCIL5KlA+K4MciC+oCuZvB7uVgUEU6PZEKB8E0qHiU6F89wAfBnzAGoiFGJjh/AVQWgiIBRlY4OIwFhMzg15JakUJQ3JOYnFxZlpmahFDfA6D
Xk5OWW58YkpKUXFmOkNOZnJqXnEqg15xSVFJYhKQrswF0cUZ+SXmQMBAOdAGYmYs4kbQeHJBE2fEwgdhNjRxBxz2saDx2QnoX4AmzoHGV4bqR/
fDAxz2obtfFKTX538+kGpAFjeAKmQioN8YixoQeAGlPdDCCeZ+CWjcAQCrPti+OAMAAA==
B
  tc -n srv qdisc add dev s0 clsact; tc -n srv filter add dev s0 ingress prio 20 bpf da obj /tmp/t7777.o sec classifier
}
traffic() { udp_send cli 10.0.0.1 5119 10.0.0.2 7777 5 32; }
ground_truth() { echo 'TRUTH srv drops in __netif_receive_skb_core (sch_handle_ingress), reason TC_INGRESS: BPF program shot7777 on s0 ingress returned TC_ACT_SHOT.'; tc -n srv filter show dev s0 ingress; }

main "$@"
