/* SPDX-License-Identifier: Apache-2.0 */
/* What V8 looks at to decide which instructions its machine code may have. */
#ifndef PWQ_PROCESSOR_H
#define PWQ_PROCESSOR_H

#include <stdint.h>

struct processor {
	uint32_t words[12];
};

#if defined(__x86_64__)
#include <cpuid.h>

/* Intel SDM, volume 2, CPUID: 1 has the model and two words of features (its EBX differs between processors), 7 three
 * more, 0x80000001 the rest; XCR0 tells which registers the system saves. */
static struct processor describe_processor(void)
{
	struct processor processor = {};
	uint32_t *at = processor.words, a = 0, b = 0, c = 0, d = 0;

	__get_cpuid(1, &a, &b, &c, &d);
	*at++ = a;
	*at++ = c;
	*at++ = d;
	if (c & bit_OSXSAVE) {
		__asm__("xgetbv" : "=a"(at[0]), "=d"(at[1]) : "c"(0));
		at += 2;
	}
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
		*at++ = b;
		*at++ = c;
		*at++ = d;
	}
	if (__get_cpuid(0x80000001, &a, &b, &c, &d)) {
		*at++ = c;
		*at++ = d;
	}
	return processor;
}
#else
#include <sys/auxv.h>

static struct processor describe_processor(void)
{
	const uint64_t features[] = { getauxval(AT_HWCAP), getauxval(AT_HWCAP2) };

	return (struct processor){ { features[0], features[0] >> 32, features[1], features[1] >> 32 } };
}
#endif

#endif
