// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The entry programs for functions and tracepoints. A generated object, linked with this one, brings the queries
 * (`pwq_query`) and a program for each tracepoint, which calls `pwq_tracepoint`. Functions between the two objects are
 * hidden, which libbpf makes static: the verifier checks them in the context of their callers, pointers included.
 */
#include "base.h"
#include "arch.h"
#include "handle.h"
#include "record.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* From the address that is probed to its function's cookie: for kprobes that share one attachment, which has no cookie. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, __u64);
} pwq_cookies SEC(".maps");

static __always_inline __u64 shared_cookie(void *ctx)
{
	__u64 probed = probed_address(ctx);
	__u64 *cookie = bpf_map_lookup_elem(&pwq_cookies, &probed);

	return cookie ? *cookie : 0;
}

static __always_inline int at_function(void *ctx, __u64 cookie)
{
	__u64 skb = argument(ctx, COOKIE(cookie, SKB)), clone = 0;

	if (COOKIE(cookie, ROLE) == PWQ_ROLE_CLONE) {
		clone = skb;
		skb = argument(ctx, COOKIE(cookie, OTHER));
	}
	handle(ctx, (__u64)ctx, skb, clone, cookie, 0, 0);
	return 0;
}

SEC("kprobe.multi")
int pwq_kprobe_multi(void *ctx)
{
	return at_function(ctx, bpf_get_attach_cookie(ctx));
}

SEC("kprobe")
int pwq_kprobe(void *ctx)
{
	__u64 cookie = bpf_get_attach_cookie(ctx);

	return at_function(ctx, cookie ? cookie : shared_cookie(ctx));
}

/* For the generated raw tracepoint programs. `location` and `reason` are of a drop, else 0. */
__hidden __u64 pwq_tracepoint(__u64 ctx, __u64 skb, __u64 cookie, __u64 location, __u64 reason)
{
	handle((void *)ctx, 0, skb, 0, cookie, location, reason);
	return 0;
}
