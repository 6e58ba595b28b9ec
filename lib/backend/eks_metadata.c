#include <string.h>

#include "backend/eks.h"
#include "wire/json.h"

json_t *eks_object_at(json_t *native, const char *path, struct error *err)
{
    json_t *object = json_get_path(native, path);

    if (object == NULL && json_set_path(native, path, json_object(), err) == 0) {
        object = json_get_path(native, path);
    } else if (object != NULL && !json_is_object(object)) {
        error_set(err, EXIT_USAGE, "%s must be an object", path);
        object = NULL;
    }
    return object;
}

/* Letters, digits, - and _, one of them a letter or digit: what the gateway takes (C4). */
static bool is_name(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "-_";

    return text != NULL && text[strspn(text, allowed)] == '\0' && text[strspn(text, "-_")] != '\0';
}

static int compose_id(struct task *task, json_t *metadata, struct error *err)
{
    const char *given = json_string_at(metadata, "id");

    if (given == NULL) {
        return json_object_set_new(metadata, "id", json_string(task->id)) == 0
                   ? 0
                   : error_memory(err, "preparing the request");
    }
    if (!is_name(given) || strlen(given) > EKS_ID_MAX) {
        return error_set(err, EXIT_USAGE,
                         "the task's id is 1 to %d of A-Z, a-z, 0-9, - and _, and not one that was "
                         "used before",
                         EKS_ID_MAX);
    }
    memcpy(task->id, given, strlen(given) + 1);
    return 0;
}

/* Without slashes at its ends (C4). */
static int compose_prefix(json_t *metadata, struct error *err)
{
    const char *prefix = json_string_at(metadata, "prefix");
    size_t n;

    if (prefix == NULL) {
        return error_set(err, EXIT_USAGE,
                         "no prefix: say where in the bucket results go, such as --set "
                         "prefix=output");
    }
    prefix += strspn(prefix, "/");
    for (n = strlen(prefix); n > 0 && prefix[n - 1] == '/'; n--) {
    }
    if (n == 0) {
        return error_set(err, EXIT_USAGE,
                         "the prefix is empty: the service would drop the task without a word");
    }
    if (n > EKS_PREFIX_MAX) {
        return error_set(err, EXIT_USAGE, "the prefix is longer than %d bytes", EKS_PREFIX_MAX);
    }
    return json_object_set_new(metadata, "prefix", json_stringn(prefix, n)) == 0
               ? 0
               : error_memory(err, "preparing the request");
}

/* Which type of task it is. */
static int compose_type(const struct task *task, json_t *metadata, const char **type,
                        struct error *err)
{
    static const char *const types[] = {"image-to-image", "text-to-image", "extra-single-image"};
    const char *given = json_string_at(metadata, "tasktype");

    *type = given == NULL ? types[0] : NULL;
    for (size_t i = 0; given != NULL && i < sizeof types / sizeof *types; i++) {
        *type = strcmp(given, types[i]) == 0 ? types[i] : *type;
    }
    if (*type == NULL || (*type != types[0] && task->operation == OPERATION_INPAINT)) {
        return error_set(err, EXIT_USAGE, "the tasktype of %s is %s",
                         task->operation == OPERATION_INPAINT ? "inpaint" : "a task",
                         task->operation == OPERATION_INPAINT
                             ? "image-to-image"
                             : "image-to-image, text-to-image or extra-single-image");
    }
    return json_object_set_new(metadata, "tasktype", json_string(*type)) == 0
               ? 0
               : error_memory(err, "preparing the request");
}

int eks_compose_metadata(struct task *task, const char **type, struct error *err)
{
    json_t *metadata = eks_object_at(task->native, EKS_METADATA, err);
    const char *runtime = json_string_at(metadata, "runtime");

    if (metadata == NULL || compose_id(task, metadata, err) != 0 ||
        compose_type(task, metadata, type, err) != 0 || compose_prefix(metadata, err) != 0) {
        return -1;
    }
    if (runtime == NULL && task->flavour != EKS_V1ALPHA1) {
        return error_set(err, EXIT_USAGE,
                         "no runtime: name the one that is to do it, such as --set "
                         "runtime=sdruntime");
    }
    return runtime == NULL || is_name(runtime)
               ? 0
               : error_set(err, EXIT_USAGE, "a runtime's name is made of A-Z, a-z, 0-9, - and _");
}
