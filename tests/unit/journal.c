#include "job/journal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/process.h"
#include "unit.h"

/* Runs inside a folder of its own. */

static char home[128];      /* $XDG_STATE_HOME */
static char file[160];      /* the journal in it */
static struct error failed; /* of the last failure */

static void start(const char *name)
{
    snprintf(home + strlen(home), sizeof home - strlen(home), "/%s", name);
    snprintf(file, sizeof file, "%s/sdctl/journal.jsonl", home);
    setenv("XDG_STATE_HOME", home, 1);
}

static void stop(void)
{
    *strrchr(home, '/') = '\0';
}

static struct journal *open_journal(void)
{
    struct journal *j;

    if (journal_open(&j, true, &failed) != 0) {
        printf("%s\n", failed.text);
        abort();
    }
    return j;
}

/* Adds {"key", "state", "task_id", "digest"}; NULL members are left out. */
static int add(struct journal *j, const char *key, const char *state, const char *id,
               const char *digest)
{
    json_t *line = json_pack("{s:s, s:s, s:s*, s:s*}", "key", key, "state", state, "task_id", id,
                             "digest", digest);
    int result = journal_add(j, line, &failed);

    json_decref(line);
    return result;
}

static const char *text_at(const json_t *task, const char *member)
{
    const char *text = json_string_value(json_object_get(task, member));

    return text == NULL ? "" : text;
}

static size_t count(struct journal *j, size_t *damaged)
{
    json_t *tasks;

    if (journal_read(j, &tasks, damaged, &failed) != 0) {
        return 999999;
    }
    size_t n = json_array_size(tasks);
    json_decref(tasks);
    return n;
}

static off_t size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_size : -1;
}

static void append_raw(const char *text)
{
    int fd = open(file, O_WRONLY | O_APPEND | O_CREAT, 0600);

    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) != 0) {
        abort();
    }
}

static void test_merge(void)
{
    struct journal *j;
    struct stat st;
    json_t *task;
    size_t damaged;

    start("merge");
    CHECK(journal_open(&j, false, &failed) == 0, "%s", failed.text);
    CHECK(count(j, &damaged) == 0 && damaged == 0, "no journal is empty");
    CHECK(access(home, F_OK) != 0, "and reading it makes no folder");
    CHECK(add(j, "sdctl-1", "submitting", NULL, "d1") == 0, "%s", failed.text);
    CHECK(add(j, "sdctl-2", "submitting", NULL, "d2") == 0, "%s", failed.text);
    CHECK(add(j, "sdctl-1", "running", "t1", NULL) == 0, "%s", failed.text);
    CHECK(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600, "mode %o", st.st_mode);
    CHECK(strcmp(journal_path(j), file) == 0, "%s", journal_path(j));
    *strrchr(file, '/') = '\0';
    CHECK(stat(file, &st) == 0 && (st.st_mode & 0777) == 0700, "mode %o", st.st_mode);
    CHECK(count(j, NULL) == 2, "two tasks");
    CHECK(journal_find(j, "t1", NULL, &task, &failed) == 0 && task != NULL, "found by its id");
    CHECK(strcmp(text_at(task, "state"), "running") == 0, "the later member wins");
    CHECK(strcmp(text_at(task, "digest"), "d1") == 0, "the earlier one stays");
    CHECK(strlen(text_at(task, "at")) == 20, "%s", text_at(task, "at"));
    CHECK(strlen(text_at(task, "submitted_at")) == 20, "%s", text_at(task, "submitted_at"));
    json_decref(task);
    CHECK(journal_find(j, "sdctl-2", NULL, &task, &failed) == 0 && task != NULL, "by its key");
    json_decref(task);
    CHECK(journal_find(j, "sdctl-", NULL, &task, &failed) == 0 && task == NULL, "not by a part");
    CHECK(journal_find(j, "t1", "other", &task, &failed) == 0 && task == NULL, "another endpoint");
    CHECK(journal_forget(j, "sdctl-1", &failed) == 0 && count(j, NULL) == 1, "%s", failed.text);
    CHECK(journal_find(j, "t1", NULL, &task, &failed) == 0 && task == NULL, "forgotten");
    journal_close(j);
    journal_close(NULL);
    stop();
}

