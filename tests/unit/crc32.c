#include "base/crc32.h"

#include <stdlib.h>
#include <zlib.h>

#include "unit.h"

int main(void)
{
    enum { MAX = 1 << 20 };
    unsigned char *bytes = malloc(MAX);

    if (bytes == NULL) {
        return 1;
    }
    srand(1);
    for (size_t i = 0; i < MAX; i++) {
        bytes[i] = (unsigned char)(rand() >> 7);
    }
    CHECK(crc32_update(0, "123456789", 9) == 0xcbf43926, "the check value");
    CHECK(crc32_update(7, bytes, 0) == 7, "no bytes");
    for (size_t n = 0; n < 700; n++) {
        for (size_t shift = 0; shift < 17; shift++) {
            uint32_t start = n % 2 ? 0 : (uint32_t)rand();
            uint32_t expected = (uint32_t)crc32_z(start, bytes + shift, n);
            CHECK(crc32_update(start, bytes + shift, n) == expected, "%zu bytes at %zu", n, shift);
        }
    }
    uint32_t expected = (uint32_t)crc32_z(0, bytes, MAX);
    CHECK(crc32_update(0, bytes, MAX) == expected, "a big buffer");
    for (int round = 0; round < 50; round++) {
        uint32_t crc = 0;
        size_t step;
        for (size_t i = 0; i < MAX; i += step) {
            step = 1 + (size_t)rand() % 30000;
            step = step < MAX - i ? step : MAX - i;
            crc = crc32_update(crc, bytes + i, step);
        }
        CHECK(crc == expected, "random pieces");
    }
    free(bytes);
    return unit_done("crc32");
}
