/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of src/runtime/kernel/line-table.ts in machine code; there is their description. */
#include "functions.h"

#include <string.h>

struct table {
	uint32_t *slots;
	size_t size;
};
struct text {
	const uint8_t *at;
	size_t size;
};

static bool get_text_and_table(napi_env env, napi_value *values, struct text *text, struct table *table)
{
	if (!get_bytes(env, values[0], &text->at, &text->size) ||
	    !get_u32s(env, values[1], &table->slots, &table->size))
		return false;
	if (table->size && !(table->size & (table->size - 1)))
		return true;
	throw_type(env, "expected a power of two of slots");
	return false;
}

/* FNV-1a */
static uint32_t hash(const uint8_t *line, size_t size)
{
	uint32_t hash = 0x811c9dc5;

	for (; size; line++, size--)
		hash = (hash ^ *line) * 0x01000193;
	return hash;
}

static size_t size_of_line(const struct text *text, size_t from)
{
	const uint8_t *end = memchr(text->at + from, '\n', text->size - from);

	return (end ? (size_t)(end - text->at) : text->size) - from;
}

EXPORTED(native_hash_lines)
{
	napi_value values[2];
	struct table table;
	struct text text;
	size_t room, from, size;

	if (!get_arguments(env, info, values, 2) || !get_text_and_table(env, values, &text, &table))
		return NULL;
	room = table.size - 1;
	for (from = 0; from < text.size; from += size + 1) {
		size_t slot;

		size = size_of_line(&text, from);
		if (!size)
			continue;
		if (!room--)
			return make_bool(env, false);
		slot = hash(text.at + from, size) & (table.size - 1);
		while (table.slots[slot])
			slot = (slot + 1) & (table.size - 1);
		table.slots[slot] = from + 1;
	}
	return make_bool(env, true);
}

static bool says(const struct text *text, size_t from, const char *line, size_t size)
{
	return from < text->size && size_of_line(text, from) == size && !memcmp(text->at + from, line, size);
}

EXPORTED(native_count_lines)
{
	AUTO_FREE char *line = NULL;
	napi_value values[3];
	struct table table;
	struct text text;
	size_t size, count = 0, tries = 0;

	if (!get_arguments(env, info, values, 3) || !get_text_and_table(env, values, &text, &table) ||
	    !get_string(env, values[2], &line))
		return NULL;
	size = strlen(line);
	for (size_t slot = hash((uint8_t *)line, size);; slot++) {
		uint32_t entry = table.slots[slot & (table.size - 1)];

		/* A table without a free slot is none of ours, but does no harm. */
		if (!entry || tries++ == table.size)
			break;
		count += says(&text, entry - 1, line, size);
	}
	return make_number(env, count);
}
