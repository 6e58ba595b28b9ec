#include "base/random.h"

#include <string.h>

#include "base/hex.h"
#include "unit.h"

static void check_random(void)
{
    static uint8_t a[1000], b[1000];
    unsigned seen[7] = {0};

    random_bytes(a, sizeof a);
    random_bytes(b, sizeof b);
    CHECK(memcmp(a, b, sizeof a) != 0, "two draws of 1000 bytes are equal");
    CHECK(memcmp(a + 984, (uint8_t[16]){0}, 16) != 0, "the last bytes are not drawn");
    a[10] = 7;
    random_bytes(a, 10);
    CHECK(a[10] == 7, "more is written than was asked for");
    for (int i = 0; i < 7000; i++) {
        uint32_t r = random_below(7);
        CHECK(r < 7, "%u of 7", r);
        seen[r % 7]++;
    }
    for (int i = 0; i < 7; i++) {
        CHECK(seen[i] > 800 && seen[i] < 1200, "%d comes %u times in 7000", i, seen[i]);
    }
    CHECK(random_below(1) == 0, "below 1");
}

static void check_hex(void)
{
    static const char *const wrong[] = {"", "0", "0g", "g0", "/0", ":0", "@0", "`0", " 0"};
    uint8_t bytes[256], back[256];
    char text[513];

    for (int i = 0; i < 256; i++) {
        bytes[i] = (uint8_t)i;
    }
    hex_encode(text, bytes, sizeof bytes);
    CHECK(strlen(text) == 512 && memcmp(text + 18, "090a0b", 6) == 0, "encoded as %.30s", text);
    CHECK(hex_decode(back, sizeof back, text) && memcmp(back, bytes, sizeof back) == 0,
          "it does not come back");
    CHECK(hex_decode(back, 2, "aBCdxx") && back[0] == 0xab && back[1] == 0xcd, "either case");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(!hex_decode(back, 1, wrong[i]), "'%s' is taken for hex", wrong[i]);
    }
    hex_encode(text, bytes, 0);
    CHECK(*text == '\0', "nothing becomes %s", text);
}

int main(void)
{
    check_random();
    check_hex();
    return unit_done("random");
}
