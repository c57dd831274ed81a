/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "shared-kprobe.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GROUP "pwq"

struct shared_kprobe {
	/* Of tracefs. */
	const char *folder;
	/* kprobe_events, open for appending: opened otherwise it would be emptied, of everybody's events. */
	int definitions;
	/* `p123_0`: the process and a number. */
	char name[32];
};

static const char *const FOLDERS[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

static FILE *open_file(const struct shared_kprobe *event, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", event->folder, file);
	return fopen(path, "re");
}

static int write_definition(const struct shared_kprobe *event, const char *format, const char *name, const char *symbol)
{
	char line[512];
	int size = snprintf(line, sizeof(line), format, name, symbol);

	if (size >= (int)sizeof(line))
		return ENAMETOOLONG;
	return write(event->definitions, line, size) == size ? 0 : errno;
}

/*
 * Removes what a process that was killed has left. What is in use elsewhere, by a process this one cannot see, is busy
 * and stays.
 */
static void remove_leftovers(const struct shared_kprobe *event)
{
	FILE *file = open_file(event, "kprobe_events");
	char line[512], name[32], last[32] = "";
	int process;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "p:" GROUP "/%31s", name) != 1 || sscanf(name, "p%d_", &process) != 1 ||
		    !strcmp(name, last) || !kill(process, 0) || errno != ESRCH)
			continue;
		strcpy(last, name);
		write_definition(event, "-:" GROUP "/%s\n", name, NULL);
	}
	if (file)
		fclose(file);
}

struct shared_kprobe *shared_kprobe_new(void)
{
	static atomic_int number;
	struct shared_kprobe *event = calloc(1, sizeof(*event));

	if (!event)
		return NULL;
	event->definitions = -1;
	for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(*FOLDERS) && event->definitions < 0; i++) {
		char path[128];

		event->folder = FOLDERS[i];
		snprintf(path, sizeof(path), "%s/kprobe_events", event->folder);
		event->definitions = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	}
	if (event->definitions < 0) {
		free(event);
		return NULL;
	}
	remove_leftovers(event);
	snprintf(event->name, sizeof(event->name), "p%d_%d", getpid(), atomic_fetch_add(&number, 1));
	return event;
}

/*
 * Where in a traced function to probe. At its very start a kprobe is ftrace's business, which goes through all of the
 * kernel's functions for each one that is added or removed. Right behind ftrace's five bytes (on kernels with IBT there
 * are four of endbr64 before them) nothing has happened yet, and it is an ordinary kprobe, of which only one place in
 * the code is patched: on an emulated 6.1, 1.3 s to enable 1,481 of them instead of 49 s, 0.7 s to disable them.
 */
#if defined(__x86_64__)
static const unsigned int OFFSETS[] = { 5, 9 };
#else
static const unsigned int OFFSETS[] = {};
#endif

int shared_kprobe_add(struct shared_kprobe *event, const char *symbol, uint64_t text, uint64_t function, uint64_t *probed)
{
	/* Not by the function's own name: the kernel searches all names for it, and `_text` comes first. */
	for (size_t i = 0; i < sizeof(OFFSETS) / sizeof(*OFFSETS); i++) {
		char place[64];

		*probed = function + OFFSETS[i];
		snprintf(place, sizeof(place), "_text+%" PRIu64, *probed - text);
		if (text && !write_definition(event, "p:" GROUP "/%s %s\n", event->name, place))
			return 0;
	}
	*probed = function;
	return write_definition(event, "p:" GROUP "/%s %s\n", event->name, symbol);
}

/* The event's number, or a negative errno. */
static int event_id(const struct shared_kprobe *event)
{
	char path[64];
	FILE *file;
	int id;

	snprintf(path, sizeof(path), "events/" GROUP "/%s/id", event->name);
	file = open_file(event, path);
	if (!file)
		return -errno;
	if (fscanf(file, "%d", &id) != 1)
		id = -EINVAL;
	fclose(file);
	return id;
}

int shared_kprobe_open(struct shared_kprobe *event)
{
	struct perf_event_attr attributes = { .size = sizeof(attributes), .type = PERF_TYPE_TRACEPOINT };
	int id = event_id(event), fd;

	if (id < 0)
		return id;
	attributes.config = id;
	/* One CPU's perf event: programs run for the trace event, on every CPU. */
	fd = syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

uint64_t shared_kprobe_missed(const struct shared_kprobe *event)
{
	FILE *file = open_file(event, "kprobe_profile");
	char line[512], name[64];
	uint64_t missed, sum = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %*u %" SCNu64, name, &missed) == 2 && !strcmp(name, event->name))
			sum += missed;
	if (file)
		fclose(file);
	return sum;
}

/*
 * Removing waits for a grace period for each function. For that moment they are made to be short ones, for the whole
 * system; what was set before is set again. Returns whether that is to be done.
 */
static bool expedite(bool on)
{
	int fd = open("/sys/kernel/rcu_expedited", O_RDWR | O_CLOEXEC);
	char now = '1';
	bool done = false;

	if (fd < 0)
		return false;
	if (!on || (read(fd, &now, 1) == 1 && now == '0'))
		done = pwrite(fd, on ? "1" : "0", 1, 0) == 1;
	close(fd);
	return done;
}

void shared_kprobe_free(struct shared_kprobe *event)
{
	bool expedited;

	if (!event)
		return;
	expedited = expedite(true);
	write_definition(event, "-:" GROUP "/%s\n", event->name, NULL);
	if (expedited)
		expedite(false);
	close(event->definitions);
	free(event);
}
