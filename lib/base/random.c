#include "base/random.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE 256 /* what getentropy() gives at most */

/* G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators" (2014). */
static uint64_t from_time(void)
{
    static uint64_t calls;
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    uint64_t v = ((uint64_t)t.tv_sec << 30) + (uint64_t)t.tv_nsec + ((uint64_t)getpid() << 40) +
                 ++calls * 0x9e3779b97f4a7c15;
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
    v = (v ^ v >> 27) * 0x94d049bb133111eb;
    return v ^ v >> 31;
}

void random_bytes(void *to, size_t n)
{
    uint8_t *at = to;

    while (n > 0) {
        size_t part = n < AT_ONCE ? n : AT_ONCE;
        if (getentropy(at, part) != 0) {
            uint64_t v = from_time();
            part = n < sizeof v ? n : sizeof v;
            memcpy(at, &v, part);
        }
        at += part;
        n -= part;
    }
}

uint32_t random_below(uint32_t bound)
{
    uint32_t uneven = (UINT32_MAX - bound + 1) % bound; /* 2^32 modulo bound */
    uint32_t r;

    do {
        random_bytes(&r, sizeof r);
    } while (r < uneven);
    return r % bound;
}
