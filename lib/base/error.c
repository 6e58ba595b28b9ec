#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* vsnprintf into `raw`, then cleaned into the error: whatever a caller's %s brought along, the
 * line is printable. */
static void set_text(struct error *err, const char *format, va_list args)
{
    char raw[2 * ERROR_TEXT_MAX];

    int n = vsnprintf(raw, sizeof raw, format, args);
    if (n < 0) {
        n = 0;
    }
    size_t len = (size_t)n < sizeof raw ? (size_t)n : sizeof raw - 1;
    text_clean(err->text, sizeof err->text, raw, len, sizeof err->text);
}

int error_set(struct error *err, enum exit_code code, const char *format, ...)
{
    va_list args;

    err->code = code;
    va_start(args, format);
    set_text(err, format, args);
    va_end(args);
    return -1;
}

int error_prefix(struct error *err, const char *format, ...)
{
    char rest[ERROR_TEXT_MAX];
    va_list args;

    memcpy(rest, err->text, sizeof rest);
    va_start(args, format);
    set_text(err, format, args);
    va_end(args);
    size_t len = strlen(err->text);
    if (len + 1 < sizeof err->text) {
        text_clean(err->text + len, sizeof err->text - len, rest, strlen(rest), sizeof rest);
    }
    return -1;
}

int error_memory(struct error *err, const char *what)
{
    return error_set(err, EXIT_UNEXPECTED, "out of memory while %s", what);
}

int error_errno(struct error *err, enum exit_code code, const char *verb, const char *name,
                int errnum)
{
    return error_set(err, code, "cannot %s '%s': %s", verb, name, strerror(errnum));
}
