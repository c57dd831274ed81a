/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records on their way to user space. Every one asked for is counted, and what became of it. */
#pragma once
#include "base.h"
#include "admit.h"
#include "count.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} pwq_ring SEC(".maps");

/*
 * The reader polls every few milliseconds, so records do not wake it up: a wake-up costs more than a record. Only when
 * unread bytes have piled up is it woken, and only within a window above the mark: in a flood it is awake anyway.
 */
#define WAKE_MARK (256 << 10)
#define WAKE_WINDOW (4 << 10)

/*
 * 1 if there is room for a record of `size` bytes: event->record, with its head filled in. Else 0.
 * The address is not the result, because the caller had to test it again: a verifier before 6.8 does not know that a
 * record once found not to be null is never null, and takes the other branch for a leak.
 * `size` is a constant for the verifier at each call.
 */
__hidden __u64 pwq_reserve(__u64 event_address, __u64 query, __u64 size)
{
	struct pwq_event *event = (void *)event_address;
	struct pwq_record *record = bpf_ringbuf_reserve(&pwq_ring, size, 0);
	__u32 bit = 1 << query;

	count_query(query, PWQ_QUERY_COUNTER_PRODUCED);
	if (!record) {
		count_query(query, PWQ_QUERY_COUNTER_LOST_RING);
		return 0;
	}
	stamp(event);
	record->time = event->time;
	/* The skb may be on a journey of another query only. */
	record->packet = (event->follow | event->fresh | event->done) & bit ? event->packet : 0;
	record->point = event->point;
	record->cpu = bpf_get_smp_processor_id();
	record->query = query;
	record->flags = event->fresh & bit ? PWQ_FLAG_FIRST : 0;
	record->location = event->location;
	record->reason = event->reason;
	record->size = size;
	event->record = (__u64)record;
	return 1;
}

__hidden __u64 pwq_submit(__u64 record, __u64 query)
{
	__u64 above = bpf_ringbuf_query(&pwq_ring, BPF_RB_AVAIL_DATA) - WAKE_MARK;

	count_query(query, PWQ_QUERY_COUNTER_DELIVERED);
	bpf_ringbuf_submit((void *)record, above < WAKE_WINDOW ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
	return 0;
}
