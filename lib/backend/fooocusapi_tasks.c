#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/fooocusapi.h"
#include "wire/json.h"

/*
 * GET /tasks (query.py). Its times are the server's local ones, in whole seconds (D19); a range
 * that it cannot read, or without an end, gives an unfiltered page (D18); with a range it ignores
 * pages (D20).
 */

/* The bounds of what is sent: no task is earlier, and some systems fail on what lies outside. */
#define TIME_FIRST 946684800LL  /* 2000-01-01 */
#define TIME_LAST 32472144000LL /* 2999-01-01 */
#define TIME_SLACK 3600         /* seconds, where the server's clock may have changed between */

#define PAGE_ALL 100000
#define PAGE_USUAL 10

#define CLOCK_STEP 900      /* seconds; offsets are whole quarters of an hour */
#define CLOCK_TOLERANCE 120 /* between a picture's name and the end of its task */
#define OFFSET_MAX 54000    /* 15 hours */

static int64_t floor_seconds(int64_t ms)
{
    return ms >= 0 ? ms / 1000 : -((999 - ms) / 1000);
}

/* YYYY-MM-DDTHH:MM:SS */
static bool write_time(char *to, size_t cap, int64_t seconds)
{
    time_t at = (time_t)(seconds < TIME_FIRST  ? TIME_FIRST
                         : seconds > TIME_LAST ? TIME_LAST
                                               : seconds);
    struct tm tm;

    return gmtime_r(&at, &tm) != NULL && strftime(to, cap, "%Y-%m-%dT%H:%M:%S", &tm) > 0;
}

static bool is_bounded(const struct task_range *range)
{
    return range->since != TIME_UNBOUND || range->until != TIME_UNBOUND;
}

/* Wider than asked by the slack: listed() looks at each task's own time. */
static bool list_bounded(const struct task_range *range, const char *query, struct request *request)
{
    int64_t from = range->since == TIME_UNBOUND
                       ? TIME_FIRST
                       : floor_seconds(range->since) + range->utc_offset - TIME_SLACK;
    int64_t to = range->until == TIME_UNBOUND
                     ? TIME_LAST
                     : floor_seconds(range->until) + range->utc_offset + 1 + TIME_SLACK;
    char start[32], end[32];

    to = to > from ? to : from + 1;
    return write_time(start, sizeof start, from) && write_time(end, sizeof end, to) &&
           request_path(request, "/tasks?query=%s&page=0&page_size=%d&start_at=%s&end_at=%s", query,
                        PAGE_ALL, start, end);
}

static bool list(const struct task_range *range, struct request *request)
{
    /* The history alone has the task that runs among its own, and does not tell which it is. */
    static const char *const queries[] = {"all", "current", "pending", "all"};
    char page[48] = "", size[48] = "";

    *request = (struct request){0};
    if (is_bounded(range)) {
        return list_bounded(range, queries[range->query], request);
    }
    if (range->page >= 0) {
        snprintf(page, sizeof page, "&page=%ld", range->page);
    }
    if (range->page_size > 0) {
        snprintf(size, sizeof size, "&page_size=%ld", range->page_size);
    }
    return request_path(request, "/tasks?query=%s%s%s", queries[range->query], page, size);
}

static bool is_in_range(const struct task_range *range, const json_t *record)
{
    const json_t *at = json_object_get(record, "in_queue_mills");
    json_int_t ms = json_integer_value(at);

    return !is_bounded(range) ||
           (json_is_integer(at) && (range->since == TIME_UNBOUND || ms >= range->since) &&
            (range->until == TIME_UNBOUND || ms <= range->until));
}

