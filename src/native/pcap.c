/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpcap's compiler. The library is loaded when the first filter is compiled: most queries have none, and it drags in
 * D-Bus and what that needs. Linked statically it would still need those two, which come without static libraries.
 */
#define _GNU_SOURCE
#include "functions.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

#include <pcap/pcap.h>

/* Of Debian, and of everybody else. */
static const char *const LIBRARIES[] = { "libpcap.so.0.8", "libpcap.so.1" };

/* What tcpdump takes; a filter that matches returns it. */
#define SNAPLEN 262144

static struct {
	typeof(pcap_open_dead) *open_dead;
	typeof(pcap_compile) *compile;
	typeof(pcap_geterr) *geterr;
	typeof(pcap_freecode) *freecode;
	typeof(pcap_close) *close;
	bool there;
} libpcap;

static void load_library(void)
{
	void *library = NULL;

	for (size_t i = 0; !library && i < sizeof(LIBRARIES) / sizeof(*LIBRARIES); i++)
		library = dlopen(LIBRARIES[i], RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return;
	libpcap.open_dead = dlsym(library, "pcap_open_dead");
	libpcap.compile = dlsym(library, "pcap_compile");
	libpcap.geterr = dlsym(library, "pcap_geterr");
	libpcap.freecode = dlsym(library, "pcap_freecode");
	libpcap.close = dlsym(library, "pcap_close");
	libpcap.there = libpcap.open_dead && libpcap.compile && libpcap.geterr && libpcap.freecode && libpcap.close;
}

/* pcapCompile(text, linkType): { insns } or { problem } as libpcap words it; undefined: there is no libpcap. */
EXPORTED(native_pcap_compile)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	AUTO_FREE char *text = NULL;
	struct bpf_program program;
	napi_value arguments[2], result;
	uint32_t link_type;
	pcap_t *handle;

	if (!get_arguments(env, info, arguments, 2) || !get_string(env, arguments[0], &text) ||
	    !get_u32(env, arguments[1], &link_type))
		return NULL;
	pthread_once(&once, load_library);
	if (!libpcap.there)
		return make_undefined(env);
	handle = libpcap.open_dead(link_type, SNAPLEN);
	if (!handle)
		return throw_errno(env, "pcap", NULL, ENOMEM);
	if (napi_create_object(env, &result) != napi_ok) {
		result = NULL;
	} else if (libpcap.compile(handle, &program, text, 1, PCAP_NETMASK_UNKNOWN)) {
		set(env, result, "problem", make_string(env, libpcap.geterr(handle)));
	} else {
		set(env, result, "insns",
		    make_bytes(env, program.bf_insns, program.bf_len * sizeof(*program.bf_insns)));
		libpcap.freecode(&program);
	}
	libpcap.close(handle);
	return result;
}
