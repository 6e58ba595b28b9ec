#include "cmd/options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/describe.h"
#include "cmd/groups.h"
#include "cmd/help.h"
#include "tests/unit/unit.h"

struct settings {
    struct remote_options remote;
    struct generation_options generation;
    struct output_options output;
    struct inpaint_options inpaint;
};

static const struct option_use uses[] = {
    {.group = &generation_group, .base = offsetof(struct settings, generation)},
    {.group = &inpaint_group, .base = offsetof(struct settings, inpaint)},
    {.group = &output_group, .base = offsetof(struct settings, output)},
    {.group = &remote_group, .base = offsetof(struct settings, remote)},
    {.group = &request_group, .base = offsetof(struct settings, remote)},
    {.group = NULL},
};

static const struct command command = {
    .name = "paint",
    .summary = "test the option machine",
    .operands = "[IN.png|-]",
    .max_operands = 2,
    .uses = uses,
    .settings_size = sizeof(struct settings),
};

static const struct command bare = {.name = "bare", .summary = "take nothing", .operands = ""};

#define ARGS_MAX 32

/* One parsed command line; released by the next. */
static struct parsed parsed;
static const struct command *parsed_command = &bare;
static struct error error;

static int parse_array(const struct command *cmd, int argc, char **argv)
{
    common = (struct common_options){.quiet = false};
    options_release(parsed_command, &parsed);
    parsed_command = cmd;
    error = (struct error){.code = EXIT_DONE};
    return options_parse(cmd, argc, argv, &parsed, &error);
}

/* The arguments are separated by one space each; "" stands for an empty line. */
static int parse_line(const struct command *cmd, const char *line)
{
    static char copy[1024];
    char *argv[ARGS_MAX + 1] = {"sdctl"};
    int argc = 1;

    snprintf(copy, sizeof copy, "%s", line);
    for (char *at = copy; *line != '\0' && at != NULL && argc < ARGS_MAX;) {
        char *space = strchr(at, ' ');
        argv[argc++] = at;
        if (space != NULL) {
            *space++ = '\0';
        }
        at = space;
    }
    return parse_array(cmd, argc, argv);
}

static void accepts_neutral(const char *line, const char *json)
{
    int result = parse_line(&command, line);
    char *text = json_dumps(parsed.neutral, JSON_COMPACT | JSON_SORT_KEYS);

    CHECK(result == 0, "'%s' is accepted, not: %s", line, error.text);
    CHECK(text != NULL && strcmp(text, json) == 0, "'%s' gives %s, not %s", line, json, text);
    free(text);
}

static void refuses(const char *line, const char *message)
{
    int result = parse_line(&command, line);

    CHECK(result == -1 && error.code == EXIT_USAGE, "'%s' is refused", line);
    CHECK(strcmp(error.text, message) == 0, "'%s':\n  expected: %s\n  got:      %s", line, message,
          error.text);
}

