#ifndef SDCTL_CMD_SHOW_CHAFA_H
#define SDCTL_CMD_SHOW_CHAFA_H

#include <stdbool.h>

/* Whether PATH has the program chafa (https://hpjansson.org/chafa/), in an absolute folder. */
bool show_chafa_find(void);

/* Has it draw the file on standard error, in at most so many characters. False when it fails; one
 * that has not ended after 10 s is killed. */
bool show_chafa_run(int fd, int cols, int rows);

#endif
