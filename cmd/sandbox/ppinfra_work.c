#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "job.h"
#include "ppinfra.h"

int64_t ppinfra_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void ppinfra_free_task(struct ppinfra_task *task)
{
    if (!task)
        return;
    for (size_t i = 0; i < task->n_files; i++)
        buf_release(&task->files[i].bytes);
    free(task->files);
    json_decref(task->values);
    raster_release(&task->image);
    raster_release(&task->mask);
    free(task);
}

bool ppinfra_work_add(struct ppinfra *p, struct ppinfra_task *task)
{
    struct ppinfra_task **more;

    task->submitted = ppinfra_now();
    pthread_mutex_lock(&p->lock);
    more = realloc(p->tasks, (p->n_tasks + 1) * sizeof *more);
    if (more) {
        p->tasks = more;
        p->tasks[p->n_tasks++] = task;
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    if (!more)
        ppinfra_free_task(task);
    return more != NULL;
}

/* The paths cannot be guessed, as an object store's. */
static int encode_files(const struct ppinfra_task *task, const struct processed *done,
                        struct ppinfra_file *files, struct failure *f)
{
    unsigned char r[16];
    char hex[33], name[64];
    struct error err;

    randombytes_buf(r, sizeof r);
    sodium_bin2hex(hex, sizeof hex, r, sizeof r);
    for (size_t i = 0; i < done->n; i++) {
        snprintf(files[i].path, sizeof files[i].path, "/results/%s/%s_%zu.%s", hex, task->id, i,
                 encode_name(task->format));
        buf_init(&files[i].bytes, (size_t)1 << 30);
        if (encode_bytes(&done->pictures[i].raster, NULL, task->format, &files[i].bytes, &err) != 0)
            return failure_from(f, &err);
        snprintf(name, sizeof name, "out-%zu.%s", i, encode_name(task->format));
        record_bytes(task->folder, name, files[i].bytes.data, files[i].bytes.len);
    }
    return 0;
}

/* Paints a task; *files become its pictures. */
static int work(struct ppinfra *p, struct ppinfra_task *task, struct ppinfra_file **files,
                size_t *n, struct failure *f)
{
    struct processed done = {0};
    struct job job = {0};
    int result = job_init(&job, p->box, task->values, f);

    if (result == 0) {
        job.folder = task->folder;
        job.mask = task->mask;
        task->mask = (struct raster){0};
        result = job_add_init(&job, &task->image, f);
    }
    state_begin(&p->box->state, task->id);
    if (result == 0)
        result = process_job(&job, &done, f);
    state_end(&p->box->state);
    if (result == 0) {
        *files = calloc(done.n + 1, sizeof **files);
        *n = *files ? done.n : 0;
        result = *files ? encode_files(task, &done, *files, f)
                        : failure_set(f, 500, "MemoryError", "out of memory");
    }
    process_release(&done);
    job_release(&job);
    return result;
}

/* With the lock held: the first task whose turn it is. One that is stuck takes no worker. */
static struct ppinfra_task *next(struct ppinfra *p)
{
    for (size_t i = 0; i < p->n_tasks; i++) {
        struct ppinfra_task *task = p->tasks[i];

        if (task->status != PPINFRA_QUEUED)
            continue;
        if (!task->stuck)
            return task;
        task->status = PPINFRA_PROCESSING;
        task->started = ppinfra_now();
    }
    return NULL;
}

static void set_started(struct ppinfra *p, struct ppinfra_task *task)
{
    pthread_mutex_lock(&p->lock);
    task->status = PPINFRA_PROCESSING;
    task->started = ppinfra_now();
    pthread_mutex_unlock(&p->lock);
}

static void carry_out(struct ppinfra *p, struct ppinfra_task *task)
{
    struct ppinfra_file *files = NULL;
    struct failure f = {0};
    size_t n = 0;
    int result;

    if (task->wait > 0)
        state_sleep(&p->box->state, task->wait);
    set_started(p, task);
    result = work(p, task, &files, &n, &f);
    if (result == 0 && task->fails)
        result = failure_set(&f, 500, "TASK_FAILED", "the model ran out of memory");
    pthread_mutex_lock(&p->lock);
    task->status = result == 0 ? PPINFRA_SUCCEED : PPINFRA_FAILED;
    task->ended = ppinfra_now();
    task->files = files;
    task->n_files = n;
    if (result != 0)
        snprintf(task->reason, sizeof task->reason, "%.190s", f.detail);
    pthread_mutex_unlock(&p->lock);
}

static void *run(void *arg)
{
    struct ppinfra *p = arg;
    struct ppinfra_task *task;

    for (;;) {
        pthread_mutex_lock(&p->lock);
        task = next(p);
        while (!task && !p->stopping) {
            pthread_cond_wait(&p->changed, &p->lock);
            task = next(p);
        }
        if (p->stopping)
            task = NULL;
        pthread_mutex_unlock(&p->lock);
        if (!task)
            return NULL;
        carry_out(p, task);
    }
}

bool ppinfra_work_start(struct ppinfra *p)
{
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    if (pthread_create(&p->worker, NULL, run, p) == 0)
        return true;
    fprintf(stderr, "sdctl-sandbox: cannot start a thread\n");
    return false;
}

void ppinfra_work_stop(struct ppinfra *p)
{
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->worker, NULL);
    for (size_t i = 0; i < p->n_tasks; i++)
        ppinfra_free_task(p->tasks[i]);
    free(p->tasks);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
}
