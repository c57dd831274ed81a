// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What stays attached while queries take each other's place: programs that do nothing but call the query's program of
 * now. Loaded by itself; the queries are objects of their own. A slot that is empty is a point that no query looks at.
 */
#include "base.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Functions: by the entry program that their query attached first would have had. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} pwq_functions SEC(".maps");

/* Tracepoints, each with one of its own: a map holds programs of one type only. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} pwq_tracepoints SEC(".maps");

#define FUNCTION(slot)                                                                               \
	SEC("kprobe.multi")                                                                          \
	int pwq_function_##slot(void *ctx)                                                           \
	{                                                                                            \
		bpf_tail_call(ctx, &pwq_functions, slot);                                            \
		return 0;                                                                            \
	}
FUNCTION(0)
FUNCTION(1)
FUNCTION(2)
FUNCTION(3)

#define TRACEPOINT(slot)                                                                             \
	SEC("raw_tracepoint")                                                                        \
	int pwq_tracepoint_##slot(void *ctx)                                                         \
	{                                                                                            \
		bpf_tail_call(ctx, &pwq_tracepoints, slot);                                          \
		return 0;                                                                            \
	}
/* Numbers with an 8 or a 9 are left out, so that those with a 0 in front are octal and right. */
#define EIGHT(tens)                                                                                  \
	TRACEPOINT(tens##0)                                                                          \
	TRACEPOINT(tens##1)                                                                          \
	TRACEPOINT(tens##2)                                                                          \
	TRACEPOINT(tens##3)                                                                          \
	TRACEPOINT(tens##4)                                                                          \
	TRACEPOINT(tens##5)                                                                          \
	TRACEPOINT(tens##6)                                                                          \
	TRACEPOINT(tens##7)
EIGHT(0)
EIGHT(1)
EIGHT(2)
EIGHT(3)
EIGHT(4)
EIGHT(5)
