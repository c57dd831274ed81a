/* SPDX-License-Identifier: Apache-2.0 */
/* Kprobes by perf events, for kernels without kprobe-multi. */
#include "attachment.h"
#include "functions.h"
#include "kallsyms.h"
#include "shared-kprobe.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/bpf.h>

static struct bpf_link *attach_kprobe(struct bpf_program *program, const char *symbol, uint64_t cookie)
{
	bool on_return = !strcmp(bpf_program__section_name(program), "kretprobe");
	LIBBPF_OPTS(bpf_kprobe_opts, options, .bpf_cookie = cookie, .retprobe = on_return);

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
	/* From the address that is probed to the function's cookie. */
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

/* What kallsyms says of the symbols and, last, of `_text`. */
struct addresses {
	uint64_t *at;
	bool *ambiguous;
};

static int store_address(void *context, size_t index, uint64_t address)
{
	struct addresses *addresses = context;

	addresses->ambiguous[index] |= addresses->at[index] && addresses->at[index] != address;
	addresses->at[index] = address;
	return 0;
}

/* Defines a kprobe for each symbol that stands for one function, and stores its cookie by the address probed. */
static void define_all(struct kprobes *kprobes, struct shared_kprobe *event, const struct addresses *addresses)
{
	size_t count = kprobes->symbols.count;

	for (size_t i = 0; i < count; i++) {
		uint64_t probed;

		kprobes->errors[i] = ENOENT;
		if (addresses->ambiguous[i])
			kprobes->errors[i] = EADDRNOTAVAIL;
		else if (addresses->at[i])
			kprobes->errors[i] = shared_kprobe_add(event, kprobes->symbols.at[i], addresses->at[count],
							       addresses->at[i], &probed);
		if (!kprobes->errors[i] &&
		    bpf_map_update_elem(kprobes->cookie_map, &probed, &kprobes->cookies[i], BPF_ANY))
			kprobes->errors[i] = errno;
	}
}

/* The event with all kprobes defined, none enabled. NULL: not this way. */
static struct shared_kprobe *define_shared(struct kprobes *kprobes)
{
	size_t count = kprobes->symbols.count;
	AUTO_FREE char **names = calloc(count + 1, sizeof(*names));
	AUTO_FREE uint64_t *at = calloc(count + 1, sizeof(*at));
	AUTO_FREE bool *ambiguous = calloc(count + 1, sizeof(*ambiguous));
	struct addresses addresses = { .at = at, .ambiguous = ambiguous };
	struct strings symbols = { .at = names, .count = count + 1 };
	struct shared_kprobe *event;

	if (!names || !at || !ambiguous)
		return NULL;
	memcpy(names, kprobes->symbols.at, count * sizeof(*names));
	names[count] = "_text";
	if (kallsyms_resolve(&symbols, store_address, &addresses) || !(event = shared_kprobe_new()))
		return NULL;
	define_all(kprobes, event, &addresses);
	return event;
}

/* One trace event for all functions. False: nothing is attached. */
static bool attach_shared(struct kprobes *kprobes)
{
	LIBBPF_OPTS(bpf_perf_event_opts, options);
	struct shared_kprobe *event = define_shared(kprobes);
	struct bpf_link *attachment;
	int fd;

	if (!event)
		return false;
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
