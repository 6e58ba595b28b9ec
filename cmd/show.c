#include "cmd/show.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/picture.h"
#include "cmd/progress.h"
#include "cmd/show_chafa.h"
#include "cmd/terminal.h"
#include "wire/base64.h"

#define KITTY_CHUNK 4096 /* characters of base64 in one escape sequence; the protocol's most */
#define PIECE (KITTY_CHUNK / 4 * 3)

enum way { WAY_NONE, WAY_KITTY, WAY_ITERM, WAY_CHAFA };

static enum way way;
static bool have_chafa;

static bool is(const char *variable, const char *value)
{
    const char *is = getenv(variable);

    return is != NULL && strcmp(is, value) == 0;
}

static bool begins(const char *variable, const char *value)
{
    const char *is = getenv(variable);

    return is != NULL && strncmp(is, value, strlen(value)) == 0;
}

static bool set(const char *variable)
{
    const char *is = getenv(variable);

    return is != NULL && *is != '\0';
}

bool show_begin(void)
{
    /* a multiplexer inherits the variables of the terminal around it, but not what that can do */
    bool inside = set("TMUX") || set("STY") || begins("TERM", "tmux") || begins("TERM", "screen");

    way = WAY_NONE;
    have_chafa = false;
    if (!terminal_is()) {
        return false;
    }
    have_chafa = show_chafa_find();
    if (!inside && (is("TERM_PROGRAM", "iTerm.app") || is("TERM_PROGRAM", "WezTerm") ||
                    is("LC_TERMINAL", "iTerm2"))) {
        way = WAY_ITERM;
    } else if (!inside && (is("TERM", "xterm-kitty") || is("TERM", "xterm-ghostty") ||
                           is("TERM_PROGRAM", "ghostty") || set("KITTY_WINDOW_ID"))) {
        way = WAY_KITTY;
    } else if (have_chafa) {
        way = WAY_CHAFA;
    }
    return way != WAY_NONE;
}

/* --- the size --------------------------------------------------------------------------------- */

/* Characters that a picture takes, and whether it had to be made smaller for that. */
struct area {
    int cols, rows;
    bool by_cols, by_rows; /* which of the two decides */
};

static int ceil_div(uint64_t a, int b)
{
    uint64_t quotient = (a + (uint64_t)b - 1) / (uint64_t)b;

    return quotient > 100000 ? 100000 : (int)quotient;
}

static struct area fit(uint32_t width, uint32_t height)
{
    struct terminal_size size;
    struct area area = {0};

    terminal_size(&size);
    int most_cols = size.cols > 1 ? size.cols - 1 : 1,
        most_rows = size.rows > 3 ? size.rows / 2 : 1;
    uint64_t w = width, h = height;
    uint64_t box_w = (uint64_t)most_cols * (uint64_t)size.width;
    uint64_t box_h = (uint64_t)most_rows * (uint64_t)size.height;
    if (w > box_w || h > box_h) {
        area.by_rows = h * box_w > w * box_h;
        area.by_cols = !area.by_rows;
        h = area.by_rows ? box_h : height * box_w / width;
        w = area.by_cols ? box_w : width * box_h / height;
    }
    area.cols = ceil_div(w > 0 ? w : 1, size.width);
    area.rows = ceil_div(h > 0 ? h : 1, size.height);
    return area;
}

/* --- the protocols ---------------------------------------------------------------------------- */

static bool tell(const char *text, size_t n)
{
    return outfile_write_all(STDERR_FILENO, text, n) == 0;
}

/* Reads n bytes at an offset; false when they are not there. */
static bool read_at(int fd, void *to, size_t n, uint64_t at)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = pread(fd, (char *)to + have, n - have, (off_t)(at + have));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        have += (size_t)got;
    }
    return true;
}

