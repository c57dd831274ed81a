/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that JavaScript sees; `addon.c` names them. Documented in native.ts. */
#pragma once

#include "napi.h"

/* ahead.c */
EXPORTED(native_start_reading);
EXPORTED(native_finish_reading);
EXPORTED(native_start_ring);
EXPORTED(native_use_ring);

/* btf.c */
EXPORTED(native_index_records);
EXPORTED(native_find_named);
EXPORTED(native_classify_arguments);
EXPORTED(native_functions_with_skb);

/* lines.c */
EXPORTED(native_hash_lines);
EXPORTED(native_count_lines);

/* link.c */
EXPORTED(native_link);

/* object.c */
EXPORTED(native_libbpf_version);
EXPORTED(native_open_object);
EXPORTED(native_set_map_size);
EXPORTED(native_set_autoload);
EXPORTED(native_set_attach_type);
EXPORTED(native_programs);
EXPORTED(native_load);
EXPORTED(native_program_insns);
EXPORTED(native_program_stats);
EXPORTED(native_close_object);

/* attach.c */
EXPORTED(native_attach_kprobe_multi);
EXPORTED(native_attach_raw_tracepoint);
EXPORTED(native_detach);
EXPORTED(native_link_info);

/* tracing.c */
EXPORTED(native_bpf_programs);
EXPORTED(native_share_maps);
EXPORTED(native_set_attach_target);
EXPORTED(native_close_descriptor);
EXPORTED(native_attach_trace);

/* kprobes.c */
EXPORTED(native_attach_kprobe);
EXPORTED(native_attach_kprobes);

/* maps.c */
EXPORTED(native_map_lookup_per_cpu);
EXPORTED(native_map_set_program);
EXPORTED(native_map_fill);
EXPORTED(native_map_entries);
EXPORTED(native_map_count);
EXPORTED(native_map_update);
EXPORTED(native_map_delete);

/* ring.c */
EXPORTED(native_open_ring);
EXPORTED(native_ring_ack);
EXPORTED(native_ring_flush);
EXPORTED(native_close_ring);

/* pcap.c */
EXPORTED(native_pcap_compile);

/* probe.c */
EXPORTED(native_probe);
EXPORTED(native_probe_rdonly_cast);
EXPORTED(native_probe_variable);

/* system.c */
EXPORTED(native_capabilities);
EXPORTED(native_interfaces);
