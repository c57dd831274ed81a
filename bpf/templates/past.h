/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is remembered of a followed packet's earlier events: the last values of `changed(…)`, the values that `first(…)`
 * has seen, and when the `from` of `from … to …` was passed. The maps hold one entry where a program needs none.
 */
#pragma once
#include "base.h"
#include "count.h"

struct past_value {
	__u64 words[2];
};

struct past {
	/* Whose: the address may have a new owner. */
	__u64 packet;
	/* Slots that have a value. */
	__u64 known;
	struct past_value slots[PWQ_PAST_SLOTS];
};

/* By skb, as the tracking map: clones go ways of their own. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct past);
} pwq_past SEC(".maps");

struct seen {
	__u64 packet;
	__u64 slot;
	struct past_value value;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, struct seen);
	__type(value, __u8);
} pwq_seen SEC(".maps");

/* What a new entry is made of: too large for the stack. */
static const struct past nothing;

static __always_inline struct past *past_find(struct pwq_event *event)
{
	struct past *past = bpf_map_lookup_elem(&pwq_past, &event->skb);

	return past && past->packet == event->packet ? past : 0;
}

/* What the map has and what was put in and not taken out again differ by what it evicted. */
static __always_inline int past_put(const __u64 *skb, const struct past *past)
{
	int failed = bpf_map_update_elem(&pwq_past, skb, past, BPF_NOEXIST);

	if (failed)
		return bpf_map_update_elem(&pwq_past, skb, past, BPF_ANY);
	count(PWQ_COUNTER_PAST_INSERTED);
	return 0;
}

static __always_inline struct past *past_make(struct pwq_event *event)
{
	struct past *past = past_find(event);

	if (past)
		return past;
	past_put(&event->skb, &nothing);
	past = bpf_map_lookup_elem(&pwq_past, &event->skb);
	if (past)
		past->packet = event->packet;
	return past;
}

/* 0 that the verifier does not know for 0, so that it does not go through what follows once for each result. */
static __always_inline __u64 opaque_zero(struct pwq_event *event)
{
	volatile __u64 *skb = &event->skb;

	return *skb ^ *skb;
}

/*
 * Keeps a value, and says whether it differs from the one before: then not 0. With `slot` a constant at each call.
 */
__hidden __u64 pwq_changed(__u64 event_address, __u64 slot, __u64 high, __u64 low)
{
	struct pwq_event *event = (void *)event_address;
	__u64 differs = opaque_zero(event);
	struct past *past = past_make(event);
	struct past_value *value;

	if (!past || slot >= PWQ_PAST_SLOTS)
		return differs;
	value = &past->slots[slot];
	if (past->known >> slot & 1)
		differs |= (value->words[0] ^ high) | (value->words[1] ^ low);
	past->known |= 1ULL << slot;
	value->words[0] = high;
	value->words[1] = low;
	return differs;
}

/* Not 0 the first time a value comes on this journey. `slot` is one number over all queries. */
__hidden __u64 pwq_first(__u64 event_address, __u64 slot, __u64 high, __u64 low)
{
	struct pwq_event *event = (void *)event_address;
	struct seen key = { event->packet, slot, { { high, low } } };
	__u8 one = 1;
	/* The map's own function is called, which returned an int before Linux 6.4: the upper half says nothing. */
	int refused = bpf_map_update_elem(&pwq_seen, &key, &one, BPF_NOEXIST);

	return opaque_zero(event) | !refused;
}

/* The time that was kept in a slot, as an opaque number; 0 if none was. */
__hidden __u64 pwq_kept(__u64 event_address, __u64 slot)
{
	struct pwq_event *event = (void *)event_address;
	__u64 time = opaque_zero(event);
	struct past *past = past_find(event);

	if (past && slot < PWQ_PAST_SLOTS && past->known >> slot & 1)
		time |= past->slots[slot].words[1];
	return time;
}

/* Both are functions of their own, because the entry's stack is full. */
static __noinline int past_clone(struct pwq_event *event, __u64 clone)
{
	struct past *past = past_find(event);

	return past ? past_put(&clone, past) : 0;
}

static __noinline int past_forget(struct pwq_event *event)
{
	if (!bpf_map_lookup_elem(&pwq_past, &event->skb))
		return 0;
	if (!bpf_map_delete_elem(&pwq_past, &event->skb))
		count(PWQ_COUNTER_PAST_DELETED);
	return 0;
}
