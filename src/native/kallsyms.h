/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of functions by name. */
#pragma once

#include "napi.h"

/*
 * Calls `found` with the index of a symbol and its address, for each function in /proc/kallsyms that has the name; a
 * symbol may be qualified by its module (`nf_tables:nft_do_chain`). An errno; EPERM where the kernel hides addresses.
 */
int kallsyms_resolve(const struct strings *symbols, int (*found)(void *context, size_t index, uint64_t address),
		     void *context);
