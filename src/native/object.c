/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and loading eBPF objects. */
#include "functions.h"
#include "object.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

/* The most that every kernel since 5.2 takes. Mapped, not malloc'ed: pages that the verifier does not write cost nothing. */
#define LOG_SIZE (UINT32_MAX >> 8)

struct object {
	/* NULL once closed. */
	struct bpf_object *bpf;
	bool loaded;
};

static void close_object(struct object *object)
{
	bpf_object__close(object->bpf);
	object->bpf = NULL;
}

static void finalize_object(void *data)
{
	close_object(data);
	free(data);
}

static struct object *get_open(napi_env env, napi_value value)
{
	struct object *object = get_handle(env, value, HANDLE_OBJECT);

	if (object && !object->bpf)
		return (void *)throw_type(env, "the object is closed");
	libbpf_listen();
	return object;
}

struct bpf_object *get_object(napi_env env, napi_value value)
{
	struct object *object = get_open(env, value);

	return object ? object->bpf : NULL;
}

struct bpf_program *get_program(napi_env env, struct bpf_object *object, napi_value name)
{
	AUTO_FREE char *text = NULL;
	struct bpf_program *program;

	if (!get_string(env, name, &text))
		return NULL;
	program = bpf_object__find_program_by_name(object, text);
	return program ? program : (void *)throw_errno(env, "program", text, ENOENT);
}

struct bpf_map *get_map(napi_env env, struct bpf_object *object, napi_value name)
{
	AUTO_FREE char *text = NULL;
	struct bpf_map *map;

	if (!get_string(env, name, &text))
		return NULL;
	map = bpf_object__find_map_by_name(object, text);
	return map ? map : (void *)throw_errno(env, "map", text, ENOENT);
}

EXPORTED(native_libbpf_version)
{
	(void)info;
	/* libbpf puts a v in front. */
	return make_string(env, libbpf_version_string() + 1);
}

EXPORTED(native_open_object)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "pwq");
	struct object *object;
	napi_value value;
	const uint8_t *bytes;
	size_t size;

	if (!get_arguments(env, info, &value, 1) || !get_bytes(env, value, &bytes, &size))
		return NULL;
	object = calloc(1, sizeof(*object));
	if (!object)
		return throw_errno(env, "openObject", NULL, ENOMEM);
	libbpf_listen();
	object->bpf = bpf_object__open_mem(bytes, size, &options);
	if (!object->bpf) {
		int err = errno;

		free(object);
		return throw_errno(env, "openObject", NULL, err);
	}
	return make_handle(env, HANDLE_OBJECT, object, finalize_object);
}

EXPORTED(native_set_map_size)
{
	struct bpf_object *object;
	struct bpf_map *map;
	napi_value values[3];
	uint32_t entries;
	int err;

	if (!get_arguments(env, info, values, 3) || !(object = get_object(env, values[0])) ||
	    !(map = get_map(env, object, values[1])) || !get_u32(env, values[2], &entries))
		return NULL;
	err = bpf_map__set_max_entries(map, entries);
	return err ? throw_errno(env, "setMapSize", bpf_map__name(map), err) : make_undefined(env);
}

EXPORTED(native_set_autoload)
{
	struct bpf_program *program;
	struct bpf_object *object;
	napi_value values[3];
	bool autoload;
	int err;

	if (!get_arguments(env, info, values, 3) || !(object = get_object(env, values[0])) ||
	    !(program = get_program(env, object, values[1])) || !get_bool(env, values[2], &autoload))
		return NULL;
	err = bpf_program__set_autoload(program, autoload);
	return err ? throw_errno(env, "setAutoload", bpf_program__name(program), err) : make_undefined(env);
}

EXPORTED(native_set_attach_type)
{
	struct bpf_program *program;
	struct bpf_object *object;
	napi_value values[3];
	uint32_t type;
	int err;

	if (!get_arguments(env, info, values, 3) || !(object = get_object(env, values[0])) ||
	    !(program = get_program(env, object, values[1])) || !get_u32(env, values[2], &type))
		return NULL;
	err = bpf_program__set_expected_attach_type(program, type);
	return err ? throw_errno(env, "setAttachType", bpf_program__name(program), err) : make_undefined(env);
}

EXPORTED(native_programs)
{
	struct bpf_program *program;
	struct bpf_object *object;
	napi_value value, result;
	uint32_t count = 0;

	if (!get_arguments(env, info, &value, 1) || !(object = get_object(env, value)) ||
	    napi_create_array(env, &result) != napi_ok)
		return NULL;
	bpf_object__for_each_program(program, object) {
		napi_value entry;

		if (napi_create_object(env, &entry) != napi_ok)
			return NULL;
		set(env, entry, "name", make_string(env, bpf_program__name(program)));
		set(env, entry, "section", make_string(env, bpf_program__section_name(program)));
		set(env, entry, "autoload", make_bool(env, bpf_program__autoload(program)));
		napi_set_element(env, result, count++, entry);
	}
	return result;
}

