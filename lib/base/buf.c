#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_release(struct buf *b)
{
    if (b != NULL) {
        free(b->data);
        *b = (struct buf){.max = b->max};
    }
}

char *buf_room(struct buf *b, size_t n)
{
    if (b->failed || n > b->max - b->len) {
        b->failed = true;
        return NULL;
    }
    size_t need = b->len + n + 1;
    if (need > b->cap) {
        size_t cap = b->cap < 64 ? 64 : b->cap;
        while (cap < need) {
            cap += cap / 2;
        }
        char *grown = realloc(b->data, cap);
        if (grown == NULL) {
            b->failed = true;
            return NULL;
        }
        b->data = grown;
        b->cap = cap;
    }
    return b->data + b->len;
}

bool buf_add(struct buf *b, const void *bytes, size_t n)
{
    char *room = buf_room(b, n);

    if (room == NULL) {
        return false;
    }
    if (n > 0) {
        memcpy(room, bytes, n);
    }
    b->len += n;
    b->data[b->len] = '\0';
    return true;
}

bool buf_adds(struct buf *b, const char *s)
{
    return buf_add(b, s, strlen(s));
}

bool buf_addf(struct buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *room = n < 0 ? NULL : buf_room(b, (size_t)n);
    if (room == NULL) {
        b->failed = true;
        return false;
    }
    va_start(args, format);
    vsnprintf(room, (size_t)n + 1, format, args);
    va_end(args);
    b->len += (size_t)n;
    return true;
}

const char *buf_str(const struct buf *b)
{
    return b->failed ? NULL : b->data != NULL ? b->data : "";
}

char *buf_detach(struct buf *b)
{
    if (b->failed || (b->data == NULL && !buf_add(b, "", 0))) {
        return NULL;
    }
    char *data = b->data;
    b->data = NULL;
    b->len = b->cap = 0;
    return data;
}
