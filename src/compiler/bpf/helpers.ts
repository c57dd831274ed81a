/** Numbers of the kernel's BPF helper functions (`enum bpf_func_id`, include/uapi/linux/bpf.h), by name without `bpf_`. */
export const HELPER = {
  map_lookup_elem: 1,
  map_update_elem: 2,
  map_delete_elem: 3,
  ktime_get_ns: 5,
  get_prandom_u32: 7,
  get_smp_processor_id: 8,
  get_current_pid_tgid: 14,
  get_current_uid_gid: 15,
  get_current_comm: 16,
  get_stackid: 27,
  get_current_task: 35,
  get_stack: 67,
  get_current_cgroup_id: 80,
  probe_read_user: 112,
  probe_read_kernel: 113,
  probe_read_user_str: 114,
  probe_read_kernel_str: 115,
  ktime_get_boot_ns: 125,
  ringbuf_output: 130,
  ringbuf_reserve: 131,
  ringbuf_submit: 132,
  ringbuf_discard: 133,
  ringbuf_query: 134,
  this_cpu_ptr: 154,
  get_current_task_btf: 158,
  get_func_ip: 173,
  get_attach_cookie: 174,
} as const;

export type HelperName = keyof typeof HELPER;

const byId: ReadonlyMap<number, string> = new Map(
  Object.entries(HELPER).map(([name, id]) => [id, `bpf_${name}`]),
);

/** `bpf_ktime_get_ns` for 5; undefined for a helper no generated program uses. */
export const helperName = (id: number): string | undefined => byId.get(id);
