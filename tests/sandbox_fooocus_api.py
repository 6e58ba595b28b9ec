"""Tests of the sandbox's fooocus-api dialect; sandbox.py runs them."""
import base64
import io
import os
import re
import threading
import time

from sandbox_fooocus import Image, ask, call, compare_models, png, test_pixels, wait_for

TEXT = "/v1/generation/text-to-image"
IP = "/v2/generation/text-to-image-with-ip"
UOV = "/v2/generation/image-upscale-vary"
INPAINT = "/v2/generation/image-inpaint-outpaint"
ENHANCE = "/v2/generation/image-enhance"
FAST = {"performance_selection": "Lightning", "aspect_ratios_selection": "256*192", "image_seed": 7,
        "prompt": "a cup"}


class Client:
    def __init__(self, server, photo, mask):
        self.server, self.photo, self.mask = server, photo, mask

    def paint(self, path=TEXT, **fields):
        return ask(self.server, path, {**FAST, **fields})

    def binary(self, path=TEXT, accept="image/png", **fields):
        return call(self.server, path, {**FAST, **fields}, Accept=accept)

    def start(self, path=TEXT, **fields):
        return self.paint(path, async_process=True, **fields)[1]["job_id"]

    def job(self, id_, more=""):
        return ask(self.server, f"/v1/generation/query-job?job_id={id_}{more}")[1]

    def end(self, id_):
        return wait_for(lambda: (j := self.job(id_))["job_stage"] in ("SUCCESS", "ERROR") and j)


def test_modes(old, check):
    status, answer = old.paint(image_number=2)
    check(status == 200 and [r["seed"] for r in answer] == ["7", "8"] and
          {r["finish_reason"] for r in answer} == {"SUCCESS"} and answer[0]["base64"] is None, "a list of results")
    check(re.fullmatch(old.server.url + r"/files/\d{4}-\d\d-\d\d/[-0-9a-f]{36}-1\.png", answer[1]["url"]), "a link")
    check(call(old.server, answer[0]["url"], Accept="*/*")[2][:4] == b"\x89PNG", "a file")
    check(call(old.server, answer[0]["url"], Accept=None)[0] == 500, "no Accept for a file")
    result = old.paint(require_base64=True, save_extension="jpeg", save_name="mine")[1][0]
    check(result["base64"].startswith("data:image/jpeg;base64,/9j/") and result["url"].endswith("/mine-0.jpeg"),
          "base64, an extension and a name")
    check(old.paint(require_base64=True, save_extension="jpg")[0] == 500, "base64 of a jpg")
    status, headers, body = old.binary(image_number=3)
    check(status == 200 and headers["Content-Type"] == "image/png" and body[:4] == b"\x89PNG", "bytes")
    check(old.binary(TEXT + "?accept=image/png", "*/*")[2][:4] == b"\x89PNG", "?accept=")
    check(old.binary(accept="image/png, */*")[1]["Content-Type"] == "application/json", "exactly image/png")
    check(b"job_id" in old.binary(async_process=True)[2], "asynchronous before bytes")
    job = old.paint(async_process=True)[1]
    check(set(job) == {"job_id", "job_type", "job_stage", "job_progress", "job_status", "job_step_preview",
                       "job_result"} and job["job_type"] == "Text to Image", "a job")
    end = old.end(job["job_id"])
    check(end["job_progress"] == 100 and end["job_status"] == "Finished" and
          end["job_result"][0]["finish_reason"] == "SUCCESS", "its end")
    status, answer = ask(old.server, "/v1/generation/query-job?job_id=none")
    check(status == 404 and answer["job_type"] == "Not Found" and answer["job_stage"] == "ERROR", "no such job")
    check(ask(old.server, "/v1/generation/query-job")[0] == 422, "no job_id")
    status, answer = old.paint(prompt=1, advanced_params={"adm_scaler_end": 2})
    check(status == 422 and answer["body"]["prompt"] == 1 and
          [e["loc"][1:] for e in answer["detail"]] == [["prompt"], ["advanced_params", "adm_scaler_end"]], "422")
    check(old.paint(base_model_name="none", style_selections=["none"])[0] == 200, "unknown names become defaults")
    check(old.paint(aspect_ratios_selection="x") == (200, []), "a failed job is an empty list")
    check(old.binary(aspect_ratios_selection="x")[0] == 500, "without bytes")
    check(old.end(old.start(aspect_ratios_selection="x"))["job_stage"] == "ERROR", "and ERROR")
    check(old.paint(UOV, input_image="")[0] == 500, "no picture")


