#include "cmd/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/random.h"
#include "base/text.h"
#include "cmd/groups.h"
#include "cmd/help.h"
#include "wire/json.h"

#define DOCUMENT_MAX (64UL * 1024 * 1024)

volatile sig_atomic_t run_stop;

static volatile sig_atomic_t catching;
static const struct secret *hidden;

static void on_signal(int number)
{
    if (catching && run_stop == 0) {
        run_stop = number;
        return;
    }
    outfile_remove_all();
    _exit(128 + number);
}

/* A closed standard descriptor must not become some file's; writing to it (reading from it) fails
 * as it did before. */
static void fill_descriptor(int fd)
{
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
        int null = open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
        if (null >= 0 && null != fd) {
            dup2(null, fd);
            close(null);
        }
    }
}

void run_init(void)
{
    static const int ended_by[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};
    uint32_t seed;

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        fill_descriptor(fd);
    }
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ended_by / sizeof *ended_by; i++) {
        struct sigaction before;
        if (sigaction(ended_by[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(ended_by[i], &action, NULL); /* nohup stays nohup */
        }
    }
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
    random_bytes(&seed, sizeof seed);
    json_object_seed(seed | 1); /* jansson would open /dev/urandom for it */
}

void run_catch_signals(bool on)
{
    catching = on;
}

void run_hide(const struct secret *key)
{
    hidden = key;
}

static void print_error_json(const struct error *err)
{
    json_t *document = json_pack("{s:i,s:s,s:s?}", "code", (int)err->code, "message", err->text,
                                 "server", *err->server != '\0' ? err->server : NULL);
    struct buf text;

    buf_init(&text, 65536);
    if (document != NULL && json_write_buf(document, true, &text)) {
        fprintf(stderr, "%s\n", text.data);
    }
    buf_release(&text);
    json_decref(document);
}

static void print_error(const char *command, struct error *err)
{
    char shown[24]; /* a command that does not exist may have any name */

    text_clean(shown, sizeof shown, command, strlen(command), sizeof shown);
    if (common.error_format != NULL && strcmp(common.error_format, "json") == 0) {
        print_error_json(err);
    } else {
        fprintf(stderr, "sdctl: %s: %s\n", shown, err->text);
    }
}

void run_conceal(char *text)
{
    secret_hide(hidden, text);
}

int run_finish(const struct command *cmd, const struct parsed *parsed, int result,
               struct error *err)
{
    if (result == 0 && parsed->help) {
        help_print(cmd, stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (result == 0) {
            result =
                error_set(err, EXIT_OUTPUT, "cannot write standard output: %s", strerror(errno));
        }
        clearerr(stdout);
    }
    if (result == 0) {
        return (int)err->code;
    }
    print_error(cmd->name, err);
    return err->code == EXIT_DONE ? EXIT_UNEXPECTED : (int)err->code;
}

void run_warn(const char *command, const char *text)
{
    char shown[ERROR_TEXT_MAX - 32]; /* a whole line stays below 500 bytes */

    if (!common.quiet) {
        text_clean(shown, sizeof shown, text, strlen(text), sizeof shown);
        secret_hide(hidden, shown);
        fprintf(stderr, "sdctl: %s: warning: %s\n", command, shown);
    }
}

/* Whether a member of a document holds sdctl's and the user's own words. In the others a server may
 * repeat the key; of what a service lists, only the endpoint is ours. */
static bool is_own(const json_t *document, const char *name)
{
    static const char *const own[] = {"command", "backend", "endpoint", "url",       "status",
                                      "task_id", "images",  "params",   "elapsed_ms"};
    const char *command = json_string_at(document, "command");
    bool listed = command != NULL && strcmp(command, "tasks") == 0;

    if (listed && (strcmp(name, "task_id") == 0 || strcmp(name, "params") == 0)) {
        return false;
    }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcmp(own[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool to_buf(void *ctx, const char *text, size_t n)
{
    return buf_add(ctx, text, n);
}

static bool write_document(const json_t *document, struct buf *text)
{
    struct json_writer plain = {.sink = to_buf, .ctx = text, .ascii = true};
    struct json_writer hiding = plain;
    const char *name, *separator = "{";
    json_t *value;

    hiding.hide = hidden;
    json_object_foreach((json_t *)(size_t)document, name, value)
    {
        const struct json_writer *writer = is_own(document, name) ? &plain : &hiding;
        json_t *member = json_string(name); /* one that was passed in may have any */
        bool fine = member != NULL && buf_adds(text, separator) && json_write(writer, member) &&
                    buf_adds(text, ":") && json_write(writer, value);
        json_decref(member);
        if (!fine) {
            return false;
        }
        separator = ",";
    }
    return buf_adds(text, *separator == '{' ? "{}\n" : "}\n");
}

int run_print(const json_t *document, struct error *err)
{
    struct buf text;
    int result = 0;

    buf_init(&text, DOCUMENT_MAX);
    if (!write_document(document, &text)) {
        result = error_memory(err, "printing the result");
    } else {
        if (fwrite(text.data, 1, text.len, stdout) != text.len || fflush(stdout) != 0) {
            result =
                error_set(err, EXIT_OUTPUT, "cannot write standard output: %s", strerror(errno));
        }
    }
    buf_release(&text);
    return result;
}

int run_print_text(const char *text, struct error *err)
{
    size_t cap = 4 * strlen(text) + 8;
    char *shown = malloc(cap);

    if (shown == NULL) {
        return error_memory(err, "printing the result");
    }
    text_clean(shown, cap, text, strlen(text), cap);
    secret_hide(hidden, shown);
    int wrote = printf("%s\n", shown) >= 0 && fflush(stdout) == 0;
    free(shown);
    return wrote ? 0
                 : error_set(err, EXIT_OUTPUT, "cannot write standard output: %s", strerror(errno));
}
