#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infotext.h"

/* One "key: value" of the last line; bounds into the text. */
struct pair {
    const char *key, *value;
    size_t key_length, value_length;
};

static bool in_key(char c, bool first)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80 ||
           (!first && (c == ' ' || c == '-' || c == '/'));
}

/* A quoted value: the index behind its closing quote, or 0 when it is none. */
static size_t quoted_end(const char *s, size_t n)
{
    size_t i = 1;

    if (n < 3 || s[0] != '"')
        return 0;
    while (i < n && s[i] != '"')
        i += s[i] == '\\' ? 2 : 1;
    return i > 1 && i < n && (i + 1 == n || s[i + 1] == ',') ? i + 1 : 0;
}

/* Finds the next pair at or behind *at, as the regular expression re_param does. */
static bool next_pair(const char *line, size_t n, size_t *at, struct pair *p)
{
    for (size_t start = *at; start < n; start++) {
        size_t i = start, end;

        while (i < n && isspace((unsigned char)line[i]))
            i++;
        if (i >= n || !in_key(line[i], true))
            continue;
        p->key = line + i;
        for (end = i + 1; end < n && in_key(line[end], false); end++)
            ;
        if (end >= n || line[end] != ':' || end < i + 2)
            continue;
        p->key_length = end - i;
        for (i = end + 1; i < n && isspace((unsigned char)line[i]); i++)
            ;
        p->value = line + i;
        p->value_length = quoted_end(line + i, n - i);
        if (p->value_length == 0)
            while (i + p->value_length < n && line[i + p->value_length] != ',')
                p->value_length++;
        *at = i + p->value_length + 1;
        return true;
    }
    return false;
}

static void set_side(json_t *all, const char *key, int which, int value)
{
    struct buf name;

    buf_init(&name, 300);
    if (buf_addf(&name, "%s-%d", key, which))
        json_object_set_new(all, buf_str(&name), json_sprintf("%d", value));
    buf_release(&name);
}

/* A size such as 512x768 becomes two entries, "Size-1" and "Size-2". */
static void set_pair(json_t *all, const struct pair *p)
{
    char *key = strndup(p->key, p->key_length);
    json_t *value = NULL;
    int width, height, used = 0;

    if (p->value_length >= 2 && p->value[0] == '"')
        value = json_loadb(p->value, p->value_length, JSON_DECODE_ANY, NULL);
    if (!value)
        value = json_stringn(p->value, p->value_length);
    if (key && json_is_string(value) &&
        sscanf(json_string_value(value), "%dx%d%n", &width, &height, &used) == 2 &&
        (size_t)used == json_string_length(value)) {
        set_side(all, key, 1, width);
        set_side(all, key, 2, height);
    } else if (key && value) {
        json_object_set(all, key, value);
    }
    json_decref(value);
    free(key);
}

static void add_line(struct buf *to, const char *line, size_t n)
{
    while (n && isspace((unsigned char)line[n - 1]))
        n--;
    while (n && isspace((unsigned char)*line)) {
        line++;
        n--;
    }
    if (to->len)
        buf_adds(to, "\n");
    buf_add(to, line, n);
}

/* Everything before the last line: the prompt, then the negative prompt. */
static void split_prompts(const char *text, size_t n, json_t *all)
{
    static const char MARK[] = "Negative prompt:";
    struct buf prompts[2];
    int which = 0;

    buf_init(&prompts[0], (size_t)1 << 24);
    buf_init(&prompts[1], (size_t)1 << 24);
    while (n > 0) {
        const char *newline = memchr(text, '\n', n);
        size_t length = newline ? (size_t)(newline - text) : n, skip = 0;

        if (length >= sizeof MARK - 1 && memcmp(text, MARK, sizeof MARK - 1) == 0) {
            which = 1;
            skip = sizeof MARK - 1;
        }
        add_line(&prompts[which], text + skip, length - skip);
        text += newline ? length + 1 : length;
        n -= newline ? length + 1 : length;
    }
    json_object_set_new(all, "Prompt", json_string(buf_str(&prompts[0])));
    json_object_set_new(all, "Negative prompt", json_string(buf_str(&prompts[1])));
    buf_release(&prompts[0]);
    buf_release(&prompts[1]);
}

json_t *infotext_parse(const char *text)
{
    static const char *const ABSENT[][2] = {
        {"Clip skip", "1"},
        {"Mask mode", "Inpaint masked"},
        {"Masked content", "original"},
        {"Inpaint area", "Whole picture"},
        {"Masked area padding", "32"},
        {"RNG", "GPU"},
        {"Schedule type", "Automatic"},
    };
    json_t *all = json_object(), *prompts = json_object();
    size_t n = strlen(text), last, at = 0, found = 0;
    struct pair p;

    while (n && isspace((unsigned char)text[n - 1]))
        n--;
    for (last = n; last > 0 && text[last - 1] != '\n'; last--)
        ;
    while (next_pair(text + last, n - last, &at, &p)) {
        set_pair(all, &p);
        found++;
    }
    if (found < 3) {
        json_object_clear(all);
        last = n + 1;
    }
    split_prompts(text, last > 0 ? last - 1 : 0, prompts);
    json_object_update(all, prompts);
    json_decref(prompts);
    for (size_t i = 0; i < sizeof ABSENT / sizeof *ABSENT; i++)
        if (!json_object_get(all, ABSENT[i][0]))
            json_object_set_new(all, ABSENT[i][0], json_string(ABSENT[i][1]));
    return all;
}
