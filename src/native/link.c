/* SPDX-License-Identifier: Apache-2.0 */
/* libbpf's static linker. It reads and writes files, so each object gets a file in memory. */
#define _GNU_SOURCE
#include "functions.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/libbpf.h>

struct path {
	char text[32];
};

static struct path path_of(int fd)
{
	struct path path;

	snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
	return path;
}

static int memory_file(const char *name, const uint8_t *bytes, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	while (fd >= 0 && size) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0) {
			int err = errno;

			close(fd);
			return -err;
		}
		bytes += written;
		size -= written;
	}
	return fd < 0 ? -errno : fd;
}

static bool add_input(napi_env env, struct bpf_linker *linker, napi_value input)
{
	AUTO_FREE char *name = NULL;
	napi_value property;
	const uint8_t *bytes;
	size_t size;
	int fd, err;

	if (napi_get_named_property(env, input, "name", &property) != napi_ok || !get_string(env, property, &name) ||
	    napi_get_named_property(env, input, "bytes", &property) != napi_ok ||
	    !get_bytes(env, property, &bytes, &size))
		return false;
	fd = memory_file(name, bytes, size);
	err = fd < 0 ? fd : bpf_linker__add_file(linker, path_of(fd).text, NULL);
	if (fd >= 0)
		close(fd);
	if (err)
		throw_errno(env, "link", name, err);
	return !err;
}

static bool add_inputs(napi_env env, struct bpf_linker *linker, napi_value inputs)
{
	uint32_t count;

	if (napi_get_array_length(env, inputs, &count) != napi_ok)
		return throw_type(env, "expected an array of inputs");
	for (uint32_t i = 0; i < count; i++) {
		napi_value input;

		if (napi_get_element(env, inputs, i, &input) != napi_ok || !add_input(env, linker, input))
			return false;
	}
	return true;
}

static napi_value read_back(napi_env env, int fd)
{
	AUTO_FREE uint8_t *bytes = NULL;
	struct stat status;

	if (fstat(fd, &status) || !(bytes = malloc(status.st_size)) ||
	    pread(fd, bytes, status.st_size, 0) != status.st_size)
		return throw_errno(env, "link", NULL, errno);
	return make_bytes(env, bytes, status.st_size);
}

EXPORTED(native_link)
{
	napi_value inputs, result = NULL;
	struct bpf_linker *linker;
	int fd, err;

	if (!get_arguments(env, info, &inputs, 1))
		return NULL;
	libbpf_listen();
	fd = memory_file("linked", NULL, 0);
	if (fd < 0)
		return throw_errno(env, "link", NULL, fd);
	linker = bpf_linker__new(path_of(fd).text, NULL);
	if (!linker) {
		throw_errno(env, "link", NULL, errno);
	} else if (add_inputs(env, linker, inputs)) {
		err = bpf_linker__finalize(linker);
		result = err ? throw_errno(env, "link", NULL, err) : read_back(env, fd);
	}
	bpf_linker__free(linker);
	close(fd);
	return result;
}
