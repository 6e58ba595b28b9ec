#ifndef SDCTL_JOB_WAIT_END_H
#define SDCTL_JOB_WAIT_END_H

#include "job/wait.h"

/* The ways in which a wait ends; private to wait.c. */

/* Notes in the journal what has become of the task. What cannot be noted is told as a warning: the
 * task itself is no worse for it. */
void wait_end_note(struct wait *w, const char *state, json_t *images);

/* It is over: the document says how. `images` is taken over. */
void wait_end(struct wait *w, const char *status, json_t *images, int result);

/* The wait ends, the task may live on; w->err says why. */
void wait_end_give_up(struct wait *w);

/* The task itself ended badly. */
void wait_end_failed(struct wait *w, enum standing standing);

/* All results are here: they get their names. */
void wait_end_placed(struct wait *w);

#endif
