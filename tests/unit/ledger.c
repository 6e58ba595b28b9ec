#include "job/ledger.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job/ledger_files.h"
#include "tests/unit/unit.h"

#define JOBS 5000 /* more than two segments */

static char *digest_of(int n)
{
    static char digest[65];

    snprintf(digest, sizeof digest, "%08x%056x", (unsigned)n * 2654435761u, n);
    return digest;
}

static void many(struct ledger *l)
{
    struct error err;
    int bad = 0;

    for (int i = 0; i < JOBS; i++) {
        bad += ledger_put(l, digest_of(i), i % 3 == 0 ? LEDGER_SENT : LEDGER_DONE, NULL, 0, &err);
    }
    CHECK(bad == 0, "ledger_put");
    for (int i = 0; i < JOBS; i++) {
        bad += ledger_find(l, digest_of(i)) != (i % 3 == 0 ? LEDGER_SENT : LEDGER_DONE);
    }
    CHECK(bad == 0, "%d of %d are not found", bad, JOBS);
    CHECK(ledger_find(l, digest_of(JOBS)) == LEDGER_NONE, "one that was never put");
    ledger_put(l, digest_of(0), LEDGER_MISSING, NULL, 0, &err);
    CHECK(ledger_find(l, digest_of(0)) == LEDGER_NONE, "a failed one");
    CHECK(ledger_find(l, "no digest") == LEDGER_NONE, "no digest");
}

static int make(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

    CHECK(fd >= 0 && write(fd, "x", 1) == 1, "writing %s", path);
    return fd;
}

/* A job of two pictures that is killed at each step, then ends. */
static void placing(struct ledger *l)
{
    char *digest = digest_of(JOBS + 1);
    json_t *files = json_array();
    struct error err;
    int a = make("a.png"), b = make("b\xff.png");

    json_array_append_new(files, ledger_files_note(a, "a.png"));
    ledger_put(l, digest, LEDGER_PLACING, files, 2, &err);
    CHECK(ledger_find(l, digest) == LEDGER_SENT, "one of two is no end");
    CHECK(access("a.png", F_OK) != 0, "it is left over");

    close(a);
    a = make("a.png");
    json_array_clear(files);
    json_array_append_new(files, ledger_files_note(a, "a.png"));
    json_array_append_new(files, ledger_files_note(b, "b\xff.png"));
    ledger_put(l, digest, LEDGER_PLACING, files, 2, &err);
    CHECK(ledger_find(l, digest) == LEDGER_DONE, "both are there");
    ledger_put(l, digest, LEDGER_DONE, NULL, 0, &err);
    CHECK(ledger_find(l, digest) == LEDGER_DONE, "done");
    CHECK(write(a, "yy", 2) == 2, "changing a.png");
    CHECK(ledger_find(l, digest) == LEDGER_DONE, "a result that was changed");
    unlink("b\xff.png");
    CHECK(ledger_find(l, digest) == LEDGER_NONE, "a result that was deleted");
    CHECK(access("a.png", F_OK) == 0, "the other one was removed");

    ledger_put(l, digest, LEDGER_PLACING, files, 2, &err);
    CHECK(ledger_find(l, digest) == LEDGER_SENT, "another file stands there");
    CHECK(access("a.png", F_OK) == 0, "another file was removed");
    json_decref(files);
    close(a);
    close(b);
}

static void damaged(const char *name)
{
    struct ledger *l;
    struct error err;
    char path[64];

    snprintf(path, sizeof path, "state/sdctl/batch-%s.ledger", name);
    int fd = open(path, O_WRONLY);
    CHECK(fd >= 0 && pwrite(fd, "other", 5, 0) == 5, "%s", path);
    close(fd);
    CHECK(ledger_open(&l, name, &err) != 0 && err.code == EXIT_OUTPUT, "a damaged ledger is used");
}

int main(void)
{
    char folder[] = "/tmp/sdctl-unit-XXXXXX", state[64];
    struct ledger *l = NULL, *other = NULL;
    struct error err;

    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0, "no folder");
    snprintf(state, sizeof state, "%s/state", folder);
    setenv("XDG_STATE_HOME", state, 1);
    CHECK(ledger_open(&l, "abc", &err) == 0, "ledger_open: %s", err.text);
    if (l != NULL) {
        many(l);
        placing(l);
        CHECK(ledger_open(&other, "abc", &err) == 0 &&
                  ledger_find(other, digest_of(1)) == LEDGER_DONE,
              "opened twice");
        ledger_close(other);
        ledger_close(l);
        damaged("abc");
    }
    ledger_close(NULL);
    unlink("state/sdctl/batch-abc.ledger");
    unlink("state/sdctl/batch-abc.paths");
    rmdir("state/sdctl");
    rmdir("state");
    unlink("a.png");
    CHECK(chdir("/") == 0 && rmdir(folder) == 0, "left over: %s", folder);
    return unit_done("ledger");
}
