/* SPDX-License-Identifier: Apache-2.0 */
/* Attaching programs. A link handle holds one attachment, or more that belong together. */
#include "functions.h"
#include "kallsyms.h"
#include "object.h"
#include "shared-kprobe.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/bpf.h>

struct link {
	struct bpf_link **at;
	size_t count;
	/* Behind the only attachment, or NULL. */
	struct shared_kprobe *shared;
	/* How many functions or tracepoints it stands for. */
	size_t points;
};

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
	shared_kprobe_free(link->shared);
	free(link->at);
	*link = (struct link){};
}

static void finalize_link(void *data)
{
	detach_all(data);
	free(data);
}

static struct link *new_link(size_t capacity)
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

static napi_value make_link(napi_env env, struct bpf_link *attachment, size_t points)
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

/* A program that was not loaded has no descriptor; libbpf's own message for that is not an error code. */
static struct bpf_program *get_loaded(napi_env env, napi_value *values)
{
	struct bpf_object *object = get_object(env, values[0]);
	struct bpf_program *program = object ? get_program(env, object, values[1]) : NULL;

	if (program && bpf_program__fd(program) < 0)
		return (void *)throw_type(env, "the program is not loaded");
	return program;
}

EXPORTED(native_attach_kprobe_multi)
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, options);
	struct strings names = {};
	struct bpf_program *program;
	struct bpf_link *attachment;
	napi_value values[4];
	const uint64_t *numbers;
	size_t count, cookies;
	bool by_name;

	if (!get_arguments(env, info, values, 4) || !(program = get_loaded(env, values)) ||
	    napi_is_array(env, values[2], &by_name) != napi_ok || !get_u64s(env, values[3], &numbers, &cookies))
		return NULL;
	options.cookies = (const __u64 *)numbers;
	if (by_name) {
		if (!get_strings(env, values[2], &names))
			return NULL;
		options.syms = (const char **)names.at;
		count = names.count;
	} else {
		if (!get_u64s(env, values[2], &numbers, &count))
			return NULL;
		options.addrs = (const unsigned long *)numbers;
	}
	if (count != cookies || !count) {
		free_strings(&names);
		return throw_type(env, "expected as many cookies as functions, and at least one");
	}
	options.cnt = count;
	attachment = bpf_program__attach_kprobe_multi_opts(program, NULL, &options);
	if (!attachment)
		throw_errno(env, "attachKprobeMulti", count == 1 && by_name ? names.at[0] : NULL, errno);
	free_strings(&names);
	return attachment ? make_link(env, attachment, count) : NULL;
}

static struct bpf_link *attach_kprobe(struct bpf_program *program, const char *symbol, uint64_t cookie)
{
	LIBBPF_OPTS(bpf_kprobe_opts, options, .bpf_cookie = cookie);

	return bpf_program__attach_kprobe_opts(program, symbol, &options);
}

EXPORTED(native_attach_kprobe)
{
	AUTO_FREE char *symbol = NULL;
	struct bpf_program *program;
	struct bpf_link *attachment;
	napi_value values[4];
	uint64_t cookie;

	if (!get_arguments(env, info, values, 4) || !(program = get_loaded(env, values)) ||
	    !get_string(env, values[2], &symbol) || !get_u64(env, values[3], &cookie))
		return NULL;
	attachment = attach_kprobe(program, symbol, cookie);
	return attachment ? make_link(env, attachment, 1) : throw_errno(env, "attachKprobe", symbol, errno);
}

/* Each perf kprobe holds two descriptors. Raises the limit where that is too low and may be done; never lowers it. */
static void make_room_for_descriptors(size_t links)
{
	const rlim_t wanted = 2 * links + 1024;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted)
		limit.rlim_max = wanted;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* What is to be attached, and how that goes. */
struct kprobes {
	struct bpf_program *program;
	/* From the address of a function to its cookie. */
	int cookie_map;
	struct strings symbols;
	const uint64_t *cookies;
	/* An errno for each symbol. */
	int *errors;
	struct link *link;
};

/* A perf event for each function: the way that needs nothing but perf. */
static void attach_each(struct kprobes *kprobes)
{
	make_room_for_descriptors(kprobes->symbols.count);
	for (size_t i = 0; i < kprobes->symbols.count; i++) {
		struct bpf_link *attachment =
			attach_kprobe(kprobes->program, kprobes->symbols.at[i], kprobes->cookies[i]);

		kprobes->errors[i] = attachment ? 0 : errno;
		if (attachment)
			kprobes->link->at[kprobes->link->count++] = attachment;
	}
}

