#include "backend/eks.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "wire/json.h"

/* What is sent to Stable Diffusion on EKS, and what its answers and results in S3 mean. JSON is
 * written with ' for ". */

static json_t *parse(const char *text)
{
    char *copy = strdup(text);
    struct error err;

    for (char *c = copy; *c != '\0'; c++) {
        *c = (char)(*c == '\'' ? '"' : *c);
    }
    json_t *value = json_parse(copy, strlen(copy), "test", EXIT_FAILED, &err);
    CHECK(value != NULL, "bad test: %s: %s", err.text, text);
    free(copy);
    return value;
}

/* A task as the driver makes it; its first image is an input of the task. */
static int compose(struct task *task, struct input *input, const char *neutral, const char *set,
                   const char *url, const char *stage, uint64_t bytes, struct error *err)
{
    enum operation operation =
        strstr(neutral, "'mask'") != NULL ? OPERATION_INPAINT : OPERATION_IMG2IMG;

    *task = (struct task){.operation = operation,
                          .neutral = parse(neutral),
                          .native = parse(set),
                          .warnings = json_array(),
                          .flavour = eks_backend.flavour(url),
                          .stage = stage};
    snprintf(task->id, sizeof task->id, "sdctl-1");
    json_t *images = json_object_get(task->neutral, "images");
    *input = (struct input){
        .node = json_array_get(images, 0), .sha256 = "abc", .extension = "png", .bytes = bytes};
    task->inputs = input;
    task->n_inputs = json_is_object(input->node);
    task->n_images = json_array_size(images);
    return eks_backend.adopt(task->native, err) != 0 ||
                   native_check_object(eks_natives, task->native, "--set", false, err) != 0 ||
                   native_translate(eks_natives, task->neutral, task->native, err) != 0
               ? -1
               : eks_backend.compose(task, NULL, err);
}

static const char *const plain = "{'images':[{'path':'a.png'}],'prompt':'cat'}";

