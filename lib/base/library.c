#include "base/library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

void *library_open(const char *const *names)
{
    void *library = NULL;

    for (; library == NULL && *names != NULL; names++) {
        library = dlopen(*names, RTLD_LAZY | RTLD_LOCAL);
    }
    return library;
}

bool library_find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);

    memcpy(function, &symbol, sizeof symbol); /* ISO C has no cast from object to function */
    return symbol != NULL;
}
