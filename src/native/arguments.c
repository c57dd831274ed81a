/* SPDX-License-Identifier: Apache-2.0 */
#include "napi.h"

bool get_arguments(napi_env env, napi_callback_info info, napi_value *values, size_t count)
{
	/* Missing ones are filled in with undefined, which the getters refuse. */
	return napi_get_cb_info(env, info, &count, values, NULL, NULL) == napi_ok;
}

static bool refuse(napi_env env, const char *message)
{
	throw_type(env, message);
	return false;
}

bool is_undefined(napi_env env, napi_value value)
{
	napi_valuetype type;

	return napi_typeof(env, value, &type) == napi_ok && type == napi_undefined;
}

bool get_u32(napi_env env, napi_value value, uint32_t *result)
{
	double number;

	if (napi_get_value_double(env, value, &number) != napi_ok || !(number >= 0 && number <= UINT32_MAX) ||
	    number != (uint32_t)number)
		return refuse(env, "expected a whole number from 0 to 4294967295");
	*result = number;
	return true;
}

bool get_bool(napi_env env, napi_value value, bool *result)
{
	return napi_get_value_bool(env, value, result) == napi_ok || refuse(env, "expected true or false");
}

bool get_u64(napi_env env, napi_value value, uint64_t *result)
{
	bool lossless;

	if (napi_get_value_bigint_uint64(env, value, result, &lossless) != napi_ok || !lossless)
		return refuse(env, "expected a bigint of 64 bits");
	return true;
}

bool get_string(napi_env env, napi_value value, char **result)
{
	size_t size;

	if (napi_get_value_string_utf8(env, value, NULL, 0, &size) != napi_ok)
		return refuse(env, "expected a string");
	*result = malloc(size + 1);
	if (!*result)
		return refuse(env, "out of memory");
	return napi_get_value_string_utf8(env, value, *result, size + 1, &size) == napi_ok;
}

static bool get_typed(napi_env env, napi_value value, napi_typedarray_type wanted, void **data, size_t *length)
{
	napi_typedarray_type type;
	bool is;

	return napi_is_typedarray(env, value, &is) == napi_ok && is &&
	       napi_get_typedarray_info(env, value, &type, length, data, NULL, NULL) == napi_ok && type == wanted;
}

bool get_bytes(napi_env env, napi_value value, const uint8_t **bytes, size_t *size)
{
	return get_typed(env, value, napi_uint8_array, (void **)bytes, size) || refuse(env, "expected a Uint8Array");
}

bool get_u32s(napi_env env, napi_value value, uint32_t **numbers, size_t *count)
{
	return get_typed(env, value, napi_uint32_array, (void **)numbers, count) ||
	       refuse(env, "expected a Uint32Array");
}

bool get_u64s(napi_env env, napi_value value, const uint64_t **numbers, size_t *count)
{
	return get_typed(env, value, napi_biguint64_array, (void **)numbers, count) ||
	       refuse(env, "expected a BigUint64Array");
}

bool get_strings(napi_env env, napi_value value, struct strings *result)
{
	uint32_t count;

	*result = (struct strings){};
	if (napi_get_array_length(env, value, &count) != napi_ok)
		return refuse(env, "expected an array of strings");
	result->at = calloc(count ? count : 1, sizeof(*result->at));
	if (!result->at)
		return refuse(env, "out of memory");
	for (result->count = 0; result->count < count; result->count++) {
		napi_value element;

		if (napi_get_element(env, value, result->count, &element) != napi_ok ||
		    !get_string(env, element, &result->at[result->count])) {
			free_strings(result);
			return false;
		}
	}
	return true;
}

void free_strings(struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		free(strings->at[i]);
	free(strings->at);
	*strings = (struct strings){};
}
