/* convert-params on random input: there and back, any cut of the bytes, and the same judgement of
 * what JSON is as jansson's. */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "convert_run.h"
#include "unit.h"

static uint64_t seed = 88172645463325252U;

static unsigned draw(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % n;
}

static const char *pick(const char *const *from, unsigned n)
{
    return from[draw(n)];
}
#define PICK(...)                                                                                  \
    pick((const char *const[]){__VA_ARGS__},                                                       \
         sizeof(const char *const[]){__VA_ARGS__} / sizeof(const char *))

static const char *number(void)
{
    return PICK("0", "-1", "1.50", "2e0", "0.30", "123456789012345678", "1E+2", "-0.0");
}

static const char *text(void)
{
    return PICK("\"\"", "\"a cat\"", "\"\\u00e9\\n\"", "\"\xe7\x8c\xab\"", "\"\\\"\\/\"",
                "\"\\ud83d\\ude00\"");
}

static const char *truth(void)
{
    return PICK("true", "false");
}

static const char *image(void)
{
    return PICK("\"QUJD\"", "\"data:image/png;base64,QUJD\"", "\"http://127.0.0.1/a.png\"");
}

/* Members of a request in random order: collected here, shuffled, joined. */
struct members {
    char v[64][600];
    unsigned n;
};

static void add(struct members *m, const char *name, const char *value)
{
    snprintf(m->v[m->n++], sizeof *m->v, "\"%s\":%s", name, value);
}

static void maybe(struct members *m, const char *name, const char *value)
{
    if (draw(3) == 0) {
        add(m, name, value);
    }
}

static void join(struct members *m, char *to, size_t cap)
{
    size_t n = (size_t)snprintf(to, cap, "{");

    for (unsigned i = m->n; i > 1; i--) {
        unsigned j = draw(i);
        char other[sizeof *m->v];
        memcpy(other, m->v[i - 1], sizeof other);
        memcpy(m->v[i - 1], m->v[j], sizeof other);
        memcpy(m->v[j], other, sizeof other);
    }
    for (unsigned i = 0; i < m->n; i++) {
        n += (size_t)snprintf(to + n, cap - n, "%s%s", i > 0 ? "," : "", m->v[i]);
    }
    snprintf(to + n, cap - n, "}");
}

static void add_common(struct members *m)
{
    maybe(m, "prompt", text());
    maybe(m, "negative_prompt", text());
    maybe(m, "image_seed", number());
    maybe(m, "guidance_scale", number());
    maybe(m, "loras", "[{\"enabled\":true,\"model_name\":\"a\",\"weight\":1.0}]");
    maybe(m, "save_meta", truth());
    maybe(m, "meta_scheme", PICK("\"fooocus\"", "\"a1111\""));
    maybe(m, "save_extension", PICK("\"png\"", "\"jpeg\"", "\"webp\""));
    maybe(m, "async_process", truth());
    maybe(m, "webhook_url", text());
    maybe(m, "my_own_field", PICK("[1,{\"a\":null}]", "{}", "\"x\"", "1.0"));
}

static void add_advanced(struct members *m)
{
    static struct members inner;
    static char object[560];

    inner.n = 0;
    maybe(&inner, "sampler_name", text());
    maybe(&inner, "clip_skip", "2");
    maybe(&inner, "adm_scaler_positive", PICK("0.1", "1.50"));
    maybe(&inner, "overwrite_switch", PICK("-1", "1", "-1.0"));
    maybe(&inner, "overwrite_step", PICK("-1", "30"));
    maybe(&inner, "freeu_enabled", truth());
    maybe(&inner, "inpaint_respective_field", "0.618");
    maybe(&inner, "inpaint_erode_or_dilate", PICK("0", "-4", "7"));
    maybe(&inner, "invert_mask_checkbox", "false");
    maybe(&inner, "debugging_dino", truth());
    if (inner.n > 0) {
        join(&inner, object, sizeof object);
        add(m, "advanced_params", object);
    }
}

static const char *prompts(void)
{
    return PICK("[{\"cn_img\":\"QUJD\",\"cn_stop\":0.5,\"cn_weight\":1.0,\"cn_type\":\"CPDS\"}]",
                "[{\"cn_img\":\"QUJD\"},{\"cn_img\":null,\"cn_type\":\"FaceSwap\"}]",
                "[{\"cn_img\":\"QUJD\",\"cn_stop\":0.30}, {\"cn_img\":\"REVG\"}]");
}

