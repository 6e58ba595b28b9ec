#include "convert/note.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "convert/mapping.h"

void note_add(struct note_list *list, struct note note)
{
    if (!list->all && note.what < NOTE_UNKNOWN) {
        return;
    }
    if (list->n == list->cap) {
        size_t cap = list->cap == 0 ? 32 : 2 * list->cap;
        struct note *grown = realloc(list->v, cap * sizeof *grown);
        if (grown == NULL) {
            list->failed = true;
            return;
        }
        list->v = grown;
        list->cap = cap;
    }
    list->v[list->n++] = note;
}

void note_release(struct note_list *list)
{
    if (list != NULL) {
        free(list->v);
        *list = (struct note_list){.all = list->all};
    }
}

const char *note_word(enum note_what what)
{
    static const char *const words[] = {
        [NOTE_RENAMED] = "renamed", [NOTE_MOVED] = "moved",     [NOTE_MERGED] = "merged",
        [NOTE_ADDED] = "added",     [NOTE_CHANGED] = "changed", [NOTE_DROPPED] = "dropped",
        [NOTE_UNKNOWN] = "unknown", [NOTE_LOST] = "lost",       [NOTE_REFUSED] = "refused",
    };

    return words[what];
}

/* JSON text of the input, with what is not ASCII as \\u escapes: a report may meet a terminal. */
static void add_ascii(struct buf *out, const char *text, size_t n)
{
    const unsigned char *c = (const unsigned char *)text;

    for (size_t i = 0; i < n;) {
        if (c[i] < 0x7f) {
            buf_add(out, c + i++, 1);
            continue;
        }
        unsigned len = c[i] >= 0xf0 ? 4 : c[i] >= 0xe0 ? 3 : c[i] >= 0xc0 ? 2 : 1;
        unsigned code = len == 1 ? c[i] : c[i] & (0xffU >> (len + 1));
        for (unsigned k = 1; k < len; k++) {
            code = code << 6 | (c[i + k] & 0x3fU);
        }
        i += len;
        if (code < 0x10000) {
            buf_addf(out, "\\u%04x", code);
        } else {
            code -= 0x10000;
            buf_addf(out, "\\u%04x\\u%04x", 0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff));
        }
    }
}

/* Text of ours or of a file name as a JSON string. */
static void add_string(struct buf *out, const char *text)
{
    bool good = text_is_utf8(text, strlen(text));

    buf_adds(out, "\"");
    for (const char *c = text; *c != '\0'; c++) {
        size_t n = 1;
        if (*c == '"' || *c == '\\') {
            buf_addf(out, "\\%c", *c);
        } else if ((unsigned char)*c < 0x20 || *c == 0x7f || (!good && (unsigned char)*c >= 0x80)) {
            buf_adds(out, "?");
        } else {
            while (good && ((unsigned char)c[n] & 0xc0) == 0x80) {
                n++;
            }
            add_ascii(out, c, n);
        }
        c += n - 1;
    }
    buf_adds(out, "\"");
}

static void add_note(const struct note *note, struct buf *out)
{
    buf_addf(out, "{\"what\":\"%s\"", note_word(note->what));
    if (note->from != NULL) {
        buf_addf(out, ",\"from\":\"%s", note->from_advanced ? "advanced_params." : "");
        add_ascii(out, note->from, note->from_n);
        buf_adds(out, "\"");
    }
    if (note->to != NULL) {
        buf_addf(out, ",\"to\":\"%s%s\"", note->to_advanced ? "advanced_params." : "", note->to);
    }
    if (note->old_value != NULL) {
        buf_adds(out, ",\"was\":");
        add_ascii(out, note->old_value, note->old_n);
    }
    if (note->new_value != NULL) {
        buf_addf(out, ",\"is\":%s", note->new_value);
    }
    if (note->why != NULL) {
        buf_adds(out, ",\"why\":");
        add_string(out, note->why);
    }
    if (note->line > 0) {
        buf_addf(out, ",\"line\":%" PRIu64 ",\"column\":%" PRIu32, note->line, note->column);
    }
    buf_adds(out, "}");
}

void note_report(const struct note_list *list, const char *input, uint64_t line, unsigned kind,
                 struct buf *out)
{
    size_t lost = 0;

    buf_adds(out, "{\"input\":");
    add_string(out, input);
    buf_addf(out, ",\"line\":%" PRIu64, line);
    if (kind != 0) {
        buf_addf(out, ",\"kind\":\"%s\",\"endpoint\":\"%s\"", mapping_kind_word(kind),
                 mapping_kind_path(kind));
    }
    buf_adds(out, ",\"changes\":[");
    for (size_t i = 0; i < list->n; i++) {
        buf_adds(out, i > 0 ? "," : "");
        add_note(&list->v[i], out);
        lost += list->v[i].what >= NOTE_LOST;
    }
    buf_addf(out, "],\"lost\":%zu}\n", lost);
}
