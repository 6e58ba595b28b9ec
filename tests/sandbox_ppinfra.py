"""Tests of the sandbox's ppinfra dialect; sandbox.py runs them."""
import http.client
import json
import os
import time
import urllib.error
import urllib.request

KEY = {"Authorization": "Bearer sk-secret"}
CHECKPOINT = "aurora_v1_100000.safetensors"
INPAINTING = "/v3/async/inpainting"
IMG2IMG = "/v3/async/img2img"


class Client:
    def __init__(self, server, photo, mask):
        self.server, self.photo, self.mask = server, photo, mask

    def body(self, path=IMG2IMG, extra=None, **fields):
        request = {"model_name": CHECKPOINT, "image_base64": self.photo, "prompt": "a cup",
                   "image_num": 1, "steps": 4, "guidance_scale": 7.5, "sampler_name": "Euler a",
                   "seed": 7, "strength": 0.6}
        if path == IMG2IMG:
            request.update(width=256, height=192)
        else:
            request["mask_image_base64"] = self.mask
        request.update(fields)
        request = {name: value for name, value in request.items() if value != "absent"}
        return {"request": request, **({"extra": extra} if extra else {})}

    def submit(self, path=IMG2IMG, headers=KEY, **fields):
        return self.server.send(path, self.body(path, **fields), headers)

    def result(self, task):
        return self.server.send("/v3/async/task-result?task_id=" + task, headers=KEY)

    def wait(self, task):
        while True:
            status, answer = self.result(task)
            if status != 200 or answer["task"]["status"] not in ("TASK_STATUS_QUEUED",
                                                                 "TASK_STATUS_PROCESSING"):
                return answer
            time.sleep(0.02)

    def paint(self, path=IMG2IMG, **fields):
        return self.wait(self.submit(path, **fields)[1]["task_id"])