/* The endpoint decides between tasks of one id, and the newest wins. */
static void test_newest(void)
{
    struct journal *j;
    json_t *task, *line;

    start("newest");
    j = open_journal();
    for (int i = 0; i < 4; i++) {
        line = json_pack("{s:o, s:s, s:s, s:i}", "key", json_sprintf("sdctl-%d", i), "task_id",
                         "a\"b/\\c", "endpoint", i % 2 == 0 ? "even" : "odd", "i", i);
        CHECK(journal_add(j, line, &failed) == 0, "%s", failed.text);
        json_decref(line);
    }
    CHECK(journal_find(j, "a\"b/\\c", NULL, &task, &failed) == 0 &&
              json_integer_value(json_object_get(task, "i")) == 3,
          "the newest");
    json_decref(task);
    CHECK(journal_find(j, "a\"b/\\c", "even", &task, &failed) == 0 &&
              json_integer_value(json_object_get(task, "i")) == 2,
          "the newest of an endpoint");
    json_decref(task);
    journal_close(j);
    stop();
}

static bool doubtful(struct journal *j, const char *digest)
{
    json_t *task;

    CHECK(journal_find_doubtful(j, digest, &task, &failed) == 0, "%s", failed.text);
    bool is = task != NULL;
    json_decref(task);
    return is;
}

static void test_doubtful(void)
{
    char mark[PROCESS_MARK_MAX];
    struct journal *j;
    siginfo_t ended;
    int status;

    start("doubtful");
    j = open_journal();
    CHECK(add(j, "sdctl-1", "submitting", NULL, "mine") == 0, "%s", failed.text);
    CHECK(!doubtful(j, "mine"), "a submission that this process still makes");
    process_mark((long)getpid(), mark);
    pid_t child = fork();
    if (child == 0) {
        _exit(add(j, "sdctl-2", "submitting", NULL, "lost") != 0 ||
              add(j, "sdctl-3", "submitting", NULL, "known") != 0 ||
              add(j, "sdctl-3", "queued", "t3", NULL) != 0);
    }
    CHECK(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT) == 0, "waitid");
    CHECK(mark[0] == '\0' || doubtful(j, "lost"), "it has ended, nobody has waited for it");
    CHECK(waitpid(child, &status, 0) == child && status == 0, "status %d", status);
    CHECK(doubtful(j, "lost"), "the process that submitted it is gone");
    CHECK(!doubtful(j, "known"), "its answer came");
    CHECK(!doubtful(j, "never"), "no such request");
    CHECK(add(j, "sdctl-4", "unknown", NULL, "mine") == 0 && doubtful(j, "mine"), "unknown");
    CHECK(process_lives((long)getpid(), mark), "%s", mark);
    CHECK(mark[0] == '\0' || !process_lives((long)getpid(), "another boot 17"), "a pid used again");
    CHECK(!process_lives(child, NULL) && !process_lives(0, NULL), "gone");
    journal_close(j);
    stop();
}

static void test_damage(void)
{
    char long_text[70000];
    struct journal *j;
    size_t damaged;

    start("damage");
    j = open_journal();
    CHECK(add(j, "sdctl-1", "queued", "t1", NULL) == 0, "%s", failed.text);
    append_raw("not json\n[1]\n{\"no\":\"key\"}\n{\"key\":1}\n\n{\"key\":\"sdctl-9\",\"sta");
    CHECK(count(j, &damaged) == 1 && damaged == 5, "%zu damaged", damaged);
    CHECK(add(j, "sdctl-2", "queued", "t2", NULL) == 0, "%s", failed.text);
    CHECK(count(j, &damaged) == 2 && damaged == 5, "%zu damaged", damaged);
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    for (int i = 0; i < 6; i++) {
        append_raw(long_text);
    }
    append_raw("\n{\"key\":\"sdctl-3\"}");
    CHECK(count(j, &damaged) == 3 && damaged == 6, "%zu damaged", damaged);
    CHECK(journal_forget(j, "sdctl-3", &failed) == 0 && count(j, &damaged) == 2 && damaged == 0,
          "a rewritten journal has no damage: %s", failed.text);
    json_t *line =
        json_pack("{s:s, s:s, s:s}", "key", "sdctl-4", "task_id", "t4", "params", long_text);
    CHECK(journal_add(j, line, &failed) == 0 && size_of(file) < 1000, "params are dropped");
    json_object_set_new(line, "stem", json_string(long_text));
    CHECK(journal_add(j, line, &failed) != 0 && failed.code == EXIT_OUTPUT, "too long");
    json_decref(line);
    journal_close(j);
    stop();
}

/* Expects that the journal is refused, with these words. */
static void refused(const char *words)
{
    struct journal *j = NULL;

    failed.text[0] = '\0';
    int result = journal_open(&j, true, &failed);
    if (result == 0) {
        result = add(j, "sdctl-1", "queued", "t1", NULL);
    }
    CHECK(result != 0 && failed.code == EXIT_OUTPUT && strstr(failed.text, words) != NULL,
          "wanted '%s', got '%s'", words, failed.text);
    journal_close(j);
}