/* A request whose every field the new server can express. */
static void make_request(char *to, size_t cap)
{
    static struct members m;
    static const char *const d[] = {"-1", "1", "64", "100"};
    const char *at[4] = {d[draw(4)], d[draw(4)], d[draw(4)], d[draw(4)]};

    m.n = 0;
    add_common(&m);
    add_advanced(&m);
    unsigned kind = draw(4);
    if (kind == 1) {
        add(&m, "uov_method",
            PICK("\"Vary (Strong)\"", "\"Upscale (2x)\"", "\"Upscale (Custom)\""));
        add(&m, "input_image", image());
        maybe(&m, "upscale_value", "1.50");
    } else if (kind == 2) {
        add(&m, "input_image", image());
        add(&m, "input_mask", image());
        maybe(&m, "inpaint_additional_prompt", text());
        if (draw(2) == 0) {
            add(&m, "outpaint_selections", "[\"Left\",\"Top\",\"Right\",\"Bottom\"]");
            add(&m, "outpaint_distance_left", at[0]);
            add(&m, "outpaint_distance_right", at[1]);
            add(&m, "outpaint_distance_top", at[2]);
            add(&m, "outpaint_distance_bottom", at[3]);
        }
    } else if (kind == 3) {
        add(&m, "enhance_input_image", image());
        maybe(&m, "enhance_uov_method", "\"Vary (Subtle)\"");
        add(&m, "enhance_ctrlnets", "[{\"enhance_enabled\":true,\"enhance_prompt\":\"x\"}]");
    }
    if (kind != 3 && draw(2) == 0) {
        add(&m, "image_prompts", prompts());
    }
    join(&m, to, cap);
}

static void there_and_back(void)
{
    static char request[40000];

    for (unsigned i = 0; i < 4000; i++) {
        make_request(request, sizeof request);
        struct converted there = convert_text(&(struct convert_options){.note_all = i % 2 == 0},
                                              request, strlen(request));
        struct converted back =
            convert_text(&(struct convert_options){.reverse = true}, there.out.data, there.out.len);
        json_t *want = json_loads(request, 0, NULL);
        json_t *got = back.out.data == NULL ? NULL : json_loads(back.out.data, 0, NULL);
        CHECK(there.result == 0 && back.result == 0 && there.lost == 0 && back.lost == 0 &&
                  json_equal(want, got),
              "%s%s\n    became  %s    and then %s", there.err.text, request,
              there.out.data ? there.out.data : "", back.out.data ? back.out.data : "");
        json_decref(want);
        json_decref(got);
        converted_release(&there);
        converted_release(&back);
    }
}

