// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The entry program for XDP programs that are run for a packet that has a socket buffer already, linked in with
 * calls.bpf.c: the call that runs the program tells which packet that is.
 */
#include "base.h"

/* Of calls.bpf.c and kprobe.bpf.c. */
extern __hidden __u64 pwq_carried_skb(__u64 place);
extern __hidden __u64 pwq_passes_by(__u64 skb);
extern __hidden __u64 pwq_tracepoint(__u64 ctx, __u64 skb, __u64 cookie, __u64 location, __u64 reason);

/*
 * A pointer as a number, with which the verifier lets one calculate. Writing one byte of where it is kept makes it
 * forget that it is a pointer; addresses in the kernel begin with that byte anyway.
 */
static __always_inline __u64 address_of(void *pointer)
{
	volatile union {
		void *pointer;
		__u64 number;
		__u8 bytes[sizeof(__u64)];
	} kept;

	kept.pointer = pointer;
	kept.bytes[sizeof(kept.bytes) - 1] = 0xff;
	return kept.number;
}

/* The context lies on the stack, in the frame of the trampoline. `location` is the verdict. */
SEC("fexit")
int pwq_xdp_of_skb(void *ctx)
{
	__u64 skb = pwq_carried_skb(address_of(ctx)), verdict = 0;

	if (!skb || pwq_passes_by(skb))
		return 0;
	bpf_get_func_ret(ctx, &verdict);
	pwq_tracepoint((__u64)ctx, skb, bpf_get_attach_cookie(ctx), verdict, 0);
	return 0;
}
