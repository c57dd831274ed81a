/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command `pwq`: becomes Node with the program in it. A start-up snapshot holds the program already running, but
 * Node refuses one that another Node made, or that was made on a processor with other features, and ends. So snapshots
 * are kept by what they depend on, and without one that fits the program is started the ordinary way.
 *   dist/pwq ARGS…
 * PWQ_SNAPSHOT=name prints where the snapshot for this machine is looked for; =no starts without one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "processor.h"

/* As for a shell: there is no such command. */
#define STATUS_NOT_FOUND 127

/* Node's own options. A snapshot depends on them: scripts/build.mjs makes it with the same ones. */
static const char *const FLAGS[] = { PWQ_NODE_FLAGS NULL };
#define FLAG_COUNT (sizeof(FLAGS) / sizeof(*FLAGS) - 1)

/* FNV-1a */
static uint64_t hash(uint64_t seed, const void *data, size_t size)
{
	for (const uint8_t *at = data; size; at++, size--)
		seed = (seed ^ *at) * 0x100000001b3;
	return seed;
}

/* The first `node` in PATH that is a program, as execvp would find it. */
static bool find_node(char *path, struct stat *status)
{
	const char *folder = getenv("PATH"), *end;

	for (; folder; folder = *end ? end + 1 : NULL) {
		end = strchrnul(folder, ':');
		if (snprintf(path, PATH_MAX, "%.*s%snode", (int)(end - folder), folder, end > folder ? "/" : "") < PATH_MAX &&
		    !stat(path, status) && S_ISREG(status->st_mode) && !access(path, X_OK))
			return true;
	}
	return false;
}

/* The folder this program is in; false if it cannot be told. */
static bool find_folder(char *folder)
{
	ssize_t size = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	if (size < 0)
		return false;
	folder[size] = 0;
	slash = strrchr(folder, '/');
	if (!slash)
		return false;
	*slash = 0;
	return true;
}

static bool join(char *path, const char *folder, const char *name)
{
	return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

/* Node is known by its size and time: both change with its version, and asking it would take longer than the start. */
static bool name_snapshot(char *path, const char *folder, const struct stat *node)
{
	const uint64_t identity[] = { node->st_size, node->st_mtim.tv_sec, node->st_mtim.tv_nsec };
	struct processor processor = describe_processor();
	uint64_t key = hash(0xcbf29ce484222325, identity, sizeof(identity));
	char name[64];

	key = hash(key, &processor, sizeof(processor));
	snprintf(name, sizeof(name), "snapshot-%016llx.blob", (unsigned long long)key);
	return join(path, folder, name);
}

static void start(const char *node, char *self, char *snapshot, int argc, char **argv)
{
	char **args = calloc(argc + FLAG_COUNT + 5, sizeof(*args)), **at = args;

	if (!args)
		return;
	/* So that it can tell how it was called. */
	*at++ = argc ? argv[0] : "pwq";
	if (snapshot) {
		for (const char *const *flag = FLAGS; *flag; flag++)
			*at++ = (char *)*flag;
		*at++ = "--snapshot-blob";
		*at++ = snapshot;
		*at++ = "--";
	}
	*at++ = self;
	for (int i = 1; i < argc; i++)
		*at++ = argv[i];
	execv(node, args);
}

int main(int argc, char **argv)
{
	char node[PATH_MAX], folder[PATH_MAX], script[PATH_MAX], self[PATH_MAX], snapshot[PATH_MAX];
	const char *options = getenv("NODE_OPTIONS"), *mode = getenv("PWQ_SNAPSHOT");
	struct stat status;
	bool usable;

	if (!find_node(node, &status)) {
		fprintf(stderr, "pwq: Node 20.19 or newer is missing (https://nodejs.org/en/download)\n");
		return STATUS_NOT_FOUND;
	}
	if (!find_folder(folder) || !join(self, folder, "pwq") || !join(script, folder, "cli.js") ||
	    !name_snapshot(snapshot, folder, &status)) {
		fprintf(stderr, "pwq: cannot tell where it is installed (is /proc mounted?)\n");
		return STATUS_NOT_FOUND;
	}
	if (mode && !strcmp(mode, "name"))
		return puts(snapshot) < 0;
	/* Options may change how V8 works, and so make the snapshot unfit. */
	usable = !(options && *options) && !(mode && !strcmp(mode, "no")) && !access(snapshot, R_OK);
	if (usable)
		start(node, self, snapshot, argc, argv);
	else
		start(node, script, NULL, argc, argv);
	fprintf(stderr, "pwq: %s: %s\n", node, strerror(errno));
	return STATUS_NOT_FOUND;
}
