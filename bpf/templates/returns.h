/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The event of a function's return. Its skb may be gone by now, or somebody else's, so nothing is read from it. */
#pragma once
#include "base.h"
#include "frames.h"
#include "handle.h"

/*
 * `first` is the point number of the first return. `lasting` are the queries whose journeys nothing but the end of the
 * packet ends: of the others it is not sure that they still go on when the packet is not in the tracking map any more.
 */
static __always_inline void handle_return(void *ctx, __u64 key, __u64 cookie, __u32 first, __u32 lasting)
{
	struct pwq_frame *frame = bpf_map_lookup_elem(&pwq_frames, &key);
	struct pwq_track *track;
	struct pwq_event event;
	__u64 skb;

	if (!frame || frame->point != COOKIE(cookie, POINT))
		return;
	clear(&event, key);
	skb = frame->skb;
	event.skb = skb;
	track = track_lookup(&event);
	if (track && track->packet == frame->packet) {
		event.last = track->last;
		event.follow = track->follow;
		event.done = track->done;
		event.dying = track->dying;
		event.held = track->held;
	} else {
		track = 0;
		event.last = frame->last;
		event.follow = frame->follow & lasting;
		event.held = frame->held;
	}
	event.packet = frame->packet;
	event.first = frame->first;
	event.at = event.follow & frame->follow;
	bpf_map_delete_elem(&pwq_frames, &key);
	if (!event.at)
		return;
	/* A zero that the verifier does not know: see clear. */
	event.skb = event.record;
	event.ctx = (__u64)ctx;
	event.regs = 0; /* known, as at a tracepoint: the registers of the arguments hold something else by now */
	event.kind = PWQ_KIND_RETURN;
	event.point = first + COOKIE(cookie, POINT);
	event.has = PWQ_HAS_PARSED;
	event.location = return_value(ctx);
	stamp(&event);
	pwq_query((__u64)&event);
	if (track && track->packet == event.packet) {
		event.last = event.time;
		track_store(&event, track);
	}
}