static void test_trust(void)
{
    char folder[160], elsewhere[160];
    struct journal *j;

    start("trust");
    snprintf(folder, sizeof folder, "%s/sdctl", home);
    snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", home);
    j = open_journal();
    CHECK(add(j, "sdctl-0", "queued", "t0", NULL) == 0, "%s", failed.text);
    journal_close(j);
    chmod(folder, 0777);
    refused("others can write");
    chmod(folder, 0700);
    chmod(file, 0660);
    refused("others can write");
    chmod(file, 0644);
    j = open_journal();
    CHECK(add(j, "sdctl-0", "running", NULL, NULL) == 0, "%s", failed.text);
    journal_close(j);
    struct stat st;
    CHECK(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600, "mode %o", st.st_mode);
    CHECK(rename(file, elsewhere) == 0 && symlink(elsewhere, file) == 0, "a link");
    refused("not a regular file");
    unlink(file);
    CHECK(mkfifo(file, 0600) == 0, "a FIFO");
    refused("not a regular file");
    unlink(file);
    stop();
    setenv("XDG_STATE_HOME", "/proc/none", 1);
    refused("/proc/none");
    setenv("XDG_STATE_HOME", "relative", 1);
    setenv("HOME", home, 1);
    j = open_journal();
    CHECK(strncmp(journal_path(j), home, strlen(home)) == 0 &&
              strstr(journal_path(j), "/.local/state/sdctl/journal.jsonl") != NULL,
          "%s", journal_path(j));
    journal_close(j);
}

/* A disk that is full in the middle of a line: the limit for the size of files stands for it. */
static void test_full(void)
{
    struct rlimit limit;
    struct journal *j;
    size_t damaged;

    start("full");
    signal(SIGXFSZ, SIG_IGN);
    j = open_journal();
    CHECK(add(j, "sdctl-1", "queued", "t1", NULL) == 0, "%s", failed.text);
    off_t size = size_of(file);
    getrlimit(RLIMIT_FSIZE, &limit);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = (rlim_t)size + 20;
    setrlimit(RLIMIT_FSIZE, &limit);
    int result = add(j, "sdctl-2", "queued", "t2", NULL);
    limit.rlim_cur = before;
    setrlimit(RLIMIT_FSIZE, &limit);
    CHECK(result != 0 && failed.code == EXIT_OUTPUT && strstr(failed.text, file) != NULL, "%s",
          failed.text);
    CHECK(size_of(file) == size && count(j, &damaged) == 1 && damaged == 0, "nothing torn stays");
    CHECK(add(j, "sdctl-3", "queued", "t3", NULL) == 0 && count(j, NULL) == 2, "%s", failed.text);
    journal_close(j);
    stop();
}

/* Past 1 MiB one line for each task stays, of those that are done the last 1000. */
static void test_rewrite(void)
{
    static char text[200 * 1024];
    struct journal *j;
    size_t at = 0, damaged;
    json_t *task;

    start("rewrite");
    j = open_journal();
    CHECK(add(j, "sdctl-first", "queued", "first", NULL) == 0, "%s", failed.text);
    for (int i = 0; i < 6000; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "{\"key\":\"sdctl-%06d\",\"state\":\"running\",\"x\":\"%0100d\"}\n"
                               "{\"key\":\"sdctl-%06d\",\"state\":\"succeeded\"}\n",
                               i, i, i);
        if (at > sizeof text - 1000) {
            append_raw(text);
            at = 0;
        }
    }
    append_raw(text);
    CHECK(size_of(file) > 1024 * 1024, "%ld bytes", (long)size_of(file));
    for (int i = 0; i < 4000 && size_of(file) > 600 * 1024; i++) {
        CHECK(add(j, "sdctl-last", "running", "last", NULL) == 0, "%s", failed.text);
    }
    CHECK(count(j, &damaged) == 1002 && damaged == 0, "%zu", count(j, NULL));
    CHECK(journal_find(j, "first", NULL, &task, &failed) == 0 && task != NULL, "not done: kept");
    json_decref(task);
    CHECK(journal_find(j, "sdctl-004999", NULL, &task, &failed) == 0 && task == NULL, "dropped");
    CHECK(journal_find(j, "sdctl-005000", NULL, &task, &failed) == 0 && task != NULL, "kept");
    json_decref(task);
    journal_close(j);
    stop();
}

