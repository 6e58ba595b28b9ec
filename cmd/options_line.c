#include "cmd/options_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/groups.h"
#include "cmd/value.h"

static bool is_list(const struct option_use *use, const struct option_row *row)
{
    return use->group != &common_group && row->repeats && row->param == NULL;
}

static struct option_list *list_of(const struct parsed *p, const struct option_use *use,
                                   const struct option_row *row)
{
    return (void *)((char *)p->settings + use->base + row->offset);
}

struct copying {
    const struct parsed *from;
    struct parsed *to;
    bool failed;
};

/* The copied settings share no list with the others. */
static bool copy_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct copying *c = ctx;

    if (!is_list(use, row)) {
        return true;
    }
    const struct option_list *from = list_of(c->from, use, row);
    struct option_list *to = list_of(c->to, use, row);
    to->v = from->n == 0 ? NULL : malloc(from->n * sizeof *to->v);
    to->n = to->v == NULL ? 0 : from->n;
    if (to->v != NULL) {
        memcpy(to->v, from->v, from->n * sizeof *to->v);
    }
    c->failed = c->failed || to->n != from->n;
    return true;
}

int options_copy(const struct command *cmd, const struct parsed *from, struct parsed *to,
                 struct error *err)
{
    struct copying c = {.from = from, .to = to};

    *to = (struct parsed){.settings = malloc(cmd->settings_size),
                          .neutral = json_deep_copy(from->neutral)};
    if (to->settings == NULL || to->neutral == NULL) {
        free(to->settings);
        to->settings = NULL;
        return error_memory(err, "reading a job");
    }
    memcpy(to->settings, from->settings, cmd->settings_size);
    options_each(cmd, copy_visit, &c);
    return c.failed ? error_memory(err, "reading a job") : 0;
}

struct search {
    const char *key;
    const struct option_group *const *excluded;
    const struct option_use *use;
    const struct option_row *row;
};

static bool is_excluded(const struct option_use *use, const struct option_group *const *excluded)
{
    for (; *excluded != NULL; excluded++) {
        if (use->group == *excluded) {
            return true;
        }
    }
    return use->group == &common_group;
}

/* "mask_blur" is "mask-blur". */
static bool is_named(const char *key, const char *name)
{
    while (*key != '\0' && (*key == *name || (*key == '_' && *name == '-'))) {
        key++;
        name++;
    }
    return *key == '\0' && *name == '\0';
}

static bool search_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct search *s = ctx;
    bool same =
        is_named(s->key, row->name) || (row->param != NULL && strcmp(s->key, row->param) == 0);

    if (!same || is_excluded(use, s->excluded)) {
        return true;
    }
    s->use = use;
    s->row = row;
    return false;
}

/* KEY=VALUE,... of an object, kept. */
static const char *pairs_of(const json_t *object, json_t *keep)
{
    struct buf text;
    const char *key;
    json_t *value;

    buf_init(&text, 65536);
    json_object_foreach((json_t *)(size_t)object, key, value)
    {
        char *number = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
        buf_addf(&text, "%s%s=%s", text.len > 0 ? "," : "", key,
                 number != NULL ? number : json_string_value(value));
        free(number);
    }
    json_array_append_new(keep, json_string(buf_str(&text)));
    buf_release(&text);
    return json_string_value(json_array_get(keep, json_array_size(keep) - 1));
}

/* A single value as the text that a command line would have, or NULL. */
static const char *text_of(const json_t *value, json_t *keep)
{
    if (json_is_string(value)) {
        return json_string_value(value);
    }
    if (json_is_object(value)) {
        return pairs_of(value, keep);
    }
    if (!json_is_number(value)) {
        return NULL;
    }
    char *number = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    json_array_append_new(keep, json_string(number != NULL ? number : ""));
    free(number);
    return json_string_value(json_array_get(keep, json_array_size(keep) - 1));
}

