#include "cmd/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool terminal_is(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && (term == NULL || strcmp(term, "dumb") != 0);
}

bool terminal_colour(void)
{
    const char *no = getenv("NO_COLOR");

    return (no == NULL || *no == '\0') && terminal_is();
}

void terminal_size(struct terminal_size *size)
{
    struct winsize w;

    *size = (struct terminal_size){.cols = 80, .rows = 24, .width = 10, .height = 20};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) != 0) {
        return;
    }
    size->cols = w.ws_col > 0 ? w.ws_col : size->cols;
    size->rows = w.ws_row > 0 ? w.ws_row : size->rows;
    if (w.ws_xpixel >= size->cols && w.ws_ypixel >= size->rows) {
        size->width = w.ws_xpixel / size->cols;
        size->height = w.ws_ypixel / size->rows;
    }
}

size_t terminal_fit(const char *text, size_t cols, size_t *width)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t at = 0, used = 0;

    while (s[at] != '\0') {
        size_t len = s[at] < 0xc0 ? 1 : s[at] < 0xe0 ? 2 : s[at] < 0xf0 ? 3 : 4;
        /* U+1100 is E1 84 80 */
        size_t wide = s[at] > 0xe1 || (s[at] == 0xe1 && s[at + 1] >= 0x84) ? 2 : 1;
        if (used + wide > cols) {
            break;
        }
        for (size_t i = 0; i < len && s[at] != '\0'; i++) {
            at++;
        }
        used += wide;
    }
    if (width != NULL) {
        *width = used;
    }
    return at;
}

size_t terminal_width(const char *text)
{
    size_t width;

    terminal_fit(text, (size_t)-1 / 4, &width);
    return width;
}
