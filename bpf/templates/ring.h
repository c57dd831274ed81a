/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The ring buffer to user space, and when its reader is woken up. */
#pragma once
#include "base.h"

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

static __always_inline __u64 wake_up(void)
{
	__u64 above = bpf_ringbuf_query(&pwq_ring, BPF_RB_AVAIL_DATA) - WAKE_MARK;

	return above < WAKE_WINDOW ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}
