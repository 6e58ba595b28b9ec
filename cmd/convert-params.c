#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/text.h"
#include "cmd/commands.h"
#include "cmd/convert_note.h"
#include "cmd/convert_table.h"
#include "cmd/groups.h"
#include "cmd/options.h"
#include "cmd/run.h"
#include "convert/convert.h"

#define REPORT_MAX (64UL * 1024 * 1024) /* of one request */
#define REPORT_BUFFER (64UL * 1024)     /* written together */

struct settings {
    bool reverse;
    const char *kind;
    struct option_list keep;
    bool pin_defaults;
    bool check;
    const char *report;
    bool force;
    const char *table;
};

static const char *const kind_choices[] = {"uov", "inpaint", "prompt", "text", "enhance", NULL};
static const char *const table_choices[] = {"text", "json", "markdown", NULL};

static const struct option_row convert_rows[] = {
    {.name = "reverse",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, reverse),
     .help = "convert FooocusAPI parameters to Fooocus-API ones"},
    {.name = "kind",
     .type = OPTION_CHOICE,
     .choices = kind_choices,
     .offset = offsetof(struct settings, kind),
     .help = "the Fooocus-API endpoint that the requests are for",
     .detail = "uov is upscale or vary, inpaint is inpaint or outpaint, prompt is image prompt. "
               "It decides what input_image becomes. Without it the other fields decide for each "
               "request, and one that leaves it open is refused. With --reverse it decides which "
               "image becomes input_image when a request has several."},
    {.name = "pin-defaults",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, pin_defaults),
     .help = "write out defaults that differ between the servers",
     .detail = "A field that is absent has the first server's default then, so that the result "
               "looks the same. The mapping names them."},
    {.name = "keep",
     .type = OPTION_TEXT,
     .metavar = "NAME",
     .repeats = true,
     .offset = offsetof(struct settings, keep),
     .help = "keep a field that the mapping drops, such as save_name",
     .detail = "Current versions of FooocusAPI take save_name again."},
    {.name = NULL},
};
static const struct option_group convert_group = {.title = "Conversion", .rows = convert_rows};

static const struct option_row tell_rows[] = {
    {.name = "check",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, check),
     .help = "convert nothing, but print what would be lost",
     .detail = "One line for each loss, and exit status 3 if there is one."},
    {.name = "report",
     .type = OPTION_OUTPUT,
     .metavar = "FILE|-",
     .offset = offsetof(struct settings, report),
     .help = "write what was renamed, merged, dropped and changed, as JSON",
     .detail = "One object on one line for each request. Standard output (-) is free for it with "
               "--check only."},
    {.name = "force",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, force),
     .needs = "report",
     .help = "replace an existing report"},
    {.name = "table",
     .type = OPTION_CHOICE,
     .choices = table_choices,
     .offset = offsetof(struct settings, table),
     .conflicts = "reverse,kind,pin-defaults,keep,check,report",
     .help = "print the mapping and convert nothing",
     .detail = "At the end of the command line it may stand without a form, which is text then."},
    {.name = NULL},
};
static const struct option_group tell_group = {.title = "Telling", .rows = tell_rows};

static const struct option_use uses[] = {
    {.group = &convert_group},
    {.group = &tell_group},
    {.group = NULL},
};

/* A conversion under way: the sinks' context. */
struct conversion {
    const struct settings *settings;
    struct outfile report; /* open when --report names a file */
    struct convert_note_sum sum;
    bool tell;       /* lines of --check go to standard output */
    struct buf line; /* of the report, not yet written */
};