static bool show_kitty(int fd, uint64_t bytes, const struct area *area)
{
    char piece[PIECE], text[KITTY_CHUNK + 128];
    bool ok = true;

    for (uint64_t at = 0; ok && at < bytes; at += PIECE) {
        size_t n = bytes - at < PIECE ? (size_t)(bytes - at) : PIECE;
        int more = at + n < bytes, head;
        if (!read_at(fd, piece, n, at)) {
            /* the protocol has no way to call a picture off: it ends here, and is not shown */
            tell("\033_Gq=2,m=0;\033\\", 13);
            return false;
        }
        if (at > 0) {
            head = snprintf(text, sizeof text, "\033_Gq=2,m=%d;", more);
        } else if (area->by_rows || area->by_cols) {
            head =
                snprintf(text, sizeof text, "\033_Ga=T,f=100,t=d,q=2,%c=%d,m=%d;",
                         area->by_rows ? 'r' : 'c', area->by_rows ? area->rows : area->cols, more);
        } else {
            head = snprintf(text, sizeof text, "\033_Ga=T,f=100,t=d,q=2,m=%d;", more);
        }
        size_t len = (size_t)head + base64_encoded_size(n);
        base64_encode(text + head, piece, n);
        memcpy(text + len, "\033\\", 2);
        ok = tell(text, len + 2);
    }
    return ok && tell("\n", 1);
}

static bool show_iterm(int fd, uint64_t bytes, const struct area *area)
{
    char piece[PIECE], text[KITTY_CHUNK], head[160], sized[64] = "";

    if (area->by_rows) {
        snprintf(sized, sizeof sized, "width=auto;height=%d;", area->rows);
    } else if (area->by_cols) {
        snprintf(sized, sizeof sized, "width=%d;height=auto;", area->cols);
    }
    int n_head = snprintf(head, sizeof head,
                          "\033]1337;File=inline=1;size=%llu;%s"
                          "preserveAspectRatio=1:",
                          (unsigned long long)bytes, sized);
    bool ok = tell(head, (size_t)n_head);
    for (uint64_t at = 0; ok && at < bytes; at += PIECE) {
        size_t n = bytes - at < PIECE ? (size_t)(bytes - at) : PIECE;
        ok = read_at(fd, piece, n, at);
        if (ok) {
            base64_encode(text, piece, n);
            ok = tell(text, base64_encoded_size(n));
        }
    }
    return tell("\a\n", 2) && ok; /* also after a failure: the terminal waits for it */
}

/* --- a picture -------------------------------------------------------------------------------- */

/* What the file says it is, and its size; false when it is no picture. */
static bool identify(int fd, uint64_t bytes, enum picture_type *type, uint32_t *width,
                     uint32_t *height)
{
    struct picture_framing framing;
    char piece[PIECE];
    int fed = 0;

    picture_init(&framing);
    for (uint64_t at = 0; fed == 0 && at < bytes && framing.width == 0; at += PIECE) {
        size_t n = bytes - at < PIECE ? (size_t)(bytes - at) : PIECE;
        fed = read_at(fd, piece, n, at) ? picture_feed(&framing, piece, n) : -1;
    }
    *type = framing.type;
    *width = framing.width;
    *height = framing.height;
    picture_release(&framing);
    return fed == 0 && *type != PICTURE_UNKNOWN && *width > 0 && *height > 0;
}

bool show_picture(int fd, uint64_t bytes)
{
    enum picture_type type;
    uint32_t width, height;

    if (way == WAY_NONE || bytes > SHOW_MAX || !identify(fd, bytes, &type, &width, &height)) {
        return false;
    }
    struct area area = fit(width, height);
    fflush(stderr);
    progress_hide();
    if (way == WAY_KITTY && type == PICTURE_PNG) {
        return show_kitty(fd, bytes, &area);
    }
    if (way == WAY_ITERM) {
        return show_iterm(fd, bytes, &area);
    }
    return have_chafa && show_chafa_run(fd, area.cols, area.rows);
}

bool show_bytes(const void *bytes, size_t n)
{
    struct error ignored;

    if (way == WAY_NONE || n > SHOW_MAX) {
        return false;
    }
    int fd = outfile_scratch(&ignored);
    if (fd < 0) {
        return false;
    }
    bool shown = outfile_write_all(fd, bytes, n) == 0 && show_picture(fd, n);
    close(fd);
    return shown;
}

void show_document(const json_t *document)
{
    const json_t *images = json_object_get(document, "images"), *image;
    struct stat st;
    size_t i;

    json_array_foreach(images, i, image)
    {
        const char *path = json_string_value(json_object_get(image, "path"));
        int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
            show_picture(fd, (uint64_t)st.st_size);
        }
        if (fd >= 0) {
            close(fd);
        }
    }
}
