/* SPDX-License-Identifier: Apache-2.0 */
/* The addon's table of exports. */
#include "functions.h"

static const napi_property_descriptor EXPORTS[] = {
#define EXPORT(name, function) { name, NULL, function, NULL, NULL, NULL, napi_enumerable, NULL }
	EXPORT("libbpfVersion", native_libbpf_version),
	EXPORT("startReading", native_start_reading),
	EXPORT("finishReading", native_finish_reading),
	EXPORT("startRing", native_start_ring),
	EXPORT("useRing", native_use_ring),
	EXPORT("indexRecords", native_index_records),
	EXPORT("findNamed", native_find_named),
	EXPORT("classifyArguments", native_classify_arguments),
	EXPORT("functionsWithSkb", native_functions_with_skb),
	EXPORT("hashLines", native_hash_lines),
	EXPORT("countLines", native_count_lines),
	EXPORT("link", native_link),
	EXPORT("openObject", native_open_object),
	EXPORT("setMapSize", native_set_map_size),
	EXPORT("setAutoload", native_set_autoload),
	EXPORT("setAttachType", native_set_attach_type),
	EXPORT("programs", native_programs),
	EXPORT("load", native_load),
	EXPORT("programInsns", native_program_insns),
	EXPORT("programStats", native_program_stats),
	EXPORT("closeObject", native_close_object),
	EXPORT("attachKprobeMulti", native_attach_kprobe_multi),
	EXPORT("attachKprobe", native_attach_kprobe),
	EXPORT("attachKprobes", native_attach_kprobes),
	EXPORT("attachRawTracepoint", native_attach_raw_tracepoint),
	EXPORT("bpfPrograms", native_bpf_programs),
	EXPORT("shareMaps", native_share_maps),
	EXPORT("setAttachTarget", native_set_attach_target),
	EXPORT("closeDescriptor", native_close_descriptor),
	EXPORT("attachTrace", native_attach_trace),
	EXPORT("detach", native_detach),
	EXPORT("linkInfo", native_link_info),
	EXPORT("mapLookupPerCpu", native_map_lookup_per_cpu),
	EXPORT("mapSetProgram", native_map_set_program),
	EXPORT("mapFill", native_map_fill),
	EXPORT("mapEntries", native_map_entries),
	EXPORT("mapCount", native_map_count),
	EXPORT("mapUpdate", native_map_update),
	EXPORT("mapDelete", native_map_delete),
	EXPORT("openRing", native_open_ring),
	EXPORT("ringAck", native_ring_ack),
	EXPORT("ringFlush", native_ring_flush),
	EXPORT("closeRing", native_close_ring),
	EXPORT("pcapCompile", native_pcap_compile),
	EXPORT("probe", native_probe),
	EXPORT("probeRdonlyCast", native_probe_rdonly_cast),
	EXPORT("probeVariable", native_probe_variable),
	EXPORT("capabilities", native_capabilities),
	EXPORT("interfaces", native_interfaces),
#undef EXPORT
};

/* Runs once in every thread that loads the addon. */
NAPI_MODULE_INIT()
{
	libbpf_be_quiet();
	napi_define_properties(env, exports, sizeof(EXPORTS) / sizeof(*EXPORTS), EXPORTS);
	return exports;
}
