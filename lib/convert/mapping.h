#ifndef SDCTL_CONVERT_MAPPING_H
#define SDCTL_CONVERT_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The request fields of Fooocus-API ("old") and FooocusAPI ("new") side by side: one row for each
 * row of seed 004's table, in its order, then those of both servers' models that it leaves out
 * (D13). Names follow that table, not the list under it, which is shifted by one (D1). Value rules
 * are those of contracts.md 4.6. `sdctl convert-params --table` and the man page print the rows.
 */

/* The old server's endpoints, by what they do (D29): text-to-image-with-ip, image-upscale-vary,
 * image-inpaint-outpaint, image-prompt, image-enhance. */
enum mapping_kind {
    MAPPING_TEXT = 1,
    MAPPING_UOV = 2,
    MAPPING_INPAINT = 4,
    MAPPING_PROMPT = 8,
    MAPPING_ENHANCE = 16,
    MAPPING_ALL = 31,
};

enum mapping_rule {
    MAPPING_COPY,          /* the value goes along untouched */
    MAPPING_LIFT,          /* advanced_params: its members move one level */
    MAPPING_LORAS,         /* enabled is required by both (D12) */
    MAPPING_UOV_METHOD,    /* the old default is an upscale, the new one is nothing */
    MAPPING_INPUT_IMAGE,   /* one old name for two new ones */
    MAPPING_SELECTIONS,    /* an array, and every direction with a distance is in it (D6) */
    MAPPING_NULL_TEXT,     /* null becomes "" */
    MAPPING_MASK,          /* inverted by pixels (D5) */
    MAPPING_INVERT,        /* the flag that asks for it: the new server ignores it (D5) */
    MAPPING_ERODE,         /* turns its sign when the mask is inverted */
    MAPPING_ADM,           /* the old least value is 0.1 (D9) */
    MAPPING_STEP,          /* the old greatest value is 200 */
    MAPPING_SWITCH,        /* whole steps in the new, -1 to 1 in the old (D9) */
    MAPPING_MIX_UOV,       /* the old server sets it by itself (D11) */
    MAPPING_MIX_INPAINT,   /* the same */
    MAPPING_PROMPTS,       /* 0 and null are defaults of the type in the old (D7) */
    MAPPING_DISTANCE,      /* four numbers, one array (D6) */
    MAPPING_MULTIPLE,      /* null becomes 1.0 */
    MAPPING_SCHEME,        /* a111 becomes a1111, never back (D9) */
    MAPPING_FORMAT,        /* jpg becomes jpeg, never back (D10) */
    MAPPING_SAVE_NAME,     /* dropped as the seed says, unless it is asked for (D3) */
    MAPPING_NEITHER,       /* neither server has it any more (D4) */
    MAPPING_NO_EFFECT,     /* the new server takes it and does nothing (D14) */
    MAPPING_ENHANCE_IMAGE, /* decides the tab: not for requests of another kind */
    MAPPING_CHECKBOX,      /* always on in the old server, off by default in the new */
    MAPPING_CTRLS,         /* renamed (D13) */
    MAPPING_IGNORED,       /* new only, overwritten by the server */
    MAPPING_NEW_FLAG,      /* new only; true cannot be said to the old server */
    MAPPING_NEW_PRESET,    /* new only; anything but "initial" cannot be said to the old server */
};

struct mapping_row {
    const char *old_name; /* NULL: the old server has none */
    const char *new_name; /* NULL: the new server has none */
    bool advanced;        /* the old name stands inside advanced_params */
    unsigned kinds;       /* old endpoints that read it */
    enum mapping_rule rule;
    const char *old_default; /* JSON text of a default that differs (D8); NULL: the same */
    const char *new_default;
    const char *note; /* one phrase, lower case, for people; NULL when the names say all */
};

/* All rows; ends with both names NULL. */
extern const struct mapping_row mapping_rows[];

/* A kind by its word ("uov"), 0 when there is none; and the word of a single kind. */
unsigned mapping_kind_of(const char *word);
const char *mapping_kind_word(unsigned kind);

/* The path of the old endpoint that serves a kind. */
const char *mapping_kind_path(unsigned kind);

/* The words of the set, "all" or "inpaint, prompt"; cap >= 48. Returns `to`. */
char *mapping_kinds_text(char *to, size_t cap, unsigned kinds);

/* The rule in a few words, for the printed table. */
const char *mapping_rule_text(enum mapping_rule rule);

#endif
