#include "base/cpu.h"

#if defined(__x86_64__)

#ifdef __has_include
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif
#endif

#ifdef CPU_FEATURE_ACTIVE

bool cpu_has_ssse3(void)
{
    return CPU_FEATURE_ACTIVE(SSSE3);
}

bool cpu_has_avx2(void)
{
    return CPU_FEATURE_ACTIVE(AVX2);
}

bool cpu_has_pclmul(void)
{
    return CPU_FEATURE_ACTIVE(PCLMULQDQ);
}

bool cpu_has_sha(void)
{
    return CPU_FEATURE_ACTIVE(SHA) && CPU_FEATURE_ACTIVE(SSE4_1) && cpu_has_ssse3();
}

#else

#include <cpuid.h>

bool cpu_has_ssse3(void)
{
    return __builtin_cpu_supports("ssse3") > 0;
}

bool cpu_has_avx2(void)
{
    return __builtin_cpu_supports("avx2") > 0;
}

bool cpu_has_pclmul(void)
{
    return __builtin_cpu_supports("pclmul") > 0;
}

bool cpu_has_sha(void)
{
    unsigned a, b = 0, c, d;

    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29) != 0 &&
           __builtin_cpu_supports("sse4.1") > 0 && cpu_has_ssse3();
}

#endif

#endif
