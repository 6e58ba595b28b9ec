#include "cmd/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "cmd/progress_line.h"
#include "cmd/terminal.h"

#define LABEL_MAX 24      /* columns of a label, and at most a third of the line */
#define REDRAW_LEAST 30   /* ms between two drawings of several lines */
#define LINES_MAX 500     /* of any terminal */
#define FRAME_MAX 1048576 /* bytes of what is drawn at a time */

enum row_state { ROW_EMPTY, ROW_RUNNING, ROW_ENDED };

struct row {
    enum row_state state;
    struct progress progress;
    const char *word;
    char label[4 * LABEL_MAX + 1];
};

static struct {
    bool on, several, colour;
    struct row *rows;
    size_t n_rows;
    struct row single;
    int64_t begun, drawn_at;
    size_t widths[LINES_MAX]; /* columns of the lines that are on the terminal */
    size_t n_lines;
} screen;

static bool begin(bool wanted, struct row *rows, size_t count)
{
    screen.on = wanted && rows != NULL && terminal_is();
    screen.several = count > 1;
    screen.colour = terminal_colour();
    screen.rows = rows;
    screen.n_rows = count;
    screen.begun = clock_ms();
    screen.drawn_at = screen.begun - REDRAW_LEAST;
    screen.n_lines = 0;
    return screen.on;
}

bool progress_begin(bool wanted)
{
    screen.single = (struct row){0};
    return begin(wanted, &screen.single, 1);
}

bool progress_begin_tasks(bool wanted, size_t count)
{
    struct row *rows = wanted && count > 1 && terminal_is() ? calloc(count, sizeof *rows) : NULL;

    return count == 1 ? progress_begin(wanted) : begin(wanted, rows, count);
}

static void put_row(struct progress_line *l, const struct row *row, size_t label_width)
{
    if (label_width > 0) {
        size_t width, n = terminal_fit(row->label, label_width, &width);
        char label[sizeof row->label + LABEL_MAX + 3];
        snprintf(label, sizeof label, "%.*s%*s", (int)n, row->label, (int)(label_width - width) + 2,
                 "");
        progress_line_put(l, label);
    }
    if (row->state == ROW_ENDED) {
        progress_line_word(l, row->word);
    } else {
        progress_line_progress(l, &row->progress);
    }
}

/* --- the block -------------------------------------------------------------------------------- */

/* Goes back to the beginning of what is drawn. A window that became narrower has broken the lines.
 */
static void go_back(struct buf *out, size_t cols)
{
    size_t up = 0;

    for (size_t i = 0; i < screen.n_lines; i++) {
        up += screen.widths[i] > cols ? (screen.widths[i] - 1) / cols + 1 : 1;
    }
    if (up > 1) {
        buf_addf(out, "\r\033[%zuA", up - 1);
    } else if (up == 1) {
        buf_adds(out, "\r");
    }
    screen.n_lines = 0;
}

static void send(struct buf *out)
{
    if (!out->failed && out->len > 0) {
        fwrite(out->data, 1, out->len, stderr);
        fflush(stderr);
    }
    buf_release(out);
}

void progress_hide(void)
{
    struct terminal_size size;
    struct buf out;

    if (screen.n_lines == 0) {
        return;
    }
    terminal_size(&size);
    buf_init(&out, FRAME_MAX);
    bool one = screen.n_lines == 1;
    go_back(&out, (size_t)size.cols);
    buf_adds(&out, one ? "\033[K" : "\033[J");
    send(&out);
}

static void end_line(struct buf *out, size_t width)
{
    buf_adds(out, "\033[K");
    screen.widths[screen.n_lines++] = width;
}

/* Which rows are shown: those that run, from the first, then those that have ended. */
static bool *choose(size_t lines, size_t *total)
{
    bool *chosen = calloc(screen.n_rows, sizeof *chosen);
    size_t left;

    *total = 0;
    for (size_t i = 0; i < screen.n_rows; i++) {
        *total += screen.rows[i].state != ROW_EMPTY;
    }
    left = *total > lines ? lines - 1 : lines; /* the last one is for "and N more" */
    for (int state = ROW_RUNNING; chosen != NULL && state <= ROW_ENDED; state++) {
        for (size_t i = 0; i < screen.n_rows && left > 0; i++) {
            if ((int)screen.rows[i].state == state) {
                chosen[i] = true;
                left--;
            }
        }
    }
    return chosen;
}

static size_t label_columns(const bool *chosen, size_t max)
{
    size_t most = 0, cap = max / 3 < LABEL_MAX ? max / 3 : LABEL_MAX;

    for (size_t i = 0; i < screen.n_rows; i++) {
        size_t width = chosen[i] ? terminal_width(screen.rows[i].label) : 0;
        most = width > most ? width : most;
    }
    return most < cap ? most : cap;
}