static void test_neutral(void)
{
    accepts_neutral("", "{}");
    accepts_neutral("--steps 20", "{\"steps\":20}");
    accepts_neutral("--steps=20", "{\"steps\":20}");
    accepts_neutral("--steps 20 --steps 30", "{\"steps\":30}");
    accepts_neutral("--cfg-scale 7", "{\"cfg_scale\":7.0}");
    accepts_neutral("--cfg-scale 7.5 --strength 0", "{\"cfg_scale\":7.5,\"strength\":0.0}");
    accepts_neutral("--strength 1", "{\"strength\":1.0}");
    accepts_neutral("--strength 5e-1", "{\"strength\":0.5}");
    accepts_neutral("--size 512x768", "{\"height\":768,\"width\":512}");
    accepts_neutral("--width 640 --height 480", "{\"height\":480,\"width\":640}");
    accepts_neutral("--seed -1", "{\"seed\":-1}");
    accepts_neutral("--seed=-1", "{\"seed\":-1}");
    accepts_neutral("--seed 9007199254740991", "{\"seed\":9007199254740991}");
    accepts_neutral("--clip-skip 12 --count 1000", "{\"clip_skip\":12,\"count\":1000}");
    accepts_neutral("--resize latent", "{\"resize\":\"latent\"}");
    accepts_neutral("--lora a:0.5", "{\"loras\":[\"a:0.5\"]}");
    accepts_neutral("--lora a --lora b --lora a", "{\"loras\":[\"a\",\"b\",\"a\"]}");
    accepts_neutral("--style s --embedding e", "{\"embeddings\":[\"e\"],\"styles\":[\"s\"]}");
    accepts_neutral("-p @prompt.txt", "{\"prompt\":\"@prompt.txt\"}");
    accepts_neutral("-pcat", "{\"prompt\":\"cat\"}");
    accepts_neutral("-p=cat", "{\"prompt\":\"=cat\"}");
    accepts_neutral("--prompt=a=b", "{\"prompt\":\"a=b\"}");
    accepts_neutral("--prompt=", "{\"prompt\":\"\"}");
    accepts_neutral("-p --steps", "{\"prompt\":\"--steps\"}");
    accepts_neutral("-p -", "{\"prompt\":\"-\"}");
    accepts_neutral("-p -- --steps 3", "{\"prompt\":\"--\",\"steps\":3}");
    accepts_neutral("-n bad --prompt good", "{\"negative_prompt\":\"bad\",\"prompt\":\"good\"}");
    accepts_neutral("--mask-blur 0", "{\"mask_blur\":0}");
    accepts_neutral("--mask-blur-x 3 --mask-blur-y 64", "{\"mask_blur_x\":3,\"mask_blur_y\":64}");
    accepts_neutral("--fill latent-noise --area masked --padding 32",
                    "{\"area\":\"masked\",\"fill\":\"latent-noise\",\"padding\":32}");
    accepts_neutral("--sampler Euler --scheduler Karras --model m --vae v",
                    "{\"model\":\"m\",\"sampler\":\"Euler\",\"scheduler\":\"Karras\",\"vae\":"
                    "\"v\"}");
}

static void test_fields(void)
{
    const struct settings *s;

    CHECK(parse_line(&command, "-i a.png --image b.png -i- -m m.png --mask-from alpha "
                               "--invert-mask --threshold 0 --ui-defaults -o out/ --force") == 0,
          "%s", error.text);
    s = parsed.settings;
    CHECK(s->generation.image.n == 3, "three images");
    CHECK(s->generation.image.n == 3 && strcmp(s->generation.image.v[0], "a.png") == 0 &&
              strcmp(s->generation.image.v[1], "b.png") == 0 &&
              strcmp(s->generation.image.v[2], "-") == 0,
          "in the order given");
    CHECK(strcmp(s->inpaint.mask, "m.png") == 0, "mask");
    CHECK(strcmp(s->inpaint.mask_from, "alpha") == 0, "mask-from");
    CHECK(s->inpaint.invert_mask && s->inpaint.ui_defaults && s->output.force, "flags");
    CHECK(s->inpaint.threshold.set && s->inpaint.threshold.value == 0, "threshold 0 is set");
    CHECK(strcmp(s->output.output, "out/") == 0, "output");
    CHECK(json_object_size(parsed.neutral) == 0, "none of them is a neutral parameter");

    CHECK(parse_line(&command, "-e studio -b webui --timeout 0.5 --retries 0 --set a=b --set c= "
                               "--controlnet image=x.png,weight=1 --script S --script-arg 1") == 0,
          "%s", error.text);
    s = parsed.settings;
    CHECK(s->remote.endpoints.n == 1 && strcmp(s->remote.endpoints.v[0], "studio") == 0,
          "endpoint");
    CHECK(s->remote.backend == backend_names[0], "a choice points into the table");
    CHECK(s->remote.timeout.set && s->remote.timeout.value == 0.5, "timeout");
    CHECK(s->remote.retries.set && s->remote.retries.value == 0, "retries");
    CHECK(s->generation.set.n == 2 && strcmp(s->generation.set.v[1], "c=") == 0, "set");
    CHECK(s->generation.controlnet.n == 1, "controlnet");
    CHECK(!s->inpaint.threshold.set && s->generation.params == NULL, "the rest is unset");
}

