/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One trace event with a kprobe on each of many functions. A perf event for each function would be simpler, but
 * detaching such an event waits for several RCU grace periods, one after another: 160 s for the 1,478 functions of an
 * emulated 6.1. Here it is a few for all. The price: there is one attach cookie for all functions, so the program has to
 * look up the function's own by its address.
 */
#pragma once

#include <stdint.h>

struct shared_kprobe;

/* NULL, with errno, where there is no tracefs that may be written. */
struct shared_kprobe *shared_kprobe_new(void);
/*
 * Adds a function (`name` or `module:name`) by its address and that of `_text` (0: not known). 0 and the address that is
 * probed, or an errno.
 */
int shared_kprobe_add(struct shared_kprobe *event, const char *symbol, uint64_t text, uint64_t function, uint64_t *probed);
/* The descriptor of the perf event that stands for all of them, or a negative errno. From now on they are probed. */
int shared_kprobe_open(struct shared_kprobe *event);
/* Hits that were missed. */
uint64_t shared_kprobe_missed(const struct shared_kprobe *event);
/* Removes the event; its perf event must be closed. NULL is fine. */
void shared_kprobe_free(struct shared_kprobe *event);
