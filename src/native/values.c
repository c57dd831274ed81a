/* SPDX-License-Identifier: Apache-2.0 */
#include "napi.h"

#include <string.h>

napi_value make_undefined(napi_env env)
{
	napi_value result = NULL;

	napi_get_undefined(env, &result);
	return result;
}

napi_value make_bool(napi_env env, bool value)
{
	napi_value result = NULL;

	napi_get_boolean(env, value, &result);
	return result;
}

napi_value make_number(napi_env env, double value)
{
	napi_value result = NULL;

	napi_create_double(env, value, &result);
	return result;
}

napi_value make_u64(napi_env env, uint64_t value)
{
	napi_value result = NULL;

	napi_create_bigint_uint64(env, value, &result);
	return result;
}

napi_value make_string(napi_env env, const char *text)
{
	napi_value result = NULL;

	napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
	return result;
}

static napi_value make_typed(napi_env env, napi_typedarray_type type, const void *bytes, size_t count, size_t size)
{
	napi_value buffer, result = NULL;
	void *data;

	if (napi_create_arraybuffer(env, count * size, &data, &buffer) != napi_ok)
		return NULL;
	if (count)
		memcpy(data, bytes, count * size);
	napi_create_typedarray(env, type, count, buffer, 0, &result);
	return result;
}

napi_value make_bytes(napi_env env, const void *bytes, size_t size)
{
	return make_typed(env, napi_uint8_array, bytes, size, 1);
}

napi_value make_u64s(napi_env env, const uint64_t *numbers, size_t count)
{
	return make_typed(env, napi_biguint64_array, numbers, count, sizeof(*numbers));
}

void set(napi_env env, napi_value object, const char *name, napi_value value)
{
	if (value)
		napi_set_named_property(env, object, name, value);
}
