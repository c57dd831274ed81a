/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this kernel and these privileges allow, found out by trying. A probe that attaches names a function that does not
 * exist: whoever answers that it does not exist would have attached to one that does.
 */
#include "attachment.h"
#include "functions.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define NO_SUCH_FUNCTION "pwq_no_such_function"

/* linux/bpf.h */
#define MOV64_IMM(register, value) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = register, .imm = value }
/* The address of a kernel variable by its BTF id, in two halves. */
#define LOAD_VARIABLE(register, id) \
	{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = register, .src_reg = BPF_PSEUDO_BTF_ID, .imm = id }, { 0 }
#define CALL_KFUNC(id) { .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = id }
#define EXIT() { .code = BPF_JMP | BPF_EXIT }

/* Each returns 0 or an errno. */

static int result_of(int fd)
{
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int load_nothing(enum bpf_prog_type type, enum bpf_attach_type attach_type)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = attach_type);
	const struct bpf_insn insns[] = { MOV64_IMM(BPF_REG_0, 0), EXIT() };

	return bpf_prog_load(type, "pwq_probe", "GPL", insns, 2, &options);
}

static int probe_bpf_syscall(void)
{
	uint32_t id;

	return bpf_prog_get_next_id(0, &id) && errno != ENOENT ? errno : 0;
}

static int probe_btf(void)
{
	return result_of(open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC));
}

static int probe_multi(uint32_t attach_type)
{
	const char *symbols[] = { NO_SUCH_FUNCTION };
	int program = load_nothing(BPF_PROG_TYPE_KPROBE, attach_type), err;

	if (program < 0)
		return errno;
	err = result_of(kprobe_multi_create(program, attach_type, symbols, NULL, NULL, 1));
	close(program);
	return err == ESRCH || err == ENOENT ? 0 : err;
}

static int probe_kprobe_multi(void)
{
	return probe_multi(BPF_TRACE_KPROBE_MULTI);
}

static int probe_kprobe_session(void)
{
	return probe_multi(TRACE_KPROBE_SESSION);
}

/* The kprobe PMU's number, or a negative errno. */
static int kprobe_pmu(void)
{
	FILE *file = fopen("/sys/bus/event_source/devices/kprobe/type", "re");
	int type;

	if (!file)
		return -errno;
	if (fscanf(file, "%d", &type) != 1)
		type = -EINVAL;
	fclose(file);
	return type;
}

static int probe_kprobe(void)
{
	struct perf_event_attr event = { .size = sizeof(event), .config1 = (uintptr_t)NO_SUCH_FUNCTION };
	int program = load_nothing(BPF_PROG_TYPE_KPROBE, 0), type, err;

	if (program < 0)
		return errno;
	close(program);
	type = kprobe_pmu();
	if (type < 0)
		return type == -ENOENT ? EOPNOTSUPP : -type;
	event.type = type;
	err = result_of(syscall(SYS_perf_event_open, &event, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
	return err == ENOENT ? 0 : err;
}

static int probe_raw_tracepoint(void)
{
	int program = load_nothing(BPF_PROG_TYPE_RAW_TRACEPOINT, 0), err;

	if (program < 0)
		return errno;
	err = result_of(bpf_raw_tracepoint_open(NO_SUCH_FUNCTION, program));
	close(program);
	return err == ENOENT ? 0 : err;
}

static int probe_ring_buffer(void)
{
	return result_of(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "pwq_probe", 0, 0, sysconf(_SC_PAGESIZE), NULL));
}

static const struct {
	const char *name;
	int (*probe)(void);
} PROBES[] = {
	{ "bpf-syscall", probe_bpf_syscall },   { "btf", probe_btf },
	{ "kprobe-multi", probe_kprobe_multi }, { "kprobe-session", probe_kprobe_session }, { "kprobe", probe_kprobe },
	{ "raw-tracepoint", probe_raw_tracepoint }, { "ring-buffer", probe_ring_buffer },
};

static napi_value make_result(napi_env env, int err)
{
	char reason[128];
	napi_value result;

	if (napi_create_object(env, &result) != napi_ok)
		return NULL;
	set(env, result, "ok", make_bool(env, !err));
	if (err) {
		describe_errno(err, reason, sizeof(reason));
		set(env, result, "errno", make_number(env, err));
		set(env, result, "reason", make_string(env, reason));
	}
	return result;
}

EXPORTED(native_probe)
{
	AUTO_FREE char *name = NULL;
	napi_value value;

	if (!get_arguments(env, info, &value, 1) || !get_string(env, value, &name))
		return NULL;
	for (size_t i = 0; i < sizeof(PROBES) / sizeof(*PROBES); i++)
		if (!strcmp(name, PROBES[i].name))
			return make_result(env, PROBES[i].probe());
	return throw_type(env, "no such probe");
}

EXPORTED(native_probe_rdonly_cast)
{
	napi_value values[2];
	uint32_t kfunc, type;

	if (!get_arguments(env, info, values, 2) || !get_u32(env, values[0], &kfunc) || !get_u32(env, values[1], &type))
		return NULL;

	const struct bpf_insn insns[] = {
		MOV64_IMM(BPF_REG_1, 0), MOV64_IMM(BPF_REG_2, type), CALL_KFUNC(kfunc), MOV64_IMM(BPF_REG_0, 0), EXIT(),
	};
	return make_result(env, result_of(bpf_prog_load(BPF_PROG_TYPE_KPROBE, "pwq_probe", "GPL", insns, 5, NULL)));
}

EXPORTED(native_probe_variable)
{
	napi_value value;
	uint32_t id;

	if (!get_arguments(env, info, &value, 1) || !get_u32(env, value, &id))
		return NULL;

	const struct bpf_insn insns[] = { LOAD_VARIABLE(BPF_REG_1, id), MOV64_IMM(BPF_REG_0, 0), EXIT() };

	return make_result(env, result_of(bpf_prog_load(BPF_PROG_TYPE_KPROBE, "pwq_probe", "GPL", insns, 4, NULL)));
}
