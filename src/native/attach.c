/* SPDX-License-Identifier: Apache-2.0 */
/* Attaching programs. A link handle holds one attachment, or more that belong together. */
#include "attachment.h"
#include "functions.h"
#include "shared-kprobe.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

/* linux/bpf.h of 6.7 and later; headers of Debian 12 are older. Kernels fill in what they know. */
#define LINK_TYPE_PERF_EVENT 7
#define LINK_TYPE_KPROBE_MULTI 8
#define PERF_EVENT_KPROBE 3
struct link_info {
	uint32_t type, id, program, pad;
	union {
		struct {
			uint64_t addresses;
			uint32_t count, flags;
			uint64_t missed, cookies;
		} multi;
		struct {
			uint32_t type, pad;
			uint64_t name;
			uint32_t name_size, offset;
			uint64_t address, missed, cookie;
		} perf;
		uint64_t room[16];
	};
};

static void detach_all(struct link *link)
{
	for (size_t i = 0; i < link->count; i++)
		bpf_link__destroy(link->at[i]);
	if (link->fd)
		close(link->fd);
	shared_kprobe_free(link->shared);
	free(link->at);
	*link = (struct link){};
}

void finalize_link(void *data)
{
	detach_all(data);
	free(data);
}

struct link *new_link(size_t capacity)
{
	struct link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->at = calloc(capacity ? capacity : 1, sizeof(*link->at));
	if (link->at)
		return link;
	free(link);
	return NULL;
}

napi_value make_link(napi_env env, struct bpf_link *attachment, size_t points)
{
	struct link *link = new_link(1);

	if (!link) {
		bpf_link__destroy(attachment);
		return throw_errno(env, "attach", NULL, ENOMEM);
	}
	link->at[link->count++] = attachment;
	link->points = points;
	return make_handle(env, HANDLE_LINK, link, finalize_link);
}

struct bpf_program *get_loaded(napi_env env, napi_value *values)
{
	struct bpf_object *object = get_object(env, values[0]);
	struct bpf_program *program = object ? get_program(env, object, values[1]) : NULL;

	if (program && bpf_program__fd(program) < 0)
		return (void *)throw_type(env, "the program is not loaded");
	return program;
}

EXPORTED(native_attach_kprobe_multi)
{
	struct strings names = {};
	struct bpf_program *program;
	const uint64_t *addresses = NULL, *numbers;
	napi_value values[4];
	size_t count, cookies;
	bool by_name;
	int fd;

	if (!get_arguments(env, info, values, 4) || !(program = get_loaded(env, values)) ||
	    napi_is_array(env, values[2], &by_name) != napi_ok || !get_u64s(env, values[3], &numbers, &cookies))
		return NULL;
	if (by_name) {
		if (!get_strings(env, values[2], &names))
			return NULL;
		count = names.count;
	} else if (!get_u64s(env, values[2], &addresses, &count)) {
		return NULL;
	}
	if (count != cookies || !count) {
		free_strings(&names);
		return throw_type(env, "expected as many cookies as functions, and at least one");
	}
	fd = kprobe_multi_create(bpf_program__fd(program), bpf_program__expected_attach_type(program),
				 (const char **)names.at, addresses, numbers, count);
	if (fd < 0)
		throw_errno(env, "attachKprobeMulti", count == 1 && by_name ? names.at[0] : NULL, errno);
	free_strings(&names);
	return fd < 0 ? NULL : make_raw_link(env, fd, count);
}

EXPORTED(native_attach_raw_tracepoint)
{
	AUTO_FREE char *name = NULL;
	struct bpf_program *program;
	struct bpf_link *attachment;
	napi_value values[3];

	if (!get_arguments(env, info, values, 3) || !(program = get_loaded(env, values)) ||
	    !get_string(env, values[2], &name))
		return NULL;
	attachment = bpf_program__attach_raw_tracepoint(program, name);
	return attachment ? make_link(env, attachment, 1) : throw_errno(env, "attachRawTracepoint", name, errno);
}

EXPORTED(native_detach)
{
	struct link *link;
	napi_value value;

	if (!get_arguments(env, info, &value, 1) || !(link = get_handle(env, value, HANDLE_LINK)))
		return NULL;
	detach_all(link);
	return make_undefined(env);
}

/* Whether the kernel counts the misses of this attachment, and adds them. */
static bool add_missed(const struct link_info *link_info, uint32_t size, uint64_t *missed)
{
	if (link_info->type == LINK_TYPE_KPROBE_MULTI &&
	    size >= offsetof(struct link_info, multi.missed) + sizeof(uint64_t)) {
		*missed += link_info->multi.missed;
		return true;
	}
	if (link_info->type == LINK_TYPE_PERF_EVENT && link_info->perf.type == PERF_EVENT_KPROBE &&
	    size >= offsetof(struct link_info, perf.missed) + sizeof(uint64_t)) {
		*missed += link_info->perf.missed;
		return true;
	}
	return false;
}

EXPORTED(native_link_info)
{
	struct link *link;
	napi_value value, result;
	uint64_t missed = 0;
	bool counted = true;

	if (!get_arguments(env, info, &value, 1) || !(link = get_handle(env, value, HANDLE_LINK)) ||
	    napi_create_object(env, &result) != napi_ok)
		return NULL;
	set(env, result, "count", make_number(env, link->points));
	if (link->shared) {
		set(env, result, "missed", make_u64(env, shared_kprobe_missed(link->shared)));
		return result;
	}
	for (size_t i = 0; i < link->count + !!link->fd; i++) {
		struct link_info link_info = {};
		uint32_t size = sizeof(link_info);
		int fd = i < link->count ? bpf_link__fd(link->at[i]) : link->fd;

		/* An old kernel has no link for a perf event, only the event itself. */
		if (bpf_obj_get_info_by_fd(fd, &link_info, &size))
			return result;
		if (i == 0) {
			set(env, result, "id", make_number(env, link_info.id));
			set(env, result, "programId", make_number(env, link_info.program));
		}
		counted = counted && add_missed(&link_info, size, &missed);
	}
	if (counted)
		set(env, result, "missed", make_u64(env, missed));
	return result;
}
