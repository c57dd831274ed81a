/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that Node does not have: capabilities, and the interfaces of another network namespace. */
#define _GNU_SOURCE
#include "functions.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned int bit;
} CAPABILITIES[] = {
	{ "CAP_BPF", 39 },
	{ "CAP_PERFMON", 38 },
	{ "CAP_SYS_ADMIN", CAP_SYS_ADMIN },
	{ "CAP_NET_ADMIN", CAP_NET_ADMIN },
};

EXPORTED(native_capabilities)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
	napi_value result;

	(void)info;
	if (syscall(SYS_capget, &header, sets))
		return throw_errno(env, "capabilities", NULL, errno);
	if (napi_create_object(env, &result) != napi_ok)
		return NULL;
	for (size_t i = 0; i < sizeof(CAPABILITIES) / sizeof(*CAPABILITIES); i++) {
		unsigned int bit = CAPABILITIES[i].bit;

		set(env, result, CAPABILITIES[i].name, make_bool(env, sets[bit / 32].effective >> bit % 32 & 1));
	}
	return result;
}

struct visit {
	int namespace;
	struct if_nameindex *interfaces;
	int err;
};

/* In a thread of its own, which ends in that namespace: a thread's namespace cannot always be put back. */
static void *list_interfaces(void *data)
{
	struct visit *visit = data;

	if (!setns(visit->namespace, CLONE_NEWNET))
		visit->interfaces = if_nameindex();
	if (!visit->interfaces)
		visit->err = errno;
	return NULL;
}

static int visit_namespace(const char *path, struct visit *visit)
{
	pthread_t thread;
	int err;

	visit->namespace = open(path, O_RDONLY | O_CLOEXEC);
	if (visit->namespace < 0)
		return errno;
	err = pthread_create(&thread, NULL, list_interfaces, visit);
	if (!err)
		pthread_join(thread, NULL);
	close(visit->namespace);
	return err ? err : visit->err;
}

EXPORTED(native_interfaces)
{
	AUTO_FREE char *path = NULL;
	struct visit visit = {};
	napi_value value, result;
	uint32_t count = 0;
	int err;

	if (!get_arguments(env, info, &value, 1) || !get_string(env, value, &path) ||
	    napi_create_array(env, &result) != napi_ok)
		return NULL;
	err = visit_namespace(path, &visit);
	if (err)
		return throw_errno(env, "interfaces", path, err);
	for (struct if_nameindex *i = visit.interfaces; i->if_index; i++) {
		napi_value entry;

		if (napi_create_object(env, &entry) != napi_ok)
			break;
		set(env, entry, "ifindex", make_number(env, i->if_index));
		set(env, entry, "name", make_string(env, i->if_name));
		napi_set_element(env, result, count++, entry);
	}
	if_freenameindex(visit.interfaces);
	return result;
}
