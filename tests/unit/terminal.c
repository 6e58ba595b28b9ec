#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/progress.h"
#include "cmd/show.h"
#include "cmd/terminal.h"
#include "unit.h"
#include "wire/base64.h"

/* What a terminal gets on standard error: each act runs in a process of its own on a
 * pseudo-terminal, whose bytes are compared, or drawn on a small screen. */

#define PICTURE_BYTES 10000

static char got[4 * 1024 * 1024];
static size_t got_len;
static char folder[] = "/tmp/sdctl-terminal-XXXXXX";
static int pty_slave;

static void resize(int cols, int rows)
{
    struct winsize size = {.ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows};

    ioctl(pty_slave, TIOCSWINSZ, &size);
}

/* The environment knows nothing of this machine's terminal. */
static void clear_environment(void)
{
    static const char *const names[] = {
        "TERM_PROGRAM", "LC_TERMINAL", "KITTY_WINDOW_ID", "TMUX", "STY", "NO_COLOR", "PATH"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unsetenv(names[i]);
    }
    setenv("TERM", "xterm", 1);
}

/* Runs an act with standard error on the terminal (or a pipe) and keeps what it writes there;
 * standard output must stay empty. `settings` are NAME=VALUE, NULL-terminated. */
static void run(bool terminal, int cols, int rows, void (*act)(void), char **settings)
{
    int master = -1, pipes[2], out[2], status;
    char byte;

    if (terminal) {
        master = posix_openpt(O_RDWR | O_NOCTTY);
        if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
            (pty_slave = open(ptsname(master), O_RDWR | O_NOCTTY)) < 0) {
            abort();
        }
        resize(cols, rows);
    } else if (pipe(pipes) == 0) {
        master = pipes[0];
        pty_slave = pipes[1];
    }
    if (pipe(out) != 0) {
        abort();
    }
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        clear_environment();
        for (; settings != NULL && *settings != NULL; settings++) {
            putenv(*settings);
        }
        dup2(out[1], STDOUT_FILENO);
        dup2(pty_slave, STDERR_FILENO);
        close(out[0]);
        act();
        fflush(NULL);
        _exit(0);
    }
    close(out[1]);
    close(pty_slave);
    got_len = 0;
    for (ssize_t n; got_len < sizeof got - 1 &&
                    (n = read(master, got + got_len, sizeof got - 1 - got_len)) > 0;) {
        got_len += (size_t)n;
    }
    got[got_len] = '\0';
    CHECK(read(out[0], &byte, 1) == 0, "standard output is left alone");
    CHECK(waitpid(child, &status, 0) == child && status == 0, "status %d", status);
    close(master);
    close(out[0]);
}

/* --- a small screen --------------------------------------------------------------------------- */

#define GRID_ROWS 200
#define GRID_COLS 200

static char grid[GRID_ROWS][GRID_COLS + 1];
static int grid_used; /* rows */
static bool wrapped, coloured;

/* One escape sequence; returns where it ends. */
static size_t obey(size_t at, size_t *row)
{
    size_t n = 0;

    for (at += 2; got[at] >= '0' && got[at] <= '9'; at++) {
        n = n * 10 + (size_t)(got[at] - '0');
    }
    if (got[at] == 'A') {
        CHECK(*row >= n, "up past the first line");
        *row -= *row < n ? *row : n;
    } else if (got[at] == 'm') {
        coloured = true;
    } else if (got[at] != 'K' && got[at] != 'J') {
        CHECK(false, "an unexpected sequence ending in %c", got[at]);
    }
    return at;
}

/* Draws what was written. */
static void draw(size_t cols)
{
    size_t row = 0, col = 0;

    memset(grid, 0, sizeof grid);
    grid_used = 0;
    wrapped = coloured = false;
    for (size_t i = 0; i < got_len; i++) {
        if (got[i] == '\r') {
            col = 0;
        } else if (got[i] == '\n') {
            row++;
        } else if (got[i] == '\033') {
            i = obey(i, &row);
            if (got[i] == 'K' || got[i] == 'J') {
                memset(grid[row] + col, 0, GRID_COLS - col);
            }
            for (size_t below = row + 1; got[i] == 'J' && below < GRID_ROWS; below++) {
                memset(grid[below], 0, GRID_COLS);
            }
        } else {
            grid[row][col++] = got[i];
            wrapped = wrapped || col >= cols;
        }
        if (row >= GRID_ROWS - 1 || col >= GRID_COLS) {
            abort();
        }
    }
    for (int i = 0; i < GRID_ROWS; i++) {
        grid_used = grid[i][0] != '\0' ? i + 1 : grid_used;
    }
}

static void expect(int row, const char *line)
{
    CHECK(strcmp(grid[row], line) == 0, "line %d is '%s', not '%s'", row, grid[row], line);
}

