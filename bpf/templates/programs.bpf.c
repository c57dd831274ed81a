// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The entry programs for BPF programs, linked in for queries that look at those: what has no target of its own could not
 * be loaded by whoever loads an object whole.
 */
#include "base.h"

/* Of kprobe.bpf.c. */
extern __hidden __u64 pwq_passes_by(__u64 skb);
extern __hidden __u64 pwq_tracepoint(__u64 ctx, __u64 skb, __u64 cookie, __u64 location, __u64 reason);

/*
 * Before a BPF program at tc runs: loaded once for each of them. The packet is asked for by a helper, because what the
 * context holds is a pointer with a type here, and no number.
 */
SEC("fentry")
int pwq_tc(void *ctx)
{
	__u64 skb = 0;

	bpf_get_func_arg(ctx, 0, &skb);
	if (skb && !pwq_passes_by(skb))
		pwq_tracepoint((__u64)ctx, skb, bpf_get_attach_cookie(ctx), 0, 0);
	return 0;
}

/* After an XDP program has run: the frame, which has no skb yet, is where the others have theirs; `location` is the verdict. */
SEC("fexit")
int pwq_xdp(void *ctx)
{
	__u64 frame = 0, verdict = 0;

	bpf_get_func_arg(ctx, 0, &frame);
	bpf_get_func_ret(ctx, &verdict);
	if (frame)
		pwq_tracepoint((__u64)ctx, frame, bpf_get_attach_cookie(ctx), verdict, 0);
	return 0;
}
