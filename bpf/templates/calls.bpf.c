// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The entry programs of queries that ask on whose behalf a function runs that gets no packet: that of the innermost function on the stack that got one. Each
 * stack has a list of the calls that a followed packet is in, outermost first, which the entries of functions with a
 * packet keep and the others look at.
 *
 * No returns are probed. A call lasts as long as the place its return address was pushed to lies below the stack pointer
 * and holds that address: whatever its caller calls next pushes another one there. (x86-64; other architectures pass it
 * in a register.)
 */
#include "base.h"
#include "arch.h"

/* Of kprobe.bpf.c. */
extern __hidden __u64 pwq_context(void);
extern __hidden __u64 pwq_entry(__u64 ctx, __u64 cookie);
extern __hidden __u64 pwq_entry_skb(__u64 ctx, __u64 cookie);
extern __hidden __u64 pwq_entry_clone(__u64 ctx, __u64 cookie);
extern __hidden __u64 pwq_on_behalf(__u64 ctx, __u64 skb, __u64 cookie);
extern __hidden __u64 pwq_may_be_followed(__u64 skb);
extern __hidden __u64 pwq_shared_cookie(__u64 ctx);
extern __hidden __u64 pwq_count(__u64 counter);

/* Calls within calls for other packets: a reply made of a request, tunnels, a veth pair. */
#define CALL_DEPTH 8
/* Of a task and of a processor for interrupts: THREAD_SIZE, IRQ_STACK_SIZE. */
#define STACK_SIZE (16 << 10)

struct call {
	/* Where the return address lies; 0: none. */
	__u64 place;
	__u64 return_address;
	__u64 skb;
	/* An XDP program is run for it. */
	__u64 carries;
};

struct calls {
	struct call calls[CALL_DEPTH];
};

/* By stack. Tasks end without notice, so what was not used for long makes room. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct calls);
} pwq_calls SEC(".maps");

/* What a new entry is made of: too large for the stack. */
static const struct calls no_calls;

/* Interrupts have stacks of their own, and what a task was doing is not theirs. */
static __always_inline __u64 this_stack(void)
{
	__u64 context = pwq_context();

	if (context == PWQ_CONTEXT_TASK)
		return bpf_get_current_task();
	return (__u64)bpf_get_smp_processor_id() << 8 | context;
}

static __always_inline int lasts(const struct call *call, __u64 stack_pointer)
{
	__u64 found = 0;

	if (call->place - stack_pointer >= STACK_SIZE)
		return 0;
	bpf_probe_read_kernel(&found, sizeof(found), (void *)call->place);
	return found == call->return_address;
}

/* Drops the calls that are over; what is left is the innermost one, if any. */
static __always_inline struct call *innermost(struct calls *stack, __u64 stack_pointer)
{
#pragma unroll
	for (int i = CALL_DEPTH - 1; i >= 0; i--) {
		struct call *call = &stack->calls[i];

		if (!call->place)
			continue;
		if (lasts(call, stack_pointer))
			return call;
		call->place = 0;
	}
	return 0;
}

static __always_inline void append(struct calls *stack, __u64 place, __u64 skb, __u64 carries)
{
	__u64 return_address = 0;

	bpf_probe_read_kernel(&return_address, sizeof(return_address), (void *)place);
#pragma unroll
	for (int i = 0; i < CALL_DEPTH; i++) {
		struct call *call = &stack->calls[i];

		if (call->place)
			continue;
		call->place = place;
		call->return_address = return_address;
		call->skb = skb;
		call->carries = carries;
		return;
	}
	pwq_count(PWQ_COUNTER_CALLS_FULL);
}

/*
 * At the entry of a function that gets `skb`, once it is known whether it is followed. A packet that nobody follows
 * matters only within a call of one that is: what runs for it is not that one's. Where an XDP program is going to be
 * run, the packet matters in any case, and a copy that is made of it takes its place.
 */
static __noinline int call_begins(void *ctx, __u64 cookie)
{
	__u64 skb = pwq_entry_skb((__u64)ctx, cookie), carries = COOKIE(cookie, CARRIES), clone;
	__u64 key = this_stack(), place = stack_pointer(ctx);
	struct calls *stack = bpf_map_lookup_elem(&pwq_calls, &key);
	struct call *outer;

	if (!skb)
		return 0;
	if (!stack) {
		if (!carries && !pwq_may_be_followed(skb))
			return 0;
		bpf_map_update_elem(&pwq_calls, &key, &no_calls, BPF_ANY);
		stack = bpf_map_lookup_elem(&pwq_calls, &key);
		if (!stack)
			return 0;
	}
	/* One at the same place is over: its caller calls again. */
	outer = innermost(stack, place + 1);
	clone = pwq_entry_clone((__u64)ctx, cookie);
	if (outer && outer->skb == skb && clone && outer->carries)
		outer->skb = clone;
	else if (carries || (outer ? outer->skb != skb : pwq_may_be_followed(skb)))
		append(stack, place, skb, carries);
	return 0;
}

/* The call that something which has its frame below this place is in. */
static __always_inline struct call *call_around(__u64 stack_pointer)
{
	__u64 key = this_stack();
	struct calls *stack = bpf_map_lookup_elem(&pwq_calls, &key);

	return stack ? innermost(stack, stack_pointer) : 0;
}

/*
 * At the entry of a function that gets none: the packet it works for, 0 if that is none or nobody knows. The call may be
 * at the same place, if the function with the packet has jumped to this one.
 */
static __noinline __u64 caller_skb(void *ctx)
{
	struct call *call = call_around(stack_pointer(ctx));

	return call ? call->skb : 0;
}

/* For xdp.bpf.c: the packet that an XDP program was run for whose context is at this place, 0 if there is none yet. */
__hidden __u64 pwq_carried_skb(__u64 place)
{
	struct call *call = call_around(place);

	return call && call->carries ? call->skb : 0;
}

static __always_inline void at_calling(void *ctx, __u64 cookie)
{
	pwq_entry((__u64)ctx, cookie);
	call_begins(ctx, cookie);
}

static __always_inline void at_called(void *ctx, __u64 cookie)
{
	__u64 skb = caller_skb(ctx);

	if (skb && pwq_may_be_followed(skb))
		pwq_on_behalf((__u64)ctx, skb, cookie);
}

static __always_inline __u64 kprobe_cookie(void *ctx)
{
	__u64 cookie = bpf_get_attach_cookie(ctx);

	return cookie ? cookie : pwq_shared_cookie((__u64)ctx);
}

SEC("kprobe.multi")
int pwq_calling_multi(void *ctx)
{
	at_calling(ctx, bpf_get_attach_cookie(ctx));
	return 0;
}

SEC("kprobe.multi")
int pwq_called_multi(void *ctx)
{
	at_called(ctx, bpf_get_attach_cookie(ctx));
	return 0;
}

SEC("kprobe")
int pwq_calling(void *ctx)
{
	at_calling(ctx, kprobe_cookie(ctx));
	return 0;
}

SEC("kprobe")
int pwq_called(void *ctx)
{
	at_called(ctx, kprobe_cookie(ctx));
	return 0;
}
