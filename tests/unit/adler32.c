#include "base/adler32.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/unit/unit.h"

int main(void)
{
    enum { MAX = 1 << 18 };
    unsigned char *bytes = malloc(MAX);

    if (bytes == NULL) {
        return 1;
    }
    srand(1);
    for (int kind = 0; kind < 3; kind++) {
        for (size_t i = 0; i < MAX; i++) {
            bytes[i] = (unsigned char)(kind == 0 ? rand() >> 7 : kind == 1 ? 255 : 0);
        }
        for (size_t n = 0; n < 700; n++) {
            for (size_t shift = 0; shift < 5; shift++) {
                uint32_t start = n % 2 ? 1 : 65520u << 16 | 65520u;
                CHECK(adler32_update(start, bytes + shift, n) ==
                          (uint32_t)adler32_z(start, bytes + shift, n),
                      "%zu bytes at %zu", n, shift);
            }
        }
        for (int round = 0; round < 300; round++) {
            size_t n = (size_t)rand() % MAX, shift = (size_t)rand() % (MAX - n);
            CHECK(adler32_update(1, bytes + shift, n) == (uint32_t)adler32_z(1, bytes + shift, n),
                  "%zu bytes", n);
        }
    }
    free(bytes);
    return unit_done("adler32");
}
