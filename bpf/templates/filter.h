/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A counting filter in front of the tracking map. Most hits are of an skb that nobody follows, and looking that up takes
 * half of the time of such a hit (18 of 37 ns); here it is one load. What the filter says is not in the map is not.
 * What the map evicts by itself stays counted, which costs no more than a look-up in vain.
 */
#pragma once
#include "base.h"

#define FILTER_BITS 12

__u32 pwq_filter[1 << FILTER_BITS];

/* Fibonacci hashing: addresses of a slab differ in few bits, and this spreads them. */
static __always_inline __u32 *filter_slot(__u64 skb)
{
	return &pwq_filter[skb * 0x9e3779b97f4a7c15ULL >> (64 - FILTER_BITS)];
}

static __always_inline int filter_may_have(__u64 skb)
{
	return *(volatile __u32 *)filter_slot(skb) != 0;
}

/* Before the entry is made, so that the filter never misses one. */
static __always_inline void filter_add(__u64 skb)
{
	__sync_fetch_and_add(filter_slot(skb), 1);
}

/* After the entry is gone. */
static __always_inline void filter_remove(__u64 skb)
{
	__sync_fetch_and_add(filter_slot(skb), -1);
}