/* --- progress --------------------------------------------------------------------------------- */

static const struct progress half = {
    .active = true, .fraction = 0.5, .eta = 65, .step = 10, .steps = 20};
static const struct progress third = {.queued = true, .fraction = -1, .position = 3, .length = 7};
static const struct progress nothing = {.fraction = -1, .eta = -1};

static void act_single(void)
{
    progress_begin(true);
    progress_show(NULL, &third);
    progress_log("a line");
    progress_show(NULL, &half);
}

static void act_single_end(void)
{
    act_single();
    progress_end();
    progress_show(NULL, &half);
}

static void act_unwanted(void)
{
    progress_begin(false);
    progress_show(NULL, &half);
    progress_task(0, "a", &half);
    progress_task_end(0, "failed");
    progress_end();
    progress_begin_tasks(false, 3);
    progress_task(0, "a", &half);
    progress_task_end(0, "failed");
    progress_end();
}

static void act_off(void)
{
    progress_begin(true);
    progress_show(NULL, &half);
    progress_end();
    progress_begin_tasks(true, 3);
    progress_task(0, "a", &half);
    progress_task_end(0, "failed");
    progress_end();
}

static void fill(void)
{
    progress_begin_tasks(true, 3);
    progress_task(0, "first.png", &third);
    progress_task(1, "a\033[2Jsecond", &nothing);
    progress_task(2, "t", &half);
    progress_task(7, "no such slot", &half);
    progress_log("a line");
    progress_task(0, NULL, &half);
    progress_task_end(1, "failed");
}

static void fill_and_end(void)
{
    fill();
    progress_task_end(0, "succeeded");
    progress_task_end(2, "succeeded");
    progress_end();
    progress_end();
}

static void fill_and_stop(void)
{
    fill();
    progress_task_end(2, "still running");
    progress_end();
}

static void fill_many(void)
{
    char label[16];

    progress_begin_tasks(true, 100);
    for (size_t i = 0; i < 100; i++) {
        snprintf(label, sizeof label, "task %zu", i);
        progress_task(i, label, &half);
    }
    for (size_t i = 0; i < 97; i++) {
        progress_task_end(i, "succeeded");
    }
}

static void fill_wide(void)
{
    progress_begin_tasks(true, 2);
    progress_task(0, "\xe5\x9b\xbe\xe5\x83\x8f\xe5\x9b\xbe\xe5\x83\x8f", &half);
    progress_task(1, "abc", &half);
}

static void narrow(void)
{
    progress_begin_tasks(true, 2);
    progress_task(0, "first.png", &half);
    progress_task(1, "second.png", &half);
    resize(40, 24); /* each line of 71 columns is two rows now: four to go back over */
    progress_hide();
}

static char no_color[] = "NO_COLOR=1", empty_no_color[] = "NO_COLOR=", dumb[] = "TERM=dumb";

static void test_single(void)
{
    run(true, 80, 24, act_single, (char *[]){no_color, NULL});
    draw(80);
    expect(0, "sdctl: a line");
    expect(1, "[############............]  50%  step 10/20  ETA 1:05");
    CHECK(grid_used == 2 && !coloured && !wrapped, "%d lines", grid_used);
    run(true, 80, 24, act_single, (char *[]){empty_no_color, NULL});
    draw(80);
    CHECK(coloured, "colour where nothing speaks against it");
    run(true, 80, 24, act_single_end, NULL);
    draw(80);
    CHECK(grid_used == 1, "%d lines", grid_used);
    for (int cols = 1; cols < 60; cols++) {
        run(true, cols, 24, act_off, NULL);
        CHECK(strstr(got, "tasks:") != NULL, "drawn at %d columns", cols);
        run(true, cols, 24, fill_many, (char *[]){no_color, NULL});
        draw((size_t)cols);
        CHECK(!wrapped || cols == 1, "wrapped at %d columns", cols);
    }
    run(true, 80, 24, act_unwanted, NULL);
    CHECK(got_len == 0, "nothing that is not wanted");
    run(true, 80, 24, act_off, (char *[]){dumb, NULL});
    CHECK(got_len == 0, "nothing on a dumb terminal");
    run(false, 80, 24, act_off, NULL);
    CHECK(got_len == 0, "nothing without a terminal");
}