static void draw(void)
{
    struct terminal_size size;
    struct buf out;
    size_t total, shown = 0;

    terminal_size(&size);
    size_t max = size.cols > 1 ? (size_t)size.cols - 1 : 1;
    size_t lines = size.rows > 4 ? (size_t)size.rows - 2 : 2;
    bool *chosen = choose(lines < LINES_MAX ? lines : LINES_MAX, &total);
    if (chosen == NULL) {
        return;
    }
    size_t label_width = label_columns(chosen, max), before = screen.n_lines;
    buf_init(&out, FRAME_MAX);
    go_back(&out, (size_t)size.cols);
    for (size_t i = 0; i < screen.n_rows; i++) {
        if (chosen[i]) {
            struct progress_line l = {.out = &out, .max = max, .colour = screen.colour};
            buf_adds(&out, shown++ > 0 ? "\n" : "");
            put_row(&l, &screen.rows[i], label_width);
            end_line(&out, l.width);
        }
    }
    if (shown < total) {
        struct progress_line l = {.out = &out, .max = max};
        char text[64];
        snprintf(text, sizeof text, "and %zu more", total - shown);
        buf_adds(&out, "\n");
        progress_line_put(&l, text);
        end_line(&out, l.width);
    }
    if (before > screen.n_lines) {
        buf_adds(&out, "\033[J");
    }
    send(&out);
    free(chosen);
}

static void changed(bool important)
{
    int64_t now = clock_ms();

    if (screen.several && !important && now - screen.drawn_at < REDRAW_LEAST) {
        return;
    }
    screen.drawn_at = now;
    draw();
}

void progress_task(size_t slot, const char *label, const struct progress *progress)
{
    if (!screen.on || slot >= screen.n_rows) {
        return;
    }
    struct row *row = &screen.rows[slot];
    bool first = row->state == ROW_EMPTY;
    row->state = ROW_RUNNING;
    row->progress = *progress;
    if (label != NULL && screen.several) {
        text_clean(row->label, sizeof row->label, label, strlen(label), LABEL_MAX);
    }
    changed(first);
}

void progress_show(void *ctx, const struct progress *progress)
{
    (void)ctx;
    progress_task(0, NULL, progress);
}

void progress_task_end(size_t slot, const char *word)
{
    if (screen.on && slot < screen.n_rows) {
        screen.rows[slot].state = ROW_ENDED;
        screen.rows[slot].word = word;
        changed(true);
    }
}

void progress_task_clear(size_t slot)
{
    if (screen.on && slot < screen.n_rows) {
        screen.rows[slot] = (struct row){0};
        changed(true);
    }
}

void progress_log(const char *line)
{
    progress_hide();
    fprintf(stderr, "sdctl: %s\n", line);
}

/* --- the end ---------------------------------------------------------------------------------- */

/* How many tasks ended with a word; with NULL: those that did not end. */
static size_t count_ended(const char *word)
{
    size_t n = 0;

    for (size_t i = 0; i < screen.n_rows; i++) {
        const struct row *row = &screen.rows[i];
        n += word == NULL ? row->state != ROW_ENDED
                          : row->state == ROW_ENDED && strcmp(row->word, word) == 0;
    }
    return n;
}

static void print_summary(void)
{
    static const char *const usual[] = {"succeeded", "failed", "cancelled"};
    const size_t n_usual = sizeof usual / sizeof *usual;
    size_t told = 0, n;

    fprintf(stderr, "%zu tasks:", screen.n_rows);
    for (size_t i = 0; i < n_usual + screen.n_rows; i++) {
        const char *word = i < n_usual ? usual[i] : screen.rows[i - n_usual].word;
        bool again = word == NULL;
        for (size_t k = 0; k < i && !again; k++) {
            const char *other = k < n_usual ? usual[k] : screen.rows[k - n_usual].word;
            again = other != NULL && strcmp(other, word) == 0;
        }
        if (!again && (n = count_ended(word)) > 0) {
            fprintf(stderr, "%s %zu %s", told++ > 0 ? "," : "", n, word);
        }
    }
    if ((n = count_ended(NULL)) > 0) {
        fprintf(stderr, "%s %zu not finished", told > 0 ? "," : "", n);
    }
    fprintf(stderr, ", %.1f s\n", (double)(clock_ms() - screen.begun) / 1000);
}

static bool is_any_shown(void)
{
    for (size_t i = 0; i < screen.n_rows; i++) {
        if (screen.rows[i].state != ROW_EMPTY) {
            return true;
        }
    }
    return false;
}

void progress_end(void)
{
    progress_hide();
    if (screen.on && screen.several && is_any_shown()) {
        print_summary();
    }
    if (screen.rows != &screen.single) {
        free(screen.rows);
    }
    screen.rows = NULL;
    screen.n_rows = 0;
    screen.on = false;
}
