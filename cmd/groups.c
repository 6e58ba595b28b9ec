#include "cmd/groups.h"

#define FIELD(type, member) .offset = offsetof(struct type, member)

struct common_options common;

const char *const backend_names[] = {"webui", "ppinfra", "fooocusapi", "fooocus-api", "eks", NULL};

static const char *const error_formats[] = {"text", "json", NULL};

static const struct option_row common_rows[] = {
    {.name = "error-format",
     .type = OPTION_CHOICE,
     .choices = error_formats,
     FIELD(common_options, error_format),
     .help = "how errors are written to standard error",
     .detail = "The default is text, one line. With json an error is one JSON object that holds "
               "the code, the message and the server's own words."},
    {.name = "quiet",
     .letter = 'q',
     .type = OPTION_FLAG,
     FIELD(common_options, quiet),
     .conflicts = "verbose",
     .help = "no progress and no warnings on standard error; errors remain"},
    {.name = "verbose",
     .letter = 'v',
     .type = OPTION_FLAG,
     FIELD(common_options, verbose),
     .help = "say on standard error what is being done"},
    {.name = "help", .letter = 'h', .type = OPTION_HELP, .help = "print a summary of the options"},
    {.name = NULL},
};
const struct option_group common_group = {.title = "Common options", .rows = common_rows};

static const struct option_row remote_rows[] = {
    {.name = "endpoint",
     .letter = 'e',
     .type = OPTION_TEXT,
     .metavar = "NAME|URL",
     .repeats = true,
     FIELD(remote_options, endpoints),
     .help = "the service: the name of a configured endpoint, or a URL",
     .detail = "Without it SDCTL_ENDPOINT is used, else the default endpoint. A batch may name "
               "several."},
    {.name = "backend",
     .letter = 'b',
     .type = OPTION_CHOICE,
     .choices = backend_names,
     FIELD(remote_options, backend),
     .help = "the kind of service that the endpoint is",
     .detail = "Without it SDCTL_BACKEND is used, else what is configured for the endpoint. A URL "
               "without a backend is probed once, and the answer is named in the result."},
    {.name = "api-key-file",
     .type = OPTION_FILE,
     .metavar = "FILE|-",
     FIELD(remote_options, api_key_file),
     .help = "read the key from a file, or from standard input",
     .detail = "A key is never taken from the command line, where other users could see it; the "
               "variable SDCTL_API_KEY may hold one."},
    {.name = "timeout",
     .type = OPTION_REAL,
     .metavar = "SECONDS",
     .min = 0,
     .max = 604800,
     .above_min = true,
     FIELD(remote_options, timeout),
     .help = "how long to wait for the result in all",
     .detail = "Without it an hour, 3600."},
    {.name = "retries",
     .type = OPTION_INT,
     .metavar = "N",
     .min = 0,
     .max = 100,
     FIELD(remote_options, retries),
     .help = "attempts after the first, for what is safe to repeat",
     .detail = "Without it 3. A request that the server may have accepted is not sent again."},
    {.name = "insecure-http",
     .type = OPTION_FLAG,
     FIELD(remote_options, insecure_http),
     .help = "send the key even over http to another machine, unencrypted"},
    {.name = NULL},
};
const struct option_group remote_group = {.title = "Service", .rows = remote_rows};

static const struct option_row request_rows[] = {
    {.name = "dry-run",
     .type = OPTION_FLAG,
     FIELD(remote_options, dry_run),
     .conflicts = "explain",
     .help = "print the request body that would be sent; send nothing",
     .detail = "The server is not asked either, so names are not checked."},
    {.name = "explain",
     .type = OPTION_FLAG,
     FIELD(remote_options, explain),
     .help = "print each effective parameter and its origin as JSON; send nothing",
     .detail = "The origin is option, --set, --params, --from, --ui-defaults, or the known default "
               "of the server."},
    {.name = "strict",
     .type = OPTION_FLAG,
     FIELD(remote_options, strict),
     .help = "exit with status 10 if the server did something else than asked",
     .detail = "What the server changed is listed under warnings in the result either way."},
    {.name = "no-progress",
     .type = OPTION_FLAG,
     FIELD(remote_options, no_progress),
     .help = "show no progress on standard error"},
    {.name = NULL},
};
const struct option_group request_group = {.title = "Request", .rows = request_rows};