def get(url, **headers):
    request = urllib.request.Request(url, headers={n.replace("_", "-"): v for n, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers
    except (OSError, http.client.HTTPException) as error:
        return 0, getattr(error, "partial", b""), {}


def test_refusals(client, check):
    submit = client.submit
    check(submit(headers={})[0] == 401 and submit(headers={})[1]["reason"] == "MISSING_API_KEY", "no key")
    check(submit(headers={"Authorization": "Bearer no"})[1] ==
          {"code": 401, "reason": "INVALID_API_KEY", "message": "the API key is not valid",
           "metadata": {}}, "wrong key")
    for field, value in (
            ("model_name", "absent"), ("model_name", "none"), ("image_base64", ""), ("prompt", ""),
            ("prompt", "x" * 1025), ("width", 127), ("width", 2049), ("height", "absent"),
            ("height", 512.5), ("image_num", 0), ("image_num", 9), ("steps", 101), ("steps", "20"),
            ("guidance_scale", 0.5), ("guidance_scale", 31), ("sampler_name", "Euler b"),
            ("negative_prompt", "x" * 1025), ("seed", -2), ("clip_skip", 0), ("clip_skip", 13),
            ("strength", 0), ("strength", 1.01), ("sd_vae", "none"), ("loras", [{}] * 6),
            ("loras", [{"model_name": "brushes_200000", "strength": 1.1}]),
            ("loras", [{"model_name": "brushes_200000"}]), ("embeddings", [{"model_name": "none"}]),
            ("controlnet", {}), ("controlnet", {"units": [{"model_name": "x"}]}),
            ("controlnet", {"units": [{"model_name": "control_canny_200007.safetensors", "strength": 1,
                                       "image_base64": client.photo, "guidance_start": 0.5,
                                       "guidance_end": 0.5}]}),
            ("controlnet", {"units": [{"model_name": "control_canny_200007.safetensors", "strength": 0,
                                       "image_base64": client.photo}]}),
            ("ip_adapters", [{"model_name": "x", "strength": 1, "image_base64": client.photo}])):
        status, answer = submit(**{field: value})
        check(status == 400 and answer["code"] == 400 and answer["reason"] == "INVALID_REQUEST_BODY"
              and answer["metadata"] == {}, f"{field} {str(value)[:60]}: {status} {answer}")
    check(submit(image_base64="????")[1]["reason"] == "INVALID_IMAGE_FORMAT", "no picture")
    check(submit(extra={"response_image_type": "gif"})[0] == 400, "image type")
    check(submit(INPAINTING, mask_blur=65)[0] == 400, "mask_blur")
    check(submit(INPAINTING, inpainting_full_res=2)[0] == 400, "inpainting_full_res")
    check(client.server.send(IMG2IMG, b"[]", KEY)[1]["reason"] == "INVALID_REQUEST_BODY", "no object")
    check(client.server.send("/v3/nothing", headers=KEY)[1]["reason"] == "API_NOT_FOUND", "no API")
    check(client.result("none")[1]["reason"] == "TASK_NOT_FOUND", "no such task")
    check(client.server.send("/sandbox/submissions")[1] == {"submissions": 0, "tasks": []},
          "what is refused is no submission")


def test_tasks(client, check, root):
    answer = client.paint(image_num=2, clip_skip=None, loras=[{"model_name": "brushes_200000",
                                                              "strength": 0.5}])
    check(answer["task"]["status"] == "TASK_STATUS_SUCCEED" and answer["task"]["progress_percent"] == 100
          and answer["extra"]["seed"] == "7" and len(answer["images"]) == 2, "two pictures")
    image = answer["images"][0]
    check(image["image_type"] == "png" and image["image_url_ttl"] == 3600, "image")
    check(not image["image_url"].startswith(client.server.url), "results are on another host")
    status, picture, headers = get(image["image_url"])
    check(status == 200 and picture[:8] == b"\x89PNG\r\n\x1a\n" and
          headers["Content-Type"] == "image/png" and headers["Accept-Ranges"] == "bytes", "download")
    half = get(image["image_url"], Range="bytes=100-", If_Range=headers["ETag"])
    check(half[0] == 206 and half[1] == picture[100:] and half[2]["Content-Range"] ==
          f"bytes 100-{len(picture) - 1}/{len(picture)}", "a range")
    check(get(image["image_url"], Range="bytes=100-", If_Range='"other"')[0] == 200, "If-Range")
    check(get(image["image_url"], Range=f"bytes={len(picture)}-")[0] == 416, "beyond the end")
    check(get(image["image_url"], **KEY)[0] == 400, "a key is refused where results are")
    check(get(image["image_url"] + "0")[0] == 403, "a wrong signature")
    again = client.paint(image_num=2)
    check(get(again["images"][0]["image_url"])[1] == picture, "the same seed, the same bytes")
    for kind, start in (("jpeg", b"\xff\xd8"), ("webp", b"RIFF")):
        answer = client.paint(extra={"response_image_type": kind})
        check(answer["images"][0]["image_type"] == kind and
              get(answer["images"][0]["image_url"])[1].startswith(start), kind)
    check(client.paint(seed=-1)["extra"]["seed"] != "-1", "a seed is drawn")
    answer = client.paint(INPAINTING, mask_blur=4, inpainting_full_res=1)
    check(answer["task"]["status"] == "TASK_STATUS_SUCCEED" and
          answer["task"]["task_type"] == "INPAINTING", "inpainting")
    check(client.server.send("/sandbox/submissions")[1]["submissions"] == 6, "submissions")
    kept = os.path.join(root, sorted(os.listdir(root))[-1])
    for name in ("request.json", "http.json", "task.json", "init-0.png", "mask.png", "out-0.png"):
        check(os.path.exists(os.path.join(kept, name)), f"--root keeps {name}")
    with open(os.path.join(kept, "request.json"), encoding="utf-8") as f:
        check(json.load(f)["request"]["mask_image_base64"] == "mask.png", "pictures by their names")


def test_lists(client, check):
    def models(query):
        return client.server.send("/v3/model?" + query, headers=KEY)

    names, cursor, pages = [], "c_0", 0
    while cursor:
        answer = models(f"filter.types=checkpoint&pagination.limit=50&pagination.cursor={cursor}")[1]
        names += [m["sd_name"] for m in answer["models"]]
        cursor = answer["pagination"]["next_cursor"]
        pages += 1
    check(len(names) == len(set(names)) == 130 and pages == 3, f"pages: {len(names)} in {pages}")
    for query, count in (("filter.types=lora", 5), ("filter.types=lora&filter.is_sdxl=true", 2),
                         ("filter.types=vae", 2), ("filter.types=controlnet", 4),
                         ("filter.types=textualinversion", 2), ("filter.query=BRUSH", 1),
                         ("filter.visibility=private", 1), ("filter.types=none", 0)):
        check(len(models(query)[1]["models"]) == count, query)
    check(models("pagination.limit=101")[0] == 400, "limit")
    status, answer = client.server.send("/v3/img2prompt", {"image_file": client.photo}, KEY)
    check(status == 200 and "image" in answer["prompt"], "img2prompt")
    check(client.server.send("/v3/img2prompt", {}, KEY)[0] == 400, "img2prompt without an image")


def test_progress(client, check):
    tasks = [client.submit(steps=20)[1]["task_id"] for _ in range(2)]
    seen = []
    while (now := client.result(tasks[0])[1]["task"])["status"] != "TASK_STATUS_SUCCEED":
        seen.append((now["status"], now["progress_percent"], now["eta"]))
        if len(seen) == 1:
            check(client.result(tasks[1])[1]["task"]["status"] == "TASK_STATUS_QUEUED", "queued")
        time.sleep(0.02)
    check(any(0 < percent < 100 and eta > 0 for _, percent, eta in seen), "progress and eta")
    check(client.wait(tasks[1])["task"]["status"] == "TASK_STATUS_SUCCEED", "the second task")


def test_faults(client, check, strike):
    """strike(fault) switches to one fault."""
    strike("task-fails")
    task = client.submit()[1]["task_id"]
    answer = client.wait(task)
    check(answer["task"]["status"] == "TASK_STATUS_FAILED" and answer["task"]["reason"] and
          answer["images"] == [], "task-fails")
    strike("task-stuck")
    stuck = client.submit()[1]["task_id"]
    strike("slow-queue=0.3")
    begun = time.monotonic()
    check(client.paint()["task"]["status"] == "TASK_STATUS_SUCCEED" and time.monotonic() - begun > 0.3,
          "slow-queue, and a stuck task holds nobody up")
    check(client.result(stuck)[1]["task"]["progress_percent"] == 42, "task-stuck")
    before = client.server.send("/sandbox/submissions")[1]["submissions"]
    for fault in ("lost-submit-answer", "cut-submit-answer", "lost-answer"):
        strike(fault)
        try:
            check(client.submit()[0] == 0, fault)
        except (OSError, http.client.HTTPException):
            pass
    after = client.server.send("/sandbox/submissions")[1]
    check(after["submissions"] == before + 3, "a lost answer is a task all the same")
    for fault, status, reason in (("400-missing-key", 400, "MISSING_API_KEY"),
                                  ("403-invalid-key", 403, "INVALID_API_KEY"),
                                  ("no-balance", 400, "BILLING_BALANCE_NOT_ENOUGH"),
                                  ("429", 429, "RATE_LIMIT_EXCEEDED"), ("500", 500, "CREATE_TASK_FAILED")):
        strike(fault)
        answer = client.submit()
        check((answer[0], answer[1]["reason"]) == (status, reason), fault)
    check(client.server.send("/sandbox/submissions")[1] == after, "what is refused is no submission")
    strike("wrapped-answer")
    check(client.submit()[1]["data"]["task_id"], "wrapped-answer")
    strike("")
    task = client.submit()[1]["task_id"]
    url = client.wait(task)["images"][0]["image_url"]
    picture = get(url)[1]
    for fault, good in (
            ("unknown-status", lambda a: a["task"]["status"] == "TASK_STATUS_ARCHIVING"),
            ("wrong-task-id", lambda a: a["task"]["task_id"] != task),
            ("no-images", lambda a: a["images"] == []),
            ("bad-links", lambda a: a["images"][0]["image_url"].startswith("file:")),
            ("expired-links", lambda a: get(a["images"][0]["image_url"])[0] == 403)):
        strike(fault)
        check(good(client.result(task)[1]), fault)
    strike("lost-poll:1")
    try:
        check(client.result(task)[0] == 0, "lost-poll")
    except (OSError, http.client.HTTPException):
        pass
    check(client.result(task)[0] == 200, "lost-poll is over")
    strike("model-404")
    check(client.server.send("/v3/model", headers=KEY)[0] == 404, "model-404")
    strike("img2prompt-404")
    check(client.server.send("/v3/img2prompt", {"image_file": ""}, KEY)[0] == 404, "img2prompt-404")
    strike("download-cut:1")
    half = get(url)
    check(half[0] == 0 and half[1] == picture[:len(picture) // 2], "download-cut")
    check(get(url, Range=f"bytes={len(half[1])}-")[1] == picture[len(half[1]):], "and its rest")
    strike("download-no-ranges")
    check(get(url, Range="bytes=5-")[:2] == (200, picture), "download-no-ranges")
    strike("download-etag")
    check(get(url)[2]["ETag"] != get(url)[2]["ETag"], "download-etag")
    strike("download-404")
    check(get(url)[0] == 404, "download-404")
    strike("download-html")
    check(get(url)[1].startswith(b"<!doctype"), "download-html")
    strike("503@/results/")
    check(get(url)[0] == 503 and client.submit()[0] == 200, "common faults where results are")
    strike("429-date=60")
    request = urllib.request.Request(client.server.url + IMG2IMG, b"{}", KEY)
    try:
        urllib.request.urlopen(request, timeout=20)
    except urllib.error.HTTPError as error:
        check(error.headers["Retry-After"].endswith(" GMT"), "429-date")
        error.close()


def run(server_class, check, photo, mask, root):
    options = ("--backend", "ppinfra", "--auth", "sk-secret")
    with server_class(*options, "--root", root) as server:
        client = Client(server, photo, mask)
        test_refusals(client, check)
        test_tasks(client, check, root)
        test_lists(client, check)
    with server_class(*options, "--pace", "0.02", "--ttl", "0.5") as server:
        client = Client(server, photo, mask)
        test_progress(client, check)
        url = client.paint()["images"][0]["image_url"]
        time.sleep(0.6)
        status, text, _ = get(url)
        check(status == 403 and b"<Code>AccessDenied</Code>" in text, "an expired link")
    fault_file = os.path.join(root, "faults")

    def strike(fault):
        with open(fault_file, "w", encoding="utf-8") as f:
            f.write(fault + "\n")

    strike("")
    with server_class(*options, "--fault-file", fault_file) as server:
        test_faults(Client(server, photo, mask), check, strike)
