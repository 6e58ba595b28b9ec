#include "backend/webui.h"

/* Only tasks that wait are listed; the one that runs is known to who asks by its id. */
static bool list(const struct task_range *range, struct request *request)
{
    *request = (struct request){0};
    return (range->query == TASKS_ALL || range->query == TASKS_PENDING) &&
           request_path(request, "/internal/pending-tasks");
}

/* {"size", "tasks": [ids]} */
static int listed(const struct task_range *range, const json_t *reply, json_t *tasks,
                  struct error *err)
{
    const json_t *ids = json_object_get(reply, "tasks"), *id;
    size_t i;

    (void)range;
    if (!json_is_array(ids)) {
        return error_set(err, EXIT_FAILED, "the server's answer has no list of tasks");
    }
    json_array_foreach(ids, i, id)
    {
        if (json_array_append_new(tasks,
                                  json_pack("{s:O,s:s}", "task_id", id, "status", "queued")) != 0) {
            return error_memory(err, "listing tasks");
        }
    }
    return 0;
}

const struct task_service webui_tasks = {.list = list, .listed = listed};
