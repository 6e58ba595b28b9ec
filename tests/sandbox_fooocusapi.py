"""Tests of the sandbox's fooocusapi dialect; sandbox.py runs them."""
import base64
import http.client
import io
import json
import os
import re
import time
import urllib.error
import urllib.request

from sandbox_fooocus import JSON, Image, ask, call, compare_models, png, test_pixels, wait_for

GENERATE = "/v1/engine/generate/"
FAST = {"performance_selection": "Lightning", "aspect_ratios_selection": "256*192", "image_seed": 7}


def local(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(seconds))


class Client:
    def __init__(self, server, photo, mask):
        self.server, self.photo, self.mask = server, photo, mask

    def paint(self, accept="application/json", **fields):
        return ask(self.server, GENERATE, {**FAST, "prompt": "a cup", **fields}, Accept=accept)

    def binary(self, accept="image/png", **fields):
        return call(self.server, GENERATE, {**FAST, "prompt": "a cup", **fields}, Accept=accept)

    def start(self, **fields):
        return self.paint(async_process=True, **fields)[1]["task_id"]

    def tasks(self, query=""):
        return ask(self.server, "/tasks" + query)[1]

    def task(self, id_):
        return ask(self.server, "/tasks/" + id_)[1]

    def end(self, id_):
        return wait_for(lambda: (t := self.task(id_))["task_status"] not in (None, "running") and t)

    def stream(self, **fields):
        """The events of a stream as sent, and whether it ended as it should."""
        body = json.dumps({**FAST, "prompt": "a cup", "stream_output": True, **fields}).encode()
        request = urllib.request.Request(self.server.url + GENERATE, body, JSON)
        text, whole = b"", True
        with urllib.request.urlopen(request, timeout=60) as answer:
            try:
                while part := answer.read1(65536):
                    text += part
            except (OSError, ValueError, http.client.HTTPException):
                whole = False
        return text, whole


def events(text):
    return [json.loads(line[6:]) for line in text.decode().split("\r\n") if line.startswith("data: {")]


def test_modes(new, check):
    server = new.server
    status, record = new.paint()
    check(status == 200 and record["task_status"] == "finished" and record["progress"] == 100 and
          set(record) == {"id", "task_id", "req_params", "in_queue_mills", "start_mills", "finish_mills",
                          "task_status", "progress", "webhook_url", "result"}, "a synchronous record")
    check(record["req_params"]["aspect_ratios_selection"] == "256\u00d7192" and
          len(record["req_params"]["loras"]) == 15 and len(record["req_params"]["enhance_ctrls"]) == 3 and
          len(record["req_params"]["controlnet_image"]) == 4, "req_params as the server completes them")
    check(re.fullmatch(server.url + r"/outputs/\d{4}-\d\d-\d\d/[-\d]{10}_[-\d]{8}_\d{4}\.png",
                       record["result"][0]), "a link")
    status, answer = new.paint(async_process=True)
    check(answer == {"id": -1, "task_id": answer["task_id"], "req_params": {}, "in_queue_mills": -1,
                     "start_mills": -1, "finish_mills": -1, "task_status": "pending", "progress": -1,
                     "preview": "", "webhook_url": "", "result": []}, "an asynchronous reply")
    check(new.end(answer["task_id"])["task_status"] == "finished", "its end")
    check(new.task("none") == [], "an unknown id gives a list")
    text, whole = new.stream(image_number=2)
    check(whole and re.fullmatch(rb"(data: \{[^\r\n]*\}\r\ndata: \r\n\r\n)+", text), "two data lines an event")
    told = events(text)
    check(told[-1]["message"] == "Finished" and len(told[-1]["images"]) == 2 and
          told[-1]["preview"] is None, "Finished")
    steps = [e for e in told if e["message"].startswith("Sampling step ")]
    check(len(steps) == 8 and all(e["preview"].startswith("data:image/png;base64,iVBOR") for e in steps),
          "previews")
    check([e["progress"] for e in told] == sorted(e["progress"] for e in told), "progress goes up")
    check(events(new.stream(async_process=True)[0])[-1]["message"] == "Finished", "a stream before async")
    status, headers, body = new.binary(stream_output=True, image_number=3)
    check(status == 200 and headers["Content-Type"] == "image/png" and body[:4] == b"\x89PNG" and
          b"parameters" not in body, "bytes before a stream, without metadata")
    check(new.binary("IMAGE/*")[2][:4] == b"\x89PNG", "image/* is png")
    check(new.binary("image/jpeg")[2][:3] == b"\xff\xd8\xff", "image/jpeg")
    check(new.binary("image/jpg")[0] == 500, "image/jpg")
    check(new.binary("image/png, */*")[1]["Content-Type"] == "application/json", "a list is no image")
    check(new.binary(None)[0] == 500, "no Accept")
    check(new.binary(base_model_name="none")[0::2] == (204, b""), "a failed task has no bytes")
    check(new.paint(base_model_name="none")[1]["result"] == [], "a failed task is finished and empty")
    status, headers, _ = call(server, GENERATE[:-1], {}, method="POST")
    check(status == 307 or headers is None, "a missing slash")
    check(ask(server, GENERATE)[0] == 405 and ask(server, "/v1/nothing")[0] == 404, "no such route")


