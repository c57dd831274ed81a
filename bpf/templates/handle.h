/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What happens at every hit, whichever program it came through. */
#pragma once
#include "base.h"
#include "admit.h"
#include "frames.h"
#include "track.h"

/* Generated: evaluates every query of the file for this event. */
extern __hidden __u64 pwq_query(__u64 event);

/* The same at a drop; generated where more is captured there. */
__weak __hidden __u64 pwq_query_at_drops(__u64 event)
{
	return pwq_query(event);
}

/* Generated: 0 if no query's `where` is true for this packet here and now. 1 says nothing. */
extern __hidden __u64 pwq_select(__u64 skb);

/* Most hits are of packets that nobody follows and no query means; they end here, before anything is prepared. */
static __always_inline int passes_by(__u64 skb, __u64 clone)
{
	return !filter_may_have(skb) && !(clone && filter_may_have(clone)) && !pwq_select(skb);
}

/*
 * Fills the event with a zero that the verifier takes for any number. With zeroes that it knows it could decide
 * branches, which makes what they depend on precise; one before 6.4 then makes everything precise, because it cannot
 * follow a value through a call, and states never merge again: a million instructions instead of twenty thousand.
 */
static __always_inline void clear(struct pwq_event *event, __u64 any)
{
	__u64 *words = (__u64 *)event, same = any;

	asm volatile("%0 ^= %1" : "+&r"(any) : "r"(same));
#pragma unroll
	for (unsigned int i = 0; i < sizeof(*event) / sizeof(*words); i++)
		words[i] = any;
}

/* Who looks at a point, as far as the program knows that it is compiled into. */
enum looks { LOOKS_NOBODY, LOOKS, LOOKS_AT_DROP };

/*
 * `skb` is the packet that is here, one that does not pass by. At a point that copies it, `clone` is the new skb.
 * At a function the result is the key of the frame that its return will find, 0 if there is none.
 * The event lies on the stack, not in a map: programs on one CPU nest, when an interrupt comes in between.
 */
static __always_inline __u64 handle(void *ctx, __u64 regs, __u64 skb, __u64 clone, __u64 cookie,
				    __u64 location, __u64 reason, enum looks looks)
{
	struct pwq_event event;
	struct pwq_track *track;
	__u32 role = COOKIE(cookie, ROLE);

	clear(&event, skb);
	event.skb = skb;
	event.ctx = (__u64)ctx;
	event.regs = regs;
	event.location = location;
	event.reason = reason;
	event.at = COOKIE(cookie, AT);
	event.until = COOKIE(cookie, UNTIL);
	event.point = COOKIE(cookie, POINT);
	event.kind = COOKIE(cookie, KIND);
	if (COOKIE(cookie, HEADLESS))
		event.has = PWQ_HAS_PARSED;

	track = track_find(&event, cookie);
	if (event.follow)
		stamp(&event);
	if (looks && (event.at | event.until))
		looks == LOOKS_AT_DROP ? pwq_query_at_drops((__u64)&event) : pwq_query((__u64)&event);

	if (role == PWQ_ROLE_FREE || role == PWQ_ROLE_DYING)
		track_gone(&event);
	if (role == PWQ_ROLE_FREE) {
		if (track)
			track_delete(&event);
		return 0;
	}
	if (role == PWQ_ROLE_DYING)
		event.dying = 1;
	if (role == PWQ_ROLE_COPYING)
		event.apart = COOKIE(cookie, APART);
	if (role == PWQ_ROLE_CROSSING)
		track_leave(&event, COOKIE(cookie, APART));
	track_write_back(&event, track);
	if (event.regs && COOKIE(cookie, RETURNS))
		frame_push(&event, cookie);
	if (role == PWQ_ROLE_CLONE && clone)
		track_clone(&event, clone);
	return event.location;
}