static bool is_dash(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

static int write_output(void *ctx, const char *bytes, size_t n, struct error *err)
{
    (void)ctx;
    if (outfile_write_all(STDOUT_FILENO, bytes, n) != 0) {
        return error_set(err, EXIT_OUTPUT, "cannot write standard output: %s", strerror(errno));
    }
    return 0;
}

static int flush_report(struct conversion *v, struct error *err)
{
    size_t n = v->line.len;

    v->line.len = 0;
    if (n == 0) {
        return 0;
    }
    return is_dash(v->settings->report)
               ? write_output(NULL, v->line.data, n, err)
               : outfile_write(&v->report, v->line.data, n, v->settings->report, err);
}

static int write_report(struct conversion *v, const struct convert_record *record,
                        struct error *err)
{
    note_report(record->notes, record->input, record->line, record->kind, &v->line);
    if (v->line.failed) {
        return error_memory(err, "writing the report");
    }
    return v->line.len < REPORT_BUFFER ? 0 : flush_report(v, err);
}

static int take_record(void *ctx, const struct convert_record *record, struct error *err)
{
    struct conversion *v = ctx;
    bool lost = convert_note_count(&v->sum, record->notes);

    if (v->settings->report != NULL && write_report(v, record, err) != 0) {
        return -1;
    }
    if (v->tell && lost) {
        convert_note_print(record);
        if (ferror(stdout)) {
            return error_set(err, EXIT_OUTPUT, "cannot write standard output: %s", strerror(errno));
        }
    }
    return 0;
}

static int convert_one(struct convert *c, const char *path, struct error *err)
{
    if (is_dash(path)) {
        return convert_input(c, STDIN_FILENO, path, err);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return error_errno(err, EXIT_INPUT, "read", path, errno);
    }
    int result = convert_input(c, fd, path, err);
    close(fd);
    return result;
}

static int convert_all(struct conversion *v, struct convert *c, char **inputs, size_t n,
                       struct error *err)
{
    char warning[400];
    int result = 0;

    for (size_t i = 0; result == 0 && i < n; i++) {
        result = convert_one(c, inputs[i], err);
    }
    if (result == 0 && !v->settings->check && !common.quiet &&
        convert_note_warning(&v->sum, warning, sizeof warning)) {
        run_warn("convert-params", warning);
    }
    if (result == 0 && fflush(stdout) != 0) {
        return error_set(err, EXIT_OUTPUT, "cannot write standard output: %s", strerror(errno));
    }
    if (result == 0 && v->settings->check && v->sum.lost > 0) {
        result = error_set(err, EXIT_INPUT, "%llu of %llu requests would lose something",
                           (unsigned long long)v->sum.lost, (unsigned long long)convert_count(c));
    }
    return result;
}

/* Writes the rest of the report and puts it in its place, also for what came before a fault, whose
 * error stays then. */
static int finish_report(struct conversion *v, int result, struct error *err)
{
    struct error later;
    struct error *to = result == 0 ? err : &later;
    bool exists;

    int finished = flush_report(v, to);
    if (finished == 0 && v->report.fd >= 0) {
        finished =
            outfile_commit(&v->report, v->settings->report, v->settings->force, true, &exists, to);
    }
    outfile_discard(&v->report);
    return result == 0 ? finished : result;
}

static int perform(const struct settings *s, char **inputs, size_t n, struct error *err)
{
    struct conversion v = {
        .settings = s, .report = OUTFILE_INIT, .tell = s->check && !is_dash(s->report)};
    struct convert_options options = {.reverse = s->reverse,
                                      .kind = s->kind == NULL ? 0 : mapping_kind_of(s->kind),
                                      .check = s->check,
                                      .pin_defaults = s->pin_defaults,
                                      .note_all = s->report != NULL,
                                      .keep = s->keep.v,
                                      .n_keep = s->keep.n};
    struct convert_sinks sinks = {.ctx = &v, .write = write_output, .record = take_record};
    int result = -1;

    if (s->report != NULL && !is_dash(s->report) &&
        outfile_begin(&v.report, s->report, s->force, err) != 0) {
        return -1;
    }
    buf_init(&v.line, REPORT_MAX);
    struct convert *c = convert_new(&options, &sinks, err);
    if (c != NULL) {
        result = finish_report(&v, convert_all(&v, c, inputs, n, err), err);
    }
    convert_free(c);
    buf_release(&v.line);
    outfile_discard(&v.report);
    return result;
}

static int print_table(const char *form, struct error *err)
{
    enum convert_table_form forms[] = {CONVERT_TABLE_TEXT, CONVERT_TABLE_JSON,
                                       CONVERT_TABLE_MARKDOWN};

    for (size_t i = 0; table_choices[i] != NULL; i++) {
        if (strcmp(table_choices[i], form) == 0) {
            convert_table_print(forms[i], stdout);
            return 0;
        }
    }
    return error_set(err, EXIT_UNEXPECTED, "no form '%s'", form);
}

static int check_usage(const struct settings *s, char **inputs, size_t n, struct error *err)
{
    size_t dashes = 0;

    for (size_t i = 0; i < n; i++) {
        dashes += is_dash(inputs[i]);
    }
    if (dashes > 1) {
        return error_set(err, EXIT_USAGE, "standard input (-) can be read once only");
    }
    if (dashes == 1 && isatty(STDIN_FILENO)) {
        return error_set(err, EXIT_USAGE,
                         "standard input is a terminal: name a file with parameters");
    }
    if (is_dash(s->report) && !s->check) {
        return error_set(err, EXIT_USAGE,
                         "the result goes to standard output: name a file for --report, or give "
                         "--check");
    }
    for (size_t i = 0; i < s->keep.n; i++) {
        char shown[128];
        if (!convert_can_keep(s->keep.v[i], s->reverse)) {
            text_clean(shown, sizeof shown, s->keep.v[i], strlen(s->keep.v[i]), 40);
            return error_set(err, EXIT_USAGE,
                             "option '--keep': '%s' is not a field that the mapping drops; see "
                             "'sdctl convert-params --table'",
                             shown);
        }
    }
    return 0;
}

/* "--table" without a form, which the option table has no type for, becomes "--table=text". */
static void complete_table(int argc, char **argv)
{
    static char complete[] = "--table=text";

    if (argc > 1 && strcmp(argv[argc - 1], "--table") == 0) {
        argv[argc - 1] = complete;
    }
}

static int run(const struct command *self, int argc, char **argv)
{
    static char dash[] = "-";
    char *standard_input[] = {dash};
    struct parsed parsed;
    struct error err = {0};

    complete_table(argc, argv);
    int result = options_parse(self, argc, argv, &parsed, &err);
    const struct settings *s = parsed.settings;
    if (result == 0 && !parsed.help && s->table != NULL) {
        result = print_table(s->table, &err);
    } else if (result == 0 && !parsed.help) {
        char **inputs = parsed.n_operands > 0 ? parsed.operands : standard_input;
        size_t n = parsed.n_operands > 0 ? parsed.n_operands : 1;
        result = check_usage(s, inputs, n, &err);
        if (result == 0) {
            result = perform(s, inputs, n, &err);
        }
    }
    result = run_finish(self, &parsed, result, &err);
    options_release(self, &parsed);
    return result;
}

const struct command convert_params_command = {
    .name = "convert-params",
    .summary = "convert Fooocus-API parameters to FooocusAPI ones, or back",
    .operands = "[FILE|-]...",
    .max_operands = 1000000,
    .uses = uses,
    .settings_size = sizeof(struct settings),
    .run = run,
};