static const struct option_row batch_rows[] = {
    {.name = "batch",
     .type = OPTION_FILE,
     .metavar = "FILE|DIR|-",
     FIELD(batch_options, batch),
     .conflicts = "dry-run,explain",
     .help = "run many jobs: JSON Lines, one job each, or a folder of images",
     .detail =
         "A line is a JSON object of options by their long names (image, mask, prompt, steps, "
         "output ...) and of native parameters; it is laid over the command's own options. "
         "The same command again does what is missing."},
    {.name = "jobs",
     .type = OPTION_INT,
     .metavar = "N",
     .min = 1,
     .max = 256,
     FIELD(batch_options, jobs),
     .needs = "batch",
     .help = "jobs at a time, over all endpoints",
     .detail = "Without it one for each endpoint."},
    {.name = "shard",
     .type = OPTION_TEXT,
     .metavar = "I/N",
     FIELD(batch_options, shard),
     .needs = "batch",
     .help = "do the I-th of N parts of the batch only",
     .detail = "Job number k belongs to part (k - 1) mod N + 1, so N machines share a batch. "
               "Of a folder it is the name that decides."},
    {.name = NULL},
};
const struct option_group batch_group = {.title = "Batch", .rows = batch_rows};

static const struct option_row task_rows[] = {
    {.name = "async",
     .type = OPTION_FLAG,
     FIELD(task_options, async),
     .conflicts = "stream,binary,loopback",
     .help = "submit, print the document with the task's id, and do not wait",
     .detail =
         "PPInfra, FooocusAPI, Fooocus-API, EKS. 'sdctl tasks wait' fetches the result, also on "
         "another day; it may be given the document itself."},
    {.name = "stream",
     .type = OPTION_FLAG,
     FIELD(task_options, stream),
     .conflicts = "binary",
     .help = "take the result as a stream of events with progress and previews (FooocusAPI)"},
    {.name = "binary",
     .type = OPTION_FLAG,
     FIELD(task_options, binary),
     .help = "take the one image as the answer itself (FooocusAPI, Fooocus-API)"},
    {.name = "resubmit",
     .type = OPTION_FLAG,
     FIELD(task_options, resubmit),
     .help = "send a request again although the same one may have been taken",
     .detail = "When the answer to a submission gets lost nobody knows whether the task was taken "
               "and paid. The journal remembers that, and the same request is refused without "
               "this option."},
    {.name = "journal-params",
     .type = OPTION_FLAG,
     FIELD(task_options, journal_params),
     .help = "keep the parameters, prompts included, in the task journal",
     .detail = "Otherwise the journal holds ids, paths and a digest of the request."},
    {.name = "s3-stage",
     .type = OPTION_TEXT,
     .metavar = "s3://BUCKET/PREFIX",
     FIELD(task_options, s3_stage),
     .help = "put the images into S3 first and send links to them (EKS)",
     .detail = "Under PREFIX each is named by its SHA-256, and none is ever deleted. The queue of "
               "Stable Diffusion on EKS carries requests of at most 256 KiB."},
    {.name = "show",
     .type = OPTION_FLAG,
     FIELD(task_options, show),
     .conflicts = "batch",
     .help = "show previews and results in the terminal, where it can show pictures",
     .detail = "By the protocols of kitty and iTerm2, else with chafa if that is installed."},
    {.name = NULL},
};
const struct option_group task_group = {.title = "Task", .rows = task_rows};

static const struct option_row output_rows[] = {
    {.name = "output",
     .letter = 'o',
     .type = OPTION_OUTPUT,
     .metavar = "PATH|DIR/|-",
     FIELD(output_options, output),
     .help = "where the images go",
     .detail = "One image goes to exactly PATH, several to PATH-1.png, PATH-2.png and so on. In "
               "DIR/, or in the current folder without this option, images are named "
               "STEM-COMMAND-N.png: the name of the first image without its extension, the "
               "command, and the next free number. - writes the single image to standard output, "
               "and no document."},
    {.name = "force",
     .type = OPTION_FLAG,
     FIELD(output_options, force),
     .help = "replace existing files",
     .detail = "Without it an existing file is refused before anything is sent."},
    {.name = NULL},
};
const struct option_group output_group = {.title = "Output", .rows = output_rows};
