#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eks.h"

void eks_queue_free(struct eks_task *task)
{
    if (!task)
        return;
    json_decref(task->message);
    free(task);
}

bool eks_queue_add(struct eks *e, struct eks_task *task)
{
    struct eks_task **more;

    pthread_mutex_lock(&e->lock);
    more = realloc(e->queue, (e->n_queue + 1) * sizeof *more);
    if (more) {
        e->queue = more;
        e->queue[e->n_queue++] = task;
        pthread_cond_broadcast(&e->changed);
    }
    pthread_mutex_unlock(&e->lock);
    if (!more)
        eks_queue_free(task);
    return more != NULL;
}

/* Takes the first one out; NULL when the server stops. */
static struct eks_task *take(struct eks *e)
{
    struct eks_task *task = NULL;

    pthread_mutex_lock(&e->lock);
    while (e->n_queue == 0 && !e->stopping)
        pthread_cond_wait(&e->changed, &e->lock);
    if (!e->stopping) {
        task = e->queue[0];
        memmove(e->queue, e->queue + 1, --e->n_queue * sizeof *e->queue);
    }
    pthread_mutex_unlock(&e->lock);
    return task;
}

static void *run(void *arg)
{
    struct eks *e = arg;
    struct eks_task *task;

    while ((task = take(e))) {
        for (size_t i = 0; i < task->n_ends && !task->stuck && e->has_s3; i++)
            if (task->wait <= 0 || state_sleep(&e->webui.state, task->wait))
                eks_agent(e, task, task->ends[i]);
        eks_queue_free(task);
    }
    return NULL;
}

bool eks_queue_start(struct eks *e)
{
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->changed, NULL);
    if (pthread_create(&e->worker, NULL, run, e) == 0)
        return true;
    fprintf(stderr, "sdctl-sandbox: cannot start a thread\n");
    return false;
}

void eks_queue_stop(struct eks *e)
{
    pthread_mutex_lock(&e->lock);
    e->stopping = true;
    e->stop = 1;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
    pthread_join(e->worker, NULL);
    for (size_t i = 0; i < e->n_queue; i++)
        eks_queue_free(e->queue[i]);
    free(e->queue);
    pthread_cond_destroy(&e->changed);
    pthread_mutex_destroy(&e->lock);
}