def test_checks(new, check):
    def errors(**fields):
        status, answer = new.paint(**fields)
        return [(e["type"], e["loc"][1:]) for e in answer["detail"]] if status == 422 else status

    check(errors(prompt=1, image_number=33, sharpness="x", performance_selection="fast",
                 overwrite_switch=0.5, freeu_enabled=2, loras=[{"model_name": "x", "weight": 3}],
                 style_selections="x", uov_method=None, outpaint_distance=[1, "a"], save_name=None) ==
          [("string_type", ["prompt"]), ("list_type", ["style_selections"]),
           ("enum", ["performance_selection"]), ("less_than_equal", ["image_number"]),
           ("float_parsing", ["sharpness"]), ("missing", ["loras", 0, "enabled"]),
           ("less_than_equal", ["loras", 0, "weight"]), ("enum", ["uov_method"]),
           ("int_from_float", ["overwrite_switch"]), ("bool_parsing", ["freeu_enabled"]),
           ("string_type", ["save_name"]), ("int_parsing", ["outpaint_distance", 1])], "422")
    check(errors(image_number="1", guidance_scale="3", disable_preview="yes") == 200, "converted values")
    check(new.paint(inpaint_input_image="????")[0] == 500, "no picture")
    text, whole = new.stream(inpaint_input_image="????")
    check(text == b"" and not whole, "an exception before the first event breaks the stream off")
    check(ask(new.server, GENERATE, b"{")[1]["detail"][0]["type"] == "json_invalid", "no JSON")
    check(ask(new.server, "/tasks?page=x")[0] == 422, "no number")


def test_files(new, check, root):
    record = new.paint(inpaint_input_image=new.photo, inpaint_mask_image_upload=new.mask, save_name="mine")[1]
    link, told = record["result"][0], record["req_params"]
    check(link.endswith("/mine-0.png") and told["current_tab"] == "inpaint", "save_name")
    check(call(new.server, told["inpaint_mask_image_upload"])[2][:4] == b"\x89PNG", "inputs are kept")
    check(new.paint(uov_input_image=told["inpaint_input_image"])[1]["req_params"]["uov_input_image"] ==
          told["inpaint_input_image"], "a link to an input is that input")
    status, headers, body = call(new.server, link, Accept="*/*")
    check(status == 200 and headers["Content-Type"] == "image/png" and b"fooocus_scheme" in body, "a result")
    check(call(new.server, link, Accept=None)[0] == 500, "no Accept for a result")
    check(call(new.server, link, Accept="image/jpeg")[2][:3] == b"\xff\xd8\xff", "another format")
    check(call(new.server, link, Accept="image/jpg")[0::2] == (200, b""), "image/jpg is empty")
    check(call(new.server, link + "x")[0] == 404, "no such file")
    for name in ("http.json", "request.json", "task.json", "init-0.png", "mask.png", "processed-mask.png", "out-0.png"):
        check(any(os.path.exists(os.path.join(root, kept, name)) for kept in os.listdir(root)), f"--root: {name}")
    check(os.path.exists(os.path.join(root, "outputs", "db.sqlite3")), "the history's file")


