#ifndef SDCTL_JOB_RECEIVE_EVENTS_H
#define SDCTL_JOB_RECEIVE_EVENTS_H

#include "job/receive.h"

/*
 * What an answer of server-sent events is made of: each event goes through a scan of its own, which
 * takes the preview out, and what is left is parsed and told. Comments, events that are no JSON
 * object and previews that are broken are passed over: FooocusAPI's streams have all of them (D17).
 */

#define RECEIVE_EVENT_MAX (1024UL * 1024)         /* of an event besides its preview */
#define RECEIVE_PREVIEW_MAX (32ULL * 1024 * 1024) /* of a preview; a larger one is passed over */

struct receive_events;

/* `plan` is borrowed. NULL without memory. */
struct receive_events *receive_events_open(const struct receive_plan *plan);

/* The next bytes of the answer. EXIT_FAILED past a ceiling, or the error of plan->event. */
int receive_events_feed(struct receive_events *e, const char *bytes, size_t n, struct error *err);

/* The answer ended. EXIT_FAILED, too, when it had no event to tell. */
int receive_events_finish(struct receive_events *e, struct error *err);

/* NULL-safe. */
void receive_events_close(struct receive_events *e);

#endif