/* When it was submitted, how far it is and with what parameters, where the record tells. */
static int add_details(json_t *entry, const json_t *record)
{
    const json_t *at = json_object_get(record, "in_queue_mills");
    const json_t *progress = json_object_get(record, "progress");
    json_t *params = json_object_get(record, "req_params");
    double done = json_number_value(progress);
    struct error ignored;
    char text[40];
    int bad = 0;

    if (json_integer_value(at) > 0 &&
        write_time(text, sizeof text - 1, floor_seconds(json_integer_value(at)))) {
        memcpy(text + strlen(text), "Z", 2);
        bad |= json_object_set_new(entry, "submitted_at", json_string(text));
    }
    if (json_is_number(progress) && done >= 0) {
        bad |= json_object_set_new(entry, "progress", json_real(done > 100 ? 1 : done / 100));
    }
    if (json_is_string(params)) {
        const char *words = json_string_value(params);
        params = json_parse(words, strlen(words), "req_params", EXIT_FAILED, &ignored);
    } else {
        json_incref(params);
    }
    if (json_is_object(params) && json_object_size(params) > 0) {
        bad |= json_object_set(entry, "params", params);
    }
    json_decref(params);
    return bad;
}

static int add_entry(json_t *tasks, const json_t *record, enum standing standing, struct error *err)
{
    json_t *urls = json_array(), *url;
    size_t i;
    int bad = urls == NULL;

    json_array_foreach(json_object_get(record, "result"), i, url)
    {
        bad |= json_is_string(url) ? json_array_append(urls, url) : 0;
    }
    json_t *entry = json_pack("{s:O,s:s,s:o}", "task_id", json_object_get(record, "task_id"),
                              "status", standing_name(standing), "urls", urls);
    bad |= entry == NULL || add_details(entry, record) != 0;
    bad |= json_array_append_new(tasks, entry);
    return bad == 0 ? 0 : error_memory(err, "listing tasks");
}

static bool holds_id(const json_t *list, const char *id)
{
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        const char *other = json_string_at(item, "task_id");
        if (other != NULL && strcmp(other, id) == 0) {
            return true;
        }
    }
    return false;
}

/* One of the three lists. A task in history that has no status and is neither current nor pending
 * is lost, or was just begun; the current one is in history too. */
static int add_list(const struct task_range *range, const json_t *reply, enum task_query kind,
                    json_t *tasks, struct error *err)
{
    static const char *const names[] = {NULL, "current", "pending", "history"};
    const json_t *records = json_object_get(reply, names[kind]);
    size_t n = json_array_size(records);
    bool doubtful;

    for (size_t i = 0; i < n; i++) {
        /* With a range the oldest comes first, else the newest. */
        bool turn = kind == TASKS_HISTORY && is_bounded(range);
        const json_t *record = json_array_get(records, turn ? n - 1 - i : i);
        const char *id = json_string_at(record, "task_id");
        enum standing standing = kind == TASKS_CURRENT   ? STANDING_RUNNING
                                 : kind == TASKS_PENDING ? STANDING_QUEUED
                                                         : fooocusapi_standing(record, &doubtful);
        if (id == NULL) {
            return error_set(err, EXIT_FAILED, "a task in the server's answer has no id");
        }
        if (kind == TASKS_HISTORY && standing == STANDING_QUEUED) {
            standing = STANDING_UNKNOWN;
        }
        if (!is_in_range(range, record) ||
            (kind == TASKS_HISTORY && holds_id(json_object_get(reply, "current"), id))) {
            continue;
        }
        if (add_entry(tasks, record, standing, err) != 0) {
            return -1;
        }
    }
    return 0;
}

static int listed(const struct task_range *range, const json_t *reply, json_t *tasks,
                  struct error *err)
{
    static const enum task_query order[] = {TASKS_CURRENT, TASKS_PENDING, TASKS_HISTORY};
    json_t *all = json_array();
    int result = 0, bad = 0;

    if (!json_is_array(json_object_get(reply, "history"))) {
        json_decref(all);
        return error_set(err, EXIT_FAILED, "the server's answer is no list of tasks");
    }
    for (size_t i = 0; i < 3 && result == 0; i++) {
        bool wanted = range->query == TASKS_ALL || range->query == order[i];
        result = wanted ? add_list(range, reply, order[i], all, err) : 0;
    }
    size_t n = json_array_size(all), first = 0, count = n;
    if (is_bounded(range) && (range->page >= 0 || range->page_size > 0)) {
        count = range->page_size > 0 ? (size_t)range->page_size : PAGE_USUAL;
        first = range->page > 0 ? (size_t)range->page : 0;
        first = first > n / count ? n : first * count;
    }
    for (size_t i = first; i < n && i - first < count && result == 0; i++) {
        bad |= json_array_append(tasks, json_array_get(all, i));
    }
    json_decref(all);
    return bad == 0 ? result : error_memory(err, "listing tasks");
}

