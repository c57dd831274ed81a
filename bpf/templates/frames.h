/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls that a followed packet is in. What the entry knows is kept until the return under the address that the stack
 * pointer has then: while a call lasts, no other has that one.
 */
#pragma once
#include "base.h"
#include "arch.h"
#include "count.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct pwq_frame);
} pwq_frames SEC(".maps");

/* A frame is the end of an event, from `record` on, which holds the skb then. */
#define SAME_IN_FRAME(member, frame_member)                                                          \
	_Static_assert(__builtin_offsetof(struct pwq_event, member) -                                \
			       __builtin_offsetof(struct pwq_event, record) ==                       \
		       __builtin_offsetof(struct pwq_frame, frame_member), #member)
SAME_IN_FRAME(record, skb);
SAME_IN_FRAME(packet, packet);
SAME_IN_FRAME(first, first);
SAME_IN_FRAME(last, last);
SAME_IN_FRAME(follow, follow);
SAME_IN_FRAME(point, point);

/* Functions of their own, because the entry's stack has no room for the key. */

/* Whoever was to return to this place and was not seen to. */
static __noinline int frame_forget(__u64 key)
{
	bpf_map_delete_elem(&pwq_frames, &key);
	return 0;
}

/* `location` becomes the key of a frame that stands for this call now; it stays 0 if nobody waits for its return. */
static __noinline int frame_push(struct pwq_event *event, __u64 cookie)
{
	__u64 key = returned_stack_pointer((void *)event->ctx);
	__u32 follow = event->follow;

	event->follow &= COOKIE(cookie, RETURNS);
	if (event->follow) {
		event->record = event->skb;
		if (bpf_map_update_elem(&pwq_frames, &key, &event->record, BPF_ANY))
			count(PWQ_COUNTER_FRAME_FULL);
		else
			event->location = key;
	}
	event->follow = follow;
	return 0;
}
