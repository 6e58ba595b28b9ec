#include "net/s3.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

/* Addresses, keys and the files that they come from. */

static char folder[] = "/tmp/sdctl-s3-XXXXXX";

static void check_parse(void)
{
    static const struct {
        const char *url, *bucket, *key;
    } good[] = {{"s3://abc", "abc", ""},
                {"s3://abc/", "abc", ""},
                {"s3://my.bucket-1/a/b c/\xc3\xa9", "my.bucket-1", "a/b c/\xc3\xa9"},
                {"s3://abc//x", "abc", "/x"}};
    static const char *const bad[] = {"",
                                      "s3:/abc",
                                      "s3://ab/x",
                                      "s3://ABC/x",
                                      "s3://-abc/x",
                                      "s3://abc./x",
                                      "s3://a_bc/x",
                                      "https://abc/x",
                                      "s3://a@bc/x",
                                      "s3://abc?x/y"};
    struct s3_place place;
    struct error err;
    char *url = malloc(2000);

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK(s3_parse(good[i].url, &place, &err) == 0 &&
                  strcmp(place.bucket, good[i].bucket) == 0 && strcmp(place.key, good[i].key) == 0,
              "%s", good[i].url);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(s3_parse(bad[i], &place, &err) != 0 && err.code == EXIT_USAGE, "%s", bad[i]);
    }
    memset(url, 'a', 1999);
    memcpy(url, "s3://abc/", 9);
    url[9 + S3_KEY_MAX] = '\0';
    CHECK(s3_parse(url, &place, &err) == 0 && strlen(place.key) == S3_KEY_MAX, "longest key");
    memcpy(url + 9 + S3_KEY_MAX, "a", 2);
    CHECK(s3_parse(url, &place, &err) != 0, "a key that is too long");
    free(url);
}

static void check_base(void)
{
    static const struct {
        const char *region, *endpoint, *bucket, *base;
    } rows[] = {
        {"eu-west-3", NULL, "abc", "https://abc.s3.eu-west-3.amazonaws.com"},
        {"eu-west-3", NULL, "a.bc", "https://s3.eu-west-3.amazonaws.com/a.bc"},
        {"cn-north-1", NULL, "abc", "https://abc.s3.cn-north-1.amazonaws.com.cn"},
        {"r", "http://127.0.0.1:9000", "abc", "http://127.0.0.1:9000/abc"},
        {"r", "https://minio.example/s3", "a.bc", "https://minio.example/s3/a.bc"},
    };
    struct error err;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct s3 s3 = S3_INIT;
        char *base;
        snprintf(s3.region, sizeof s3.region, "%s", rows[i].region);
        s3.endpoint = rows[i].endpoint != NULL ? strdup(rows[i].endpoint) : NULL;
        CHECK(s3_base(&s3, rows[i].bucket, &base, &err) == 0 && strcmp(base, rows[i].base) == 0,
              "%s, not %s", base, rows[i].base);
        free(base);
        s3_release(&s3);
    }
}

static void check_path(void)
{
    struct buf path;

    buf_init(&path, 4096);
    CHECK(s3_key_path(&path, "a b/\xc3\xa9+%?#&=~_-.x") &&
              strcmp(path.data, "/a%20b/%C3%A9%2B%25%3F%23%26%3D~_-.x") == 0,
          "%s", path.data);
    buf_release(&path);
}

static void put(const char *name, const char *text, mode_t mode)
{
    char path[200];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
}

static void set(const char *name, const char *value)
{
    if (value == NULL) {
        unsetenv(name);
    } else {
        setenv(name, value, 1);
    }
}

static void clear(void)
{
    static const char *const names[] = {"AWS_ACCESS_KEY_ID",  "AWS_SECRET_ACCESS_KEY",
                                        "AWS_SESSION_TOKEN",  "AWS_REGION",
                                        "AWS_DEFAULT_REGION", "AWS_PROFILE",
                                        "AWS_CONFIG_FILE",    "AWS_SHARED_CREDENTIALS_FILE",
                                        "AWS_ENDPOINT_URL",   "AWS_ENDPOINT_URL_S3"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unsetenv(names[i]);
    }
    set("HOME", folder);
}

#define CREDENTIALS                                                                                \
    "# a comment = not a setting\n[default]\naws_access_key_id = AKDEFAULT\n"                      \
    "aws_secret_access_key=secret/+=default\r\n[ work ]\n  aws_access_key_id = indented\n"         \
    "aws_access_key_id: no\naws_access_key_id=AKWORK\nAWS_SECRET_ACCESS_KEY = worksecret\n"        \
    "aws_session_token = tok==\n[half]\naws_access_key_id = AKHALF\n"
