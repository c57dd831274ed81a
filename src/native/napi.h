/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every file of the addon shares: reading arguments, making values, throwing errors, handles.
 * A function that returns false or NULL has left an exception pending; its caller returns at once.
 */
#pragma once

#define NAPI_VERSION 8
#include <node_api.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Frees a malloc'ed variable at the end of its scope. */
#define AUTO_FREE __attribute__((cleanup(auto_free)))
static inline void auto_free(void *variable)
{
	free(*(void **)variable);
}

/* arguments.c */
bool get_arguments(napi_env env, napi_callback_info info, napi_value *values, size_t count);
bool get_u32(napi_env env, napi_value value, uint32_t *result);
bool get_bool(napi_env env, napi_value value, bool *result);
bool get_u64(napi_env env, napi_value value, uint64_t *result);
/* The result is malloc'ed. */
bool get_string(napi_env env, napi_value value, char **result);
/* The result belongs to JavaScript and is valid while the call lasts. */
bool get_bytes(napi_env env, napi_value value, const uint8_t **bytes, size_t *size);
bool get_u32s(napi_env env, napi_value value, uint32_t **numbers, size_t *count);
bool get_u64s(napi_env env, napi_value value, const uint64_t **numbers, size_t *count);
bool is_undefined(napi_env env, napi_value value);

struct strings {
	size_t count;
	char **at;
};
bool get_strings(napi_env env, napi_value value, struct strings *result);
void free_strings(struct strings *strings);

/* values.c: each returns NULL when JavaScript is out of memory. */
napi_value make_undefined(napi_env env);
napi_value make_bool(napi_env env, bool value);
napi_value make_number(napi_env env, double value);
napi_value make_u64(napi_env env, uint64_t value);
napi_value make_string(napi_env env, const char *text);
napi_value make_bytes(napi_env env, const void *bytes, size_t size);
napi_value make_u64s(napi_env env, const uint64_t *numbers, size_t count);
/* Does nothing if `value` is NULL. */
void set(napi_env env, napi_value object, const char *name, napi_value value);

/* errors.c */
/* Before a call into libbpf: forgets what libbpf said before on this thread. */
void libbpf_listen(void);
void libbpf_be_quiet(void);
/* A NativeError; `err` is an errno of either sign. `subject` may be NULL. Returns NULL. */
napi_value throw_errno(napi_env env, const char *operation, const char *subject, int err);
/* The same, without throwing it: for more properties. */
napi_value make_error(napi_env env, const char *operation, const char *subject, int err);
napi_value throw_type(napi_env env, const char *message);
void describe_errno(int err, char *text, size_t size);

/* handles.c */
enum handle_kind { HANDLE_OBJECT, HANDLE_LINK, HANDLE_RING, HANDLE_READING, HANDLE_RING_MAP };
/* On failure `data` has been finalized. */
napi_value make_handle(napi_env env, enum handle_kind kind, void *data, void (*finalize)(void *data));
void *get_handle(napi_env env, napi_value value, enum handle_kind kind);

#define EXPORTED(name) napi_value name(napi_env env, napi_callback_info info)
