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

/* Whoever was to return to this place and was not seen to. */
static __always_inline void frame_forget(void *ctx)
{
	__u64 key = returned_stack_pointer(ctx);

	bpf_map_delete_elem(&pwq_frames, &key);
}

/* The key of a frame that stands for this call; 0 if nobody waits for its return. Nothing else reads the event after this. */
static __always_inline __u64 frame_push(void *ctx, struct pwq_event *event, __u64 skb, __u64 cookie)
{
	__u64 key = returned_stack_pointer(ctx);

	event->follow &= COOKIE(cookie, RETURNS);
	if (!event->follow)
		return 0;
	event->record = skb;
	event->point = COOKIE(cookie, POINT);
	if (!bpf_map_update_elem(&pwq_frames, &key, &event->record, BPF_ANY))
		return key;
	count(PWQ_COUNTER_FRAME_FULL);
	return 0;
}
