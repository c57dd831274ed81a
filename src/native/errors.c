/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "napi.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

/* The kernel's own "not supported", which its system calls let slip out; libc has no name for it. */
#define KERNEL_ENOTSUPP 524

/* What libbpf said on this thread since libbpf_listen(). Its warnings are a few lines. */
static _Thread_local char said[8192];
static _Thread_local size_t said_size;

static int overhear(enum libbpf_print_level level, const char *format, va_list values)
{
	int more;

	if (level != LIBBPF_WARN)
		return 0;
	more = vsnprintf(said + said_size, sizeof(said) - said_size, format, values);
	if (more > 0)
		said_size += (size_t)more < sizeof(said) - said_size ? (size_t)more : sizeof(said) - said_size - 1;
	return 0;
}

void libbpf_be_quiet(void)
{
	libbpf_set_print(overhear);
}

void libbpf_listen(void)
{
	said_size = 0;
	said[0] = 0;
}

void describe_errno(int err, char *text, size_t size)
{
	if (err == KERNEL_ENOTSUPP)
		snprintf(text, size, "Not supported by this kernel");
	else
		libbpf_strerror(err, text, size);
}

static const char *errno_name(int err)
{
	const char *name = err == KERNEL_ENOTSUPP ? "ENOTSUPP" : strerrorname_np(err);

	return name ? name : "EUNKNOWN";
}

napi_value make_error(napi_env env, const char *operation, const char *subject, int err)
{
	char reason[256], message[512];
	napi_value error = NULL, text;

	if (err < 0)
		err = -err;
	describe_errno(err, reason, sizeof(reason));
	snprintf(message, sizeof(message), "%s%s%s: %s", operation, subject ? " " : "", subject ? subject : "", reason);
	text = make_string(env, message);
	if (!text || napi_create_error(env, NULL, text, &error) != napi_ok)
		return NULL;
	set(env, error, "operation", make_string(env, operation));
	set(env, error, "errno", make_number(env, err));
	set(env, error, "code", make_string(env, errno_name(err)));
	if (said_size)
		set(env, error, "libbpf", make_string(env, said));
	libbpf_listen();
	return error;
}

napi_value throw_errno(napi_env env, const char *operation, const char *subject, int err)
{
	napi_value error = make_error(env, operation, subject, err);

	if (error)
		napi_throw(env, error);
	return NULL;
}

napi_value throw_type(napi_env env, const char *message)
{
	napi_throw_type_error(env, NULL, message);
	return NULL;
}
