"""Services that live behind tasks and links, of raw sockets, that strike at a chosen point: PPInfra,
FooocusAPI ("fooocusapi") and the older Fooocus-API ("fooocus-api")."""

import json

from rawserver import PNG, Server, http

ID = "t-1"
MODELS = {"model_filenames": ["m.safetensors"], "lora_filenames": ["l.safetensors"]}


class Kind:
    """Where the stages of a kind of service are, and what its command line needs."""

    def __init__(self, name, facts, submit, poll, queue, link, header, args=(), fact_args=()):
        self.name, self.facts, self.submit, self.poll = name, facts, submit, poll
        self.queue, self.link, self.header = queue, link, header
        self.args, self.fact_args = list(args), list(fact_args)


KINDS = {kind.name: kind for kind in (
    Kind("ppinfra", "GET /v3/model", "POST /v3/async/img2img", "GET /v3/async/task-result", None,
         "GET /results/1.png", b"Authorization: Bearer %s",
         ["--model", "m.safetensors", "--size", "128x128", "--count", "1", "--steps", "5", "--cfg-scale",
          "7", "--sampler", "Euler a"]),
    Kind("fooocusapi", "GET /v1/engines/all-models", "POST /v1/engine/generate/", f"GET /tasks/{ID}",
         "GET /tasks", "GET /outputs/2026-01-01/1.png", b"X-API-KEY: %s",
         fact_args=["--model", "m.safetensors"]),
    Kind("fooocus-api", "GET /v1/engines/all-models", "POST /v2/generation/image-upscale-vary",
         "GET /v1/generation/query-job", "GET /v1/generation/job-history", "GET /files/2026-01-01/1.png",
         b"X-API-KEY: %s", fact_args=["--model", "m.safetensors"]))}
ASKS = {"ppinfra": "POST /v3/img2prompt", "fooocusapi": "POST /v1/tools/describe-image",
        "fooocus-api": "POST /v1/tools/describe-image"}


def link_of(kind):
    return "http://127.0.0.1:{port}" + KINDS[kind].link.split()[1]


def ppinfra_state(links, status="TASK_STATUS_SUCCEED", task=None, images=None, **more):
    """An answer of task-result; task: members to change, None to drop one."""
    about = {"task_id": ID, "task_type": "IMG_TO_IMG", "status": status, "reason": "", "eta": 0,
             "progress_percent": 100 if links else 50}
    about.update(task or {})
    return {"task": {k: v for k, v in about.items() if v is not None}, "extra": {"seed": "7"},
            "images": [{"image_url": link, "image_url_ttl": "3600", "image_type": "png"} for link in links]
            if images is None else images, **more}


def record(links, **more):
    """A task of FooocusAPI."""
    value = {"id": 1, "task_id": ID, "req_params": {"image_seed": 7, "image_number": 1}, "in_queue_mills": 1,
             "start_mills": 2, "finish_mills": 3, "task_status": "finished", "progress": 100,
             "webhook_url": "", "result": links}
    value.update(more)
    return value


def results(links, **more):
    """The results of Fooocus-API."""
    return [{"base64": None, "url": link, "seed": "7", "finish_reason": "SUCCESS", **more} for link in links]


def job(links, **more):
    """A job of Fooocus-API."""
    value = {"job_id": ID, "job_type": "Image Upscale or Variation", "job_stage": "SUCCESS",
             "job_progress": 100, "job_status": "Finished", "job_step_preview": None,
             "job_result": results(links)}
    value.update(more)
    return value


def events(*values, end=b"\r\n\r\n"):
    return b"".join(b"data: " + json.dumps(value).encode() + b"\r\ndata: " + end for value in values)


def progress(percent=30, message="Sampling step 3/30, image 1/1 ...", preview=None):
    return {"progress": percent, "preview": preview, "message": message, "images": []}


def finished(links):
    return {"progress": 100, "preview": None, "message": "Finished", "images": links}


def good(kind, links, what="state"):
    """The JSON of a stage that goes well: state (of a poll), whole (of a submission that is waited
    for in the answer itself)."""
    if kind == "ppinfra":
        return ppinfra_state(links) if what == "state" else {"task_id": ID}
    if kind == "fooocusapi":
        return record(links)
    return job(links) if what == "state" else results(links)


class TaskServer(Server):
    """links: the results, with {port} and {other} to be filled in; picture: their bytes; state: what
    polls answer in place of success (an object, or a list of them, the last one for ever)."""

    def __init__(self, kind, *args, links=None, picture=PNG, state=None, **more):
        super().__init__(*args, **more)
        self.kind, self.links, self.picture, self.state = kind, links or [link_of(kind)], picture, state
        self.submissions_at = (KINDS[kind].submit, ASKS[kind])
        self.other, self.keep_body = None, True
        self.taken = []  # ids that were given

    def fill(self, text):
        return text.replace("{port}", str(self.port)).replace("{other}", str(
            self.other.port if self.other else 0))

    def next_state(self):
        state = self.state.pop(0) if isinstance(self.state, list) and len(self.state) > 1 else self.state
        return json.loads(self.fill(json.dumps(state[0] if isinstance(state, list) else state)))

    def submitted(self, request, links):
        """What a submission answers."""
        asked = json.loads(request.body or b"{}") if b"json" in request.headers.get("content-type", b"") else {}
        if self.kind == "ppinfra":
            self.taken.append(ID)
            return {"task_id": ID}
        if asked.get("async_process"):
            self.taken.append(ID)
            return record([], task_status="pending", progress=0) if self.kind == "fooocusapi" else job(
                [], job_stage="WAITING", job_progress=0, job_status="", job_result=None)
        if asked.get("stream_output"):
            return events(progress(), finished(links))
        if request.headers.get("accept", b"").startswith(b"image/"):
            return self.picture
        return good(self.kind, links, "whole")

    def body_for(self, request):
        links = [self.fill(link) for link in self.links]
        kind, what = KINDS[self.kind], f"{request.method} {request.path}"
        if what == kind.submit:
            return self.submitted(request, links)
        if what in (kind.poll, f"GET /tasks/{ID}"):
            return self.next_state() if self.state is not None else good(self.kind, links)
        if request.path == "/v3/model":
            return {"models": [{"sd_name": "m.safetensors", "sd_name_in_api": "m.safetensors", "name": "m"}],
                    "pagination": {"next_cursor": ""}}
        if request.path == "/v1/engines/all-models":
            return MODELS
        if request.path == "/v1/engines/styles":
            return ["Fooocus V2"]
        if request.path == "/tasks":
            return {"history": [], "current": [], "pending": []}
        if request.path == "/v1/generation/job-queue":
            return {"running_size": 0, "finished_size": 0, "last_job_id": ""}
        if request.path == "/v1/generation/job-history":
            return {"queue": [], "history": []}
        if what in ASKS.values():
            return {"prompt": "a cat"} if self.kind == "ppinfra" else {"describe": "a cat"}
        if request.path.startswith(("/results/", "/outputs/", "/files/")):
            return self.picture
        return None

    def answer(self, conn, request):
        body = self.body_for(request)
        if body is None:
            conn.sendall(http(b'{"detail":"Not Found"}', "404 Not Found", close=False))
        elif isinstance(body, bytes):
            ctype = "text/event-stream" if body.startswith(b"data:") else "image/png"
            conn.sendall(http(body, ctype=ctype, close=False))
        else:
            conn.sendall(http(json.dumps(body).encode(), close=False))
        return True
