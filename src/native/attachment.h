/* SPDX-License-Identifier: Apache-2.0 */
/* Link handles, as those who attach make them. */
#pragma once

#include "object.h"

struct shared_kprobe;

struct link {
	struct bpf_link **at;
	size_t count;
	/* Behind the only attachment, or NULL. */
	struct shared_kprobe *shared;
	/* How many functions or tracepoints it stands for. */
	size_t points;
};

/* Room for that many attachments; NULL: no memory. */
struct link *new_link(size_t capacity);
void finalize_link(void *link);
napi_value make_link(napi_env env, struct bpf_link *attachment, size_t points);
/* The program values[1] of the object values[0], which must be loaded: libbpf's own error for that has no code. */
struct bpf_program *get_loaded(napi_env env, napi_value *values);
