#include "cmd/convert_table.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "convert/mapping.h"

#define NAME_MAX_SHOWN 64
#define MAN_WIDTH 74

struct shown {
    char old_name[NAME_MAX_SHOWN], new_name[NAME_MAX_SHOWN], kinds[48];
    const char *rule;
};

/* What a row shows; a name that is not there is "-". */
static void show(const struct mapping_row *row, struct shown *s)
{
    bool same =
        row->old_name != NULL && row->new_name != NULL && strcmp(row->old_name, row->new_name) == 0;

    snprintf(s->old_name, sizeof s->old_name, "%s%s", row->advanced ? "adp." : "",
             row->old_name == NULL ? "-" : row->old_name);
    snprintf(s->new_name, sizeof s->new_name, "%s", row->new_name == NULL ? "-" : row->new_name);
    mapping_kinds_text(s->kinds, sizeof s->kinds, row->kinds);
    s->rule = row->rule != MAPPING_COPY ? mapping_rule_text(row->rule)
              : row->advanced           ? "lifted"
              : same                    ? "same"
                                        : "renamed";
}

static bool is_end(const struct mapping_row *row)
{
    return row->old_name == NULL && row->new_name == NULL;
}

static void print_text(FILE *out)
{
    struct shown s;

    fprintf(out, "%-41s %-37s %-15s %-10s %s\n", "Fooocus-API", "FooocusAPI", "kinds", "rule",
            "note");
    for (const struct mapping_row *row = mapping_rows; !is_end(row); row++) {
        show(row, &s);
        fprintf(out, "%-41s %-37s %-15s %-10s%s%s\n", s.old_name, s.new_name,
                *s.kinds != '\0' ? s.kinds : "-", s.rule, row->note != NULL ? " " : "",
                row->note != NULL ? row->note : "");
    }
    fputs("\nadp is advanced_params.\n", out);
}

static void print_markdown(FILE *out)
{
    struct shown s;

    fputs("| Fooocus-API | FooocusAPI | kinds | rule | note |\n|---|---|---|---|---|\n", out);
    for (const struct mapping_row *row = mapping_rows; !is_end(row); row++) {
        show(row, &s);
        fprintf(out, "| %s | %s | %s | %s | %s |\n", s.old_name, s.new_name, s.kinds, s.rule,
                row->note != NULL ? row->note : "");
    }
    fputs("\n`adp` is `advanced_params`.\n", out);
}

/* The texts of the table hold no control characters. */
static void print_json_text(const char *text, FILE *out)
{
    if (text == NULL) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        fprintf(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
    }
    fputc('"', out);
}

static void print_json_row(const struct mapping_row *row, FILE *out)
{
    const struct {
        const char *key, *text;
    } members[] = {{"old", row->old_name}, {"new", row->new_name}};
    struct shown s;

    show(row, &s);
    fputc('{', out);
    for (size_t i = 0; i < 2; i++) {
        fprintf(out, "\"%s\":", members[i].key);
        print_json_text(members[i].text, out);
        fputc(',', out);
    }
    fprintf(out, "\"advanced\":%s,\"kinds\":[", row->advanced ? "true" : "false");
    const char *comma = "";
    for (unsigned kind = 1; kind <= MAPPING_ALL; kind <<= 1) {
        if ((row->kinds & kind) != 0) {
            fprintf(out, "%s\"%s\"", comma, mapping_kind_word(kind));
            comma = ",";
        }
    }
    fprintf(out, "],\"rule\":\"%s\",\"note\":", s.rule);
    print_json_text(row->note, out);
    fputc('}', out);
}

static void print_json(FILE *out)
{
    fputs("[\n", out);
    for (const struct mapping_row *row = mapping_rows; !is_end(row); row++) {
        print_json_row(row, out);
        fputs(is_end(row + 1) ? "\n" : ",\n", out);
    }
    fputs("]\n", out);
}

/* A sentence in mdoc, broken into lines. */
static void print_man_note(const char *note, FILE *out)
{
    size_t column = 0;

    for (const char *word = note; *word != '\0';) {
        size_t n = strcspn(word, " ");
        if (column > 0 && column + 1 + n > MAN_WIDTH) {
            fputc('\n', out);
            column = 0;
        }
        column += n + (column > 0);
        fputs(column > n ? " " : "", out);
        for (size_t i = 0; i < n; i++) {
            char c = word == note && i == 0 ? (char)toupper((unsigned char)word[i]) : word[i];
            fprintf(out, "%s%c", c == '-' ? "\\" : "", c);
        }
        word += n + (word[n] == ' ');
    }
    fputs(".\n", out);
}

static void print_man(FILE *out)
{
    struct shown s;

    fputs(".Bl -tag -width Ds -compact\n", out);
    for (const struct mapping_row *row = mapping_rows; !is_end(row); row++) {
        show(row, &s);
        fprintf(out, ".It Li %s \\(-> Li %s Pq %s%s%s\n", s.old_name, s.new_name, s.rule,
                *s.kinds != '\0' && strcmp(s.kinds, "all") != 0 ? "; " : "",
                strcmp(s.kinds, "all") != 0 ? s.kinds : "");
        if (row->note != NULL) {
            print_man_note(row->note, out);
        }
    }
    fputs(".El\n", out);
}

void convert_table_print(enum convert_table_form form, FILE *out)
{
    static void (*const printers[])(FILE *) = {
        [CONVERT_TABLE_TEXT] = print_text,
        [CONVERT_TABLE_JSON] = print_json,
        [CONVERT_TABLE_MARKDOWN] = print_markdown,
        [CONVERT_TABLE_MAN] = print_man,
    };

    printers[form](out);
}