#define CONFIG                                                                                     \
    "[default]\nregion = eu-central-1\n[profile work]\nregion=ap-south-1\n"                        \
    "endpoint_url = http://127.0.0.1:9001/\ns3 =\n  addressing_style = path\n"                     \
    "[profile only]\naws_access_key_id = AKONLY\naws_secret_access_key = o\n"

static void expect(const char *what, const char *access, const char *secret, const char *token,
                   const char *region, const char *endpoint)
{
    struct s3 s3 = S3_INIT;
    struct error err = {0};

    CHECK(s3_load(&s3, &err) == 0, "%s: %s", what, err.text);
    CHECK(s3.access_key.bytes != NULL && strcmp(s3.access_key.bytes, access) == 0, "%s: %s", what,
          s3.access_key.bytes);
    CHECK(s3.secret_key.bytes != NULL && strcmp(s3.secret_key.bytes, secret) == 0, "%s: %s", what,
          s3.secret_key.bytes);
    CHECK(token == NULL ? s3.token.bytes == NULL
                        : s3.token.bytes != NULL && strcmp(s3.token.bytes, token) == 0,
          "%s: token", what);
    CHECK(strcmp(s3.region, region) == 0, "%s: %s", what, s3.region);
    CHECK(endpoint == NULL ? s3.endpoint == NULL
                           : s3.endpoint != NULL && strcmp(s3.endpoint, endpoint) == 0,
          "%s: %s", what, s3.endpoint);
    s3_release(&s3);
}

static void refuse(const char *what, enum exit_code code, const char *words)
{
    struct s3 s3 = S3_INIT;
    struct error err = {0};

    CHECK(s3_load(&s3, &err) != 0 && err.code == code && strstr(err.text, words) != NULL,
          "%s: %d %s", what, err.code, err.text);
    s3_release(&s3);
}

static void check_load(void)
{
    char path[200];

    snprintf(path, sizeof path, "%s/.aws", folder);
    mkdir(path, 0700);
    clear();
    refuse("nothing", EXIT_KEY, "AWS_ACCESS_KEY_ID");
    put(".aws/credentials", CREDENTIALS, 0600);
    put(".aws/config", CONFIG, 0644);
    expect("default", "AKDEFAULT", "secret/+=default", NULL, "eu-central-1", NULL);
    set("AWS_PROFILE", "work");
    expect("work", "AKWORK", "worksecret", "tok==", "ap-south-1", "http://127.0.0.1:9001");
    set("AWS_PROFILE", "only");
    expect("only", "AKONLY", "o", NULL, "us-east-1", NULL);
    set("AWS_PROFILE", "half");
    refuse("half", EXIT_KEY, "half");
    set("AWS_PROFILE", "none");
    refuse("no profile", EXIT_KEY, "none");
    set("AWS_PROFILE", "work");
    set("AWS_ACCESS_KEY_ID", "a:b");
    refuse("half of the environment", EXIT_KEY, "AWS_SECRET_ACCESS_KEY");
    set("AWS_SECRET_ACCESS_KEY", "s");
    set("AWS_DEFAULT_REGION", "r-1");
    set("AWS_ENDPOINT_URL", "http://localhost:1");
    expect("environment", "a:b", "s", NULL, "r-1", "http://localhost:1");
    set("AWS_REGION", "r-2");
    set("AWS_ENDPOINT_URL_S3", "https://h/p/");
    set("AWS_SESSION_TOKEN", "t");
    expect("environment", "a:b", "s", "t", "r-2", "https://h/p");
    set("AWS_REGION", "r/2");
    refuse("region", EXIT_USAGE, "region");
    set("AWS_REGION", NULL);
    set("AWS_ENDPOINT_URL_S3", "ftp://x");
    refuse("endpoint", EXIT_USAGE, "AWS_ENDPOINT_URL_S3");

    clear();
    put(".aws/credentials", CREDENTIALS, 0622);
    refuse("writable", EXIT_KEY, "chmod 600");
    snprintf(path, sizeof path, "%s/elsewhere", folder);
    put("elsewhere", "[default]\naws_access_key_id=x y\n", 0600);
    set("AWS_SHARED_CREDENTIALS_FILE", path);
    refuse("a key with a space", EXIT_KEY, "elsewhere");
    set("AWS_SHARED_CREDENTIALS_FILE", "/dev/zero");
    refuse("a device", EXIT_KEY, "/dev/zero");
}

int main(void)
{
    if (mkdtemp(folder) == NULL) {
        abort();
    }
    check_parse();
    check_base();
    check_path();
    check_load();
    char command[300];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return unit_done("s3") + (system(command) != 0);
}