static void test_several(void)
{
    run(true, 80, 24, fill, (char *[]){no_color, NULL});
    draw(80);
    expect(0, "sdctl: a line");
    expect(1, "first.png    [############............]  50%  step 10/20  ETA 1:05");
    expect(2, "a?[2Jsecond  failed");
    CHECK(grid_used == 4, "%d lines", grid_used);
    run(true, 80, 24, fill_and_end, (char *[]){no_color, NULL});
    draw(80);
    CHECK(grid_used == 2 && strncmp(grid[1], "3 tasks: 2 succeeded, 1 failed, 0.", 34) == 0, "'%s'",
          grid[1]);
    run(true, 80, 24, fill_and_stop, (char *[]){no_color, NULL});
    draw(80);
    CHECK(strncmp(grid[1], "3 tasks: 1 failed, 1 still running, 1 not finished, 0.", 52) == 0,
          "'%s'", grid[1]);
    run(true, 80, 10, fill_many, (char *[]){no_color, NULL});
    draw(80);
    CHECK(grid_used == 8, "%d lines of 10", grid_used);
    CHECK(strncmp(grid[4], "task 97  [####", 14) == 0, "running ones are shown: '%s'", grid[4]);
    expect(7, "and 93 more");
    run(true, 80, 24, fill_wide, (char *[]){no_color, NULL});
    draw(80);
    CHECK(strncmp(grid[1], "abc       [###", 14) == 0, "labels of wide characters: '%s'", grid[1]);
    run(true, 80, 24, narrow, (char *[]){no_color, NULL});
    CHECK(got_len > 8 && strcmp(got + got_len - 8, "\r\033[3A\033[J") == 0, "a narrower window");
}

/* --- pictures --------------------------------------------------------------------------------- */

static unsigned char picture[PICTURE_BYTES];

