/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the ring buffer's pages itself, as linux/Documentation/bpf/ringbuf.rst has it: libbpf's reader publishes its
 * position after every record, which costs the kernel's side a cache miss each, and does not tell that position, which a
 * flush has to know.
 *
 * The kernel's side does not wake this one up for a record; it comes and looks every flush_ms.
 */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

/* How soon to look again for a record that is reserved but not yet submitted, when a flush waits for it. */
#define BUSY_MS 1

struct reader {
	struct reader_options options;
	pthread_t thread;
	/* The map, an eventfd to wake up the thread, and an epoll descriptor of both. */
	int map, wake, poll;

	size_t size, page;
	_Atomic unsigned long *consumer;
	/* One page with the kernel's position, then the data, mapped twice in a row so that no record wraps. */
	uint8_t *producer_pages;

	/* Read up to here; published from time to time. */
	unsigned long position, published;
	struct delivery *filling;

	atomic_uint out;
	atomic_bool stop, stalled;
	pthread_mutex_t lock;
	/* Answers to flushes, oldest first, each due at the position in `used`. Under the lock. */
	struct delivery *answers;
};

static unsigned long produced(const struct reader *reader)
{
	return atomic_load_explicit((_Atomic unsigned long *)reader->producer_pages, memory_order_acquire);
}

static void publish(struct reader *reader)
{
	if (reader->published == reader->position)
		return;
	atomic_store_explicit(reader->consumer, reader->position, memory_order_release);
	reader->published = reader->position;
}

static void hand_over(struct reader *reader, struct delivery *delivery)
{
	if (reader->options.hand_over(reader->options.context, delivery))
		return;
	free(delivery);
	reader->stop = true;
}

static void hand_over_batch(struct reader *reader)
{
	struct delivery *batch = reader->filling;

	if (!batch)
		return;
	reader->filling = NULL;
	atomic_fetch_add(&reader->out, 1);
	publish(reader);
	hand_over(reader, batch);
}

/* Room for a record of `size` bytes in the batch being filled, or NULL: too many are out, or no memory. */
static uint8_t *room(struct reader *reader, size_t size)
{
	struct delivery *batch = reader->filling;
	const size_t capacity = size > reader->options.batch_bytes ? size : reader->options.batch_bytes;

	if (batch && batch->used + size > capacity) {
		hand_over_batch(reader);
		batch = NULL;
	}
	if (!batch) {
		if (atomic_load(&reader->out) >= reader->options.max_batches)
			return NULL;
		batch = malloc(sizeof(*batch) + capacity);
		if (!batch)
			return NULL;
		*batch = (struct delivery){};
		reader->filling = batch;
	}
	batch->used += size;
	batch->count++;
	return batch->bytes + batch->used - size;
}

enum consumed { DRY, STALLED };

static enum consumed consume(struct reader *reader)
{
	const uint8_t *data = reader->producer_pages + reader->page;

	for (unsigned long end; reader->position < (end = produced(reader)) && !reader->stop;) {
		while (reader->position < end) {
			const uint8_t *record = data + (reader->position & (reader->size - 1));
			uint32_t head = atomic_load_explicit((_Atomic uint32_t *)record, memory_order_acquire);
			size_t size = head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
			size_t padded = (size + 7) / 8 * 8;

			if (head & BPF_RINGBUF_BUSY_BIT)
				return DRY;
			if (!(head & BPF_RINGBUF_DISCARD_BIT)) {
				uint8_t *copy = room(reader, padded);

				if (!copy)
					return STALLED;
				memcpy(copy, record + BPF_RINGBUF_HDR_SZ, padded);
			}
			reader->position += padded + BPF_RINGBUF_HDR_SZ;
			if (reader->position - reader->published > reader->size / 8)
				publish(reader);
		}
	}
	return DRY;
}

/* The oldest answer that is due, taken out; `all`: due or not. */
static struct delivery *take_answer(struct reader *reader, bool all)
{
	struct delivery *answer;

	pthread_mutex_lock(&reader->lock);
	answer = reader->answers;
	if (answer && (all || answer->used <= reader->position))
		reader->answers = answer->next;
	else
		answer = NULL;
	pthread_mutex_unlock(&reader->lock);
	return answer;
}

