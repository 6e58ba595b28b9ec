#include "job/inspect.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job/receive.h"

#define START (2UL * 1024 * 1024) /* bytes received before the thread is worth it */
#define STEP (256UL * 1024)       /* bytes between tellings */
#define TURN (1024UL * 1024)      /* bytes checked before anything else is looked at */
#define CHUNK (64UL * 1024)
#define TEXTS_MAX (8UL * 1024 * 1024) /* of the texts of all pictures */

static int unusable(const struct received *p, struct error *err)
{
    picture_finish(&p->framing, err);
    err->code = EXIT_FAILED;
    return error_prefix(
        err, p->fetched ? "result %zu is unusable: " : "picture %zu of the answer is unusable: ",
        p->number);
}

static int check_bytes(struct received *p, const unsigned char *bytes, size_t n, struct error *err)
{
    if (picture_feed(&p->framing, bytes, n) != 0) {
        return unusable(p, err);
    }
    sha256_update(&p->hash, bytes, n);
    return 0;
}

/* Checks the bytes of the file from `checked` up to `to`. */
static int check_file(struct received *p, uint64_t to, unsigned char *chunk, struct error *err)
{
    for (uint64_t at = p->checked; at < to;) {
        ssize_t got = pread(p->file.fd, chunk, to - at < CHUNK ? to - at : CHUNK, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return error_set(err, EXIT_OUTPUT, "cannot read picture %zu of the answer back: %s",
                             p->number, got < 0 ? strerror(errno) : "its file became shorter");
        }
        if (check_bytes(p, chunk, (size_t)got, err) != 0) {
            return -1;
        }
        at += (uint64_t)got;
    }
    return 0;
}

/* Texts are small, except to do harm: what is too much for all of them becomes empty. */
static void keep_text(struct inspect *in, struct received *p)
{
    p->text = picture_text(&p->framing);
    size_t n = p->text != NULL ? strlen(p->text) + 1 : 0;

    if (n > TEXTS_MAX - in->texts) {
        free(p->text);
        p->text = strdup("");
    } else {
        in->texts += n;
    }
}

static int check_end(struct inspect *in, struct received *p, struct error *err)
{
    uint8_t digest[SHA256_LEN];

    if (picture_finish(&p->framing, err) != 0) {
        return unusable(p, err);
    }
    sha256_final(&p->hash, digest);
    sha256_hex(digest, p->sha256);
    keep_text(in, p);
    picture_release(&p->framing);
    return 0;
}

static bool is_checked(const struct received *p)
{
    return p->checked == p->ready && p->closed == p->whole;
}

/* One turn at a picture. Called with the lock held, which it lets go meanwhile. */
static void check_more(struct inspect *in, struct received *p)
{
    struct error error = {0};
    uint64_t to = p->ready - p->checked < TURN ? p->ready : p->checked + TURN;
    bool whole = p->whole && to == p->ready;

    pthread_mutex_unlock(&in->lock);
    bool failed =
        check_file(p, to, in->chunk, &error) != 0 || (whole && check_end(in, p, &error) != 0);
    pthread_mutex_lock(&in->lock);
    p->checked = to;
    p->closed = whole;
    if (failed) {
        in->failed = true;
        in->error = error;
    }
}

static void *work(void *inspect)
{
    struct inspect *in = inspect;

    pthread_mutex_lock(&in->lock);
    struct received *p = in->first;
    while (!in->ending && !in->failed) {
        if (!is_checked(p)) {
            check_more(in, p);
        } else if (p->closed && p->next != NULL) {
            p = p->next;
        } else {
            pthread_cond_signal(&in->done);
            pthread_cond_wait(&in->more, &in->lock);
        }
    }
    pthread_cond_signal(&in->done);
    pthread_mutex_unlock(&in->lock);
    return NULL;
}

/* Without memory for a thread all goes on without it. */
static void start(struct inspect *in)
{
    sigset_t all, before;

    if (in->chunk == NULL && (in->chunk = malloc(CHUNK)) == NULL) {
        return;
    }
    pthread_mutex_init(&in->lock, NULL);
    pthread_cond_init(&in->more, NULL);
    pthread_cond_init(&in->done, NULL);
    /* A signal is for the thread that waits for the network. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    in->first = in->current;
    in->started = pthread_create(&in->thread, NULL, work, in) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!in->started) {
        pthread_mutex_destroy(&in->lock);
        pthread_cond_destroy(&in->more);
        pthread_cond_destroy(&in->done);
    }
}

void inspect_begin(struct inspect *in, struct received *picture)
{
    if (in->started) {
        pthread_mutex_lock(&in->lock);
        in->current->next = picture;
        pthread_mutex_unlock(&in->lock);
    }
    in->current = picture;
}

/* The error that was found, if one was. Called with the lock held. */
static int verdict(const struct inspect *in, struct error *err)
{
    if (in->failed) {
        *err = in->error;
    }
    return in->failed ? -1 : 0;
}

/* Tells the thread how far the current picture is. */
static int tell(struct inspect *in, bool whole, struct error *err)
{
    struct received *p = in->current;

    pthread_mutex_lock(&in->lock);
    p->ready = p->bytes;
    p->whole = whole;
    pthread_cond_signal(&in->more);
    int result = verdict(in, err);
    pthread_mutex_unlock(&in->lock);
    return result;
}

int inspect_bytes(struct inspect *in, const unsigned char *bytes, size_t n, struct error *err)
{
    struct received *p = in->current;

    p->bytes += n;
    in->bytes += n;
    if (in->started) {
        return p->bytes - p->ready < STEP ? 0 : tell(in, false, err);
    }
    if (check_bytes(p, bytes, n, err) != 0) {
        return -1;
    }
    p->checked = p->ready = p->bytes;
    if (in->bytes >= START && !in->alone) {
        start(in);
    }
    return 0;
}

int inspect_close(struct inspect *in, struct error *err)
{
    if (in->started) {
        return tell(in, true, err);
    }
    in->current->closed = in->current->whole = true;
    return check_end(in, in->current, err);
}

int inspect_wait(struct inspect *in, struct error *err)
{
    if (!in->started) {
        return 0;
    }
    pthread_mutex_lock(&in->lock);
    while (!in->failed && !is_checked(in->current)) {
        pthread_cond_wait(&in->done, &in->lock);
    }
    int result = verdict(in, err);
    pthread_mutex_unlock(&in->lock);
    return result;
}

int inspect_alone(struct inspect *in, struct error *err)
{
    size_t texts;

    if (in->alone) {
        return 0;
    }
    int result = inspect_wait(in, err);
    texts = in->texts;
    inspect_end(in);
    in->texts = texts;
    in->alone = true;
    return result;
}

void inspect_end(struct inspect *in)
{
    if (in->started) {
        pthread_mutex_lock(&in->lock);
        in->ending = true;
        pthread_cond_signal(&in->more);
        pthread_mutex_unlock(&in->lock);
        pthread_join(in->thread, NULL);
        pthread_mutex_destroy(&in->lock);
        pthread_cond_destroy(&in->more);
        pthread_cond_destroy(&in->done);
    }
    free(in->chunk);
    *in = (struct inspect){.started = false};
}
