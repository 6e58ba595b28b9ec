#ifndef SDCTL_CMD_SHOW_H
#define SDCTL_CMD_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Pictures in the terminal behind standard error; standard output holds the document. The ways, by
 * what the environment says of the terminal:
 *   - kitty's graphics protocol (kitty, Ghostty), which takes PNG only:
 *     https://sw.kovidgoyal.net/kitty/graphics-protocol/
 *   - iTerm2's inline images (iTerm2, WezTerm): https://iterm2.com/documentation-images.html
 *   - the program chafa, if PATH has it, with a small environment in which no key is.
 * A picture takes at most half of the terminal's rows, and is not made larger.
 */

#define SHOW_MAX (32UL * 1024 * 1024) /* bytes of a picture's file that are sent to a terminal */

/* Finds the way; false when there is none, or no terminal. */
bool show_begin(void);

/* Shows a picture's file, from its first byte; the descriptor's offset is as before. True when it
 * was shown: not when show_begin() found no way, the file is no picture, too large, or of a kind
 * that the terminal does not take. Hides the progress lines. */
bool show_picture(int fd, uint64_t bytes);

/* The same for a file in memory (a preview). */
bool show_bytes(const void *bytes, size_t n);

/* Shows the results that a document names, those that are files. */
void show_document(const json_t *document);

#endif
