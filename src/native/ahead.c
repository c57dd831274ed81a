/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel takes long for, done in a thread while JavaScript goes on: reading files that it writes as they are
 * read, and creating a ring buffer, whose pages it all clears.
 */
#define _GNU_SOURCE
#include "functions.h"
#include "object.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>

struct ahead {
	pthread_t thread;
	bool running;
	void (*work)(struct ahead *ahead);
	/* Of the file, or the map that was made. -1: none. */
	int fd;
	int err;
	uint8_t *data;
	size_t size, room;
};

static void *run(void *data)
{
	struct ahead *ahead = data;

	ahead->work(ahead);
	return NULL;
}

/* Signals stay with the main thread. Without a thread the work is done at once. */
static void start(struct ahead *ahead)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	ahead->running = !pthread_create(&ahead->thread, NULL, run, ahead);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!ahead->running)
		ahead->work(ahead);
}

static void wait_for(struct ahead *ahead)
{
	if (ahead->running)
		pthread_join(ahead->thread, NULL);
	ahead->running = false;
}

static void free_data(struct ahead *ahead)
{
	if (ahead->data)
		munmap(ahead->data, ahead->room);
	ahead->data = NULL;
}

static void finalize_ahead(void *data)
{
	struct ahead *ahead = data;

	wait_for(ahead);
	if (ahead->fd >= 0)
		close(ahead->fd);
	free_data(ahead);
	free(ahead);
}

static napi_value make_ahead(napi_env env, enum handle_kind kind, void (*work)(struct ahead *), int fd, size_t room)
{
	struct ahead *ahead = calloc(1, sizeof(*ahead));

	if (!ahead) {
		if (fd >= 0)
			close(fd);
		return throw_errno(env, "startReading", NULL, ENOMEM);
	}
	*ahead = (struct ahead){ .work = work, .fd = fd, .room = room };
	start(ahead);
	return make_handle(env, kind, ahead, finalize_ahead);
}

/* Pages that are not written to take no memory. */
static uint8_t *map_room(size_t room)
{
	void *data = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return data == MAP_FAILED ? NULL : data;
}

static bool grow(struct ahead *ahead)
{
	void *data = mremap(ahead->data, ahead->room, ahead->room * 2, MREMAP_MAYMOVE);

	if (data == MAP_FAILED)
		return false;
	ahead->data = data;
	ahead->room *= 2;
	return true;
}

/* Files of sysfs, proc and tracefs hand out a page at each read, and most of them do not tell their size. */
static void read_all(struct ahead *ahead)
{
	ssize_t got;

	ahead->data = map_room(ahead->room);
	if (!ahead->data) {
		ahead->err = ENOMEM;
		return;
	}
	do {
		if (ahead->size == ahead->room && !grow(ahead)) {
			ahead->err = ENOMEM;
			return;
		}
		got = read(ahead->fd, ahead->data + ahead->size, ahead->room - ahead->size);
		if (got > 0)
			ahead->size += got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		ahead->err = errno;
}

/* /proc/kallsyms of a distribution's kernel has 4 to 10 MB. */
#define FIRST_ROOM (1 << 24)

EXPORTED(native_start_reading)
{
	AUTO_FREE char *path = NULL;
	napi_value value;
	int fd;

	if (!get_arguments(env, info, &value, 1) || !get_string(env, value, &path))
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return throw_errno(env, "startReading", path, errno);
	return make_ahead(env, HANDLE_READING, read_all, fd, FIRST_ROOM);
}

static void unmap(napi_env env, void *data, void *hint)
{
	(void)env;
	munmap(data, (size_t)hint);
}

EXPORTED(native_finish_reading)
{
	napi_value value, buffer, result = NULL;
	struct ahead *ahead;
	size_t size, room;
	void *data;

	if (!get_arguments(env, info, &value, 1) || !(ahead = get_handle(env, value, HANDLE_READING)))
		return NULL;
	wait_for(ahead);
	if (ahead->err)
		return throw_errno(env, "finishReading", NULL, ahead->err);
	if (!ahead->data)
		return throw_type(env, "the file was handed over already");
	data = ahead->data;
	size = ahead->size;
	room = ahead->room;
	ahead->data = NULL;
	if (napi_create_external_arraybuffer(env, data, room, unmap, (void *)room, &buffer) != napi_ok) {
		munmap(data, room);
		return throw_errno(env, "finishReading", NULL, ENOMEM);
	}
	napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &result);
	return result;
}

static void create_ring(struct ahead *ahead)
{
	ahead->fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "pwq_ring", 0, 0, ahead->room, NULL);
	if (ahead->fd < 0)
		ahead->err = -ahead->fd;
}

EXPORTED(native_start_ring)
{
	napi_value value;
	uint32_t bytes;

	if (!get_arguments(env, info, &value, 1) || !get_u32(env, value, &bytes))
		return NULL;
	return make_ahead(env, HANDLE_RING_MAP, create_ring, -1, bytes);
}

EXPORTED(native_use_ring)
{
	struct bpf_object *object;
	struct ahead *ahead;
	struct bpf_map *map;
	napi_value values[3];
	int err;

	if (!get_arguments(env, info, values, 3) || !(object = get_object(env, values[0])) ||
	    !(map = get_map(env, object, values[1])) || !(ahead = get_handle(env, values[2], HANDLE_RING_MAP)))
		return NULL;
	wait_for(ahead);
	err = ahead->err ? ahead->err : bpf_map__reuse_fd(map, ahead->fd);
	return err ? throw_errno(env, "useRing", bpf_map__name(map), err) : make_undefined(env);
}
