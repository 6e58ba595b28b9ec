#include "wire/xml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char space[] = " \t\r\n";

void xml_init(struct xml *x, xml_sink *sink, void *ctx)
{
    *x = (struct xml){.sink = sink, .ctx = ctx};
    buf_init(&x->text, XML_TEXT_MAX);
}

static int broken(struct error *err, const char *why)
{
    return error_set(err, EXIT_FAILED, "the server's XML cannot be used: %s", why);
}

static size_t name_length(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_.:-";

    return strchr("0123456789.-", *text) != NULL ? 0 : strspn(text, allowed);
}

static int begin_element(struct xml *x, const char *name, size_t n, struct error *err)
{
    size_t len = strlen(x->path);

    if (x->over) {
        return broken(err, "it goes on behind its end");
    }
    if (x->depth == XML_DEPTH_MAX || len + n + 2 > sizeof x->path) {
        return broken(err, "it is too deep");
    }
    x->ends[x->depth++] = len;
    if (len > 0) {
        x->path[len++] = '/';
    }
    memcpy(x->path + len, name, n);
    x->path[len + n] = '\0';
    x->text.len = 0;
    x->parent = false;
    x->begun = true;
    return 0;
}

static int end_element(struct xml *x, const char *name, size_t n, struct error *err)
{
    size_t end = x->depth > 0 ? x->ends[x->depth - 1] : 0;
    const char *own = x->path + end + (end > 0);
    const char *text = x->parent || x->text.len == 0 ? "" : x->text.data;

    if (x->depth == 0 || strlen(own) != n || memcmp(own, name, n) != 0) {
        return broken(err, "an element ends that has not begun");
    }
    if (!text_is_utf8(text, strlen(text))) {
        return broken(err, "it is not UTF-8");
    }
    if (x->sink(x->ctx, x->path, text, err) != 0) {
        return -1;
    }
    x->path[end] = '\0';
    x->depth--;
    x->parent = true;
    x->over = x->depth == 0;
    return 0;
}

/* Attributes are looked over: NAME="VALUE" with white space in front. */
static bool are_attributes(const char *text)
{
    while (*text != '\0') {
        size_t blank = strspn(text, space);
        text += blank;
        if (*text == '\0') {
            break;
        }
        size_t n = name_length(text);
        text += n;
        text += strspn(text, space);
        if (blank == 0 || n == 0 || *text++ != '=') {
            return false;
        }
        text += strspn(text, space);
        const char *end = *text == '"' || *text == '\'' ? strchr(text + 1, *text) : NULL;
        if (end == NULL || memchr(text, '<', (size_t)(end - text)) != NULL) {
            return false;
        }
        text = end + 1;
    }
    return true;
}

/* What stood between < and >. */
static int read_tag(struct xml *x, struct error *err)
{
    char *tag = x->tag;

    tag[x->n_tag] = '\0';
    if (*tag == '?') {
        return !x->begun && strncmp(tag, "?xml", 4) == 0 && tag[x->n_tag - 1] == '?'
                   ? 0
                   : broken(err, "it holds instructions");
    }
    if (*tag == '!') {
        return broken(err, "it holds a document type, a comment or the like");
    }
    bool closing = *tag == '/', empty = !closing && x->n_tag > 0 && tag[x->n_tag - 1] == '/';
    const char *name = tag + closing;
    size_t n = name_length(name);
    if (empty) {
        tag[x->n_tag - 1] = '\0';
    }
    if (n == 0 ||
        (closing ? name[n + strspn(name + n, space)] != '\0' : !are_attributes(name + n))) {
        return broken(err, "it is not well formed");
    }
    if (!closing && begin_element(x, name, n, err) != 0) {
        return -1;
    }
    return closing || empty ? end_element(x, name, n, err) : 0;
}

static bool add_character(struct buf *text, unsigned long c)
{
    char out[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
        return false;
    }
    for (size_t i = n - 1; i > 0; i--, c >>= 6) {
        out[i] = (char)(0x80 | (c & 0x3f));
    }
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[n] | c);
    return buf_add(text, out, n);
}

/* What stood between & and ;. */
static int read_entity(struct xml *x, struct error *err)
{
    static const struct {
        const char *name;
        char is;
    } known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    char *end, *digits = x->entity + 1;

    x->entity[x->n_entity] = '\0';
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(x->entity, known[i].name) == 0) {
            buf_add(&x->text, &known[i].is, 1);
            return 0;
        }
    }
    int base = *digits == 'x' ? 16 : 10;
    digits += base == 16;
    bool number = x->entity[0] == '#' &&
                  strspn(digits, base == 16 ? "0123456789abcdefABCDEF" : "0123456789") > 0;
    unsigned long c = number ? strtoul(digits, &end, base) : 0;
    return number && *end == '\0' && add_character(&x->text, c)
               ? 0
               : broken(err, "an entity in it is not known");
}

static int take_text(struct xml *x, char c, struct error *err)
{
    if (c == '<') {
        x->state = XML_TAG;
        x->n_tag = 0;
        x->quote = '\0';
    } else if (x->depth == 0) {
        bool bom = !x->begun && strchr("\xef\xbb\xbf", c) != NULL;
        return c != '\0' && (strchr(space, c) != NULL || bom)
                   ? 0
                   : broken(err, "there is text around it");
    } else if (c == '&') {
        x->state = XML_ENTITY;
        x->n_entity = 0;
    } else if (c == '\0') {
        return broken(err, "it holds a NUL");
    } else {
        buf_add(&x->text, &c, 1);
    }
    return 0;
}

static int take_tag(struct xml *x, char c, struct error *err)
{
    if (x->n_tag + 1 == sizeof x->tag || c == '\0') {
        return broken(err, "a tag in it is too long");
    }
    if (c == '>' && x->quote == '\0') {
        x->state = XML_TEXT;
        return read_tag(x, err);
    }
    if (x->quote != '\0') {
        x->quote = c == x->quote ? '\0' : x->quote;
    } else if (c == '"' || c == '\'') {
        x->quote = c;
    }
    x->tag[x->n_tag++] = c;
    return x->tag[0] == '!' ? read_tag(x, err) : 0; /* whatever may follow */
}

int xml_feed(struct xml *x, const char *bytes, size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        int result = 0;
        if (x->state == XML_TEXT) {
            result = take_text(x, bytes[i], err);
        } else if (x->state == XML_TAG) {
            result = take_tag(x, bytes[i], err);
        } else if (bytes[i] == ';') {
            x->state = XML_TEXT;
            result = read_entity(x, err);
        } else if (x->n_entity + 1 == sizeof x->entity) {
            result = broken(err, "an entity in it is not known");
        } else {
            x->entity[x->n_entity++] = bytes[i];
        }
        if (result != 0) {
            return -1;
        }
        if (x->text.failed) {
            return broken(err, "an element in it is too long, or memory ran out");
        }
    }
    return 0;
}

int xml_finish(const struct xml *x, struct error *err)
{
    return x->over && x->state == XML_TEXT ? 0 : broken(err, "it ends too early");
}

void xml_release(struct xml *x)
{
    if (x != NULL) {
        buf_release(&x->text);
    }
}
