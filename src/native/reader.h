/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that empties a ring buffer map into batches. It knows nothing of JavaScript. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A batch, or the answer to a flush. malloc'ed; whoever it is handed to frees it. */
struct delivery {
	struct delivery *next;
	/* What reader_flush() was given; NULL: a batch. */
	void *flush;
	/* Bytes in use and records in them. */
	size_t used, count;
	uint8_t bytes[];
};

struct reader_options {
	size_t batch_bytes;
	uint32_t max_batches;
	int flush_ms;
	/* Called in the thread. False: nobody takes deliveries any more; the delivery is still the reader's. */
	bool (*hand_over)(void *context, struct delivery *delivery);
	void *context;
};

struct reader;

/* 0 or an errno. `map` is duplicated. */
int reader_open(int map, size_t size, const struct reader_options *options, struct reader **result);
/* One batch fewer is out. */
void reader_acknowledge(struct reader *reader);
/* `answer` is handed over after everything that has been submitted by now. */
void reader_flush(struct reader *reader, struct delivery *answer);
/* Ends the thread. Answers that are still due are handed over; records are not. */
void reader_close(struct reader *reader);
