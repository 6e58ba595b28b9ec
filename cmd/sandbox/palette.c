#include "palette.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>

/* light and vividness are factors at full strength; a colour of -1 has no tint. */
static const struct word {
    const char *name;
    int r, g, b;
    double light, vividness;
} WORDS[] = {
    {"red", 214, 48, 40, 1, 1.2},          {"crimson", 176, 24, 50, 1, 1.2},
    {"scarlet", 230, 50, 30, 1, 1.2},      {"orange", 236, 138, 40, 1, 1.2},
    {"amber", 238, 170, 50, 1, 1.1},       {"yellow", 236, 210, 62, 1.05, 1.2},
    {"gold", 214, 172, 66, 1, 1.1},        {"golden", 214, 172, 66, 1, 1.1},
    {"green", 66, 150, 70, 1, 1.1},        {"emerald", 30, 150, 100, 1, 1.2},
    {"teal", 32, 136, 140, 1, 1.1},        {"turquoise", 60, 190, 190, 1.05, 1.1},
    {"cyan", 70, 200, 220, 1.05, 1.1},     {"blue", 58, 96, 200, 1, 1.1},
    {"indigo", 66, 50, 150, 0.9, 1.1},     {"violet", 140, 80, 200, 1, 1.1},
    {"purple", 130, 60, 170, 1, 1.1},      {"magenta", 206, 50, 160, 1, 1.2},
    {"pink", 236, 140, 176, 1.1, 1},       {"brown", 122, 84, 54, 0.9, 0.9},
    {"sepia", 148, 116, 80, 1, 0.4},       {"white", 236, 236, 236, 1.25, 0.5},
    {"silver", 190, 196, 202, 1.1, 0.4},   {"grey", 130, 130, 130, 1, 0.2},
    {"gray", 130, 130, 130, 1, 0.2},       {"black", 40, 40, 44, 0.6, 0.5},
    {"dark", -1, 0, 0, 0.6, 0.9},          {"bright", -1, 0, 0, 1.3, 1.1},
    {"monochrome", -1, 0, 0, 1, 0},        {"colorful", -1, 0, 0, 1, 1.8},
    {"colourful", -1, 0, 0, 1, 1.8},       {"vivid", -1, 0, 0, 1, 1.7},
    {"pastel", 232, 214, 222, 1.2, 0.6},   {"night", 36, 48, 110, 0.5, 0.8},
    {"moonlight", 90, 110, 160, 0.6, 0.6}, {"sunset", 236, 124, 60, 0.95, 1.3},
    {"sunrise", 240, 160, 110, 1.05, 1.2}, {"dawn", 226, 170, 150, 1, 1},
    {"dusk", 110, 80, 130, 0.75, 1},       {"winter", 206, 220, 236, 1.15, 0.5},
    {"snow", 228, 236, 244, 1.25, 0.4},    {"snowy", 228, 236, 244, 1.25, 0.4},
    {"autumn", 206, 116, 40, 1, 1.2},      {"summer", 170, 190, 80, 1.1, 1.2},
    {"spring", 140, 200, 110, 1.1, 1.1},   {"fire", 240, 96, 24, 1, 1.4},
    {"fog", 190, 194, 198, 1.1, 0.4},      {"mist", 190, 194, 198, 1.1, 0.4},
    {"ocean", 40, 110, 150, 1, 1.1},       {"desert", 220, 180, 120, 1.1, 1},
};

static const struct word *find(const char *from, size_t n)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t j = 0;

        while (j < n && tolower((unsigned char)from[j]) == WORDS[i].name[j])
            j++;
        if (j == n && WORDS[i].name[n] == '\0')
            return &WORDS[i];
    }
    return NULL;
}

static void add_words(struct palette *p, const char *prompt, double strength)
{
    int tints = 0;

    while (*prompt) {
        size_t n = 0;
        const struct word *w;

        while (isalpha((unsigned char)prompt[n]))
            n++;
        w = n ? find(prompt, n) : NULL;
        prompt += n ? n : 1;
        if (!w)
            continue;
        p->light *= 1 + (w->light - 1) * strength;
        p->vividness *= 1 + (w->vividness - 1) * strength;
        if (w->r < 0)
            continue;
        tints++;
        p->tint[0] += (w->r - p->tint[0]) / tints;
        p->tint[1] += (w->g - p->tint[1]) / tints;
        p->tint[2] += (w->b - p->tint[2]) / tints;
    }
    if (tints)
        p->tint_share = 0.6 * strength;
}

/* A rotation about the grey axis. */
static void turn_hue(double m[3][3], double angle)
{
    double c = cos(angle), s = sin(angle) / sqrt(3.0), third = (1 - c) / 3;

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            m[i][j] = third + (i == j ? c : j == (i + 1) % 3 ? -s : s);
}

void palette_init(struct palette *p, const char *prompt, double strength, struct rng *rng)
{
    double angle = rng_between(rng, -1, 1);

    *p = (struct palette){.light = 1, .vividness = 1 + 0.45 * strength};
    add_words(p, prompt, strength);
    turn_hue(p->turn, angle * (p->tint_share > 0 ? 0.35 : 1.1) * strength * strength);
}

void palette_apply(const struct palette *p, double colour[3])
{
    double luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
    double tint = 0.299 * p->tint[0] + 0.587 * p->tint[1] + 0.114 * p->tint[2];
    double turned[3];

    for (int c = 0; c < 3; c++) {
        const double *m = p->turn[c];
        double value = m[0] * colour[0] + m[1] * colour[1] + m[2] * colour[2];

        value = luma + (value - luma) * p->vividness;
        value += (luma * 0.6 + tint * 0.4 + (p->tint[c] - tint) * (0.45 + luma / 255) - value) *
                 p->tint_share;
        turned[c] = value * p->light;
    }
    for (int c = 0; c < 3; c++)
        colour[c] = turned[c];
}
