#include <string.h>

#include "job/job.h"

/* {"value","origin"} under a name; takes the reference to value. */
static int explain_one(json_t *explained, const char *name, json_t *value, const char *origin)
{
    return json_object_set_new(explained, name,
                               json_pack("{s:o,s:s}", "value", value, "origin", origin));
}

/* What compose() added comes from an option, but for the task's id, which is our own. */
static const char *own_origin(const struct job *job, const json_t *value)
{
    const char *text = json_string_value(value);

    return text != NULL && strcmp(text, job->task.id) == 0 ? "sdctl" : "option";
}

json_t *job_explain(const struct job *job, struct error *err)
{
    json_t *explained = json_object(), *value;
    const char *name, *origin;
    int bad = 0;

    for (const struct native *row = job->backend->natives; row->name != NULL; row++) {
        value = json_get_path(job->task.native, row->name);
        if (value != NULL && (!json_is_object(value) || job_is_picture(job, value))) {
            origin = json_string_at(job->origins, row->name);
            bad |= explain_one(explained, row->name, json_incref(value),
                               origin != NULL ? origin : own_origin(job, value));
        } else if (value == NULL && row->fallback != NULL &&
                   job->operation != OPERATION_INTERROGATE) {
            bad |= explain_one(explained, row->name,
                               json_loads(row->fallback, JSON_DECODE_ANY, NULL), "server default");
        }
    }
    json_object_foreach(job->origins, name, value)
    {
        if (json_object_get(explained, name) == NULL) {
            json_t *effective = json_get_path(job->task.native, name);
            if (effective != NULL) {
                bad |=
                    explain_one(explained, name, json_incref(effective), json_string_value(value));
            }
        }
    }
    bad |= !job->backend->explain(&job->task, explained);
    json_t *document = json_pack("{s:s,s:s,s:s?,s:o,s:O}", "command", job->command, "backend",
                                 job->backend->name, "endpoint", job->endpoint_name, "parameters",
                                 explained, "warnings", job->task.warnings);
    if (bad != 0 || document == NULL) {
        json_decref(document);
        error_memory(err, "explaining the parameters");
        return NULL;
    }
    return document;
}
