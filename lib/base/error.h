#ifndef SDCTL_BASE_ERROR_H
#define SDCTL_BASE_ERROR_H

#include <stddef.h>

/*
 * Errors are values that the caller owns: a code, which becomes the exit status, and one printable
 * line. Setting one never allocates, so an error can always be told, out of memory included.
 */

/* Exit statuses, the same for the same kind of fault on every backend (man sdctl, EXIT STATUS). */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_UNEXPECTED = 1, /* a fault of sdctl or of the machine: out of memory, a broken library */
    EXIT_USAGE = 2,      /* the command line is wrong */
    EXIT_INPUT = 3,      /* a file that was passed in is missing, broken or unsuitable */
    EXIT_NETWORK = 4,    /* TLS, connect, a lost or truncated answer */
    EXIT_KEY = 5,        /* 401, 403, or a key that must not be used like this */
    EXIT_REFUSED = 6,    /* the server refused the request (other 4xx), or would have */
    EXIT_FAILED = 7,     /* the task failed, a 5xx, or an answer without a usable result */
    EXIT_DEADLINE = 8,   /* the deadline passed; the task may still be running */
    EXIT_OUTPUT = 9,     /* a result cannot be written */
    EXIT_NOT_AS_ASKED = 10, /* done, but the server did something else (--strict) */
    EXIT_SOME_FAILED = 11,  /* some jobs of a batch failed */
    EXIT_SIGNAL = 128,      /* plus the signal's number */
};

#define ERROR_TEXT_MAX 464 /* with "sdctl: COMMAND: " a line stays below 500 bytes */
#define ERROR_SERVER_MAX 640

struct error {
    enum exit_code code;
    char text[ERROR_TEXT_MAX];     /* what failed, on what, why, what to do; one line, printable */
    char server[ERROR_SERVER_MAX]; /* the server's own words, cleaned; "" when there are none */
};

/* Sets code and text (printf form; cleaned by text_clean, cut to fit). Always returns -1, so that
 * a function may end in `return error_set(err, ...)`. */
int error_set(struct error *err, enum exit_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts context before the text ("controlnet image: cannot open ..."), keeping the code. Returns -1.
 */
int error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Out of memory while doing `what`: EXIT_UNEXPECTED. Returns -1. */
int error_memory(struct error *err, const char *what);

/* `verb` 'name': strerror(errnum). Returns -1. */
int error_errno(struct error *err, enum exit_code code, const char *verb, const char *name,
                int errnum);

#endif
