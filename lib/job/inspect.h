#ifndef SDCTL_JOB_INSPECT_H
#define SDCTL_JOB_INSPECT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * The checks of pictures that arrive (framing, checksums, SHA-256), on a thread of their own, since
 * they cost nearly as much as all else that is done to a byte. The thread reads a picture back from
 * the file that it is written to: what the system holds of the file anyway is the queue between the
 * two, so the receiver never waits and memory stays what it is. It is started by the third MiB of
 * an answer, since before that it costs more than it gains: until then the receiver checks what it
 * has at hand. All functions are for the one thread that receives. A zeroed struct inspect is idle.
 */

struct received;

struct inspect {
    struct received *current; /* being received, or the last one */
    struct received *first;   /* that the thread checks */
    uint64_t bytes;           /* of all pictures so far */
    unsigned char *chunk;     /* a piece of a picture on its way through the thread's checks */
    size_t texts;             /* bytes of the pictures' texts; whoever checks counts */
    bool alone;               /* no thread: what is checked is wanted at once */
    bool started;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows, and `next` and the marks of each picture */
    pthread_cond_t more;
    pthread_cond_t done;
    bool ending;
    bool failed;
    struct error error; /* of the first picture that failed */
};

/* A picture begins, after the one before has ended. Its file is open. */
void inspect_begin(struct inspect *in, struct received *picture);

/* These n more bytes are in the current picture's file. -1 when a picture so far is unusable
 * (EXIT_FAILED) or could not be read back (EXIT_OUTPUT). */
int inspect_bytes(struct inspect *in, const unsigned char *bytes, size_t n, struct error *err);

/* The current picture has ended; errors as above. */
int inspect_close(struct inspect *in, struct error *err);

/* Waits until all that was told is checked; errors as above. What the checks found may be read now.
 */
int inspect_wait(struct inspect *in, struct error *err);

/* Waits as inspect_wait() does, and from now on does without a thread: inspect_bytes() and
 * inspect_close() tell at once what is wrong. What was checked stays so. */
int inspect_alone(struct inspect *in, struct error *err);

/* Ends the thread, at once. Safe at any time. */
void inspect_end(struct inspect *in);

#endif
