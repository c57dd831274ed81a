/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Argument registers in struct pt_regs. Every load has a constant offset, because the verifier allows no other on a
 * context; assembly, because the compiler would join loads from several offsets into one from a computed address.
 */
#pragma once
#include "base.h"

#define ARGUMENT(n, offset)                                                                          \
	case n:                                                                                      \
		asm volatile("%0 = *(u64 *)(%1 + " #offset ")" : "=r"(value) : "r"(regs));           \
		break;

#if defined(__TARGET_ARCH_x86)
#define ARGUMENTS                                                                                    \
	ARGUMENT(0, 112) /* di */                                                                    \
	ARGUMENT(1, 104) /* si */                                                                    \
	ARGUMENT(2, 96)  /* dx */                                                                    \
	ARGUMENT(3, 88)  /* cx */                                                                    \
	ARGUMENT(4, 72)  /* r8 */                                                                    \
	ARGUMENT(5, 64)  /* r9 */
#elif defined(__TARGET_ARCH_arm64)
#define ARGUMENTS                                                                                    \
	ARGUMENT(0, 0)                                                                               \
	ARGUMENT(1, 8)                                                                               \
	ARGUMENT(2, 16)                                                                              \
	ARGUMENT(3, 24)                                                                              \
	ARGUMENT(4, 32)                                                                              \
	ARGUMENT(5, 40)                                                                              \
	ARGUMENT(6, 48)                                                                              \
	ARGUMENT(7, 56)
#else
#error "no register layout for this architecture"
#endif

/* The value of argument `position`, 0 where the ABI passes no such argument in a register. */
static __always_inline __u64 argument(const void *regs, __u32 position)
{
	__u64 value = 0;

	switch (position) {
	ARGUMENTS
	}
	return value;
}

/* At a function's entry: where the stack pointer will be when it has returned. */
static __always_inline __u64 returned_stack_pointer(const void *regs)
{
#if defined(__TARGET_ARCH_x86)
	return *(const __u64 *)(regs + 152) + sizeof(__u64); /* sp, at the return address */
#else
	return *(const __u64 *)(regs + 248);
#endif
}

/* At its return: where it is. */
static __always_inline __u64 stack_pointer(const void *regs)
{
#if defined(__TARGET_ARCH_x86)
	return *(const __u64 *)(regs + 152);
#else
	return *(const __u64 *)(regs + 248);
#endif
}

/* At its return: what it returns, in all bits of the register. */
static __always_inline __u64 return_value(const void *regs)
{
#if defined(__TARGET_ARCH_x86)
	return *(const __u64 *)(regs + 80); /* ax */
#else
	return *(const __u64 *)regs;
#endif
}

/* Where the kprobe is: on x86 the instruction pointer is behind the byte of a breakpoint, even if there is none. */
static __always_inline __u64 probed_address(const void *regs)
{
#if defined(__TARGET_ARCH_x86)
	return *(const __u64 *)(regs + 128) - 1; /* ip */
#else
	return *(const __u64 *)(regs + 256); /* pc */
#endif
}
