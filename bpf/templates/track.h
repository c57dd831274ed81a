/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which skb is on which journey. An event carries a working copy of its skb's entry, laid out as in the map; queries
 * change the copy, and it is written back once.
 */
#pragma once
#include "base.h"
#include "count.h"

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

static __always_inline void track_delete(struct pwq_event *event)
{
	if (!bpf_map_delete_elem(&pwq_track, &event->skb))
		count(PWQ_COUNTER_DELETED);
}

/*
 * Fills in the working copy from the entry of event->skb. An entry that is dying, seen anywhere but on the way of the
 * free, is of a packet that is gone; the address has a new owner.
 */
static __always_inline struct pwq_track *track_find(struct pwq_event *event, __u64 cookie)
{
	struct pwq_track *track = bpf_map_lookup_elem(&pwq_track, &event->skb);

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
	return track;
}

static __always_inline void track_insert(struct pwq_event *event, __u32 failure)
{
	if (bpf_map_update_elem(&pwq_track, &event->skb, &event->packet, BPF_ANY))
		count(failure);
	else
		count(PWQ_COUNTER_INSERTED);
}

static __always_inline void track_write_back(struct pwq_event *event, struct pwq_track *track)
{
	if (event->follow | event->fresh) {
		if (!event->first)
			event->first = event->time;
		event->last = event->time;
	}
	if (track) {
		track->packet = event->packet;
		track->first = event->first;
		track->last = event->last;
		track->follow = event->follow;
		track->done = event->done;
		track->dying = event->dying;
	} else if (event->follow | event->done) {
		track_insert(event, PWQ_COUNTER_MAP_FULL);
	}
}

/* `clone` inherits the journey of event->skb, or none: whoever had the address before is gone. */
static __always_inline void track_clone(struct pwq_event *event, __u64 clone)
{
	event->skb = clone;
	event->dying = 0;
	if (event->follow | event->done)
		track_insert(event, PWQ_COUNTER_CLONE_FULL);
	else if (bpf_map_lookup_elem(&pwq_track, &event->skb))
		track_delete(event);
}