def test_tools(new, check):
    server = new.server
    answer = ask(server, "/v1/tools/describe-image", {"image": new.photo})[1]
    check("768x512" in answer["describe"], "describe-image")
    check(ask(server, "/v1/tools/describe-image", {"image": new.photo, "image_type": "x"})[0] == 422, "type")
    check(ask(server, "/v1/tools/generate_mask", {"image": new.photo})[1].startswith("iVBOR"), "generate_mask")
    check(len(ask(server, "/v1/engines/all-models")[1]["model_filenames"]) > 0, "models")
    check(ask(server, "/v1/engines/styles")[1][:2] == ["Fooocus V2", "Random Style"], "styles")


def test_painting(new, check):
    def paint(image, mask, sides=(), distance=(0, 0, 0, 0), **fields):
        return new.binary(inpaint_input_image=image, inpaint_mask_image_upload=mask, outpaint_selections=list(sides),
                          outpaint_distance=list(distance), **fields)[2]

    changed = test_pixels(check, new.photo, new.mask, paint)
    grey = Image.open(io.BytesIO(base64.b64decode(new.mask))).convert("L")
    for mode in ("1", "P"):
        picture = grey.point(lambda v: 255 * (v > 127)).convert("1" if mode == "1" else "RGB")
        picture = picture if mode == "1" else picture.quantize(2)
        check(changed(paint(new.photo, png(picture))) is None, f"a mask of mode {mode} marks nothing")
    check(changed(paint(new.photo, new.mask, invert_mask_checkbox=True))[0], "invert_mask_checkbox does nothing")
    control = {"controlnet_image": [{"cn_img": new.photo}]}
    check(changed(paint(new.photo, new.mask, **control)) is None, "a controlnet picture wins the tab")
    check(changed(paint(new.photo, new.mask, mixing_image_prompt_and_inpaint=True, **control))[0], "unless mixed")
    for method, size in (("Upscale (1.5x)", (1216, 832)), ("Upscale (Fast 2x)", (1536, 1024)), ("Vary (Subtle)", (1216, 832))):
        result = Image.open(io.BytesIO(new.binary(uov_input_image=new.photo, uov_method=method)[2]))
        check(result.size == size, f"{method}: {result.size}")
    result = new.binary(uov_input_image=new.photo, uov_method="Upscale (Custom)", upscale_multiple=3.2)[2]
    check(Image.open(io.BytesIO(result)).size == (1536, 1024), "3.2x contains 2x")


def test_history(new, check):
    """With --pace: what waits, what runs, how it ends, and what is told of it later."""
    before = time.time()
    ids = [new.start(overwrite_step=20) for _ in range(3)]
    check(new.task(ids[2])["task_status"] is None, "null while it waits")
    check([t["task_id"] for t in new.tasks("?query=pending")["pending"]][-1] == ids[2], "pending")
    current = wait_for(lambda: (c := new.tasks("?query=current")["current"]) and c[0].get("preview") and c)[0]
    check(current["task_id"] == ids[0] and current["id"] == -1 and current["task_status"] == "running" and
          current["preview"].startswith("iVBOR") and current["finish_mills"] == -1, "current, a bare preview")
    check(ask(new.server, "/v1/engine/control?action=stop", b"")[1] == {"message": "task stoped"}, "stop")
    check(new.end(ids[0])["task_status"] == "stop", "its status")
    wait_for(lambda: new.task(ids[1])["task_status"] == "running")
    ask(new.server, "/v1/engine/control?action=skip", b"")
    check(new.end(ids[1])["task_status"] == "finished" and new.task(ids[1])["result"] == [], "skip ends as finished")
    check(ask(new.server, "/v1/engine/control?action=x", b"")[1] == {"message": "Invalid control action"}, "control")
    check(ask(new.server, "/v1/engine/control", b"")[0] == 422, "no action")
    link = new.end(ids[2])["result"][0]
    check(ask(new.server, "/v1/engine/control?action=stop", b"")[1] == {"message": "No task running"}, "idle")
    check([t["task_id"] for t in new.tasks("?page_size=2")["history"]] == ids[:0:-1], "newest first")
    check([t["task_id"] for t in new.tasks("?page_size=2&page=1")["history"]] == ids[:1], "page 1")
    start, end = local(before - 2), local(time.time() + 2)
    ranged = new.tasks(f"?start_at={start}&end_at={end}&page_size=1")["history"]
    check([t["task_id"] for t in ranged] == ids, "a range has no pages and is oldest first")
    check(len(new.tasks(f"?start_at={local(time.time() + 9)}&page_size=2")["history"]) == 2,
          "a range behind the server's start is none without end_at")
    check(ask(new.server, f"/tasks?start_at={start}&end_at=x")[0] == 500, "a bad end_at")
    check(ask(new.server, "/tasks?start_at=x&end_at=x")[0] == 200, "a bad start_at")
    check(new.tasks("?query=x") == {"history": [], "current": [], "pending": []}, "an unknown query")
    check(ask(new.server, "/tasks?page_size=0")[0] == 500, "division by zero")
    check(ask(new.server, "/tasks?action=delete") == (200, None) and new.task(ids[0]), "delete needs a range")
    waiting = new.start(overwrite_step=10)
    check(ask(new.server, f"/tasks?action=delete&start_at={start}&end_at={end}") == (200, None), "delete")
    check(new.tasks()["history"] == [] and call(new.server, link)[0] == 404, "records and files are gone")
    wait_for(lambda: new.tasks("?query=all") == {"history": [], "current": [], "pending": []})
    check(new.task(waiting) == [], "so are those that were still waiting")


