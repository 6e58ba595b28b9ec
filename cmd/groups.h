#ifndef SDCTL_CMD_GROUPS_H
#define SDCTL_CMD_GROUPS_H

#include "cmd/options.h"

/*
 * The option groups that subcommands share, and the structs their values go to. A struct is a
 * member of each user's settings; struct option_use names where.
 */

/* The backends that --backend knows, NULL-terminated: the one list of them in cmd/. */
extern const char *const backend_names[];

/* Part of every subcommand. Its values go to the program's own static struct common_options. */
struct common_options {
    const char *error_format; /* "text" (default, NULL) or "json" */
    bool quiet;               /* -q: no progress, no warnings on standard error */
    bool verbose;             /* -v */
};
extern const struct option_group common_group;
extern struct common_options common;

/* Where the service is and how to talk to it. */
struct remote_options {
    struct option_list endpoints; /* names or URLs; several for a batch */
    const char *endpoint;         /* no option: the one that is meant */
    const char *backend;          /* one of backend_names */
    const char *api_key_file;
    struct option_real timeout; /* seconds, > 0, up to a week */
    struct option_int retries;  /* 0 .. 100 */
    bool insecure_http;
    bool dry_run;
    bool explain;
    bool strict;
    bool no_progress;
    bool own_key; /* no option: only the endpoint's own key, several services being asked */
};
extern const struct option_group remote_group;  /* which service, and how to reach it */
extern const struct option_group request_group; /* what is done with a request; same struct */

/* How a task is sent and its result taken. */
struct task_options {
    bool async, stream, binary; /* one of them at most */
    bool resubmit;
    bool journal_params;
    const char *s3_stage; /* s3://BUCKET/PREFIX */
    bool show;
};
extern const struct option_group task_group;

/* Many jobs. */
struct batch_options {
    const char *batch; /* FILE|DIR|- */
    struct option_int jobs;
    const char *shard; /* I/N */
};
extern const struct option_group batch_group;

/* The picture and the parameters that are not neutral ones. */
struct generation_options {
    struct option_list image;      /* -i, repeats */
    struct option_list controlnet; /* KEY=VALUE,... */
    struct option_list ip_adapter; /* KEY=VALUE,... */
    bool resolve;
    struct option_list set; /* KEY=VALUE */
    bool set_unchecked;
    const char *params; /* FILE|- */
    const char *from;   /* FILE|- */
    const char *script;
    struct option_list script_arg;
    const char *outpaint;       /* left=N,... */
    struct option_int loopback; /* rounds, 1 .. 1000 */
};
extern const struct option_group generation_group;

struct output_options {
    const char *output; /* -o PATH|DIR/|- */
    bool force;
};
extern const struct option_group output_group;

/* inpaint's own */
struct inpaint_options {
    const char *mask;      /* -m FILE|- */
    const char *mask_from; /* luma | alpha | alpha-inverted */
    bool invert_mask;
    struct option_int threshold;    /* 0 .. 255 */
    struct option_int grow, shrink; /* pixels, one of them at most */
    bool ui_defaults;
    const char *sketch;                /* FILE|- */
    struct option_real sketch_opacity; /* 0 .. 1 */
    const char *crop_preview;          /* FILE */
};
extern const struct option_group inpaint_group;

#endif
