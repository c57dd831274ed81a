/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which of the packets that `where` is true for become journeys: sampling, rate and number. And where a journey ends. */
#pragma once
#include "base.h"
#include "count.h"

#define SECOND 1000000000ULL
/* Losing the race for the rate this often means that others got packets through meanwhile. */
#define RATE_ATTEMPTS 8

/* The number of the last journey. */
__u64 pwq_last_packet;

struct {
	/* When the next packet would be due at the steady rate. */
	__u64 due;
	/* Packets let through, counted where there is a limit. */
	__u64 taken;
} pwq_admission[PWQ_MAX_QUERIES];

static __always_inline void stamp(struct pwq_event *event)
{
	if (!event->time)
		event->time = bpf_ktime_get_ns();
}

/* A fraction of the packets: numerator in the upper, denominator in the lower half. */
static __always_inline int sampled(__u64 fraction)
{
	return (bpf_get_prandom_u32() * (fraction & 0xffffffff)) >> 32 < fraction >> 32;
}

/*
 * The generic cell rate algorithm (ITU-T I.371) with one second of burst: each packet pushes the due time `interval`
 * further; one that would push it more than the burst ahead of now is refused.
 */
static __always_inline int within_rate(__u32 query, __u64 now, __u64 interval)
{
	__u64 burst = interval > SECOND ? interval : SECOND;
	__u64 *due = &pwq_admission[query].due;

	for (int attempt = 0; attempt < RATE_ATTEMPTS; attempt++) {
		__u64 before = *(volatile __u64 *)due;
		__u64 after = (before > now ? before : now) + interval;

		if (after - now > burst)
			return 0;
		if (__sync_val_compare_and_swap(due, before, after) == before)
			return 1;
	}
	return 0;
}

static __always_inline int within_limit(__u32 query, __u64 limit)
{
	return __sync_fetch_and_add(&pwq_admission[query].taken, 1) < limit;
}

/* 1 if the packet is selected. `query` carries ADMIT flags; sample, rate and limit are 0 where there is none. */
__hidden __u64 pwq_admit(__u64 event_address, __u64 query, __u64 sample, __u64 rate, __u64 limit)
{
	struct pwq_event *event = (void *)event_address;
	__u32 number = query & (PWQ_MAX_QUERIES - 1), bit = 1 << number;

	stamp(event);
	count_query(number, PWQ_QUERY_COUNTER_SELECTED);
	if (sample && !sampled(sample))
		count_query(number, PWQ_QUERY_COUNTER_SAMPLED_OUT);
	else if (rate && !within_rate(number, event->time, rate))
		count_query(number, PWQ_QUERY_COUNTER_RATE_LIMITED);
	else if (limit && !within_limit(number, limit))
		count_query(number, PWQ_QUERY_COUNTER_OVER_LIMIT);
	else
		goto selected;
	/* Done, so that it is not asked about again at every function. */
	if (!(query & (PWQ_ADMIT_ONCE | PWQ_ADMIT_EVENT)))
		event->done |= bit;
	return 0;

selected:
	if (query & PWQ_ADMIT_EVENT)
		return 1;
	if (!event->packet) {
		event->packet = __sync_fetch_and_add(&pwq_last_packet, 1) + 1;
		event->first = 0;
		event->last = 0;
	}
	event->fresh |= bit;
	if (!(query & PWQ_ADMIT_ONCE))
		event->follow |= bit;
	if (query & PWQ_ADMIT_HELD)
		event->held |= bit;
	return 1;
}

/* The journey has ended for this query. The entry stays until the skb is freed, so that the packet is not taken again. */
__hidden __u64 pwq_end(__u64 event_address, __u64 query)
{
	struct pwq_event *event = (void *)event_address;
	__u32 bit = 1 << (query & (PWQ_MAX_QUERIES - 1));

	event->follow &= ~bit;
	event->held &= ~bit;
	event->done |= bit;
	return 0;
}