def test_routes(old, check):
    server = old.server
    check(ask(server, "/ping")[1] == b"pong" or ask(server, "/ping")[1] == "pong", "ping")
    check(ask(server, "/v1/engines/styles")[1][0] == "Fooocus V2", "styles")
    check("model_filenames" in ask(server, "/v1/engines/all-models")[1], "models")
    photo = base64.b64decode(old.photo)
    body = b"--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n" + photo + b"\r\n--x--\r\n"
    multipart = {"Content_Type": "multipart/form-data; boundary=x"}
    check("768x512" in ask(server, "/v1/tools/describe-image?image_type=Photo", body, **multipart)[1]["describe"],
          "describe-image")
    check(ask(server, "/v1/tools/describe-image", b"", **multipart)[0] == 422, "without an image")
    check(ask(server, "/v1/tools/describe-image?image_type=x", body, **multipart)[0] == 422, "image_type")
    queue = ask(server, "/v1/generation/job-queue")[1]
    check(queue["running_size"] == 0 and queue["finished_size"] > 3, "job-queue")
    id_ = queue["last_job_id"]
    history = ask(server, f"/v1/generation/job-history?job_id={id_}")[1]
    check(history["queue"] == [] and [h["job_id"] for h in history["history"]] == [id_] and
          history["history"][0]["is_finished"], "job-history")
    link = old.end(old.start())["job_result"][0]["url"]
    id_ = ask(server, "/v1/generation/job-queue")[1]["last_job_id"]
    check(ask(server, f"/v1/generation/job-history?job_id={id_}&delete=true")[0] == 500, "delete fails")
    check(ask(server, f"/v1/generation/query-job?job_id={id_}")[0] == 404 and call(server, link)[0] == 500,
          "but deletes")


def test_painting(old, check):
    def paint(image, mask, sides=(), distance=(0, 0, 0, 0), path=INPAINT, **fields):
        left, top, right, bottom = distance
        status, _, body = old.binary(path, input_image=image, input_mask=mask, outpaint_selections=list(sides),
                                     outpaint_distance_left=left, outpaint_distance_top=top,
                                     outpaint_distance_right=right, outpaint_distance_bottom=bottom, **fields)
        return body if status == 200 else b""

    changed = test_pixels(check, old.photo, old.mask, paint)
    grey = Image.open(io.BytesIO(base64.b64decode(old.mask))).convert("L").point(lambda v: 255 * (v > 127))
    check(paint(old.photo, png(grey.convert("1"))) == b"", "a mask of one bit is refused")
    check(changed(paint(old.photo, png(grey.convert("RGB").quantize(2)))) is None, "a palette marks nothing")
    inverted = png(grey.point(lambda v: 255 - v))
    check(changed(paint(old.photo, inverted, advanced_params={"invert_mask_checkbox": True}))[0],
          "invert_mask_checkbox")
    check(changed(paint(old.photo, old.mask, image_prompts=[{"cn_img": old.photo}]))[0], "mixed by itself")
    check(changed(paint(old.photo, old.mask, path="/v2/generation/image-prompt", image_prompts=[]))[0], "image-prompt")
    weights = [old.binary(IP, image_prompts=[{"cn_img": old.photo, "cn_weight": w}])[2] for w in (0, 0.6, 1)]
    check(weights[0] == weights[1] != weights[2], "a weight of 0 is the type's default")
    for method, value, size in (("Upscale (Custom)", 3.2, (2456, 1632)), ("Upscale (Custom)", 1.5, (1216, 832)),
                                ("Vary (Strong)", 1.0, (1216, 832))):
        body = old.binary(UOV, input_image=old.photo, uov_method=method, upscale_value=value)[2]
        got = Image.open(io.BytesIO(body)).size
        check(got == size, f"{method} {value}: {got}")
    body = old.binary(ENHANCE, enhance_input_image=old.photo, enhance_ctrlnets=[{"enhance_enabled": True}])[2]
    check(body[:4] == b"\x89PNG", "image-enhance")