static bool answers_due(struct reader *reader)
{
	bool due;

	pthread_mutex_lock(&reader->lock);
	due = reader->answers;
	pthread_mutex_unlock(&reader->lock);
	return due;
}

static void wake_up(struct reader *reader)
{
	eventfd_write(reader->wake, 1);
}

static void sleep_until_needed(struct reader *reader, enum consumed consumed)
{
	struct epoll_event events[2];
	int timeout = reader->options.flush_ms;
	eventfd_t ignored;

	if (consumed == STALLED) {
		reader->stalled = true;
		/* An acknowledgement before this was seen did not wake us up. */
		if (atomic_load(&reader->out) < reader->options.max_batches)
			timeout = BUSY_MS;
	} else if (answers_due(reader)) {
		timeout = BUSY_MS;
	}
	epoll_wait(reader->poll, events, 2, timeout);
	reader->stalled = false;
	eventfd_read(reader->wake, &ignored);
}

static void *run(void *data)
{
	struct reader *reader = data;

	while (!reader->stop) {
		enum consumed consumed = consume(reader);
		struct delivery *answer;

		hand_over_batch(reader);
		publish(reader);
		while ((answer = take_answer(reader, false)))
			hand_over(reader, answer);
		if (!reader->stop)
			sleep_until_needed(reader, consumed);
	}
	return NULL;
}

static int watch(struct reader *reader, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events };

	return epoll_ctl(reader->poll, EPOLL_CTL_ADD, fd, &event);
}

static int map_pages(struct reader *reader)
{
	void *consumer = mmap(NULL, reader->page, PROT_READ | PROT_WRITE, MAP_SHARED, reader->map, 0);
	void *producer;

	if (consumer == MAP_FAILED)
		return -1;
	reader->consumer = consumer;
	producer = mmap(NULL, reader->page + 2 * reader->size, PROT_READ, MAP_SHARED, reader->map, reader->page);
	if (producer == MAP_FAILED)
		return -1;
	reader->producer_pages = producer;
	reader->position = reader->published = atomic_load(reader->consumer);
	return 0;
}

static void free_reader(struct reader *reader)
{
	const int fds[] = { reader->map, reader->wake, reader->poll };

	if (reader->consumer)
		munmap((void *)reader->consumer, reader->page);
	if (reader->producer_pages)
		munmap(reader->producer_pages, reader->page + 2 * reader->size);
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	pthread_mutex_destroy(&reader->lock);
	free(reader->filling);
	free(reader);
}

int reader_open(int map, size_t size, const struct reader_options *options, struct reader **result)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader)
		return ENOMEM;
	reader->options = *options;
	reader->size = size;
	reader->page = sysconf(_SC_PAGESIZE);
	pthread_mutex_init(&reader->lock, NULL);
	reader->map = fcntl(map, F_DUPFD_CLOEXEC, 0);
	reader->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	reader->poll = epoll_create1(EPOLL_CLOEXEC);
	/* Edge-triggered: the map wakes us up when the kernel says so, not whenever there is something in it. */
	if (reader->map < 0 || reader->wake < 0 || reader->poll < 0 || watch(reader, reader->map, EPOLLIN | EPOLLET) ||
	    watch(reader, reader->wake, EPOLLIN) || map_pages(reader)) {
		err = errno;
		free_reader(reader);
		return err;
	}
	err = pthread_create(&reader->thread, NULL, run, reader);
	if (err) {
		free_reader(reader);
		return err;
	}
	*result = reader;
	return 0;
}

void reader_acknowledge(struct reader *reader)
{
	atomic_fetch_sub(&reader->out, 1);
	if (reader->stalled)
		wake_up(reader);
}

void reader_flush(struct reader *reader, struct delivery *answer)
{
	struct delivery **last = &reader->answers;

	answer->used = produced(reader);
	answer->next = NULL;
	pthread_mutex_lock(&reader->lock);
	while (*last)
		last = &(*last)->next;
	*last = answer;
	pthread_mutex_unlock(&reader->lock);
	wake_up(reader);
}

void reader_close(struct reader *reader)
{
	struct delivery *answer;

	if (!reader)
		return;
	reader->stop = true;
	wake_up(reader);
	pthread_join(reader->thread, NULL);
	while ((answer = take_answer(reader, true)))
		hand_over(reader, answer);
	free_reader(reader);
}