/* --- many processes --------------------------------------------------------------------------- */

#define WRITERS 32
#define LINES 25

static int write_many(int writer)
{
    struct journal *j = open_journal();
    char key[32], id[32], pad[3000];

    memset(pad, 'p', sizeof pad);
    pad[100 + writer * 80] = '\0';
    for (int i = 0; i < LINES; i++) {
        snprintf(key, sizeof key, "sdctl-%d-%d", writer, i);
        snprintf(id, sizeof id, "t-%d-%d", writer, i);
        if (add(j, key, "submitting", NULL, pad) != 0 || add(j, key, "queued", id, NULL) != 0) {
            printf("%s\n", failed.text);
            return 1;
        }
    }
    journal_close(j);
    return 0;
}

static void test_crowd(void)
{
    pid_t writers[WRITERS];
    struct journal *j;
    json_t *tasks, *task;
    size_t damaged, i, running = WRITERS, most = 0;
    int status;

    start("crowd");
    for (int w = 0; w < WRITERS; w++) {
        if ((writers[w] = fork()) == 0) {
            _exit(write_many(w));
        }
    }
    j = open_journal();
    while (running > 0) {
        CHECK(journal_forget(j, "sdctl-none", &failed) == 0, "%s", failed.text);
        size_t n = count(j, &damaged);
        CHECK(n >= most && n <= WRITERS * LINES && damaged == 0, "%zu tasks, %zu damaged", n,
              damaged);
        most = n;
        for (int w = 0; w < WRITERS; w++) {
            if (writers[w] > 0 && waitpid(writers[w], &status, WNOHANG) == writers[w]) {
                CHECK(status == 0, "writer %d: status %d", w, status);
                writers[w] = 0;
                running--;
            }
        }
    }
    CHECK(journal_read(j, &tasks, &damaged, &failed) == 0 && damaged == 0, "%zu damaged", damaged);
    CHECK(json_array_size(tasks) == WRITERS * LINES, "%zu tasks", json_array_size(tasks));
    json_array_foreach(tasks, i, task)
    {
        CHECK(strcmp(text_at(task, "state"), "queued") == 0 &&
                  strcmp(text_at(task, "key") + 6, text_at(task, "task_id") + 2) == 0 &&
                  strlen(text_at(task, "digest")) >= 100,
              "%s is not whole", text_at(task, "key"));
    }
    json_decref(tasks);
    journal_close(j);
    stop();
}

/* Writers that are killed at any moment: what they were told is written is there. */
static void test_killed(void)
{
    struct journal *j;
    unsigned seed = (unsigned)getpid();
    size_t acknowledged = 0, unread = 0;
    char key[32];

    start("killed");
    j = open_journal();
    for (int round = 0; round < 200; round++) {
        int ends[2], told = -1, got;
        if (pipe(ends) != 0) {
            abort();
        }
        pid_t child = fork();
        if (child == 0) {
            for (int i = 0;; i++) {
                snprintf(key, sizeof key, "sdctl-%d-%d", round, i);
                if ((i % 8 == 7 ? journal_forget(j, "sdctl-none", &failed)
                                : add(j, key, "queued", key, NULL)) != 0 ||
                    write(ends[1], &i, sizeof i) != sizeof i) {
                    _exit(1);
                }
            }
        }
        close(ends[1]);
        seed = seed * 1103515245 + 12345;
        nanosleep(&(struct timespec){.tv_nsec = (long)(seed >> 8) % 12000000}, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(ends[0], &got, sizeof got) == sizeof got) {
            told = got;
        }
        close(ends[0]);
        for (int i = 0; i <= told; i++) {
            json_t *task = NULL;
            snprintf(key, sizeof key, "sdctl-%d-%d", round, i);
            if (i % 8 != 7) {
                acknowledged++;
                unread += journal_find(j, key, NULL, &task, &failed) != 0 || task == NULL;
            }
            json_decref(task);
        }
    }
    CHECK(acknowledged > 0 && unread == 0, "%zu of %zu are lost", unread, acknowledged);
    CHECK(count(j, NULL) >= acknowledged, "%zu of %zu", count(j, NULL), acknowledged);
    journal_close(j);
    stop();
}

int main(void)
{
    char folder[] = "/tmp/sdctl-journal-XXXXXX", command[64];

    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    umask(0);
    snprintf(home, sizeof home, "%s", folder);
    test_merge();
    test_newest();
    test_doubtful();
    test_damage();
    test_trust();
    test_full();
    test_rewrite();
    test_crowd();
    test_killed();
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0 || unit_done("journal");
}
