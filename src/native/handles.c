/* SPDX-License-Identifier: Apache-2.0 */
/* Handles are empty objects that wrap a pointer, tagged so that no other object is taken for one. */
#include "napi.h"

#include <stdio.h>

static const char *const NAMES[] = { "an object", "a link", "a ring", "a reading", "a ring map" };

static const napi_type_tag TAGS[] = {
	{ 0x9d1f0c6be2f84a55, 0x8c5e4a0fb9b1d201 },
	{ 0x9d1f0c6be2f84a55, 0x8c5e4a0fb9b1d202 },
	{ 0x9d1f0c6be2f84a55, 0x8c5e4a0fb9b1d203 },
	{ 0x9d1f0c6be2f84a55, 0x8c5e4a0fb9b1d204 },
	{ 0x9d1f0c6be2f84a55, 0x8c5e4a0fb9b1d205 },
};

static void finalize_handle(napi_env env, void *data, void *finalize)
{
	(void)env;
	((void (*)(void *))finalize)(data);
}

napi_value make_handle(napi_env env, enum handle_kind kind, void *data, void (*finalize)(void *data))
{
	napi_value handle;

	if (napi_create_object(env, &handle) != napi_ok ||
	    napi_wrap(env, handle, data, finalize_handle, (void *)finalize, NULL) != napi_ok) {
		finalize(data);
		return NULL;
	}
	if (napi_type_tag_object(env, handle, &TAGS[kind]) != napi_ok)
		return NULL;
	return handle;
}

void *get_handle(napi_env env, napi_value value, enum handle_kind kind)
{
	char message[64];
	void *data;
	bool is;

	if (napi_check_object_type_tag(env, value, &TAGS[kind], &is) == napi_ok && is &&
	    napi_unwrap(env, value, &data) == napi_ok)
		return data;
	snprintf(message, sizeof(message), "expected %s handle", NAMES[kind]);
	return throw_type(env, message);
}
