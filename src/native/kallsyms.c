/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "kallsyms.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct wanted {
	const char *name;
	/* With its length; empty: any. */
	const char *module;
	size_t module_size;
	size_t index;
};

static int by_name(const void *one, const void *other)
{
	return strcmp(((const struct wanted *)one)->name, ((const struct wanted *)other)->name);
}

static struct wanted *sorted(const struct strings *symbols)
{
	struct wanted *wanted = calloc(symbols->count + 1, sizeof(*wanted));

	for (size_t i = 0; wanted && i < symbols->count; i++) {
		const char *symbol = symbols->at[i], *colon = strchr(symbol, ':');

		wanted[i] = (struct wanted){ .name = colon ? colon + 1 : symbol, .module = symbol, .index = i };
		wanted[i].module_size = colon ? colon - symbol : 0;
	}
	if (wanted)
		qsort(wanted, symbols->count, sizeof(*wanted), by_name);
	return wanted;
}

/* The first of those with that name, or NULL. */
static const struct wanted *find(const struct wanted *wanted, size_t count, const char *name)
{
	const struct wanted key = { .name = name };
	const struct wanted *match = bsearch(&key, wanted, count, sizeof(*wanted), by_name);

	while (match && match > wanted && !strcmp(match[-1].name, name))
		match--;
	return match;
}

static bool in_module(const struct wanted *wanted, const char *module)
{
	return !wanted->module_size ||
	       (!strncmp(wanted->module, module, wanted->module_size) && !module[wanted->module_size]);
}

int kallsyms_resolve(const struct strings *symbols, int (*found)(void *context, size_t index, uint64_t address),
		     void *context)
{
	AUTO_FREE struct wanted *wanted = sorted(symbols);
	const struct wanted *end = wanted + symbols->count;
	char line[512], type, name[256], module[128];
	FILE *file = fopen("/proc/kallsyms", "re");
	uint64_t address;
	int err = 0;

	if (!file)
		return errno;
	while (wanted && !err && fgets(line, sizeof(line), file)) {
		int fields = sscanf(line, "%" SCNx64 " %c %255s [%127[^]]", &address, &type, name, module);

		if (fields < 3 || !strchr("tTwW", type))
			continue;
		if (fields == 3)
			module[0] = 0;
		for (const struct wanted *at = find(wanted, symbols->count, name);
		     at && !err && at < end && !strcmp(at->name, name); at++)
			if (in_module(at, module))
				err = address ? found(context, at->index, address) : EPERM;
	}
	fclose(file);
	return wanted ? err : ENOMEM;
}
