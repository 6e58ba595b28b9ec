#include "cmd/run.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
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
}

void run_catch_signals(bool on)
{
    catching = on;
}

void run_hide(const struct secret *key)
{
    hidden = key;
}

/* Hides the key, the password in a user:password, and both as HTTP Basic sends them. */
static void hide_in(char *text)
{
    char coded[sodium_base64_ENCODED_LEN(SECRET_MAX, sodium_base64_VARIANT_ORIGINAL)];

    if (hidden == NULL || hidden->bytes == NULL) {
        return;
    }
    text_hide(text, hidden->bytes, hidden->len);
    const char *password = strchr(hidden->bytes, ':');
    if (password != NULL) {
        text_hide(text, password + 1, strlen(password + 1));
    }
    sodium_bin2base64(coded, sizeof coded, (const unsigned char *)hidden->bytes, hidden->len,
                      sodium_base64_VARIANT_ORIGINAL);
    text_hide(text, coded, strlen(coded));
    sodium_memzero(coded, sizeof coded);
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
    hide_in(err->text);
    hide_in(err->server);
    if (common.error_format != NULL && strcmp(common.error_format, "json") == 0) {
        print_error_json(err);
    } else {
        fprintf(stderr, "sdctl: %s: %s\n", command, err->text);
    }
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
    char shown[ERROR_TEXT_MAX];

    if (!common.quiet) {
        text_clean(shown, sizeof shown, text, strlen(text), sizeof shown);
        hide_in(shown);
        fprintf(stderr, "sdctl: %s: warning: %s\n", command, shown);
    }
}

int run_print(const json_t *document, struct error *err)
{
    struct buf text;
    int result = 0;

    buf_init(&text, DOCUMENT_MAX);
    if (!json_write_buf(document, true, &text) || !buf_add(&text, "\n", 1)) {
        result = error_memory(err, "printing the result");
    } else {
        hide_in(text.data);
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
    hide_in(shown);
    int wrote = printf("%s\n", shown) >= 0 && fflush(stdout) == 0;
    free(shown);
    return wrote ? 0
                 : error_set(err, EXIT_OUTPUT, "cannot write standard output: %s", strerror(errno));
}
