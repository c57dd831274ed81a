/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The passes of src/compiler/btf/passes.ts over a whole BTF file, in machine code; there is their description. They fill
 * in arrays that belong to JavaScript. The file may be corrupt: whatever it says is checked before it is followed.
 */
#include "functions.h"

#include <linux/btf.h>
#include <string.h>

#define KIND_COUNT (BTF_KIND_ENUM64 + 1)
#define RECORD_WORDS 3
#define VLEN(info) ((info) & 0xffffff)
#define KIND(info) ((info) >> 24 & 0x7f)

/* 32-bit words that follow a record: so many, and so many more for each element. */
static const uint8_t FIXED[KIND_COUNT] = {
	[BTF_KIND_INT] = 1, [BTF_KIND_ARRAY] = 3, [BTF_KIND_VAR] = 1, [BTF_KIND_DECL_TAG] = 1,
};
static const uint8_t PER_ELEMENT[KIND_COUNT] = {
	[BTF_KIND_STRUCT] = 3,	[BTF_KIND_UNION] = 3,	[BTF_KIND_ENUM] = 2,
	[BTF_KIND_FUNC_PROTO] = 2, [BTF_KIND_DATASEC] = 3, [BTF_KIND_ENUM64] = 3,
};

static bool is_modifier(uint8_t kind)
{
	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE ||
	       kind == BTF_KIND_RESTRICT || kind == BTF_KIND_TYPE_TAG;
}

enum { PASSED_IN_REGISTER, PASSED_AS_SKB, PASSED_WIDE };
enum { PLACE_NONE, PLACE_BEHIND_STRUCT, PLACE_FIRST, PLACE_MAX = 255 };

struct words {
	uint32_t *at;
	size_t count;
};
struct bytes {
	uint8_t *at;
	size_t count;
};
/* BtfRecords */
struct records {
	struct words words, records;
	struct bytes kinds;
};

static bool get_words(napi_env env, napi_value value, struct words *words)
{
	return get_u32s(env, value, &words->at, &words->count);
}

static bool get_marks(napi_env env, napi_value value, struct bytes *bytes)
{
	return get_bytes(env, value, (const uint8_t **)&bytes->at, &bytes->count);
}

static bool get_member(napi_env env, napi_value object, const char *name, napi_value *member)
{
	return napi_get_named_property(env, object, name, member) == napi_ok;
}

static bool get_records(napi_env env, napi_value value, struct records *of)
{
	napi_value words, records, kinds;

	if (!get_member(env, value, "words", &words) || !get_member(env, value, "records", &records) ||
	    !get_member(env, value, "kinds", &kinds) || !get_words(env, words, &of->words) ||
	    !get_words(env, records, &of->records) || !get_marks(env, kinds, &of->kinds))
		return false;
	if (of->kinds.count < of->records.count)
		return throw_type(env, "expected a kind for each record");
	return true;
}

/* All its first three words are there. */
static const uint32_t *record_at(const struct records *of, size_t i)
{
	static const uint32_t NOTHING[RECORD_WORDS];
	size_t at = of->records.at[i];

	return at + RECORD_WORDS <= of->words.count ? of->words.at + at : NOTHING;
}

EXPORTED(native_index_records)
{
	struct words words, records, counts;
	napi_value values[4];
	struct bytes kinds;
	size_t count = 0;

	if (!get_arguments(env, info, values, 4) || !get_words(env, values[0], &words) ||
	    !get_words(env, values[1], &records) || !get_marks(env, values[2], &kinds) ||
	    !get_words(env, values[3], &counts))
		return NULL;
	if (counts.count < KIND_COUNT)
		return throw_type(env, "expected a count for each kind");
	for (size_t at = 0; at + RECORD_WORDS <= words.count && count < records.count && count < kinds.count;) {
		uint32_t record = words.at[at + 1], kind = KIND(record);

		if (!kind || kind >= KIND_COUNT)
			break;
		counts.at[kind]++;
		kinds.at[count] = kind;
		records.at[count++] = at;
		at += RECORD_WORDS + FIXED[kind] + (size_t)PER_ELEMENT[kind] * VLEN(record);
	}
	return make_number(env, count);
}

struct strings_of {
	struct bytes base, own;
};

/* The string at that offset is that name, `size` bytes with its end. */
static bool is_name(const struct strings_of *strings, size_t offset, const char *name, size_t size)
{
	const struct bytes *of = offset < strings->base.count ? &strings->base : &strings->own;

	offset -= of == &strings->own ? strings->base.count : 0;
	return offset < of->count && size <= of->count - offset && !memcmp(of->at + offset, name, size);
}

