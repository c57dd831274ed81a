/* SPDX-License-Identifier: Apache-2.0 */
/* Links that libbpf 1.1 cannot make, by the system call. */
#include "attachment.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

/* linux/bpf.h: BPF_LINK_CREATE and what it is given, as far as it is used here. */
#define LINK_CREATE 28
struct link_create {
	uint32_t program, target, attach_type, flags;
	struct {
		uint32_t flags, count;
		uint64_t names, addresses, cookies;
	} kprobe_multi;
};

/* Larger than any kernel's: what a kernel does not know must be zero. */
union attributes {
	struct link_create link_create;
	uint8_t room[128];
};

static int link_create(union attributes *attributes)
{
	return syscall(SYS_bpf, LINK_CREATE, attributes, sizeof(*attributes));
}

int kprobe_multi_create(int program, uint32_t attach_type, const char **names, const uint64_t *addresses,
			const uint64_t *cookies, uint32_t count)
{
	union attributes attributes = {};

	attributes.link_create.program = program;
	attributes.link_create.attach_type = attach_type;
	attributes.link_create.kprobe_multi.count = count;
	attributes.link_create.kprobe_multi.names = (uintptr_t)names;
	attributes.link_create.kprobe_multi.addresses = (uintptr_t)addresses;
	attributes.link_create.kprobe_multi.cookies = (uintptr_t)cookies;
	return link_create(&attributes);
}

napi_value make_raw_link(napi_env env, int fd, size_t points)
{
	struct link *link = new_link(0);

	if (!link) {
		close(fd);
		return throw_errno(env, "attach", NULL, ENOMEM);
	}
	link->fd = fd;
	link->points = points;
	return make_handle(env, HANDLE_LINK, link, finalize_link);
}