def test_queue(old, check):
    """With --pace and --queue-size 2."""
    first, second = old.start(overwrite_step=20, advanced_params={"overwrite_step": 20}), old.start()
    check(old.job(second)["job_stage"] == "WAITING" and old.job(second)["job_status"] is None, "WAITING")
    full = old.paint(async_process=True)
    check(full[0] == 200 and full[1]["job_id"] == "" and full[1]["job_stage"] == "ERROR" and
          full[1]["job_result"][0]["finish_reason"] == "QUEUE_IS_FULL", "a full queue")
    check(old.paint()[1][0]["finish_reason"] == "QUEUE_IS_FULL" and old.binary()[0] == 409, "in every mode")
    job = wait_for(lambda: (j := old.job(first, "&require_step_preview=true"))["job_step_preview"] and j)
    check(job["job_stage"] == "RUNNING" and job["job_step_preview"].startswith("iVBOR") and
          0 < job["job_progress"] <= 100, "RUNNING, with a preview")
    check(old.job(first)["job_step_preview"] is None, "only when asked for")
    check(ask(old.server, "/v1/generation/stop", b"")[1] == {"msg": "success"}, "stop")
    check(old.end(first)["job_result"] == [] and len(old.end(second)["job_result"]) == 1, "stops what runs")
    ask(old.server, "/v1/generation/stop", b"")
    check(old.end(old.start())["job_result"] == [], "a stop while nothing runs hits the next")
    wedge = old.start(meta_scheme="a111")
    behind = old.start()
    check(wait_for(lambda: old.job(behind)["job_stage"] != "WAITING", 1) is None and
          old.job(wedge)["job_stage"] == "WAITING", "the scheme a111 ends the queue")


def test_faults(old, check, strike):
    strike("queue-full")
    check(old.paint()[1][0]["finish_reason"] == "QUEUE_IS_FULL", "queue-full")
    strike("finish-error")
    check(old.paint()[1][0] == {"base64": None, "url": None, "seed": "", "finish_reason": "ERROR"}, "finish-error")
    strike("finish-cancel")
    check(old.paint()[1][0]["finish_reason"] == "USER_CANCEL", "finish-cancel")
    strike("job-error")
    check(old.paint() == (200, []) and old.end(old.start())["job_stage"] == "ERROR", "job-error")
    strike("other-host")
    check(old.paint()[1][0]["url"].startswith("http://10.0.0.245:8888/files/"), "other-host")
    strike("lost-job")
    check(wait_for(lambda id_=old.start(): old.job(id_)["job_stage"] != "WAITING", 1) is None, "lost-job")
    strike("")

    def wait_in_vain():
        try:
            check(old.paint()[0] == 503, "a request that waits when the server stops")
        except OSError:
            pass

    threading.Thread(target=wait_in_vain, daemon=True).start()
    time.sleep(0.3)


def run(server_class, check, photo, mask, root):
    options = ("--backend", "fooocus-api")
    with server_class(*options, "--root", root) as server:
        old = Client(server, photo, mask)
        compare_models(server, check, "FOOOCUS_API_SOURCE", {
            "CommonRequest": [("fooocusapi/models/common/requests.py", "CommonRequest")],
            "AdvancedParams": [("fooocusapi/models/common/requests.py", "AdvancedParams")],
            "Lora": [("fooocusapi/models/common/base.py", "Lora")],
            **{name: [("fooocusapi/models/common/requests.py", "CommonRequest"), *[
                ("fooocusapi/models/requests_v2.py", base) for base in bases]] for name, bases in {
                    "Text2ImgRequestWithPrompt": ["Text2ImgRequestWithPrompt"],
                    "ImgUpscaleOrVaryRequestJson": ["ImgUpscaleOrVaryRequestJson"],
                    "ImgInpaintOrOutpaintRequestJson": ["ImgInpaintOrOutpaintRequestJson"],
                    "ImgPromptRequestJson": ["ImgInpaintOrOutpaintRequestJson", "ImgPromptRequestJson"],
                    "ImageEnhanceRequestJson": ["ImageEnhanceRequestJson"]}.items()}})
        test_modes(old, check)
        test_routes(old, check)
        if Image:
            test_painting(old, check)
    with server_class(*options, "--pace", "0.03", "--queue-size", "2") as server:
        test_queue(Client(server, photo, mask), check)
    with server_class(*options, "--auth", "secret") as server:
        check(ask(server, "/ping") == (403, {"detail": "Forbidden"}), "no key")
        check(ask(server, "/ping", X_API_KEY="secret")[0] == 200, "the key")
    fault_file = os.path.join(root, "faults")

    def strike(fault):
        with open(fault_file, "w", encoding="utf-8") as f:
            f.write(fault + "\n")

    strike("")
    with server_class(*options, "--fault-file", fault_file) as server:
        test_faults(Client(server, photo, mask), check, strike)