static void check_bodies(void)
{
    static const struct {
        const char *neutral, *set, *url, *stage, *path, *body;
    } rows[] = {
        {"{'images':[{'path':'a.png'}],'prompt':'cat','steps':16}",
         "{'runtime':'sdruntime','prefix':'/a/b//'}", "https://h/prod", NULL, "/v1alpha2",
         "{'task':{'metadata':{'runtime':'sdruntime','prefix':'a/b','id':'sdctl-1',"
         "'tasktype':'image-to-image'},'content':{'prompt':'cat','steps':16,"
         "'init_images':[{'path':'a.png'}]}}}"},
        {"{'images':['https://h/a.png'],'prompt':'cat','model':'m.safetensors'}",
         "{'task':{'metadata':{'runtime':'r','prefix':'o','id':'test-i2i','context':{'a':1}}}}",
         "https://h/prod/v1alpha2", NULL, "",
         "{'task':{'metadata':{'runtime':'r','prefix':'o','id':'test-i2i','context':{'a':1},"
         "'tasktype':'image-to-image'},'content':{'alwayson_scripts':"
         "{'sd_model_checkpoint':'m.safetensors'},'prompt':'cat',"
         "'init_images':['https://h/a.png']}}}"},
        /* seed 002's sample for v1alpha1 */
        {"{'prompt':'cat','steps':16,'width':512,'height':512}",
         "{'alwayson_scripts':{'task':'image-to-image','image_link':'https://h/cat.png',"
         "'id_task':'test-i2i','sd_model_checkpoint':'v1-5.safetensors','save_dir':'output'}}",
         "https://h/prod/v1alpha1", NULL, "",
         "{'alwayson_scripts':{'sd_model_checkpoint':'v1-5.safetensors','task':'image-to-image',"
         "'id_task':'test-i2i','save_dir':'output'},'init_images':['https://h/cat.png'],"
         "'prompt':'cat','steps':16,'width':512,'height':512}"},
        /* an empty alwayson_scripts is left out, one of a unit gets a model (C8) */
        {"{'images':[{'path':'a.png'}]}", "{'runtime':'r','prefix':'o','alwayson_scripts':{}}",
         "http://h", NULL, "/v1alpha2",
         "{'task':{'metadata':{'runtime':'r','prefix':'o','id':'sdctl-1',"
         "'tasktype':'image-to-image'},'content':{'init_images':[{'path':'a.png'}]}}}"},
        {"{'images':[{'path':'a.png'}]}",
         "{'runtime':'r','prefix':'o','alwayson_scripts':{'x':{'args':[1]}}}", "http://h", NULL,
         "/v1alpha2",
         "{'task':{'metadata':{'runtime':'r','prefix':'o','id':'sdctl-1',"
         "'tasktype':'image-to-image'},'content':{'alwayson_scripts':{'x':{'args':[1]},"
         "'sd_model_checkpoint':''},'init_images':[{'path':'a.png'}]}}}"},
        {"{'images':[{'path':'a.png'}],'mask':'s3://b/m.png'}", "{'runtime':'r','prefix':'o'}",
         "http://h", "s3://b/in//", "/v1alpha2",
         "{'task':{'metadata':{'runtime':'r','prefix':'o','id':'sdctl-1',"
         "'tasktype':'image-to-image'},'content':{'init_images':['s3://b/in/abc.png'],"
         "'mask':'s3://b/m.png'}}}"},
        {"{'prompt':'cat','loras':['l']}",
         "{'runtime':'r','prefix':'o','tasktype':'text-to-image'}", "http://h", NULL, "/v1alpha2",
         "{'task':{'metadata':{'runtime':'r','prefix':'o','tasktype':'text-to-image',"
         "'id':'sdctl-1'},'content':{'prompt':'cat <lora:l:1>'}}}"},
        {"{'images':[{'path':'a.png'}]}",
         "{'runtime':'r','prefix':'o','tasktype':'extra-single-image','upscaler_1':'x'}",
         "http://h", NULL, "/v1alpha2",
         "{'task':{'metadata':{'runtime':'r','prefix':'o','tasktype':'extra-single-image',"
         "'id':'sdctl-1'},'content':{'upscaler_1':'x','image':{'path':'a.png'}}}}"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task;
        struct input input;
        struct request request;
        struct error err = {0};
        json_t *wanted = parse(rows[i].body);
        int result = compose(&task, &input, rows[i].neutral, rows[i].set, rows[i].url,
                             rows[i].stage, 100, &err);
        CHECK(result == 0, "row %zu: %s", i, err.text);
        if (result == 0 && eks_backend.request(&task, ASK_SUBMIT, &request)) {
            char *text = json_dumps(request.body, JSON_COMPACT);
            CHECK(json_equal(request.body, wanted), "row %zu: %s", i, text);
            CHECK(strcmp(request.path, rows[i].path) == 0, "row %zu: %s", i, request.path);
            free(text);
            json_decref(request.body);
        }
        json_decref(wanted);
        backend_release_task(&task);
    }
}

static void check_refusals(void)
{
    static const struct {
        const char *neutral, *set, *url, *words;
    } rows[] = {
        {"{'images':[{'path':'a.png'}]}", "{'runtime':'r'}", "http://h", "no prefix"},
        {"{'images':[{'path':'a.png'}]}", "{'runtime':'r','prefix':'//'}", "http://h", "empty"},
        {"{'images':[{'path':'a.png'}]}", "{'prefix':'p'}", "http://h", "no runtime"},
        {"{'images':[{'path':'a.png'}]}", "{'prefix':'p','runtime':'a b'}", "http://h", "runtime"},
        {"{'images':[{'path':'a.png'}]}", "{'prefix':'p'}", "http://h/v1alpha1", "no model"},
        {"{'images':[{'path':'a.png'}]}", "{'runtime':'r','prefix':'p','id':'a.b'}", "http://h",
         "id is"},
        {"{'images':[{'path':'a.png'}]}", "{'runtime':'r','prefix':'p','id':'-_'}", "http://h",
         "id is"},
        {"{'images':[{'path':'a.png'}]}",
         "{'runtime':'r','prefix':'p','id':'"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}",
         "http://h", "id is"},
        {"{'images':[{'path':'a.png'}]}", "{'runtime':'r','prefix':'p','tasktype':'pipeline'}",
         "http://h", "tasktype"},
        {"{'images':[{'path':'a.png'}],'prompt':'http is a protocol'}",
         "{'runtime':'r','prefix':'p'}", "http://h", "prompt begins with"},
        {"{'images':[{'path':'a.png'}],'negative_prompt':'s3://x/y'}",
         "{'runtime':'r','prefix':'p'}", "http://h", "negative_prompt begins"},
        {"{'images':['httpx']}", "{'runtime':'r','prefix':'p'}", "http://h", "init_images begins"},
        {"{'images':[{'path':'a.png'}]}", "{'runtime':'r','prefix':'p','force_task_id':'x'}",
         "http://h", "unknown parameter"},
        {"{'images':[{'path':'a.png'}]}", "{'runtime':'r','prefix':'p','stepz':1}", "http://h",
         "steps"},
        {"{'images':[{'path':'a.png'}]}",
         "{'runtime':'r','prefix':'p','task':{'metadata':{'runtime':'s'}}}", "http://h", "twice"},
        {"{'images':[{'path':'a.png'}]}", "{'runtime':'r','prefix':'p','tasktype':'text-to-image'}",
         "http://h", "no image"},
        {"{'images':[{'path':'a.png'}],'mask':{'path':'m'}}",
         "{'runtime':'r','prefix':'p','tasktype':'text-to-image'}", "http://h", "inpaint"},
        {"{'images':[]}", "{'runtime':'r','prefix':'p'}", "http://h", "no image"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task;
        struct input input;
        struct error err = {0};
        int result =
            compose(&task, &input, rows[i].neutral, rows[i].set, rows[i].url, NULL, 100, &err);
        CHECK(result != 0 && err.code == EXIT_USAGE && strstr(err.text, rows[i].words) != NULL,
              "row %zu: %d %s", i, err.code, err.text);
        backend_release_task(&task);
    }
}

/* len(json.dumps(value)) of Python 3.11. */
static void check_size(void)
{
    static const struct {
        const char *json;
        uint64_t size;
    } rows[] = {
        {"{}", 2},
        {"[]", 2},
        {"{'a':1,'b':[1,2,3],'c':{'d':null,'e':true,'f':false}}", 65},
        {"['\xe4\xb8\xad','\xf0\x9f\x98\x80','\xc3\xa9','\\n\\t\\u0001\\u007f\\\\/']", 59},
        {"[0.5,7.0,-3]", 14},
    };
    const struct task none = {0};
    struct task task;
    struct input input;
    struct error err = {0};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *value = parse(rows[i].json);
        uint64_t size = eks_size(&none, value);
        CHECK(size == rows[i].size, "%s: %llu", rows[i].json, (unsigned long long)size);
        json_decref(value);
    }
    const char *set = "{'runtime':'r','prefix':'p'}";
    CHECK(compose(&task, &input, plain, set, "http://h", NULL, 195000, &err) == 0, "%s", err.text);
    backend_release_task(&task);
    CHECK(compose(&task, &input, plain, set, "http://h", NULL, 196000, &err) != 0 &&
              err.code == EXIT_INPUT && strstr(err.text, "--s3-stage") != NULL,
          "too large: %s", err.text);
    backend_release_task(&task);
    CHECK(compose(&task, &input, plain, set, "http://h", "s3://b/p", 1ULL << 33, &err) == 0, "%s",
          err.text);
    backend_release_task(&task);
}

