#ifndef SDCTL_CMD_CONVERT_TABLE_H
#define SDCTL_CMD_CONVERT_TABLE_H

#include <stdio.h>

/* Prints the mapping of Fooocus-API's parameters to FooocusAPI's (convert/mapping.h). */

enum convert_table_form {
    CONVERT_TABLE_TEXT,     /* columns for a terminal */
    CONVERT_TABLE_JSON,     /* an array of objects */
    CONVERT_TABLE_MARKDOWN, /* a table */
    CONVERT_TABLE_MAN,      /* a list in mdoc, for the man page */
};

/* Whether it could be written is for the caller to check. */
void convert_table_print(enum convert_table_form form, FILE *out);

#endif
