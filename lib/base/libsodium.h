#ifndef SDCTL_BASE_LIBSODIUM_H
#define SDCTL_BASE_LIBSODIUM_H

#include <sodium.h>

#include "base/error.h"

/*
 * libsodium, loaded when the first key is held: linking it would cost every local command 0.08 ms,
 * an eighth of what a process takes that does nothing.
 */

#define LIBSODIUM_FUNCTIONS(X)                                                                     \
    X(init)                                                                                        \
    X(malloc)                                                                                      \
    X(free)                                                                                        \
    X(mprotect_readonly)                                                                           \
    X(memzero)                                                                                     \
    X(bin2base64)

/* Its functions by their names without sodium_: libsodium.malloc() is sodium_malloc(). */
struct libsodium {
#define LIBSODIUM_MEMBER(name) __typeof__(&(sodium_##name)) name;
    LIBSODIUM_FUNCTIONS(LIBSODIUM_MEMBER)
#undef LIBSODIUM_MEMBER
};
extern struct libsodium libsodium;

/* Loads libsodium once and initialises it. EXIT_UNEXPECTED when there is none. */
int libsodium_load(struct error *err);

#endif