/* Gives each program that will be loaded a log of its own, so that what is in it is certainly about that program. */
static int give_logs(struct bpf_object *object, uint32_t level)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) {
		char *log;

		if (!bpf_program__autoload(program))
			continue;
		log = mmap(NULL, LOG_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (log == MAP_FAILED)
			return -errno;
		bpf_program__set_log_buf(program, log, LOG_SIZE);
		bpf_program__set_log_level(program, level);
	}
	return 0;
}

/* libbpf keeps the pointers, but does not use them after loading. */
static void free_logs(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) {
		size_t size;
		const char *log = bpf_program__log_buf(program, &size);

		if (log)
			munmap((void *)log, LOG_SIZE);
	}
}

static napi_value make_logs(napi_env env, struct bpf_object *object)
{
	struct bpf_program *program;
	uint32_t count = 0;
	napi_value logs;

	if (napi_create_array(env, &logs) != napi_ok)
		return NULL;
	bpf_object__for_each_program(program, object) {
		napi_value entry;
		size_t size;
		const char *log = bpf_program__log_buf(program, &size);

		if (!log || !log[0])
			continue;
		if (napi_create_object(env, &entry) != napi_ok)
			return NULL;
		set(env, entry, "program", make_string(env, bpf_program__name(program)));
		set(env, entry, "log", make_string(env, log));
		napi_set_element(env, logs, count++, entry);
	}
	return logs;
}

/* Programs are loaded in order and the first refusal ends it, so the last log is that of the program refused. */
static napi_value throw_refusal(napi_env env, struct bpf_object *object, int err)
{
	const char *log = NULL, *name = NULL;
	struct bpf_program *program;
	napi_value error;

	bpf_object__for_each_program(program, object) {
		size_t size;
		const char *text = bpf_program__log_buf(program, &size);

		if (text && text[0]) {
			log = text;
			name = bpf_program__name(program);
		}
	}
	error = make_error(env, "load", name, err);
	if (!error)
		return NULL;
	if (log) {
		set(env, error, "program", make_string(env, name));
		set(env, error, "log", make_string(env, log));
	}
	napi_throw(env, error);
	return NULL;
}

static bool get_log_level(napi_env env, napi_value options, uint32_t *level)
{
	napi_value property;

	*level = 0;
	if (is_undefined(env, options))
		return true;
	if (napi_get_named_property(env, options, "logLevel", &property) != napi_ok)
		return throw_type(env, "expected an object of options");
	return is_undefined(env, property) || get_u32(env, property, level);
}

/*
 * The verifier gives up with EAGAIN when a signal arrives, and libbpf tries again a few times only. A signal for the
 * process is taken by another thread meanwhile, so that Ctrl-C still works.
 */
static int load_undisturbed(struct bpf_object *object)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = bpf_object__load(object);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

EXPORTED(native_load)
{
	struct object *object;
	napi_value values[2], result;
	uint32_t level;
	int err;

	if (!get_arguments(env, info, values, 2) || !(object = get_open(env, values[0])) ||
	    !get_log_level(env, values[1], &level))
		return NULL;
	/* libbpf takes a second load after a failed one to be possible; its logs would be gone then. */
	if (object->loaded)
		return throw_type(env, "the object has been loaded before");
	object->loaded = true;
	err = give_logs(object->bpf, level);
	if (!err)
		err = load_undisturbed(object->bpf);
	result = err ? throw_refusal(env, object->bpf, err) : make_logs(env, object->bpf);
	free_logs(object->bpf);
	return result;
}

EXPORTED(native_program_insns)
{
	struct bpf_program *program;
	struct bpf_object *object;
	napi_value values[2];

	if (!get_arguments(env, info, values, 2) || !(object = get_object(env, values[0])) ||
	    !(program = get_program(env, object, values[1])))
		return NULL;
	return make_bytes(env, bpf_program__insns(program),
			  bpf_program__insn_cnt(program) * sizeof(struct bpf_insn));
}

EXPORTED(native_program_stats)
{
	struct bpf_prog_info program_info = {};
	uint32_t size = sizeof(program_info);
	struct bpf_program *program;
	struct bpf_object *object;
	napi_value values[2], result;

	if (!get_arguments(env, info, values, 2) || !(object = get_object(env, values[0])) ||
	    !(program = get_program(env, object, values[1])))
		return NULL;
	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &program_info, &size))
		return throw_errno(env, "programStats", bpf_program__name(program), errno);
	if (napi_create_object(env, &result) != napi_ok)
		return NULL;
	set(env, result, "id", make_number(env, program_info.id));
	set(env, result, "runCount", make_u64(env, program_info.run_cnt));
	set(env, result, "runTimeNs", make_u64(env, program_info.run_time_ns));
	set(env, result, "recursionMisses", make_u64(env, program_info.recursion_misses));
	set(env, result, "verifiedInsns", make_number(env, program_info.verified_insns));
	return result;
}

EXPORTED(native_close_object)
{
	struct object *object;
	napi_value value;

	if (!get_arguments(env, info, &value, 1) || !(object = get_handle(env, value, HANDLE_OBJECT)))
		return NULL;
	close_object(object);
	return make_undefined(env);
}