/* --- answers ---------------------------------------------------------------------------------- */

static int read_answer(struct task *task, enum ask ask, const char *text, struct outcome *outcome,
                       struct error *err)
{
    json_t *reply = parse(text);
    int result = eks_backend.outcome(task, ask, reply, NULL, 0, outcome, err);

    json_decref(reply);
    return result;
}

static void check_submission(void)
{
    static const struct {
        const char *reply, *id, *where;
    } rows[] = {
        {"{'id':'a1','runtime':'r','output_location':'s3://b/p/a1'}", "a1", "s3://b/p/a1"},
        {"{'id_task':'a1','runtime':'r','output_location':'s3://b/p/a1'}", "a1", "s3://b/p/a1"},
        {"{'id':'a1'}", NULL, NULL},
        {"{'id':'a1','output_location':'https://b/p'}", NULL, NULL},
        {"{'id':'a1','output_location':'s3://b'}", NULL, NULL},
        {"{'output_location':'s3://b/p/a1'}", NULL, NULL},
        {"[]", NULL, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task = {.warnings = json_array()};
        struct outcome outcome;
        struct error err = {0};
        int result = read_answer(&task, ASK_SUBMIT, rows[i].reply, &outcome, &err);
        CHECK(rows[i].id == NULL
                  ? result != 0 && err.code == EXIT_FAILED
                  : result == 0 && outcome.standing == STANDING_QUEUED &&
                        strcmp(task.id, rows[i].id) == 0 && strcmp(task.where, rows[i].where) == 0,
              "row %zu: %s", i, err.text);
        backend_release_outcome(&outcome);
        backend_release_task(&task);
    }
}

static struct task waiting(void)
{
    struct task task = {.id = "t-1", .warnings = json_array(), .where = strdup("s3://b/o p/t-1/")};

    return task;
}

static void expect_request(const struct task *task, enum ask ask, const char *path)
{
    struct request request;
    bool made = eks_backend.request(task, ask, &request);

    CHECK(path == NULL ? !made : made && strcmp(request.path, path) == 0, "%s, not %s",
          made ? request.path : "none", path != NULL ? path : "none");
    CHECK(!made || request.answer == (ask == ASK_STATE ? ANSWER_LISTING : ANSWER_JSON), "answer");
}

#define LIST "/?list-type=2&prefix=o%20p%2Ft-1%2F"
#define ENTRY(name, at) "{'key':'o p/t-1/" name "','modified':'2024-01-01T00:00:" at ".000Z'}"

/* Deliveries aaaa (failed, newest), bbbb (succeeded), cccc (images without .out). */
static void check_groups(void)
{
    struct task task = waiting();
    struct outcome o;
    struct error err = {0};

    expect_request(&task, ASK_STATE, LIST);
    expect_request(&task, ASK_QUEUE, NULL);
    CHECK(read_answer(&task, ASK_STATE, "{'keys':[],'truncated':false}", &o, &err) == 0 &&
              o.standing == STANDING_QUEUED && !o.doubtful,
          "nothing is there: %s", err.text);
    backend_release_outcome(&o);
    read_answer(&task, ASK_STATE, "{'keys':[" ENTRY("t-1-cccc-1.png", "01") "]}", &o, &err);
    CHECK(o.standing == STANDING_RUNNING && !o.doubtful, "an image without .out");
    backend_release_outcome(&o);

    /* A listing of several pages counts when it began after its .outs were there. */
    for (int round = 0; round < 2; round++) {
        expect_request(&task, ASK_STATE, LIST);
        read_answer(
            &task, ASK_STATE,
            round == 0
                ? "{'keys':[" ENTRY("t-1-bbbb-1.png", "02") "],'truncated':true,'next':'a/b=='}"
                : "{'keys':[" ENTRY("t-1-bbbb-1.png", "02") "," ENTRY(
                      "t-1-bbbb-10.png", "02") "," ENTRY("t-1-bbbb-2.png",
                                                         "02") "],'truncated':true,'next':'a/b=='}",
            &o, &err);
        CHECK(o.standing == STANDING_RUNNING && !o.doubtful, "the first page");
        backend_release_outcome(&o);
        expect_request(&task, ASK_STATE,
                       "/?continuation-token=a%2Fb%3D%3D&list-type=2&prefix=o%20p%2Ft-1%2F");
        read_answer(
            &task, ASK_STATE,
            "{'keys':[" ENTRY("t-1-cccc-1.png", "09") "," ENTRY("t-1-aaaa.out", "05") "," ENTRY(
                "t-1-bbbb.out", "03") "," ENTRY("other.txt",
                                                "07") "," ENTRY("t-1-dd-x.png",
                                                                "07") "],'truncated':false}",
            &o, &err);
        CHECK(o.standing == STANDING_RUNNING && o.doubtful == (round == 1), "the last page");
        backend_release_outcome(&o);
    }
    expect_request(&task, ASK_QUEUE, "/o%20p/t-1/t-1-aaaa.out");
    read_answer(&task, ASK_QUEUE,
                "{'images':[''],'parameters':{'id_task':'t-1','status':0,'error_msg':'boom',"
                "'reason':{'detail':'no model'}},'info':''}",
                &o, &err);
    CHECK(o.standing == STANDING_FAILED && o.doubtful && o.reason != NULL &&
              strcmp(o.reason, "boom: no model") == 0,
          "failed: %s", o.reason != NULL ? o.reason : "");
    backend_release_outcome(&o);
    expect_request(&task, ASK_QUEUE, "/o%20p/t-1/t-1-bbbb.out");
    read_answer(&task, ASK_QUEUE,
                "{'images':[''],'parameters':{'id_task':'t-1','image_seed':'7,8',"
                "'error_msg':'','x':{},'steps':5},'info':''}",
                &o, &err);
    CHECK(o.standing == STANDING_SUCCEEDED && !o.doubtful && o.n_links == 3, "%zu links",
          o.n_links);
    if (o.n_links == 3) {
        CHECK(strcmp(o.links[0].url, "/o%20p/t-1/t-1-bbbb-1.png") == 0, "%s", o.links[0].url);
        CHECK(strcmp(o.links[2].url, "/o%20p/t-1/t-1-bbbb-10.png") == 0, "%s", o.links[2].url);
        CHECK(o.links[1].what.has_seed && o.links[1].what.seed == 8, "seed");
        CHECK(o.links[2].what.role == ROLE_EXTRA && !o.links[2].what.has_seed, "extra");
    }
    CHECK(json_integer_value(json_object_get(o.info, "steps")) == 5 &&
              json_object_get(o.info, "x") == NULL,
          "info");
    backend_release_outcome(&o);
    backend_release_task(&task);
}

static void check_failures(void)
{
    static const struct {
        const char *out, *reason;
    } rows[] = {
        {"{'code':500,'error':'Runtime handler failed'}", "Runtime handler failed"},
        {"{'parameters':{'status':0,'error_msg':'x','reason':null}}", "x"},
        {"{'parameters':{'status':0}}", ""},
        {"[]", ""},
        {"{'parameters':{'status':1,'image_seed':''}}", NULL},
        {"{'parameters':{'html_info':'x'}}", NULL},
        {"{}", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct task task = waiting();
        struct outcome o;
        struct error err = {0};
        read_answer(&task, ASK_STATE,
                    "{'keys':[" ENTRY("t-1-0a1b.out", "01") "," ENTRY("t-1-0a1b-1.png", "01") "]}",
                    &o, &err);
        backend_release_outcome(&o);
        CHECK(read_answer(&task, ASK_QUEUE, rows[i].out, &o, &err) == 0 && !o.doubtful &&
                  o.standing == (rows[i].reason != NULL ? STANDING_FAILED : STANDING_SUCCEEDED),
              "row %zu: %s", i, err.text);
        CHECK(rows[i].reason == NULL || *rows[i].reason == '\0' ||
                  (o.reason != NULL && strcmp(o.reason, rows[i].reason) == 0),
              "row %zu: %s", i, o.reason != NULL ? o.reason : "");
        backend_release_outcome(&o);
        backend_release_task(&task);
    }
}

static void check_nothing(void)
{
    struct task task = waiting();
    struct outcome o;
    struct error err = {0};

    read_answer(&task, ASK_STATE, "{'keys':[" ENTRY("t-1-0a1b.out", "01") "]}", &o, &err);
    backend_release_outcome(&o);
    CHECK(read_answer(&task, ASK_QUEUE, "{'parameters':{}}", &o, &err) != 0 &&
              err.code == EXIT_FAILED,
          "success without an image");
    backend_release_outcome(&o);
    backend_release_task(&task);
}

/* With save_images the WebUI puts a grid in front. */
static void check_grid(void)
{
    struct task task = waiting();
    struct outcome o;
    struct error err = {0};

    task.native = parse("{'task':{'content':{'save_images':true}}}");
    read_answer(&task, ASK_STATE,
                "{'keys':[" ENTRY("t-1-a.out", "01") "," ENTRY("t-1-a-1.png", "01") "," ENTRY(
                    "t-1-a-2.png", "01") "," ENTRY("t-1-a-3.png", "01") "]}",
                &o, &err);
    backend_release_outcome(&o);
    read_answer(&task, ASK_QUEUE, "{'parameters':{'image_seed':'5,6'}}", &o, &err);
    CHECK(o.n_links == 3 && o.links[0].what.role == ROLE_GRID &&
              o.links[1].what.role == ROLE_RESULT && o.links[1].what.seed == 5 &&
              o.links[2].what.seed == 6,
          "grid");
    backend_release_outcome(&o);
    backend_release_task(&task);
}

int main(void)
{
    check_bodies();
    check_refusals();
    check_size();
    check_submission();
    check_groups();
    check_failures();
    check_nothing();
    check_grid();
    return unit_done("eks");
}
