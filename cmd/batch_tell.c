#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/batch_state.h"
#include "cmd/progress.h"
#include "cmd/run.h"
#include "wire/json.h"

#define LINE_MAX_BYTES 490

static void tell_json(size_t number, const struct error *why)
{
    json_t *line =
        json_pack("{s:I,s:i,s:s,s:s*}", "job", (json_int_t)number, "code", (int)why->code,
                  "message", why->text, "server", *why->server != '\0' ? why->server : NULL);
    struct buf text;

    buf_init(&text, 65536);
    if (line != NULL && json_write_buf(line, true, &text)) {
        progress_hide();
        fprintf(stderr, "%s\n", buf_str(&text));
    }
    buf_release(&text);
    json_decref(line);
}

void batch_tell(const struct batch *b, size_t number, const struct error *why,
                const json_t *warnings)
{
    const char *command = b->command->command->name;
    char text[LINE_MAX_BYTES];
    json_t *warning;
    size_t i;
    struct buf line;

    if (why != NULL && common.error_format != NULL && strcmp(common.error_format, "json") == 0) {
        tell_json(number, why);
        return;
    }
    if (why == NULL && (common.quiet || json_array_size(warnings) == 0)) {
        return;
    }
    buf_init(&line, 65536);
    buf_addf(&line, "%s: job %zu: %s", command, number, why != NULL ? why->text : "warning: ");
    json_array_foreach(common.quiet ? NULL : warnings, i, warning)
    {
        buf_addf(&line, "%s%s", i > 0 || why != NULL ? "; " : "", json_string_value(warning));
    }
    text_clean(text, sizeof text, buf_str(&line), line.len, sizeof text);
    run_conceal(text);
    progress_log(text);
    buf_release(&line);
}

void batch_tell_failure(struct batch *b, size_t number, const struct error *why,
                        const json_t *warnings)
{
    batch_tell(b, number, why, warnings);
    if (why->code > EXIT_SIGNAL) {
        b->interrupted++;
    } else {
        b->failed++;
    }
}

int batch_sum_up(const struct batch *b, int64_t begun, struct error *err)
{
    char text[240], cut[48] = "";
    size_t all = b->before + b->succeeded + b->failed + b->interrupted;

    if (b->interrupted > 0) {
        snprintf(cut, sizeof cut, ", %zu interrupted", b->interrupted);
    }
    if (!common.quiet) {
        snprintf(text, sizeof text,
                 "%s: %zu job%s: %zu done before, %zu succeeded, %zu failed%s, %.1f s",
                 b->command->command->name, all, all == 1 ? "" : "s", b->before, b->succeeded,
                 b->failed, cut, (double)(clock_ms() - begun) / 1000);
        progress_log(text);
    }
    if (run_stop != 0) {
        return error_set(err, (enum exit_code)(EXIT_SIGNAL + (int)run_stop),
                         "interrupted; the same command goes on");
    }
    if (b->fatal.code != EXIT_DONE || b->print.code != EXIT_DONE) {
        *err = b->fatal.code != EXIT_DONE ? b->fatal : b->print;
        return -1;
    }
    if (b->failed > 0) {
        return error_set(err, EXIT_SOME_FAILED,
                         "%zu of %zu jobs failed; the same command does them again", b->failed,
                         all);
    }
    err->code = b->odd > 0 && b->command->remote->strict ? EXIT_NOT_AS_ASKED : EXIT_DONE;
    return 0;
}
