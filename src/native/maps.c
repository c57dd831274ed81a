/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing maps. */
#include "functions.h"
#include "object.h"

#include <errno.h>

#include <bpf/bpf.h>

struct map {
	struct bpf_map *bpf;
	const char *name;
	int fd;
	uint32_t key_size, value_size;
};

static bool is_per_cpu(const struct bpf_map *map)
{
	enum bpf_map_type type = bpf_map__type(map);

	return type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

/* values[0] is the object, values[1] the map's name. */
static bool get_created(napi_env env, napi_value *values, struct map *map)
{
	struct bpf_object *object = get_object(env, values[0]);

	if (!object || !(map->bpf = get_map(env, object, values[1])))
		return false;
	map->fd = bpf_map__fd(map->bpf);
	if (map->fd < 0)
		return throw_type(env, "the object is not loaded");
	map->name = bpf_map__name(map->bpf);
	map->key_size = bpf_map__key_size(map->bpf);
	map->value_size = bpf_map__value_size(map->bpf);
	/* A value of each CPU, padded to eight bytes, is what such maps give and take. */
	if (is_per_cpu(map->bpf))
		map->value_size = (map->value_size + 7) / 8 * 8 * libbpf_num_possible_cpus();
	return true;
}

static bool get_sized(napi_env env, napi_value value, size_t wanted, const uint8_t **bytes)
{
	size_t size;

	if (!get_bytes(env, value, bytes, &size))
		return false;
	if (size != wanted)
		return throw_type(env, "the key or value has another size than the map's");
	return true;
}

/* mapSetProgram(object, map, index, program, of): the last is the program's object. */
EXPORTED(native_map_set_program)
{
	struct bpf_program *program;
	napi_value values[5];
	struct map map;
	uint32_t index;
	int fd;

	if (!get_arguments(env, info, values, 5) || !get_created(env, values, &map) ||
	    !get_u32(env, values[2], &index) ||
	    !(program = get_program(env, get_object(env, values[4]), values[3])))
		return NULL;
	fd = bpf_program__fd(program);
	if (fd < 0)
		return throw_type(env, "the program is not loaded");
	if (bpf_map_update_elem(map.fd, &index, &fd, BPF_ANY))
		return throw_errno(env, "mapSetProgram", map.name, errno);
	return make_undefined(env);
}

EXPORTED(native_map_lookup_per_cpu)
{
	AUTO_FREE uint64_t *counts = NULL;
	napi_valuetype type;
	napi_value values[3];
	const uint8_t *key;
	struct map map;
	uint32_t index;

	if (!get_arguments(env, info, values, 3) || !get_created(env, values, &map) ||
	    napi_typeof(env, values[2], &type) != napi_ok)
		return NULL;
	if (!is_per_cpu(map.bpf) || bpf_map__value_size(map.bpf) != sizeof(uint64_t))
		return throw_type(env, "not a map of a 64-bit number for each CPU");
	if (type == napi_number && map.key_size == sizeof(index)) {
		if (!get_u32(env, values[2], &index))
			return NULL;
		key = (const uint8_t *)&index;
	} else if (!get_sized(env, values[2], map.key_size, &key)) {
		return NULL;
	}
	counts = malloc(map.value_size);
	if (!counts || bpf_map_lookup_elem(map.fd, key, counts))
		return throw_errno(env, "mapLookupPerCpu", map.name, errno);
	return make_u64s(env, counts, map.value_size / sizeof(*counts));
}

struct entries {
	uint8_t *keys, *values;
	uint32_t count;
};

/* All entries by batches: the kernel goes bucket by bucket, so that none comes twice because of changes elsewhere. */
static int read_entries(const struct map *map, struct entries *entries)
{
	const uint32_t max = bpf_map__max_entries(map->bpf);
	/* The position in a hash map has four bytes, in others those of a key. */
	AUTO_FREE uint8_t *position = malloc(map->key_size > 4 ? map->key_size : 4);
	bool started = false;

	entries->count = 0;
	entries->keys = malloc((size_t)max * map->key_size);
	entries->values = malloc((size_t)max * map->value_size);
	if (!position || !entries->keys || !entries->values)
		return ENOMEM;
	while (entries->count < max) {
		uint32_t count = max - entries->count;
		int err = bpf_map_lookup_batch(map->fd, started ? position : NULL, position,
					       entries->keys + (size_t)entries->count * map->key_size,
					       entries->values + (size_t)entries->count * map->value_size,
					       &count, NULL);

		if (err && errno != ENOENT)
			return errno;
		entries->count += count;
		if (err)
			return 0;
		started = true;
	}
	return 0;
}

static void free_entries(struct entries *entries)
{
	free(entries->keys);
	free(entries->values);
}

EXPORTED(native_map_entries)
{
	struct entries entries = {};
	napi_value values[2], result;
	struct map map;
	int err;

	if (!get_arguments(env, info, values, 2) || !get_created(env, values, &map) ||
	    napi_create_object(env, &result) != napi_ok)
		return NULL;
	err = read_entries(&map, &entries);
	if (!err) {
		set(env, result, "keySize", make_number(env, map.key_size));
		set(env, result, "valueSize", make_number(env, map.value_size));
		set(env, result, "count", make_number(env, entries.count));
		set(env, result, "keys", make_bytes(env, entries.keys, (size_t)entries.count * map.key_size));
		set(env, result, "values", make_bytes(env, entries.values, (size_t)entries.count * map.value_size));
	}
	free_entries(&entries);
	return err ? throw_errno(env, "mapEntries", map.name, err) : result;
}

EXPORTED(native_map_count)
{
	struct entries entries = {};
	napi_value values[2];
	struct map map;
	int err;

	if (!get_arguments(env, info, values, 2) || !get_created(env, values, &map))
		return NULL;
	err = read_entries(&map, &entries);
	free_entries(&entries);
	return err ? throw_errno(env, "mapCount", map.name, err) : make_number(env, entries.count);
}

EXPORTED(native_map_update)
{
	const uint8_t *key, *value;
	napi_value values[4];
	struct map map;

	if (!get_arguments(env, info, values, 4) || !get_created(env, values, &map) ||
	    !get_sized(env, values[2], map.key_size, &key) || !get_sized(env, values[3], map.value_size, &value))
		return NULL;
	if (bpf_map_update_elem(map.fd, key, value, BPF_ANY))
		return throw_errno(env, "mapUpdate", map.name, errno);
	return make_undefined(env);
}

EXPORTED(native_map_delete)
{
	napi_value values[3];
	const uint8_t *key;
	struct map map;

	if (!get_arguments(env, info, values, 3) || !get_created(env, values, &map) ||
	    !get_sized(env, values[2], map.key_size, &key))
		return NULL;
	if (!bpf_map_delete_elem(map.fd, key))
		return make_bool(env, true);
	return errno == ENOENT ? make_bool(env, false) : throw_errno(env, "mapDelete", map.name, errno);
}

/* mapFill(object, map, keys, values): numbers of eight bytes to such, all in one call. */
EXPORTED(native_map_fill)
{
	const uint64_t *keys, *numbers;
	size_t count, values_count;
	napi_value values[4];
	struct map map;
	uint32_t done;

	if (!get_arguments(env, info, values, 4) || !get_created(env, values, &map) ||
	    !get_u64s(env, values[2], &keys, &count) || !get_u64s(env, values[3], &numbers, &values_count))
		return NULL;
	if (count != values_count || map.key_size != sizeof(*keys) || map.value_size != sizeof(*numbers))
		return throw_type(env, "expected as many values as keys, of the map's sizes");
	done = count;
	if (count && bpf_map_update_batch(map.fd, keys, numbers, &done, NULL))
		return throw_errno(env, "mapFill", map.name, errno);
	return make_undefined(env);
}