static int store_one(const struct search *s, struct parsed *p, const json_t *value, json_t *keep,
                     struct error *err)
{
    const char *text = text_of(value, keep);

    return text == NULL ? error_set(err, EXIT_USAGE, "'%s' cannot be of this type", s->key)
                        : value_store(s->row, (char *)p->settings + s->use->base + s->row->offset,
                                      p->neutral, text, err);
}

static int store_flag(const struct search *s, struct parsed *p, const json_t *value,
                      struct error *err)
{
    if (!json_is_boolean(value)) {
        return error_set(err, EXIT_USAGE, "'%s' is true or false", s->key);
    }
    if (s->row->param != NULL) {
        return json_object_set(p->neutral, s->row->param, (json_t *)(size_t)value) == 0
                   ? 0
                   : error_memory(err, "reading a job");
    }
    *(bool *)((char *)p->settings + s->use->base + s->row->offset) = json_is_true(value);
    return 0;
}

int options_set(const struct command *cmd, struct parsed *p, const char *key, const json_t *value,
                const struct option_group *const *excluded, json_t *keep, struct error *err)
{
    struct search s = {.key = key, .excluded = excluded};
    const json_t *item;
    int result = 0;
    size_t i;

    options_each(cmd, search_visit, &s);
    if (s.row == NULL) {
        return 1;
    }
    if (s.row->conflicts != NULL && strstr(s.row->conflicts, "batch") != NULL) {
        return error_set(err, EXIT_USAGE, "'%s' does not go with --batch", key);
    }
    if (s.row->type == OPTION_FLAG) {
        return store_flag(&s, p, value, err);
    }
    if (s.row->repeats && s.row->param != NULL) {
        json_object_del(p->neutral, s.row->param);
    } else if (s.row->repeats) {
        list_of(p, s.use, s.row)->n = 0;
    }
    if (!json_is_array(value)) {
        return store_one(&s, p, value, keep, err);
    }
    if (!s.row->repeats) {
        return error_set(err, EXIT_USAGE, "'%s' takes one value", key);
    }
    json_array_foreach(value, i, item)
    {
        result = result == 0 ? store_one(&s, p, item, keep, err) : result;
    }
    return result;
}

struct telling {
    const struct parsed *p;
    const struct option_group *const *excluded;
    void (*take)(void *ctx, const struct option_row *row, const char *value);
    void *ctx;
};

/* A field's value as text; parameters are told by the caller's own dump of them. */
static bool tell_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    const struct telling *t = ctx;
    const char *field = (const char *)t->p->settings + use->base + row->offset;
    char number[48];

    if (row->param != NULL || row->type == OPTION_HELP || is_excluded(use, t->excluded)) {
        return true;
    }
    if (is_list(use, row)) {
        const struct option_list *list = list_of(t->p, use, row);
        for (size_t i = 0; i < list->n; i++) {
            t->take(t->ctx, row, list->v[i]);
        }
    } else if (row->type == OPTION_FLAG) {
        t->take(t->ctx, row, *(const bool *)field ? "yes" : "");
    } else if (row->type == OPTION_INT) {
        const struct option_int *value = (const void *)field;
        snprintf(number, sizeof number, "%lld", value->value);
        t->take(t->ctx, row, value->set ? number : "");
    } else if (row->type == OPTION_REAL) {
        const struct option_real *value = (const void *)field;
        snprintf(number, sizeof number, "%.17g", value->value);
        t->take(t->ctx, row, value->set ? number : "");
    } else {
        const char *text = *(const char *const *)(const void *)field;
        t->take(t->ctx, row, text != NULL ? text : "");
    }
    return true;
}

void options_tell(const struct command *cmd, const struct parsed *p,
                  const struct option_group *const *excluded,
                  void (*take)(void *ctx, const struct option_row *row, const char *value),
                  void *ctx)
{
    struct telling t = {.p = p, .excluded = excluded, .take = take, .ctx = ctx};

    options_each(cmd, tell_visit, &t);
}