static void test_common(void)
{
    CHECK(parse_line(&bare, "-q") == 0 && common.quiet && !common.verbose, "-q");
    CHECK(parse_line(&bare, "--error-format json -v") == 0 && common.verbose &&
              strcmp(common.error_format, "json") == 0,
          "-v and --error-format");
    CHECK(parse_line(&bare, "--bad --error-format=json") == -1 && common.error_format != NULL &&
              strcmp(common.error_format, "json") == 0,
          "--error-format counts behind an error, too");
    CHECK(strncmp(error.text, "unknown option '--bad'", 22) == 0, "the first error is told");
    CHECK(parse_line(&command, "-qi") == -1 && common.quiet, "a bundle that ends in a value");
    CHECK(parse_line(&command, "-qia.png") == 0 && common.quiet, "%s", error.text);
    CHECK(parse_line(&command, "-h") == 0 && parsed.help, "-h");
    CHECK(parse_line(&command, "--steps x --help") == 0 && parsed.help, "--help beats an error");
    CHECK(parse_line(&command, "-p --help") == 0 && !parsed.help, "the value of an option is not");
    CHECK(parse_line(&command, "-- --help") == 0 && !parsed.help, "nor is an operand");
}

static void test_operands(void)
{
    CHECK(parse_line(&command, "a --steps 1 -") == 0 && parsed.n_operands == 2 &&
              strcmp(parsed.operands[0], "a") == 0 && strcmp(parsed.operands[1], "-") == 0,
          "operands among options");
    CHECK(parse_line(&command, "-- -q --steps") == 0 && parsed.n_operands == 2 && !common.quiet &&
              strcmp(parsed.operands[1], "--steps") == 0,
          "operands after --");
    CHECK(parse_line(&command, "-- --") == 0 && parsed.n_operands == 1, "-- after --");
    refuses("a b c", "unexpected argument 'c': 'sdctl paint' takes at most 2");
    CHECK(parse_line(&bare, "a") == -1 &&
              strcmp(error.text, "unexpected argument 'a': 'sdctl bare' takes options only") == 0,
          "%s", error.text);
    CHECK(parse_array(&bare, 0, NULL) == 0, "no arguments at all, not even a name");
}