static bool ask_clock(struct request *request)
{
    *request = (struct request){0};
    return request_path(request, "/tasks?query=history&page=0&page_size=20");
}

/* Days since 1970-01-01 of a date in the Gregorian calendar (after Hinnant's days_from_civil). */
static int64_t days_since_epoch(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The local time in ".../2024-07-04_17-36-09_5201.png" (private_logger.py), as if it were UTC. */
static bool name_seconds(const char *url, int64_t *seconds)
{
    static const char shape[] = "dddd-dd-dd_dd-dd-dd_";
    const char *slash = url == NULL ? NULL : strrchr(url, '/');
    const char *name = slash == NULL ? url : slash + 1;
    int part[6] = {0};
    size_t k = 0;

    for (size_t i = 0; name != NULL && shape[i] != '\0'; i++) {
        bool digit = name[i] >= '0' && name[i] <= '9';
        if (shape[i] == 'd' ? !digit : name[i] != shape[i]) {
            return false;
        }
        if (shape[i] == 'd') {
            part[k] = part[k] * 10 + (name[i] - '0');
        } else {
            k++;
        }
    }
    *seconds = days_since_epoch(part[0], part[1], part[2]) * 86400 + part[3] * 3600 + part[4] * 60 +
               part[5];
    return name != NULL && part[1] >= 1 && part[1] <= 12 && part[2] >= 1 && part[2] <= 31;
}

/* The last picture of a task is written just before the task ends. */
static bool offset_of(const json_t *record, long *seconds)
{
    const json_t *urls = json_object_get(record, "result");
    const json_t *end = json_object_get(record, "finish_mills");
    size_t n = json_array_size(urls);
    int64_t local;

    if (n == 0 || json_integer_value(end) <= 0 ||
        !name_seconds(json_string_value(json_array_get(urls, n - 1)), &local)) {
        return false;
    }
    int64_t apart = local - floor_seconds(json_integer_value(end));
    if (apart < -OFFSET_MAX || apart > OFFSET_MAX) {
        return false;
    }
    int64_t half = apart >= 0 ? CLOCK_STEP / 2 : -CLOCK_STEP / 2;
    int64_t offset = (apart + half) / CLOCK_STEP * CLOCK_STEP;
    *seconds = (long)offset;
    return llabs(apart - offset) <= CLOCK_TOLERANCE;
}

static bool utc_offset(const json_t *reply, long *seconds)
{
    const json_t *record;
    size_t i;

    json_array_foreach(json_object_get(reply, "history"), i, record)
    {
        if (offset_of(record, seconds)) {
            return true;
        }
    }
    return false;
}

/* Bounds are narrowed to whole seconds, so that nothing outside is deleted. False when the server
 * would not read them as a range: it deletes nothing then, but lists everything (D21). */
static bool request_range(const struct task_range *range, const char *query,
                          struct request *request)
{
    char start[32], end[32];

    *request = (struct request){0};
    if (range->since == TIME_UNBOUND || range->until == TIME_UNBOUND) {
        return false;
    }
    int64_t from = floor_seconds(range->since + 999) + range->utc_offset;
    int64_t to = floor_seconds(range->until) + range->utc_offset;
    return from < to && from >= TIME_FIRST && to <= TIME_LAST &&
           write_time(start, sizeof start, from) && write_time(end, sizeof end, to) &&
           request_path(request, "/tasks?%s&start_at=%s&end_at=%s", query, start, end);
}

/* Waiting and running tasks are deleted, too (D21). */
static bool erase(const struct task_range *range, struct request *request)
{
    return request_range(range, "action=delete", request);
}

static bool rehearse(const struct task_range *range, struct request *request)
{
    return request_range(range, "query=all", request);
}

const struct task_service fooocusapi_tasks = {
    .list = list,
    .listed = listed,
    .clock = ask_clock,
    .utc_offset = utc_offset,
    .rehearse = rehearse,
    .erase = erase,
};
