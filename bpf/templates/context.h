/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whether the running task has something to do with what is going on: `preempt_count`, whose place differs between
 * architectures and kernels. Of structures only the members that are read; the loader finds where they are.
 */
#pragma once
#include "base.h"

/* include/linux/preempt.h */
#define SOFTIRQ_SERVING(count) ((count) >> 8 & 1)
#define HARDIRQS(count) ((count) >> 16 & 0xf)
#define NMIS(count) ((count) >> 20 & 0xf)

#define RELOCATED __attribute__((preserve_access_index))

#if defined(__TARGET_ARCH_x86)
struct pcpu_hot {
	int preempt_count;
} RELOCATED;

/* A variable of its own, but for Linux 6.2 to 6.14. */
extern const int __preempt_count __ksym __weak;
extern const struct pcpu_hot pcpu_hot __ksym __weak;

static __always_inline int preempt_count(__u32 *count)
{
	if (&pcpu_hot) {
		const struct pcpu_hot *hot = bpf_this_cpu_ptr(&pcpu_hot);

		*count = hot->preempt_count;
		return 1;
	}
	if (&__preempt_count) {
		*count = *(const int *)bpf_this_cpu_ptr(&__preempt_count);
		return 1;
	}
	return 0;
}
#else
struct thread_info {
	struct {
		__u32 count;
	} RELOCATED preempt;
} RELOCATED;
struct task_struct {
	struct thread_info thread_info;
} RELOCATED;

static __always_inline int preempt_count(__u32 *count)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return !bpf_probe_read_kernel(count, sizeof(*count),
				      __builtin_preserve_access_index(&task->thread_info.preempt.count));
}
#endif

/*
 * One of PWQ_CONTEXT, or PWQ_CONTEXT_UNKNOWN. Without branches over the numbers: a verifier before 6.4 would keep a state
 * for each. A kprobe that is a breakpoint counts as a non-maskable and as a hard interrupt, so the one is taken off the
 * other; real ones handle no packets.
 */
__hidden __u64 pwq_context(void)
{
	__u32 count, hard, soft;

	if (!preempt_count(&count))
		return PWQ_CONTEXT_UNKNOWN;
	hard = (HARDIRQS(count) - NMIS(count) + 0xf) >> 4 & 1;
	soft = SOFTIRQ_SERVING(count);
	return hard << 1 | (soft & ~hard);
}
