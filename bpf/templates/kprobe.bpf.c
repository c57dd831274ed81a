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
#include "returns.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/*
 * To a function's cookie, from the address that is probed: for kprobes that share one attachment, which has no cookie. Or from
 * the cookie that it was attached with by another query.
 */
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

/* Where a packet is copied, the first skb is the new one. */
#define IS_CLONE(cookie) (COOKIE(cookie, ROLE) == PWQ_ROLE_CLONE)
#define IS_OF_OTHER(cookie) (IS_CLONE(cookie) || COOKIE(cookie, ROLE) == PWQ_ROLE_COPYING)

static __always_inline __u64 skb_of(void *ctx, __u64 cookie)
{
	return argument(ctx, IS_OF_OTHER(cookie) ? COOKIE(cookie, OTHER) : COOKIE(cookie, SKB));
}

/* What a crossing depends on is a bool, of which the calling convention defines one byte. */
static __always_inline int crosses(void *ctx, __u64 cookie)
{
	return COOKIE(cookie, OTHER) == COOKIE(cookie, SKB) || argument(ctx, COOKIE(cookie, OTHER)) & 0xff;
}

static __always_inline __u64 clone_of(void *ctx, __u64 cookie)
{
	return IS_CLONE(cookie) ? argument(ctx, COOKIE(cookie, SKB)) : 0;
}

/* The arguments are read again after the test, because there is no room on the stack to keep them. */
static __always_inline __u64 at_function(void *ctx, __u64 cookie)
{
	__u64 skb = skb_of(ctx, cookie);

	if (!skb || passes_by(skb, clone_of(ctx, cookie)))
		return 0;
	if (COOKIE(cookie, ROLE) == PWQ_ROLE_CROSSING && !crosses(ctx, cookie))
		cookie &= ~((__u64)PWQ_COOKIE_ROLE_MASK << PWQ_COOKIE_ROLE_SHIFT);
	return handle(ctx, (__u64)ctx, skb_of(ctx, cookie), clone_of(ctx, cookie), cookie, 0, 0, LOOKS);
}

/* Where the return has a probe of its own, it could take an earlier call that it missed for this one. */
static __always_inline void at_entry(void *ctx, __u64 cookie)
{
	if (COOKIE(cookie, RETURNS))
		frame_forget(returned_stack_pointer(ctx));
	at_function(ctx, cookie);
}

SEC("kprobe.multi")
int pwq_kprobe_multi(void *ctx)
{
	at_entry(ctx, bpf_get_attach_cookie(ctx));
	return 0;
}

/*
 * The same for a query that has taken another's place, whose cookies its functions are attached with: from those to what
 * the functions are now. What is not in the map is no point of this query. A function of its own,
 * because the entry's stack has no room for the key.
 */
static __noinline __u64 cookie_again(void *ctx)
{
	__u64 attached = bpf_get_attach_cookie(ctx);
	__u64 *cookie = bpf_map_lookup_elem(&pwq_cookies, &attached);

	return cookie ? *cookie : 0;
}

SEC("kprobe.multi")
int pwq_kprobe_multi_again(void *ctx)
{
	__u64 cookie = cookie_again(ctx);

	if (cookie)
		at_entry(ctx, cookie);
	return 0;
}

/*
 * kprobe-multi finds a cookie by binary search among all functions, which takes longer than all the rest of a hit that
 * nobody is interested in. So functions with the skb in the same place share a program that knows the place, and only
 * a packet that does not pass by goes on to the program that asks for the cookie.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} pwq_programs SEC(".maps");

static __always_inline int at_argument(void *ctx, __u32 position)
{
	__u64 skb = argument(ctx, position);

	if (skb && !passes_by(skb, 0))
		bpf_tail_call(ctx, &pwq_programs, 0);
	return 0;
}

#define AT_ARGUMENT(position)                                                                        \
	SEC("kprobe.multi")                                                                          \
	int pwq_kprobe_multi_##position(void *ctx)                                                   \
	{                                                                                            \
		return at_argument(ctx, position);                                                   \
	}
AT_ARGUMENT(0)
AT_ARGUMENT(1)
AT_ARGUMENT(2)

SEC("kprobe")
int pwq_kprobe(void *ctx)
{
	__u64 cookie = bpf_get_attach_cookie(ctx);

	at_entry(ctx, cookie ? cookie : shared_cookie(ctx));
	return 0;
}

/*
 * A probe on entries and returns (Linux 6.10), where the kernel keeps `slot` for each call from one to the other. It has
 * two halves, for the generated program that asks the kernel which of them this is.
 */
