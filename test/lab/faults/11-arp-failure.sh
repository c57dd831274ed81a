#!/bin/bash
# Neighbour failure: the destination on the last link does not answer ARP.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

NSLIST="cli rtr srv"
setup() { std3; }
traffic() { udp_send cli 10.0.1.1 5011 10.0.2.77 6011 3 32; sleep 4; }
ground_truth() {
  echo 'TRUTH rtr drops after 3 ARP requests (3 s) from the neighbour timer in neigh_invalidate (error_report = arp_error_report), reason NEIGH_FAILED, on r2: nobody has 10.0.2.77. ICMP host unreachable goes back.'
  ip -n rtr neigh show dev r2; ip netns exec rtr sysctl net.ipv4.neigh.r2.mcast_solicit net.ipv4.neigh.r2.retrans_time_ms
}

main "$@"