def test_stream_left(new, check):
    body = json.dumps({**FAST, "overwrite_step": 20, "stream_output": True}).encode()
    with urllib.request.urlopen(urllib.request.Request(new.server.url + GENERATE, body, JSON), timeout=20) as answer:
        answer.readline()
        id_ = wait_for(lambda: new.tasks("?query=current")["current"])[0]["task_id"]
        answer.fp.raw._sock.close()
    time.sleep(1.5)
    check(new.tasks("?query=history")["history"][0]["task_id"] == id_ and
          new.tasks("?query=history")["history"][0]["task_status"] is None, "a stream left early is never finished")


def test_faults(new, check, strike):
    strike("lost-task")
    id_ = new.start()
    check(new.paint()[0] == 500 and new.task(id_)["task_status"] is None and
          new.tasks("?query=pending")["pending"] == [], "lost-task")
    strike("finished-empty")
    check(events(new.stream()[0])[-1] == {"progress": 100, "preview": None, "message": "Finished", "images": []},
          "finished-empty")
    strike("sync-500")
    check(new.paint()[0] == 500 and new.tasks()["history"][0]["task_status"] == "finished", "sync-500")
    strike("stream-cut")
    text, whole = new.stream()
    check(not whole and len(events(text)) > 3 and b"Finished" not in text, "stream-cut")
    strike("stream-error")
    text, whole = new.stream()
    check(whole and b"event: error\r\n" in text and b"Finished" not in text, "stream-error")
    strike("stream-pings")
    check(new.stream()[0].startswith(b": ping - 20"), "stream-pings")
    strike("other-host")
    check(new.paint()[1]["result"][0].startswith("http://10.0.0.245:7866/outputs/"), "other-host")
    strike("503@/outputs/")
    check(call(new.server, new.paint()[1]["result"][0])[0] == 503, "common faults by path")


def run(server_class, check, photo, mask, root):
    options = ("--backend", "fooocusapi")
    with server_class(*options, "--root", root) as server:
        new = Client(server, photo, mask)
        compare_models(server, check, "FOOOCUSAPI_SOURCE", {
            "CommonRequest": [("apis/models/requests.py", "CommonRequest")],
            "DescribeImageRequest": [("apis/models/requests.py", "DescribeImageRequest")],
            "GenerateMaskRequest": [("apis/models/base.py", "GenerateMaskRequest")]})
        test_modes(new, check)
        test_checks(new, check)
        test_files(new, check, root)
        test_tools(new, check)
        if Image:
            test_painting(new, check)
    with server_class(*options, "--pace", "0.03") as server:
        test_history(Client(server, photo, mask), check)
    with server_class(*options, "--pace", "0.03") as server:
        test_stream_left(Client(server, photo, mask), check)
    with server_class(*options, "--auth", "secret") as server:
        check(ask(server, "/tasks") == (403, {"detail": "Forbidden"}), "no key")
        check(ask(server, "/tasks", X_API_KEY="secret")[0] == 200, "the key")
        check(call(server, "/outputs/a/b.png")[0] == 404, "results need no key")
    fault_file = os.path.join(root, "faults")

    def strike(fault):
        with open(fault_file, "w", encoding="utf-8") as f:
            f.write(fault + "\n")

    strike("")
    with server_class(*options, "--fault-file", fault_file) as server:
        test_faults(Client(server, photo, mask), check, strike)
