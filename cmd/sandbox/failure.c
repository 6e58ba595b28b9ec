#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "sandbox.h"

int failure_set(struct failure *f, unsigned status, const char *exception, const char *format, ...)
{
    va_list arguments;

    f->status = status;
    snprintf(f->exception, sizeof f->exception, "%s", exception);
    va_start(arguments, format);
    vsnprintf(f->detail, sizeof f->detail, format, arguments);
    va_end(arguments);
    return -1;
}

int failure_from(struct failure *f, const struct error *err)
{
    return failure_set(f, 500, err->code == EXIT_UNEXPECTED ? "OutOfMemoryError" : "ValueError",
                       "%s", err->text);
}
