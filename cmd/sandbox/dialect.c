#include "dialect.h"

#include <string.h>

const struct dialect *const dialects[] = {&dialect_webui,      &dialect_ppinfra,
                                          &dialect_fooocusapi, &dialect_fooocus_api,
                                          &dialect_eks,        NULL};

const struct dialect *dialect_find(const char *name)
{
    for (size_t i = 0; dialects[i]; i++)
        if (strcmp(dialects[i]->name, name) == 0)
            return dialects[i];
    return NULL;
}
