#include "cmd/convert_note.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define NAME_SHOWN 40

/* The member's name as the user wrote it, cleaned. */
static void name_of(const struct note *note, char *to, size_t cap)
{
    const char *prefix = note->from_advanced ? "advanced_params." : "";
    const char *name = note->from != NULL ? note->from : note->to != NULL ? note->to : "";
    size_t n = note->from != NULL ? note->from_n : strlen(name);

    snprintf(to, cap, "%s", prefix);
    size_t used = strlen(to);
    text_clean(to + used, cap - used, name, n, NAME_SHOWN);
}

static void count_one(struct convert_note_sum *sum, const struct note *note)
{
    char name[sizeof sum->counts->name];

    name_of(note, name, sizeof name);
    for (size_t i = 0; i < sum->n_counts; i++) {
        if (sum->counts[i].what == note->what && strcmp(sum->counts[i].name, name) == 0) {
            sum->counts[i].n++;
            return;
        }
    }
    if (sum->n_counts == CONVERT_NOTE_NAMES) {
        sum->more = true;
        return;
    }
    struct convert_note_count *count = &sum->counts[sum->n_counts++];
    count->what = note->what;
    count->n = 1;
    memcpy(count->name, name, sizeof name);
}

bool convert_note_count(struct convert_note_sum *sum, const struct note_list *notes)
{
    bool lost = false;

    for (size_t i = 0; i < notes->n; i++) {
        const struct note *note = &notes->v[i];
        lost = lost || note->what >= NOTE_LOST;
        if (note->what == NOTE_UNKNOWN || note->what == NOTE_LOST) {
            count_one(sum, note);
        }
    }
    sum->lost += lost;
    return lost;
}

void convert_note_print(const struct convert_record *record)
{
    char input[256], name[128];

    text_clean(input, sizeof input, record->input, strlen(record->input), 120);
    for (size_t i = 0; i < record->notes->n; i++) {
        const struct note *note = &record->notes->v[i];
        if (note->what == NOTE_REFUSED) {
            printf("%s:%" PRIu64 ": refused: %s\n", input, record->line, note->why);
        } else if (note->what == NOTE_LOST) {
            name_of(note, name, sizeof name);
            printf("%s:%" PRIu64 ":%" PRIu32 ": lost: %s: %s\n", input,
                   note->line > 0 ? note->line : record->line, note->line > 0 ? note->column : 1,
                   name, note->why);
        }
    }
}

static size_t add_kind(const struct convert_note_sum *sum, enum note_what what, const char *words,
                       char *text, size_t cap, size_t n)
{
    const char *between = words;

    for (size_t i = 0; i < sum->n_counts; i++) {
        const struct convert_note_count *count = &sum->counts[i];
        if (count->what == what && n + 1 < cap) {
            n += (size_t)snprintf(text + n, cap - n, "%s%s%s (%" PRIu64 ")",
                                  between == words && n > 0 ? "; " : "", between, count->name,
                                  count->n);
            between = ", ";
        }
    }
    return n < cap ? n : cap - 1;
}

bool convert_note_warning(const struct convert_note_sum *sum, char *text, size_t cap)
{
    size_t n = add_kind(sum, NOTE_LOST, "lost: ", text, cap, 0);

    n = add_kind(sum, NOTE_UNKNOWN, "not in the table and passed through: ", text, cap, n);
    if (n > 0 && n + 1 < cap) {
        snprintf(text + n, cap - n, "%s; --report tells more", sum->more ? ", and others" : "");
    }
    return n > 0;
}
