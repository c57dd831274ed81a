/* SPDX-License-Identifier: Apache-2.0 */
/* Opened eBPF objects, as the other files use them. A function that returns NULL has left an exception pending. */
#pragma once

#include "napi.h"

#include <bpf/libbpf.h>

struct bpf_object *get_object(napi_env env, napi_value value);
struct bpf_program *get_program(napi_env env, struct bpf_object *object, napi_value name);
struct bpf_map *get_map(napi_env env, struct bpf_object *object, napi_value name);
