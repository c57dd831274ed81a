/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which skb is on which journey. An event carries a working copy of its skb's entry, laid out as in the map; queries
 * change the copy, and it is written back once.
 */
#pragma once
#include "base.h"
#include "count.h"
#include "filter.h"
#include "mark.h"
#include "past.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct pwq_track);
} pwq_track SEC(".maps");

#define SAME(member)                                                                                 \
	_Static_assert(__builtin_offsetof(struct pwq_event, member) -                                \
			       __builtin_offsetof(struct pwq_event, packet) ==                       \
		       __builtin_offsetof(struct pwq_track, member), #member)
SAME(packet);
SAME(first);
SAME(last);
SAME(follow);
SAME(done);
SAME(dying);
SAME(held);
SAME(apart);

static __always_inline struct pwq_track *track_lookup(struct pwq_event *event)
{
	if (!filter_may_have(event->skb))
		return 0;
	return bpf_map_lookup_elem(&pwq_track, &event->skb);
}

static __always_inline void track_delete(struct pwq_event *event)
{
	if (bpf_map_delete_elem(&pwq_track, &event->skb))
		return;
	filter_remove(event->skb);
	past_forget(event);
	count(PWQ_COUNTER_DELETED);
}

static __always_inline void track_insert(struct pwq_event *event, __u32 failure)
{
	filter_add(event->skb);
	if (bpf_map_update_elem(&pwq_track, &event->skb, &event->packet, BPF_ANY)) {
		filter_remove(event->skb);
		count(failure);
	} else {
		count(PWQ_COUNTER_INSERTED);
	}
}

static __always_inline void track_store(const struct pwq_event *event, struct pwq_track *track)
{
	track->packet = event->packet;
	track->first = event->first;
	track->last = event->last;
	track->follow = event->follow;
	track->done = event->done;
	track->dying = event->dying;
	track->held = event->held;
	track->apart = event->apart;
}

/*
 * Fills in the working copy from the entry of event->skb. An entry that is dying, seen anywhere but on the way of the
 * free, is of a packet that is gone; the address has a new owner.
 */
static __always_inline struct pwq_track *track_find(struct pwq_event *event, __u64 cookie)
{
	struct pwq_track *track = track_lookup(event);

	if (!track)
		return 0;
	if (track->dying && !COOKIE(cookie, FREE_PATH)) {
		track_delete(event);
		return 0;
	}
	event->packet = track->packet;
	event->first = track->first;
	event->last = track->last;
	event->follow = track->follow;
	event->done = track->done;
	event->dying = track->dying;
	event->held = track->held;
	event->apart = track->apart;
	return track;
}

static __always_inline void track_write_back(struct pwq_event *event, struct pwq_track *track)
{
	/* Points that are only there to follow it are no events. */
	if ((event->follow | event->fresh) & (event->at | event->until)) {
		if (!event->first)
			event->first = event->time;
		event->last = event->time;
	}
	if (!track) {
		if (event->follow | event->done)
			track_insert(event, PWQ_COUNTER_MAP_FULL);
	} else if (!track->packet || track->packet == event->packet) {
		/* Else the map has given the element to another skb meanwhile. */
		if (event->follow | event->done)
			track_store(event, track);
		else
			track_delete(event);
	}
}

/* The skb is on its way out: the queries that hold its journey need not wait for it. */
static __always_inline void track_gone(struct pwq_event *event)
{
	if (!event->held)
		return;
	mark(event->packet, event->time, event->held, PWQ_MARK_GONE);
	event->held = 0;
}

/* The skb goes on, but not as a packet that these queries follow. */
static __always_inline void track_leave(struct pwq_event *event, __u32 queries)
{
	event->follow &= ~queries;
	if (!(event->held & queries))
		return;
	mark(event->packet, event->time, event->held & queries, PWQ_MARK_GONE);
	event->held &= ~queries;
}

/* `clone` inherits the journey of event->skb, or none: whoever had the address before is gone. */
static __always_inline void track_clone(struct pwq_event *event, __u64 clone)
{
	struct pwq_track *stale;
	int inherits;

	event->follow &= ~event->apart;
	event->done &= ~event->apart;
	event->held &= ~event->apart;
	inherits = (event->follow | event->done) != 0;
	if (inherits)
		past_clone(event, clone);
	event->skb = clone;
	event->dying = 0;
	event->apart = 0;
	stale = track_lookup(event);
	/* Headers are copied twice on the way to some copies: those are counted once. */
	if (event->held && !(stale && stale->packet == event->packet && stale->held))
		mark(event->packet, event->time, event->held, PWQ_MARK_CLONED);
	if (stale && stale->held && stale->packet != event->packet)
		mark(stale->packet, event->time, stale->held, PWQ_MARK_GONE);
	if (stale && inherits)
		track_store(event, stale);
	else if (stale)
		track_delete(event);
	else if (inherits)
		track_insert(event, PWQ_COUNTER_CLONE_FULL);
}
