/* SPDX-License-Identifier: Apache-2.0 */
/* Link handles, as those who attach make them. */
#pragma once

#include "object.h"

struct shared_kprobe;

/* linux/bpf.h of 6.10 */
#define TRACE_KPROBE_SESSION 56

struct link {
	struct bpf_link **at;
	size_t count;
	/* A link that libbpf does not know how to make, or 0. */
	int fd;
	/* Behind the only attachment, or NULL. */
	struct shared_kprobe *shared;
	/* How many functions or tracepoints it stands for. */
	size_t points;
};

/* Room for that many attachments; NULL: no memory. */
struct link *new_link(size_t capacity);
void finalize_link(void *link);
napi_value make_raw_link(napi_env env, int fd, size_t points);
napi_value make_link(napi_env env, struct bpf_link *attachment, size_t points);
/* A link descriptor for functions by name or by address; cookies may be NULL. Negative: errno says why. */
int kprobe_multi_create(int program, uint32_t attach_type, const char **names, const uint64_t *addresses,
			const uint64_t *cookies, uint32_t count);
/* The program values[1] of the object values[0], which must be loaded: libbpf's own error for that has no code. */
struct bpf_program *get_loaded(napi_env env, napi_value *values);
