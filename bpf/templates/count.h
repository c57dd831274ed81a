/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counters: how often each thing happened, per cause, so that no loss is silent. */
#pragma once
#include "base.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PWQ_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} pwq_counters SEC(".maps");

/* Atomic although the value is this CPU's own: an interrupt between load and store would lose a count. */
static __always_inline void count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&pwq_counters, &counter);

	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline void count_query(__u32 query, __u32 counter)
{
	count(PWQ_GLOBAL_COUNTERS + query * PWQ_QUERY_COUNTERS + counter);
}
