#include "base/libsodium.h"

#include <stdbool.h>

#include "base/library.h"

struct libsodium libsodium;

int libsodium_load(struct error *err)
{
    static const char *const names[] = {"libsodium.so.23", "libsodium.so.26", "libsodium.23.dylib",
                                        "libsodium.26.dylib", NULL};
    static bool loaded;
    bool found = true;

    if (loaded) {
        return 0;
    }
    void *library = library_open(names);
    if (library == NULL) {
        return error_set(err, EXIT_UNEXPECTED,
                         "cannot load libsodium.so.23: install libsodium (Debian: libsodium23)");
    }
#define LIBSODIUM_FIND(name)                                                                       \
    found = library_find(library, "sodium_" #name, &libsodium.name) && found;
    LIBSODIUM_FUNCTIONS(LIBSODIUM_FIND)
#undef LIBSODIUM_FIND
    if (!found || libsodium.init() < 0) {
        return error_set(err, EXIT_UNEXPECTED, "libsodium could not be initialised");
    }
    loaded = true;
    return 0;
}