/* A PNG of this size, as far as anyone looks who does not decode it. */
static void make_png(unsigned width, unsigned height)
{
    static const unsigned char head[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    for (size_t i = 0; i < sizeof picture; i++) {
        picture[i] = (unsigned char)(i * 7 + i / 256);
    }
    memcpy(picture, head, 16);
    memcpy(picture + 33, "\0\0\x26\0IDAT", 8);
    memcpy(picture + 16,
           (unsigned char[]){0, 0, (unsigned char)(width >> 8), (unsigned char)width, 0, 0,
                             (unsigned char)(height >> 8), (unsigned char)height, 8, 2, 0, 0, 0},
           13);
    /* the header's checksum, bit by bit */
    unsigned long crc = 0xffffffff;
    for (size_t i = 12; i < 29; i++) {
        crc ^= picture[i];
        for (int k = 0; k < 8; k++) {
            crc = (crc >> 1) ^ (0xedb88320UL & (0 - (crc & 1)));
        }
    }
    crc ^= 0xffffffff;
    for (int i = 0; i < 4; i++) {
        picture[29 + i] = (unsigned char)(crc >> (24 - 8 * i));
    }
}

static void act_show(void)
{
    if (!show_begin() || !show_bytes(picture, sizeof picture)) {
        fputs("not shown", stderr);
    }
}

/* Joins the base64 of what was written, out of its escape sequences, and compares it. */
static void check_payload(const char *start, const char *stop, const char *separator)
{
    static char text[PICTURE_BYTES * 2];
    static unsigned char bytes[BASE64_DECODED_MAX(sizeof text)];
    struct base64_decoder decoder;
    size_t n = 0, consumed, written;

    for (char *at = got; (at = strstr(at, start)) != NULL;) {
        char *from = strstr(at, separator), *end = strstr(at, stop);
        if (from == NULL || end == NULL || from > end || end - from - 1 > 4096 * 4) {
            CHECK(false, "no whole sequence at %td", at - got);
            return;
        }
        from++;
        memcpy(text + n, from, (size_t)(end - from));
        n += (size_t)(end - from);
        at = end;
    }
    base64_decoder_init(&decoder);
    CHECK(base64_decode(&decoder, text, n, &consumed, bytes, &written) == BASE64_OK &&
              base64_decoder_finish(&decoder),
          "base64");
    CHECK(written == sizeof picture && memcmp(bytes, picture, written) == 0, "%zu bytes", written);
}

static char kitty[] = "TERM=xterm-kitty", window[] = "KITTY_WINDOW_ID=1",
            ghostty[] = "TERM_PROGRAM=ghostty", iterm[] = "TERM_PROGRAM=iTerm.app",
            wezterm[] = "TERM_PROGRAM=WezTerm", lc[] = "LC_TERMINAL=iTerm2", tmux[] = "TMUX=/x,1,0";

static void test_kitty(void)
{
    make_png(64, 48);
    run(true, 80, 24, act_show, (char *[]){kitty, NULL});
    CHECK(strncmp(got, "\033_Ga=T,f=100,t=d,q=2,m=1;", 25) == 0, "%.40s", got + 1);
    check_payload("\033_G", "\033\\", ";");
    size_t sequences = 0;
    for (char *at = got; (at = strstr(at, "\033_G")) != NULL; at++) {
        char *end = strstr(at, "\033\\");
        CHECK(end != NULL && end - strchr(at, ';') - 1 <= 4096, "at most 4096 characters");
        CHECK((strstr(at, "m=0;") != NULL) && sequences < 4, "the last one says so");
        sequences++;
    }
    CHECK(sequences == 4 && strcmp(got + got_len - 4, "\033\\\r\n") == 0, "%zu", sequences);
    make_png(1024, 1024); /* at 10 x 20 pixels a character: 52 rows */
    run(true, 80, 24, act_show, (char *[]){ghostty, NULL});
    CHECK(strncmp(got, "\033_Ga=T,f=100,t=d,q=2,r=12,m=1;", 30) == 0, "%.40s", got + 1);
    check_payload("\033_G", "\033\\", ";");
    make_png(4000, 100);
    run(true, 80, 24, act_show, (char *[]){window, NULL});
    CHECK(strncmp(got, "\033_Ga=T,f=100,t=d,q=2,c=79,m=1;", 30) == 0, "%.40s", got + 1);
    picture[0] = 'x';
    run(true, 80, 24, act_show, (char *[]){kitty, NULL});
    CHECK(strcmp(got, "not shown") == 0, "no picture: %.20s", got);
}

static void test_iterm(void)
{
    make_png(64, 48);
    run(true, 80, 24, act_show, (char *[]){iterm, NULL});
    CHECK(strncmp(got, "\033]1337;File=inline=1;size=10000;preserveAspectRatio=1:", 54) == 0,
          "%.60s", got + 1);
    check_payload("\033]1337", "\a", ":");
    make_png(1024, 1024);
    run(true, 80, 24, act_show, (char *[]){wezterm, NULL});
    CHECK(strstr(got, "size=10000;width=auto;height=12;preserve") != NULL, "%.60s", got + 1);
    check_payload("\033]1337", "\a", ":");
    run(true, 80, 24, act_show, (char *[]){lc, no_color, NULL});
    CHECK(strstr(got, "height=12") != NULL, "NO_COLOR is about text");
}

/* A program called chafa that tells how it was called. */
static void make_chafa(void)
{
    char path[64];

    snprintf(path, sizeof path, "%s/chafa", folder);
    FILE *f = fopen(path, "w");
    if (f == NULL ||
        fprintf(f, "#!/bin/sh\necho \"args $*\"\n"
                   "echo \"key ${SDCTL_API_KEY-none} ${OTHER_KEY-none}\"\n"
                   "echo no >&2\n/usr/bin/cksum || cksum\n") < 0 ||
        fclose(f) != 0 || chmod(path, 0700) != 0) {
        abort();
    }
}

static void test_chafa(void)
{
    char path[64], key[] = "SDCTL_API_KEY=secret", other[] = "OTHER_KEY=secret",
                   screen[] = "TERM=screen-256color";

    snprintf(path, sizeof path, "PATH=%s", folder);
    make_chafa();
    make_png(64, 48);
    run(true, 80, 24, act_show, (char *[]){path, key, other, NULL});
    CHECK(strstr(got, "args --size=7x3 --animate=off -\r\nkey none none\r\n") == got, "'%s'", got);
    CHECK(strstr(got, " 10000\r\n") != NULL, "the whole file: '%s'", got);
    run(true, 80, 24, act_show, (char *[]){path, tmux, kitty, no_color, NULL});
    CHECK(strstr(got, "args --size=7x3 --animate=off --colors=none -\r\n") == got, "'%s'", got);
    run(true, 80, 24, act_show, (char *[]){path, screen, window, NULL});
    CHECK(strstr(got, "args ") == got, "'%s'", got);
    run(true, 20, 6, act_show, (char *[]){path, NULL});
    CHECK(strstr(got, "args --size=7x3 ") == got, "'%s'", got);
    memset(picture, 255, sizeof picture); /* a GIF, which kitty does not take */
    memcpy(picture, "GIF89a\x40\0\x30\0\0\0\0,\0\0\0\0\x40\0\x30\0\0\x08", 24);
    run(true, 80, 24, act_show, (char *[]){path, kitty, NULL});
    CHECK(strstr(got, "args --size=7x3 ") == got, "'%s'", got);
    make_png(64, 48);
    run(true, 80, 24, act_show, NULL);
    CHECK(strcmp(got, "not shown") == 0, "no way: '%s'", got);
    run(true, 80, 24, act_show, (char *[]){dumb, window, path, NULL});
    CHECK(strcmp(got, "not shown") == 0, "a dumb terminal: '%s'", got);
    run(false, 80, 24, act_show, (char *[]){kitty, path, NULL});
    CHECK(strcmp(got, "not shown") == 0, "no terminal: '%s'", got);
    snprintf(path, sizeof path, "%s/chafa", folder);
    unlink(path);
}

int main(void)
{
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    test_single();
    test_several();
    test_kitty();
    test_iterm();
    test_chafa();
    rmdir(folder);
    return unit_done("terminal");
}