static int store_cookie(void *context, size_t index, uint64_t address)
{
	struct kprobes *kprobes = context;

	if (bpf_map_update_elem(kprobes->cookie_map, &address, &kprobes->cookies[index], BPF_ANY))
		return errno;
	kprobes->errors[index] = 0;
	return 0;
}

/* One trace event for all functions. False: nothing is attached. */
static bool attach_shared(struct kprobes *kprobes)
{
	LIBBPF_OPTS(bpf_perf_event_opts, options);
	struct shared_kprobe *event;
	struct bpf_link *attachment;
	int fd;

	for (size_t i = 0; i < kprobes->symbols.count; i++)
		kprobes->errors[i] = ENOENT;
	if (kallsyms_resolve(&kprobes->symbols, store_cookie, kprobes) || !(event = shared_kprobe_new()))
		return false;
	for (size_t i = 0; i < kprobes->symbols.count; i++)
		if (!kprobes->errors[i])
			kprobes->errors[i] = shared_kprobe_add(event, kprobes->symbols.at[i]);
	fd = shared_kprobe_open(event);
	attachment = fd < 0 ? NULL : bpf_program__attach_perf_event_opts(kprobes->program, fd, &options);
	if (!attachment) {
		if (fd >= 0)
			close(fd);
		shared_kprobe_free(event);
		return false;
	}
	kprobes->link->at[kprobes->link->count++] = attachment;
	kprobes->link->shared = event;
	return true;
}

static napi_value make_failures(napi_env env, const struct kprobes *kprobes)
{
	napi_value failures;
	uint32_t count = 0;

	if (napi_create_array(env, &failures) != napi_ok)
		return NULL;
	for (size_t i = 0; i < kprobes->symbols.count; i++) {
		napi_value failure;

		if (!kprobes->errors[i])
			continue;
		if (napi_create_object(env, &failure) != napi_ok)
			return NULL;
		set(env, failure, "index", make_number(env, i));
		set(env, failure, "errno", make_number(env, kprobes->errors[i]));
		napi_set_element(env, failures, count++, failure);
	}
	kprobes->link->points = kprobes->symbols.count - count;
	return failures;
}

static napi_value attach_kprobes(napi_env env, struct kprobes *kprobes)
{
	napi_value handle, failures, result;

	if (!attach_shared(kprobes))
		attach_each(kprobes);
	failures = make_failures(env, kprobes);
	handle = make_handle(env, HANDLE_LINK, kprobes->link, finalize_link);
	if (!handle || !failures || napi_create_object(env, &result) != napi_ok)
		return NULL;
	set(env, result, "links", handle);
	set(env, result, "failed", failures);
	return result;
}

/* attachKprobes(object, program, symbols, cookies, map of cookies by address) */
EXPORTED(native_attach_kprobes)
{
	struct kprobes kprobes = {};
	struct bpf_map *map;
	napi_value values[5], result = NULL;
	size_t count;

	if (!get_arguments(env, info, values, 5) || !(kprobes.program = get_loaded(env, values)) ||
	    !(map = get_map(env, get_object(env, values[0]), values[4])) ||
	    !get_u64s(env, values[3], &kprobes.cookies, &count) || !get_strings(env, values[2], &kprobes.symbols))
		return NULL;
	kprobes.cookie_map = bpf_map__fd(map);
	kprobes.errors = calloc(count + 1, sizeof(*kprobes.errors));
	kprobes.link = new_link(count);
	if (kprobes.symbols.count != count || !kprobes.errors || !kprobes.link) {
		if (kprobes.link)
			finalize_link(kprobes.link);
		throw_type(env, "expected as many cookies as symbols");
	} else {
		result = attach_kprobes(env, &kprobes);
	}
	free(kprobes.errors);
	free_strings(&kprobes.symbols);
	return result;
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
	for (size_t i = 0; i < link->count; i++) {
		struct link_info link_info = {};
		uint32_t size = sizeof(link_info);

		/* An old kernel has no link for a perf event, only the event itself. */
		if (bpf_obj_get_info_by_fd(bpf_link__fd(link->at[i]), &link_info, &size))
			return result;
		if (i == 0) {
			set(env, result, "id", make_number(env, link_info.id));
			set(env, result, "programId", make_number(env, link_info.program));
		}
		counted = counted && add_missed(&link_info, size, &missed);
	}
	if (link->count && counted)
		set(env, result, "missed", make_u64(env, missed));
	return result;
}
