/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that look at other BPF programs. */
#include "attachment.h"
#include "functions.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

/* The name of the function that a program begins with; NULL if it has no BTF. To be freed. */
static char *entry_name(int fd)
{
	struct bpf_func_info first = {};
	struct bpf_prog_info info = { .nr_func_info = 1,
				      .func_info_rec_size = sizeof(first),
				      .func_info = (uintptr_t)&first };
	const struct btf_type *type;
	uint32_t size = sizeof(info);
	char *name = NULL;
	struct btf *btf;

	if (bpf_obj_get_info_by_fd(fd, &info, &size) || !info.btf_id || !info.nr_func_info)
		return NULL;
	btf = btf__load_from_kernel_by_id(info.btf_id);
	if (!btf)
		return NULL;
	type = btf__type_by_id(btf, first.type_id);
	if (type)
		name = strdup(btf__name_by_offset(btf, type->name_off));
	btf__free(btf);
	return name;
}

static bool is_among(uint32_t type, const uint32_t *types, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (types[i] == type)
			return true;
	return false;
}

static napi_value make_program(napi_env env, uint32_t id, const struct bpf_prog_info *info, int fd)
{
	AUTO_FREE char *entry = entry_name(fd);
	napi_value program;

	if (napi_create_object(env, &program) != napi_ok)
		return NULL;
	set(env, program, "id", make_number(env, id));
	set(env, program, "name", make_string(env, info->name));
	if (entry)
		set(env, program, "entry", make_string(env, entry));
	return program;
}

/* A program may be gone before it is looked at: then it is left out. */
EXPORTED(native_bpf_programs)
{
	napi_value value, result, element;
	uint32_t types[16], count, found = 0, id = 0;

	if (!get_arguments(env, info, &value, 1) || napi_get_array_length(env, value, &count) != napi_ok || count > 16)
		return throw_type(env, "expected a list of program types");
	for (uint32_t i = 0; i < count; i++)
		if (napi_get_element(env, value, i, &element) != napi_ok || !get_u32(env, element, &types[i]))
			return NULL;
	if (napi_create_array(env, &result) != napi_ok)
		return NULL;
	while (!bpf_prog_get_next_id(id, &id)) {
		struct bpf_prog_info program_info = {};
		uint32_t size = sizeof(program_info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &program_info, &size) && is_among(program_info.type, types, count))
			napi_set_element(env, result, found++, make_program(env, id, &program_info, fd));
		close(fd);
	}
	return errno == ENOENT ? result : throw_errno(env, "bpfPrograms", NULL, errno);
}

/* Where libbpf keeps a section of constants. */
static bool is_constants(const struct bpf_map *map)
{
	const char *name = bpf_map__name(map), *end = strrchr(name, '.');

	return end && !strcmp(end, ".rodata");
}

/* shareMaps(object, loaded, constants): the maps of the first, by name, are those of the second; its constants if so told. */
EXPORTED(native_share_maps)
{
	struct bpf_object *object, *loaded;
	struct bpf_map *map;
	napi_value values[3];
	bool constants;

	if (!get_arguments(env, info, values, 3) || !(object = get_object(env, values[0])) ||
	    !(loaded = get_object(env, values[1])) || !get_bool(env, values[2], &constants))
		return NULL;
	bpf_object__for_each_map(map, object) {
		struct bpf_map *shared = bpf_object__find_map_by_name(loaded, bpf_map__name(map));
		int err;

		if (!constants && is_constants(map))
			continue;
		err = shared ? bpf_map__reuse_fd(map, bpf_map__fd(shared)) : -ENOENT;
		if (err)
			return throw_errno(env, "shareMaps", bpf_map__name(map), -err);
	}
	return make_undefined(env);
}

/* setAttachTarget(object, program, id, function) */
EXPORTED(native_set_attach_target)
{
	AUTO_FREE char *function = NULL;
	struct bpf_program *program;
	struct bpf_object *object;
	napi_value values[4];
	int fd, err;
	uint32_t id;

	if (!get_arguments(env, info, values, 4) || !(object = get_object(env, values[0])) ||
	    !(program = get_program(env, object, values[1])) || !get_u32(env, values[2], &id) ||
	    !get_string(env, values[3], &function))
		return NULL;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return throw_errno(env, "setAttachTarget", function, errno);
	/* libbpf keeps the descriptor until the program is loaded, and does not close it. */
	err = bpf_program__set_attach_target(program, fd, function);
	if (err) {
		close(fd);
		return throw_errno(env, "setAttachTarget", function, -err);
	}
	return make_number(env, fd);
}

/* attachTrace(object, program, cookie) */
EXPORTED(native_attach_trace)
{
	LIBBPF_OPTS(bpf_trace_opts, options);
	struct bpf_program *program;
	struct bpf_link *attachment;
	napi_value values[3];
	uint64_t cookie;

	if (!get_arguments(env, info, values, 3) || !(program = get_loaded(env, values)) ||
	    !get_u64(env, values[2], &cookie))
		return NULL;
	options.cookie = cookie;
	attachment = bpf_program__attach_trace_opts(program, &options);
	return attachment ? make_link(env, attachment, 1) :
			    throw_errno(env, "attachTrace", bpf_program__name(program), errno);
}

EXPORTED(native_close_descriptor)
{
	napi_value value;
	uint32_t fd;

	if (!get_arguments(env, info, &value, 1) || !get_u32(env, value, &fd))
		return NULL;
	close(fd);
	return make_undefined(env);
}
