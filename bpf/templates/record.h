/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records on their way to user space. Every one asked for is counted, and what became of it. */
#pragma once
#include "base.h"
#include "admit.h"
#include "count.h"
#include "ring.h"

static __always_inline void fill_head(struct pwq_record *record, struct pwq_event *event, __u64 query, __u64 size)
{
	__u32 bit = 1 << query;

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
}

/*
 * 1 if there is room for a record of `size` bytes: event->record, with its head filled in. Else 0.
 * The address is not the result, because the caller had to test it again: a verifier before 6.8 does not know that a
 * record once found not to be null is never null, and takes the other branch for a leak.
 * `size` is a constant for the verifier at each call.
 */
__hidden __u64 pwq_reserve(__u64 event_address, __u64 query, __u64 size)
{
	struct pwq_record *record = bpf_ringbuf_reserve(&pwq_ring, size, 0);

	count_query(query, PWQ_QUERY_COUNTER_PRODUCED);
	if (!record) {
		count_query(query, PWQ_QUERY_COUNTER_LOST_RING);
		return 0;
	}
	fill_head(record, (void *)event_address, query, size);
	return 1;
}

__hidden __u64 pwq_submit(__u64 record, __u64 query)
{
	count_query(query, PWQ_QUERY_COUNTER_DELIVERED);
	bpf_ringbuf_submit((void *)record, wake_up());
	return 0;
}

/*
 * The same two for old kernels: the record is put together in a map and copied to the ring buffer when it is done. The
 * verifier before 6.4 cannot merge states that hold a ring buffer record, so that it would go through the capture once
 * for every way that leads to it. Each program that interrupts another has a scratch record of its own.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PWQ_SCRATCH_LEVELS);
	__type(key, __u32);
	__type(value, __u8[PWQ_SCRATCH_SIZE]);
} pwq_scratch SEC(".maps");

/* How many of them are in use on this CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} pwq_scratch_used SEC(".maps");

__hidden __u64 pwq_compose(__u64 event_address, __u64 query, __u64 size)
{
	__u32 zero = 0, level;
	__u64 *used = bpf_map_lookup_elem(&pwq_scratch_used, &zero);
	struct pwq_record *record;

	count_query(query, PWQ_QUERY_COUNTER_PRODUCED);
	if (!used)
		return 0;
	level = __sync_fetch_and_add(used, 1);
	record = bpf_map_lookup_elem(&pwq_scratch, &level);
	if (!record) {
		__sync_fetch_and_add(used, -1);
		count_query(query, PWQ_QUERY_COUNTER_LOST_RING);
		return 0;
	}
	fill_head(record, (void *)event_address, query, size);
	return 1;
}

__hidden __u64 pwq_output(__u64 record_address, __u64 query)
{
	struct pwq_record *record = (void *)record_address;
	__u32 zero = 0, size = record->size;
	__u64 *used = bpf_map_lookup_elem(&pwq_scratch_used, &zero);

	/* Not from a parameter: an old verifier that must know it exactly would look for its origin in vain. */
	if (size <= PWQ_SCRATCH_SIZE && !bpf_ringbuf_output(&pwq_ring, record, size, wake_up()))
		count_query(query, PWQ_QUERY_COUNTER_DELIVERED);
	else
		count_query(query, PWQ_QUERY_COUNTER_LOST_RING);
	if (used)
		__sync_fetch_and_add(used, -1);
	return 0;
}