__hidden __u64 pwq_session_entry(__u64 ctx, __u64 slot)
{
	__u64 key = at_function((void *)ctx, bpf_get_attach_cookie((void *)ctx));

	*(__u64 *)slot = key;
	/* 1: this call's return is of no interest. */
	return !key;
}

__hidden __u64 pwq_session_return(__u64 ctx, __u64 slot, __u64 first, __u64 lasting)
{
	handle_return((void *)ctx, *(__u64 *)slot, bpf_get_attach_cookie((void *)ctx), first, lasting);
	return 0;
}

/* A probe on returns alone, beside those above on entries. The generated program knows the last two. */
__hidden __u64 pwq_return(__u64 ctx, __u64 first, __u64 lasting)
{
	handle_return((void *)ctx, stack_pointer((void *)ctx), bpf_get_attach_cookie((void *)ctx), first, lasting);
	return 0;
}

/* For the generated raw tracepoint programs, which ask this first. */
__hidden __u64 pwq_passes_by(__u64 skb)
{
	return passes_by(skb, 0);
}

/* For the same. `location` and `reason` are of a drop, else 0. */
__hidden __u64 pwq_tracepoint(__u64 ctx, __u64 skb, __u64 cookie, __u64 location, __u64 reason)
{
	handle((void *)ctx, 0, skb, 0, cookie, location, reason, LOOKS);
	return 0;
}

/* For that of drops, where queries capture more than elsewhere. */
__hidden __u64 pwq_drop(__u64 ctx, __u64 skb, __u64 cookie, __u64 location, __u64 reason)
{
	handle((void *)ctx, 0, skb, 0, cookie, location, reason, LOOKS_AT_DROP);
	return 0;
}

/* For those at which no query looks, and only what is remembered of a packet changes. */
__hidden __u64 pwq_unseen(__u64 ctx, __u64 skb, __u64 cookie)
{
	if (filter_may_have(skb))
		handle((void *)ctx, 0, skb, 0, cookie, 0, 0, LOOKS_NOBODY);
	return 0;
}

/* For calls.bpf.c: an entry program's work at a function with an skb, in parts. */
__hidden __u64 pwq_entry(__u64 ctx, __u64 cookie)
{
	at_entry((void *)ctx, cookie);
	return 0;
}

__hidden __u64 pwq_entry_skb(__u64 ctx, __u64 cookie)
{
	return skb_of((void *)ctx, cookie);
}

__hidden __u64 pwq_entry_clone(__u64 ctx, __u64 cookie)
{
	return clone_of((void *)ctx, cookie);
}

/* For the same, at one without. Of a packet that is being freed nothing but the socket buffer may be left. */
__hidden __u64 pwq_on_behalf(__u64 ctx, __u64 skb, __u64 cookie)
{
	struct pwq_track *track = bpf_map_lookup_elem(&pwq_track, &skb);

	if (!track || !(track->follow & COOKIE(cookie, AT)))
		return 0;
	if (track->dying)
		cookie |= 1ULL << PWQ_COOKIE_HEADLESS_SHIFT;
	handle((void *)ctx, ctx, skb, 0, cookie, 0, 0, LOOKS);
	return 0;
}

/* For the same: 0 says that nobody follows this skb. */
__hidden __u64 pwq_may_be_followed(__u64 skb)
{
	return filter_may_have(skb);
}

__hidden __u64 pwq_shared_cookie(__u64 ctx)
{
	return shared_cookie((void *)ctx);
}

__hidden __u64 pwq_count(__u64 counter)
{
	count(counter);
	return 0;
}