/* Whether jansson takes the text for one object, or says nothing because of a limit of its own. */
static int judge(const char *bytes, size_t n)
{
    json_error_t why;
    json_t *value = json_loadb(bytes, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
    bool object = json_is_object(value);

    json_decref(value);
    return value != NULL                                                 ? object
           : strstr(why.text, "too big") || strstr(why.text, "overflow") ? -1
                                                                         : 0;
}

/* Random damage to good requests: what is JSON to jansson is so to the converter, and the other way
 * round. */
static void same_judgement(void)
{
    static char request[40000];
    static const char bytes[] = "{}[],:\"\\ue0123.-+ntf\n \x80\xc3\xa9\xed\xa0\xf0\x01/d8";

    for (unsigned i = 0; i < 60000; i++) {
        if (i % 8 == 0) {
            make_request(request, sizeof request);
        }
        static char damaged[40000];
        size_t n = strlen(request);
        memcpy(damaged, request, n);
        for (unsigned k = draw(3) + 1; k > 0; k--) {
            size_t at = draw((unsigned)n);
            switch (draw(3)) {
            case 0:
                damaged[at] = bytes[draw(sizeof bytes - 1)];
                break;
            case 1:
                memmove(damaged + at, damaged + at + 1, n - at);
                n--;
                break;
            default:
                memmove(damaged + at + 1, damaged + at, n - at);
                damaged[at] = bytes[draw(sizeof bytes - 1)];
                n++;
            }
        }
        int good = judge(damaged, n);
        struct converted v =
            convert_text(&(struct convert_options){.kind = MAPPING_INPAINT}, damaged, n);
        bool broken = v.result != 0 && strstr(v.err.text, "is not valid JSON") != NULL;
        bool lines = memchr(damaged, '\n', n) != NULL; /* may be two requests */
        bool array = *damaged == '[';
        CHECK(good < 0 || lines || array || (good == 1) == !broken, "%.*s: jansson %d, %s", (int)n,
              damaged, good, v.err.text);
        json_t *out =
            v.result == 0 && !lines && !array
                ? json_loadb(v.out.data, v.out.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL)
                : NULL;
        CHECK(v.result != 0 || lines || array || good < 0 || out != NULL, "%.*s\n  became %s",
              (int)n, damaged, v.out.data);
        json_decref(out);
        converted_release(&v);
    }
}

/* A child that sends the text in packets of a few bytes: each read gets one. */
static int feed(const char *bytes, size_t n, unsigned most, pid_t *child)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
        return -1;
    }
    fflush(stdout);
    *child = fork();
    if (*child == 0) {
        close(ends[0]);
        while (n > 0) {
            size_t some = draw(most) + 1;
            some = some < n ? some : n;
            if (send(ends[1], bytes, some, MSG_NOSIGNAL) != (ssize_t)some) {
                break;
            }
            bytes += some;
            n -= some;
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static void any_cut(void)
{
    static char request[120000];

    for (unsigned i = 0; i < 60; i++) {
        size_t n = 0;
        for (unsigned k = 0; k < 3; k++) {
            make_request(request + n, sizeof request - n);
            n += strlen(request + n);
            request[n++] = '\n';
        }
        pid_t child;
        int fd = feed(request, n, i % 2 == 0 ? 1 : 40, &child);
        struct converted whole = convert_text(&(struct convert_options){.kind = 0}, request, n);
        struct converted cut = convert_fd(&(struct convert_options){.kind = 0}, fd);
        CHECK(whole.result == 0 && cut.result == 0 && whole.out.len == cut.out.len &&
                  memcmp(whole.out.data, cut.out.data, whole.out.len) == 0,
              "cut into packets: %s", cut.err.text);
        close(fd);
        waitpid(child, NULL, 0);
        converted_release(&whole);
        converted_release(&cut);
    }
}

/* The window's edge at each byte of a request, and long strings with escapes there. */
static void any_edge(void)
{
    static const char request[] =
        "{\"prompt\":\"\\ud83d\\ude00 \xe7\x8c\xab\",\"image_seed\":-12.5e+3,\"save_meta\":true,"
        "\"advanced_params\":{\"clip_skip\":2,\"\\u0061\":null},\"x\":{\"y\":[false,\"z\\n\"]}}\n";
    size_t edge = 256UL * 1024, n = sizeof request - 1;
    char *padded = malloc(edge + n + 8);
    struct converted want = convert_text(&(struct convert_options){.kind = 0}, request, n);

    for (size_t before = edge - n; padded != NULL && before <= edge; before++) {
        memset(padded, ' ', before);
        memcpy(padded + before, request, n);
        struct converted got =
            convert_text(&(struct convert_options){.kind = 0}, padded, before + n);
        CHECK(got.result == 0 && got.out.len == want.out.len &&
                  memcmp(got.out.data, want.out.data, want.out.len) == 0,
              "edge after %zu bytes: %s", edge - before, got.err.text);
        converted_release(&got);
    }
    converted_release(&want);
    free(padded);
}

static void long_strings(void)
{
    static const char *const units[] = {"QUJD", "\\ud83d\\ude00", "\xe7\x8c\xab", "\\/x",
                                        "\xf0\x9f\x98\x80"};

    for (unsigned i = 0; i < sizeof units / sizeof *units; i++) {
        struct buf in, out;
        buf_init(&in, 1UL << 30);
        buf_init(&out, 1UL << 30);
        buf_addf(&in, "{\"a\":%u,\"save_meta\":\"", i);
        buf_addf(&out, "{\"a\":%u,\"save_metadata_to_images\":\"", i);
        while (in.len < 1500000 + i) {
            buf_adds(&in, units[i]);
            buf_adds(&out, units[i]);
        }
        buf_adds(&in, "\",\"x\":[\"");
        buf_adds(&out, "\",\"x\":[\"");
        for (unsigned k = 0; k < 100000; k++) {
            buf_adds(&in, units[i]);
            buf_adds(&out, units[i]);
        }
        buf_adds(&in, "\"],\"save_extension\":\"jpg\"}");
        buf_adds(&out, "\"],\"output_format\":\"jpeg\"}\n");
        pid_t child;
        int fd = feed(in.data, in.len, 60000, &child);
        struct converted file = convert_text(&(struct convert_options){.kind = 0}, in.data, in.len);
        struct converted pipe = convert_fd(&(struct convert_options){.kind = 0}, fd);
        CHECK(file.result == 0 && file.out.len == out.len &&
                  memcmp(file.out.data, out.data, out.len) == 0,
              "long strings of %s from a file: %s", units[i], file.err.text);
        CHECK(pipe.result == 0 && pipe.out.len == out.len &&
                  memcmp(pipe.out.data, out.data, out.len) == 0,
              "long strings of %s from a pipe: %s", units[i], pipe.err.text);
        close(fd);
        waitpid(child, NULL, 0);
        converted_release(&file);
        converted_release(&pipe);
        buf_release(&in);
        buf_release(&out);
    }
}

int main(void)
{
    there_and_back();
    same_judgement();
    any_cut();
    any_edge();
    long_strings();
    return unit_done("convert_random");
}