EXPORTED(native_find_named)
{
	AUTO_FREE char *name = NULL;
	struct strings_of strings;
	napi_value values[6];
	struct records of;
	uint32_t kind, from;
	size_t size;

	if (!get_arguments(env, info, values, 6) || !get_records(env, values[0], &of) ||
	    !get_u32(env, values[1], &kind) || !get_marks(env, values[2], &strings.base) ||
	    !get_marks(env, values[3], &strings.own) || !get_string(env, values[4], &name) ||
	    !get_u32(env, values[5], &from))
		return NULL;
	size = strlen(name) + 1;
	for (size_t i = from; i < of.records.count; i++) {
		const uint8_t *next = memchr(of.kinds.at + i, kind, of.records.count - i);

		if (!next)
			break;
		i = next - of.kinds.at;
		if (is_name(&strings, *record_at(&of, i), name, size))
			return make_number(env, i);
	}
	return make_number(env, -1);
}

struct marks {
	uint32_t first;
	struct bytes is_skb, passing, places;
};

static bool get_argument_marks(napi_env env, napi_value first, napi_value value, const struct records *of,
			       struct marks *marks)
{
	napi_value is_skb, passing, places;
	size_t end;

	if (!get_u32(env, first, &marks->first) || !get_member(env, value, "isSkb", &is_skb) ||
	    !get_member(env, value, "passing", &passing) || !get_member(env, value, "places", &places) ||
	    !get_marks(env, is_skb, &marks->is_skb) || !get_marks(env, passing, &marks->passing) ||
	    !get_marks(env, places, &marks->places))
		return false;
	end = (size_t)marks->first + of->records.count;
	if (marks->is_skb.count < end || marks->passing.count < end || marks->places.count < end)
		return throw_type(env, "expected a mark for each type");
	return true;
}

static uint8_t mark_of(const struct bytes *marks, uint32_t type)
{
	return type < marks->count ? marks->at[type] : 0;
}

/* What holds for a type holds for its typedefs and its qualified forms. */
static void mark_modifiers(const struct records *of, uint32_t first, struct bytes *marks)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < of->records.count; i++) {
			uint8_t mark;

			if (!is_modifier(of->kinds.at[i]) || marks->at[first + i])
				continue;
			mark = mark_of(marks, record_at(of, i)[2]);
			marks->at[first + i] = mark;
			changed |= mark != 0;
		}
	} while (changed);
}

static void mark_passing(const struct records *of, struct marks *marks)
{
	uint8_t *passing = marks->passing.at + marks->first;

	for (size_t i = 0; i < of->records.count; i++) {
		uint32_t size_or_type = record_at(of, i)[2];
		uint8_t kind = of->kinds.at[i];

		if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION || (kind == BTF_KIND_INT && size_or_type > 8))
			passing[i] = PASSED_WIDE;
		else if (kind == BTF_KIND_PTR && mark_of(&marks->is_skb, size_or_type))
			passing[i] = PASSED_AS_SKB;
	}
}

static uint8_t place_of_skb(const struct records *of, const struct bytes *passing, size_t i)
{
	const uint32_t *record = record_at(of, i), *end = of->words.at + of->words.count;
	uint32_t count = VLEN(record[1]);
	bool wide_before = false;

	for (uint32_t argument = 0; argument < count; argument++) {
		const uint32_t *type = record + RECORD_WORDS + 1 + 2 * (size_t)argument;
		uint8_t how = type < end ? mark_of(passing, *type) : PASSED_IN_REGISTER;

		if (how == PASSED_AS_SKB && wide_before)
			return PLACE_BEHIND_STRUCT;
		if (how == PASSED_AS_SKB)
			return argument < PLACE_MAX - PLACE_FIRST ? PLACE_FIRST + argument : PLACE_MAX;
		wide_before |= how == PASSED_WIDE;
	}
	return PLACE_NONE;
}

EXPORTED(native_classify_arguments)
{
	napi_value values[3];
	struct records of;
	struct marks marks;

	if (!get_arguments(env, info, values, 3) || !get_records(env, values[0], &of) ||
	    !get_argument_marks(env, values[1], values[2], &of, &marks))
		return NULL;
	mark_modifiers(&of, marks.first, &marks.is_skb);
	mark_passing(&of, &marks);
	mark_modifiers(&of, marks.first, &marks.passing);
	for (size_t i = 0; i < of.records.count; i++)
		if (of.kinds.at[i] == BTF_KIND_FUNC_PROTO)
			marks.places.at[marks.first + i] = place_of_skb(&of, &marks.passing, i);
	return make_undefined(env);
}

EXPORTED(native_functions_with_skb)
{
	napi_value values[3];
	struct records of;
	struct bytes places;
	struct words found;
	size_t count = 0;

	if (!get_arguments(env, info, values, 3) || !get_records(env, values[0], &of) ||
	    !get_marks(env, values[1], &places) || !get_words(env, values[2], &found))
		return NULL;
	for (size_t i = 0; i < of.records.count && count < found.count; i++)
		if (of.kinds.at[i] == BTF_KIND_FUNC && mark_of(&places, record_at(&of, i)[2]) != PLACE_NONE)
			found.at[count++] = i;
	return make_number(env, count);
}
