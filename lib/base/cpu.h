#ifndef SDCTL_BASE_CPU_H
#define SDCTL_BASE_CPU_H

#include <stdbool.h>

/*
 * What the processor can do and the system lets it, for code that exists once for each kind.
 *
 * x86-64 only. With glibc 2.33 or newer the answers are those that its loader has collected anyway:
 * asking the processor again is slow in a virtual machine, where each CPUID instruction stops the
 * machine (4 microseconds; the compiler's own __builtin_cpu_supports() runs a dozen of them at
 * every start, used or not).
 */
#if defined(__x86_64__)

bool cpu_has_ssse3(void);
bool cpu_has_avx2(void);
bool cpu_has_pclmul(void);
/* SHA-256 instructions, with SSE4.1 and SSSE3. */
bool cpu_has_sha(void);

#endif

#endif
