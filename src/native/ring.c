/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring's JavaScript side: batches become arrays, flushes become promises. Reading is reader.c's, in its own thread;
 * what it hands over arrives here, in order, through a threadsafe function.
 */
#include "functions.h"
#include "object.h"
#include "reader.h"

#include <errno.h>
#include <stdatomic.h>

struct ring {
	napi_env env;
	/* NULL once closed. */
	struct reader *reader;
	napi_threadsafe_function deliver;
	/* Keeps the handle, and so this, from being collected while the thread runs. */
	napi_ref self;
	/* Held by the handle and by the threadsafe function, which ends some time after it is released. */
	atomic_int holders;
};

static void release_ring(struct ring *ring)
{
	if (atomic_fetch_sub(&ring->holders, 1) == 1)
		free(ring);
}

/* When the environment ends first: without JavaScript. */
static void stop_reading(void *data)
{
	struct ring *ring = data;

	reader_close(ring->reader);
	ring->reader = NULL;
}

static void close_ring(struct ring *ring)
{
	if (!ring->reader)
		return;
	stop_reading(ring);
	napi_remove_env_cleanup_hook(ring->env, stop_reading, ring);
	napi_delete_reference(ring->env, ring->self);
	/* Not aborted: what is on its way still arrives, and flushes settle. */
	napi_release_threadsafe_function(ring->deliver, napi_tsfn_release);
}

static void finalize_handle_of_ring(void *data)
{
	close_ring(data);
	release_ring(data);
}

static void finalize_deliver(napi_env env, void *data, void *context)
{
	(void)env;
	(void)data;
	release_ring(context);
}

static void call_on_batch(napi_env env, napi_value on_batch, const struct delivery *delivery)
{
	napi_value arguments[] = { make_bytes(env, delivery->bytes, delivery->used), make_number(env, delivery->count) };
	napi_value error;
	bool thrown;

	if (arguments[0] && arguments[1])
		napi_call_function(env, make_undefined(env), on_batch, 2, arguments, NULL);
	/* A callback that throws is an uncaught exception, as from any timer. */
	if (napi_is_exception_pending(env, &thrown) == napi_ok && thrown &&
	    napi_get_and_clear_last_exception(env, &error) == napi_ok)
		napi_fatal_exception(env, error);
}

static void settle(napi_env env, napi_deferred deferred, bool flushed)
{
	if (flushed)
		napi_resolve_deferred(env, deferred, make_undefined(env));
	else
		napi_reject_deferred(env, deferred, make_error(env, "ringFlush", "of a ring that was closed", ECANCELED));
}

/* On the JavaScript thread; without an environment when that is ending. */
static void deliver(napi_env env, napi_value on_batch, void *context, void *data)
{
	const struct ring *ring = context;
	struct delivery *delivery = data;

	if (env && delivery->flush)
		settle(env, delivery->flush, ring->reader);
	else if (env && ring->reader)
		call_on_batch(env, on_batch, delivery);
	free(delivery);
}

static bool hand_over(void *context, struct delivery *delivery)
{
	const struct ring *ring = context;

	return napi_call_threadsafe_function(ring->deliver, delivery, napi_tsfn_nonblocking) == napi_ok;
}

static bool get_options(napi_env env, napi_value *values, struct reader_options *options)
{
	uint32_t numbers[3];

	for (size_t i = 0; i < 3; i++)
		if (!get_u32(env, values[i], &numbers[i]))
			return false;
	if (!numbers[0] || !numbers[1] || !numbers[2] || numbers[2] > INT32_MAX)
		return throw_type(env, "batchBytes, maxBatches and flushMs must be positive");
	*options = (struct reader_options){
		.batch_bytes = numbers[0], .max_batches = numbers[1], .flush_ms = numbers[2]
	};
	return true;
}

/* openRing(object, map, batchBytes, maxBatches, flushMs, onBatch) */
EXPORTED(native_open_ring)
{
	struct reader_options options;
	struct bpf_object *object;
	struct bpf_map *map;
	struct ring *ring;
	napi_value values[6], handle, name;
	napi_valuetype type;
	int err;

	if (!get_arguments(env, info, values, 6) || !(object = get_object(env, values[0])) ||
	    !(map = get_map(env, object, values[1])) || !get_options(env, values + 2, &options) ||
	    napi_typeof(env, values[5], &type) != napi_ok)
		return NULL;
	if (type != napi_function)
		return throw_type(env, "expected a function");
	if (bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF || bpf_map__fd(map) < 0)
		return throw_type(env, "not a ring buffer of a loaded object");

	ring = calloc(1, sizeof(*ring));
	name = make_string(env, "pwq ring");
	if (!ring || !name)
		return throw_errno(env, "openRing", NULL, ENOMEM);
	ring->env = env;
	ring->holders = 1;
	handle = make_handle(env, HANDLE_RING, ring, finalize_handle_of_ring);
	if (!handle ||
	    napi_create_threadsafe_function(env, values[5], NULL, name, 0, 1, NULL, finalize_deliver, ring, deliver,
					    &ring->deliver) != napi_ok)
		return NULL;
	ring->holders = 2;
	options.hand_over = hand_over;
	options.context = ring;
	err = reader_open(bpf_map__fd(map), bpf_map__max_entries(map), &options, &ring->reader);
	if (err) {
		napi_release_threadsafe_function(ring->deliver, napi_tsfn_release);
		return throw_errno(env, "openRing", NULL, err);
	}
	napi_create_reference(env, handle, 1, &ring->self);
	/* After the threadsafe function was made, so that this runs before its end. */
	napi_add_env_cleanup_hook(env, stop_reading, ring);
	return handle;
}

EXPORTED(native_ring_ack)
{
	struct ring *ring;
	napi_value value;

	if (!get_arguments(env, info, &value, 1) || !(ring = get_handle(env, value, HANDLE_RING)))
		return NULL;
	if (ring->reader)
		reader_acknowledge(ring->reader);
	return make_undefined(env);
}

EXPORTED(native_ring_flush)
{
	struct delivery *delivery;
	struct ring *ring;
	napi_value value, promise;

	if (!get_arguments(env, info, &value, 1) || !(ring = get_handle(env, value, HANDLE_RING)))
		return NULL;
	if (!ring->reader)
		return throw_type(env, "the ring is closed");
	delivery = calloc(1, sizeof(*delivery));
	if (!delivery)
		return throw_errno(env, "ringFlush", NULL, ENOMEM);
	if (napi_create_promise(env, (napi_deferred *)&delivery->flush, &promise) != napi_ok) {
		free(delivery);
		return NULL;
	}
	reader_flush(ring->reader, delivery);
	return promise;
}

EXPORTED(native_close_ring)
{
	struct ring *ring;
	napi_value value;

	if (!get_arguments(env, info, &value, 1) || !(ring = get_handle(env, value, HANDLE_RING)))
		return NULL;
	close_ring(ring);
	return make_undefined(env);
}