static void test_unknown(void)
{
    refuses("--stpes 3", "unknown option '--stpes'; did you mean '--steps'?");
    refuses("--step 3", "unknown option '--step'; did you mean '--steps'?");
    refuses("--foobarbaz", "unknown option '--foobarbaz'; see 'sdctl paint --help'");
    refuses("--api-key sk-0123", "unknown option '--api-key'; did you mean '--api-key-file'?");
    refuses("--api-key=sk-0123", "unknown option '--api-key'; did you mean '--api-key-file'?");
    refuses("-x", "unknown option '-x'; see 'sdctl paint --help'");
    refuses("-qx", "unknown option '-x'; see 'sdctl paint --help'");
    refuses("-k0123456789", "unknown option '-k'; see 'sdctl paint --help'");
    refuses("-mask m.png", "unknown option '-mask'; did you mean '--mask'?");
    refuses("-prompt=cat", "unknown option '-prompt'; did you mean '--prompt'?");
    refuses("--=x", "unknown option '--'; see 'sdctl paint --help'");
    refuses("--\033[31m", "unknown option '--?[31m'; see 'sdctl paint --help'");
    refuses("-\033", "unknown option '-?'; see 'sdctl paint --help'");
    refuses(
        "--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "unknown option '--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'; see 'sdctl paint --help'");
}

static void test_values(void)
{
    refuses("--steps", "option '--steps' needs a value");
    refuses("-p", "option '--prompt' needs a value");
    refuses("--quiet=yes", "option '--quiet' takes no value");
    refuses("--help=yes", "option '--help' takes no value");
    refuses("--steps=", "option '--steps': '' is not a whole number (1 to 10000)");
    refuses("--steps 0", "option '--steps': '0' is out of range (1 to 10000)");
    refuses("--steps 10001", "option '--steps': '10001' is out of range (1 to 10000)");
    refuses("--steps 4.0", "option '--steps': '4.0' is not a whole number (1 to 10000)");
    refuses("--steps 0x10", "option '--steps': '0x10' is not a whole number (1 to 10000)");
    refuses("--steps 99999999999999999999",
            "option '--steps': '99999999999999999999' is out of range (1 to 10000)");
    refuses("--seed -2", "option '--seed': '-2' is out of range (-1 to 9007199254740991)");
    refuses("--seed 9007199254740992",
            "option '--seed': '9007199254740992' is out of range (-1 to 9007199254740991)");
    refuses("--strength 1.01", "option '--strength': '1.01' is out of range (0 to 1)");
    refuses("--strength -0.1", "option '--strength': '-0.1' is out of range (0 to 1)");
    refuses("--strength 0,5", "option '--strength': '0,5' is not a decimal number (0 to 1)");
    refuses("--strength nan", "option '--strength': 'nan' is not a decimal number (0 to 1)");
    refuses("--strength inf", "option '--strength': 'inf' is not a decimal number (0 to 1)");
    refuses("--strength 0x1p-1", "option '--strength': '0x1p-1' is not a decimal number (0 to 1)");
    refuses("--timeout 0", "option '--timeout': '0' is out of range (more than 0, up to 604800)");
    refuses("--timeout 604801",
            "option '--timeout': '604801' is out of range (more than 0, up to 604800)");
    refuses("--size 512", "option '--size': '512' is not WxH, such as 512x768");
    refuses("--size x", "option '--size': 'x' is not WxH, such as 512x768");
    refuses("--size 512x512x512", "option '--size': '512x512x512' is not WxH, such as 512x768");
    refuses("--size 512X512", "option '--size': '512X512' is not WxH, such as 512x768");
    refuses("--size 0x512", "option '--size': '0' is out of range for the width (1 to 16384)");
    refuses("--size 8x16385",
            "option '--size': '16385' is out of range for the height (1 to 16384)");
    refuses("--size 99999999999999999999999999999x8",
            "option '--size': '99999999999999999999999999999x8' is not WxH, such as 512x768");
    refuses("--resize jus", "option '--resize': 'jus' is not one of just, crop, fill, latent");
    refuses("--resize Crop", "option '--resize': 'Crop' is not one of just, crop, fill, latent");
    refuses("--backend x",
            "option '--backend': 'x' is not one of webui, ppinfra, fooocusapi, fooocus-api, eks");
    refuses("--set key", "option '--set': 'key' is not KEY=VALUE");
    refuses("--set =value", "option '--set': '=value' is not KEY=VALUE");
    refuses("--sampler=", "option '--sampler': the value is empty");
    refuses("--image=", "option '--image': the value is empty");
    refuses("-p \377", "option '--prompt': '?' is not UTF-8 text");
    refuses("--set a=\300\257", "option '--set': 'a=?"
                                "?' is not UTF-8 text");
    refuses("--steps \033]0;x\a", "option '--steps': '?]0;x?' is not a whole number (1 to 10000)");
}

static void test_relations(void)
{
    refuses("--mask-blur 4 --mask-blur-x 4",
            "options '--mask-blur' and '--mask-blur-x' exclude each other");
    refuses("--mask-blur-y 4 --mask-blur 4",
            "options '--mask-blur' and '--mask-blur-y' exclude each other");
    refuses("--size 8x8 --height 8", "options '--size' and '--height' exclude each other");
    refuses("--dry-run --explain", "options '--dry-run' and '--explain' exclude each other");
    refuses("-qv", "options '--quiet' and '--verbose' exclude each other");
    refuses("--script-arg 1", "option '--script-arg' has no effect without '--script'");
    CHECK(parse_line(&command, "--mask-blur-x 1 --mask-blur-y 2") == 0, "%s", error.text);
}

/* Long values are shown in part, and leave room for what is wrong with them. */
static void test_long_value(void)
{
    static char value[100000];
    char *argv[] = {"sdctl", "--steps", value, NULL};

    memset(value, 'a', sizeof value - 1);
    CHECK(parse_array(&command, 3, argv) == -1, "refused");
    CHECK(strlen(error.text) < 160 && strstr(error.text, "...' is not a whole number") != NULL,
          "'%s'", error.text);
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

/* Any arguments: parsed or refused with one line, and nothing leaks (a sanitizer sees that). */
static void test_any(void)
{
    static const char *const words[] = {
        "--",        "-",        "-q",          "-qv",     "-i",     "a.png",  "--image=b",
        "--steps",   "--steps=", "20",          "-1",      "--size", "8x8",    "--set",
        "a=b",       "=",        "--lora",      "--lora",  "--help", "--fill", "fill",
        "\377",      "-p",       "--prompt=@x", "--force", "-o",     "--seed", "--script",
        "-\xc3\xa9", "",         "--style",     "--st",
    };
    unsigned state = 1;

    for (int round = 0; round < 20000; round++) {
        char *argv[12] = {"sdctl"};
        int argc = 1 + (int)(next_random(&state) % 10);
        for (int i = 1; i < argc; i++) {
            argv[i] =
                (char *)(uintptr_t)words[next_random(&state) % (sizeof words / sizeof *words)];
        }
        int result = parse_array(&command, argc, argv);
        bool told = error.text[0] != '\0' && strchr(error.text, '\n') == NULL;
        CHECK(parsed.help || (result == 0) != (told && error.code == EXIT_USAGE),
              "round %d: %d '%s'", round, result, error.text);
    }
}

/* Arguments of random bytes around an option's name. */
static void test_bytes(void)
{
    unsigned state = 7;

    for (int round = 0; round < 20000; round++) {
        char bytes[3][12];
        char *argv[] = {"sdctl", bytes[0], bytes[1], bytes[2], NULL};
        for (int i = 0; i < 3; i++) {
            size_t n = next_random(&state) % (sizeof bytes[i] - 1);
            for (size_t k = 0; k < n; k++) {
                bytes[i][k] = (char)(1 + next_random(&state) % 255);
            }
            bytes[i][n] = '\0';
            if (n > 1 && next_random(&state) % 2 != 0) {
                bytes[i][0] = '-';
            }
        }
        int result = parse_array(&command, 4, argv);
        CHECK(result == 0 || error.code == EXIT_USAGE, "round %d", round);
        const char *c = error.text;
        while ((unsigned char)*c >= 0x20 && *c != 0x7f) {
            c++;
        }
        CHECK(*c == '\0', "round %d: the error is printable", round);
    }
}

static char help_text[16384];

static void print_help(const struct command *cmd)
{
    FILE *out = fmemopen(help_text, sizeof help_text, "w");

    help_print(cmd, out);
    CHECK(fclose(out) == 0, "written");
    for (const char *line = help_text; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        CHECK(n < 80, "80 columns: %.*s", (int)n, line);
        line += n + (line[n] == '\n');
    }
}

static void test_help(void)
{
    const char *text = help_text;
    struct command wordy = bare;

    wordy.operands = "first OPERAND | second OPERAND | third OPERAND | fourth OPERAND";
    print_help(&wordy);
    CHECK(strstr(text, "third OPERAND |\n                  fourth OPERAND\n") != NULL,
          "a long usage line is broken under its options: %s", text);
    print_help(&command);
    CHECK(strncmp(text, "Usage: sdctl paint [OPTION]... [IN.png|-]\n", 42) == 0, "usage line");
    CHECK(strstr(text, "\n      --steps N               sampling steps (1 to 10000)\n") != NULL,
          "a short option on one line");
    CHECK(strstr(text, "\n      --resize just|crop|fill|latent\n                              how "
                       "the image is brought") != NULL,
          "a long one on two");
    CHECK(strstr(text, "\nSee 'man sdctl-paint'.\n") != NULL, "last line");
}

int main(void)
{
    test_neutral();
    test_fields();
    test_common();
    test_operands();
    test_unknown();
    test_values();
    test_relations();
    test_long_value();
    test_any();
    test_bytes();
    test_help();
    options_release(parsed_command, &parsed);
    options_release(parsed_command, NULL);
    return unit_done("options");
}
