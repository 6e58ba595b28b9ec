#ifndef SDCTL_CMD_OPTIONS_H
#define SDCTL_CMD_OPTIONS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Options live in static tables, one per subcommand, made of groups that subcommands share. The
 * parser, --help, the OPTIONS part of the man pages and the completions all read the same rows, so
 * they cannot disagree. A row says where its value goes: a plain option at an offset of its group's
 * struct, a generation parameter under its neutral name in a JSON object, so that "was it set?" is
 * always known and only what was set is ever sent.
 */

enum option_type {
    OPTION_FLAG,   /* no value; bool, or JSON true */
    OPTION_HELP,   /* no value; sets parsed.help */
    OPTION_INT,    /* whole number; struct option_int, or a JSON integer */
    OPTION_REAL,   /* decimal number; struct option_real, or a JSON real */
    OPTION_TEXT,   /* UTF-8 text that is not empty; const char * into argv, or a JSON string */
    OPTION_PROMPT, /* UTF-8 text, or @FILE to read it from a file; as OPTION_TEXT, '@' kept */
    OPTION_FILE,   /* a file to read, or - ; const char * into argv; completed as a file name */
    OPTION_OUTPUT, /* a file or folder to write, or - ; const char * into argv */
    OPTION_CHOICE, /* one of choices; const char * to the choice in the table, or a JSON string */
    OPTION_SIZE, /* WxH: sets the neutral parameters "width" and "height" (param must be "size") */
    OPTION_PAIR, /* KEY=VALUE: UTF-8, the '=' and a non-empty KEY are checked; as OPTION_TEXT */
};

struct option_int {
    bool set;
    long long value;
};

struct option_real {
    bool set;
    double value;
};

/* The values of a repeatable option in the order given; v is owned by the list, the texts not. */
struct option_list {
    const char **v;
    size_t n;
};

struct option_row {
    const char *name;      /* long name without dashes */
    char letter;           /* short name, or 0 */
    enum option_type type; /* what a value must look like */
    const char *metavar;   /* what --help shows for the value: "N", "FILE|-"; NULL for a flag, and
                              for a choice that is shown as its choices */
    double min, max;       /* inclusive range of a number, whole numbers up to 2^53; min == max
                              means no limit */
    bool above_min;        /* the number must be greater than min */
    const char *const *choices; /* NULL-terminated, for OPTION_CHOICE */
    const char *param;          /* neutral parameter to set, or NULL */
    size_t offset;              /* where the value goes when param is NULL */
    bool repeats;          /* a list: option_list (only for types kept as const char *), or a JSON
                              array for a parameter */
    const char *conflicts; /* names, separated by commas, that must not be given along; one of the
                              two rows says so */
    const char *needs;     /* the name of an option without which this one does nothing */
    const char *help;      /* one phrase in lower case, no full stop: what and in which unit */
    const char *detail;    /* further sentences for the man page, or NULL; plain text */
};

struct option_group {
    const char *title;             /* heading in --help and in the man page */
    const struct option_row *rows; /* ends with name == NULL */
};

/* A group as one command uses it: base is the offset of the group's struct in the settings. */
struct option_use {
    const struct option_group *group;
    size_t base;
};

struct command {
    const char *name;     /* "img2img" */
    const char *summary;  /* one line, lower case, no full stop */
    const char *operands; /* "[IN.png|-]", or "" when there are none */
    size_t max_operands;
    const char *const *operand_choices; /* what the first operand may be, NULL-terminated: for
                                           completion, the command checks it; NULL: a file */
    const struct option_use *uses;      /* ends with group == NULL; common_group is added to all */
    size_t settings_size;               /* sizeof its settings struct, zeroed before parsing */
    int (*run)(const struct command *self, int argc, char **argv); /* returns the exit status */
};

/* What a command line said. */
struct parsed {
    void *settings;  /* settings_size bytes, owned */
    json_t *neutral; /* generation parameters that were set, by neutral name; owned */
    char **operands; /* into argv; the array is owned */
    size_t n_operands;
    bool help; /* --help was given: nothing else was checked */
};

/* How many rows a command may have in all. */
#define OPTIONS_MAX 128

/*
 * Parses argv[1..argc-1]: long and short options, bundled short flags (-qv), -nVALUE, --name=VALUE,
 * "--" to end options, operands anywhere, "-" as an operand. The last of a non-repeating option
 * wins. Numbers are parsed independent of the locale and checked against the row's range.
 * EXIT_USAGE with one line that names the option, the value and what is right; an abbreviated or
 * misspelt option is refused with the nearest name, and what follows the '=' of an unknown option
 * is not repeated, for it may be a key. The first error is told, yet the rest is read too, so that
 * --error-format counts wherever it stands. *p is filled in both cases; release it.
 */
int options_parse(const struct command *cmd, int argc, char **argv, struct parsed *p,
                  struct error *err);

/* Frees what options_parse() made. NULL-safe. */
void options_release(const struct command *cmd, struct parsed *p);

/* Calls visit for each row of a command, group by group, common_group last; stops when it returns
 * false. */
void options_each(const struct command *cmd,
                  bool (*visit)(void *ctx, const struct option_use *use,
                                const struct option_row *row),
                  void *ctx);

#endif
