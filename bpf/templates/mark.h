/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Marks: records that tell of the socket buffers of a journey whose events user space holds, so that it knows when
 * nothing more can come of it.
 */
#pragma once
#include "base.h"
#include "count.h"
#include "ring.h"

/* `held`: the queries. A function of its own, because the entry's stack has no room for the record. */
static __noinline int mark(__u64 packet, __u64 time, __u32 held, __u32 what)
{
	struct pwq_record record = {
		.time = time,
		.packet = packet,
		.point = what,
		.flags = PWQ_FLAG_MARK,
		.reason = held,
		.size = sizeof(record),
	};

	if (bpf_ringbuf_output(&pwq_ring, &record, sizeof(record), wake_up()))
		count(PWQ_COUNTER_MARKS_LOST);
	return 0;
}
