#!/usr/bin/env python3
"""Tests of sdctl-sandbox itself: does it answer as the servers it imitates do?

usage: sandbox.py SDCTL_SANDBOX
Needs Python's standard library only; what compares pixels is skipped without Pillow.
"""
import base64
import http.client
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import sandbox_fooocus_api
import sandbox_fooocusapi
import sandbox_ppinfra

try:
    from PIL import Image, ImageChops
except ImportError:
    Image = None

PROGRAM = os.path.abspath(sys.argv[1])
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
passed = failed = 0


def read(name):
    with open(os.path.join(DATA, name), "rb") as f:
        return f.read()


PHOTO = base64.b64encode(read("photo.png")).decode()
MASK = base64.b64encode(read("photo-mask.png")).decode()


def check(good, what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"not ok {what}")


class Server:
    def __init__(self, *options):
        self.process = subprocess.Popen([PROGRAM, "-q", "--port", "0", *options],
                                        stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        check(self.process.wait(timeout=20) == 0, "SIGTERM ends the sandbox with status 0")
        self.process.stdout.close()

    def send(self, path, body=None, headers=None):
        """Status and body, decoded when it is JSON."""
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        try:
            return status, json.loads(text)
        except (ValueError, RecursionError):
            return status, text.decode(errors="replace")

    def paint(self, **fields):
        body = {"init_images": [PHOTO], "prompt": "a cup", "seed": 7, "steps": 4, "width": 256,
                "height": 192, "denoising_strength": 0.6, **fields}
        return self.send("/sdapi/v1/img2img", body)


def info(answer):
    return json.loads(answer["info"])


def picture(answer, index=0):
    return Image.open(io.BytesIO(base64.b64decode(answer["images"][index])))


def test_discovery(server):
    for name in ("samplers", "schedulers", "sd-models", "upscalers", "scripts", "script-info", "loras",
                 "options", "cmd-flags", "memory", "progress", "sd-modules", "embeddings"):
        check(server.send("/sdapi/v1/" + name)[0] == 200, f"GET {name}")
    for name in ("model_list", "module_list", "version"):
        check(server.send("/controlnet/" + name)[0] == 200, f"GET controlnet/{name}")
    check(server.send("/sdapi/v1/nothing") == (404, {"detail": "Not Found"}), "unknown route")
    check(server.send("/sdapi/v1/img2img")[0] == 405, "wrong method")


def test_img2img(server):
    status, answer = server.paint(batch_size=2, n_iter=2)
    check(status == 200 and len(answer["images"]) == 4, "batch_size times n_iter pictures")
    check(info(answer)["all_seeds"] == [7, 8, 9, 10], "seeds count up")
    check(info(answer)["infotexts"][1].startswith("a cup\nSteps: 4, Sampler: Euler,"), "infotext")
    check(answer["parameters"]["init_images"] is None, "init images are not sent back")
    again = server.paint(batch_size=2, n_iter=2)[1]
    check(again["images"] == answer["images"], "the same request gives the same bytes")
    check(server.paint(seed=-1)[1]["images"] != server.paint(seed=-1)[1]["images"], "random seeds")
    answer = server.paint(n_iter=2, save_images=True)[1]
    check(len(answer["images"]) == 3 and info(answer)["index_of_first_image"] == 1, "grid in front")
    check(server.paint(send_images=False)[1]["images"] == [], "send_images false")
    check(info(server.paint(sampler_name="none such")[1])["sampler_name"] == "DPM++ 2M",
          "Forge takes its first sampler for an unknown one")
    check(info(server.paint(sampler_name="Euler a Karras")[1])["infotexts"][0].count(
        "Sampler: Euler a, Schedule type: Karras") == 1, "a scheduler in the sampler's name")
    override = server.paint(override_settings={"sd_model_checkpoint": "none such"})
    check(info(override[1])["sd_model_name"] == "sandbox-painter", "an unknown checkpoint is dropped")
    answer = server.paint(infotext="dog\nSteps: 9, Sampler: Euler a, Seed: 3, CFG scale: 5")[1]
    check("Sampler: Euler a" in info(answer)["infotexts"][0], "fields from an infotext")
    check(server.paint(alwayson_scripts={"controlnet": {"args": [{"module": "canny"}]}})[1]["images"]
          .__len__() == 2, "a ControlNet map behind the results")


def test_errors(server):
    paint = server.paint
    check(paint(init_images=None) == (404, {"detail": "Init image not found"}), "no init image")
    check(paint(init_images=["????"]) == (500, {"detail": "Invalid encoded image"}), "bad base64")
    check(paint(init_images=[PHOTO, PHOTO]) == (500, "Internal Server Error"), "too many images")
    check(paint(script_name="x") == (422, {"detail": "Script 'x' not found"}), "unknown script")
    check(paint(alwayson_scripts={"x": {}})[1] == {"detail": "always on script x not found"}, "x")
    status, answer = paint(steps="many", mask_blur=4.5)
    check(status == 422 and [e["type"] for e in answer["detail"]] == ["int_parsing", "int_from_float"]
          and answer["detail"][0]["loc"] == ["body", "steps"], "validation errors")
    check(paint(steps="3", inpaint_full_res=1)[0] == 200, "values that can be read as the type")
    check(server.send("/sdapi/v1/img2img", b"{")[1]["detail"][0]["type"] == "json_invalid", "no JSON")
    check(server.send("/sdapi/v1/img2img", b"a=b", {"Content-Type": "text/plain"})[0] == 422, "type")
    check(server.send("/sdapi/v1/interrogate", {"image": PHOTO, "model": "x"}) ==
          (404, {"detail": "Model not found"}), "unknown interrogation model")
    check(server.send("/sdapi/v1/options", {"no such setting": 1})[0] == 500, "unknown setting")
    connection = http.client.HTTPConnection(server.url.split("//")[1], timeout=20)
    connection.putrequest("POST", "/sdapi/v1/img2img")
    connection.putheader("Content-Length", str(300 << 20))
    connection.endheaders()
    check(connection.getresponse().status == 413, "a body over the ceiling")
    connection.close()


def test_describe(server):
    caption = server.send("/sdapi/v1/interrogate", {"image": PHOTO})[1]["caption"]
    check("wide picture" in caption and "768x512" in caption, "caption")
    image = server.paint(width=64, height=64, prompt='say "hi", twice')[1]["images"][0]
    answer = server.send("/sdapi/v1/png-info", {"image": image})[1]
    check(answer["parameters"]["Prompt"] == 'say "hi", twice' and
          answer["parameters"]["Size-1"] == "64", "png-info")


def test_scripts(server):
    answer = server.paint(script_name="loopback", script_args=[3, 0.8, "Linear", "None"])[1]
    check(len(answer["images"]) == 4 and info(answer)["all_seeds"] == [9], "loopback")
    sizes = {"SD upscale": ([None, 64, "Lanczos", 2], (1536, 1024)),
             "Poor man's outpainting": ([64, 4, 0, ["left", "up"]], (832, 576)),
             "Outpainting mk2": ([None, 64, 8, ["right"], 1.0, 0.05], (832, 512))}
    for name, (arguments, size) in sizes.items():
        status, answer = server.paint(script_name=name, script_args=arguments, width=512, height=512,
                                      denoising_strength=0.4)
        check(status == 200 and len(answer["images"]) == 1, name)
        if Image and status == 200:
            check(picture(answer).size == size, f"{name}: {picture(answer).size}")


def test_pixels(server, root):
    original = Image.open(io.BytesIO(read("photo.png"))).convert("RGB")
    answer = server.paint(width=768, height=512, denoising_strength=0)[1]
    check(ImageChops.difference(picture(answer).convert("RGB"), original).getbbox() is None,
          "strength 0 changes nothing")
    for fill in range(4):
        for only_masked in (False, True):
            answer = server.paint(width=768, height=512, mask=MASK, inpainting_fill=fill, mask_blur=0,
                                  inpaint_full_res=only_masked, inpaint_full_res_padding=32)[1]
            change = ImageChops.difference(picture(answer).convert("RGB"), original).convert("L")
            mask = Image.open(io.BytesIO(read("photo-mask.png"))).convert("L")
            outside = ImageChops.multiply(change.point(lambda v: 255 * (v > 0)), ImageChops.invert(mask))
            inside = sum(ImageChops.multiply(change, mask).histogram()[8:])
            what = f"fill {fill}, only masked {only_masked}"
            check(outside.getbbox() is None, f"{what}: nothing changes outside of the mask")
            check(inside > 0.7 * sum(mask.histogram()[1:]), f"{what}: the inside is repainted")
    kept = sorted(os.listdir(root))[-1]
    with open(os.path.join(root, kept, "mask.png"), "rb") as f:
        check(f.read() == read("photo-mask.png"), "--root keeps the exact bytes of the mask")
    for name in ("request.json", "http.json", "init-0.png", "processed-init.png",
                 "processed-mask.png", "processed.json", "out-0.png"):
        check(os.path.exists(os.path.join(root, kept, name)), f"--root keeps {name}")


def test_queue(server):
    """With --pace: progress, previews, the queue, and whom an interrupt reaches."""
    answers = {}

    def paint(task):
        answers[task] = server.paint(force_task_id=task, steps=40, width=64, height=64)

    def progress(task, **fields):
        return server.send("/internal/progress", {"id_task": task, **fields})[1]

    threads = [threading.Thread(target=paint, args=(task,)) for task in ("first", "second")]
    threads[0].start()
    while not progress("first")["active"]:
        time.sleep(0.02)
    threads[1].start()
    while not progress("second")["queued"]:
        time.sleep(0.02)
    check(progress("second")["textinfo"] == "In queue: 1/1", "a waiting task's place")
    check(server.send("/internal/pending-tasks")[1] == {"size": 1, "tasks": ["second"]}, "pending")
    while (now := progress("first", id_live_preview=-1)).get("live_preview") is None and now["active"]:
        time.sleep(0.02)
    check(str(now["live_preview"]).startswith("data:image/png;base64,"), "a live preview")
    check(0 < now["progress"] < 1 and now["eta"] > 0, "progress and eta")
    old = server.send("/sdapi/v1/progress?skip_current_image=true")[1]
    check(0 < old["progress"] <= 1 and old["current_image"] is None and old["state"]["job_count"] == 1,
          "the older progress route")
    check(server.send("/sdapi/v1/interrupt", {}) == (200, {}), "interrupt")
    threads[0].join()
    done = progress("first")
    check(done["completed"] and not done["active"], "completed")
    check(answers["first"][0] == 200 and len(answers["first"][1]["images"]) == 1,
          "an interrupted job still gives what it has")
    threads[1].join()
    check(answers["second"][0] == 200 and
          answers["second"][1]["images"] != answers["first"][1]["images"],
          "the interrupt did not reach the job that waited")


def test_flavours():
    with Server("--flavour", "a1111") as server:
        check(server.paint(sampler_name="x") == (404, {"error": "HTTPException", "body": "",
              "detail": "Sampler not found", "errors": ""}), "A1111's errors")
        check(server.send("/sdapi/v1/sd-vae")[0] == 200, "A1111's sd-vae")
        check(server.paint(mask_blur=4.5)[0] == 200, "A1111 cuts 4.5 down to 4")
    with Server("--flavour", "sdcpp") as server:
        check(server.paint(prompt="") == (400, {"error": "prompt required"}), "sd-server's errors")
        status, answer = server.paint(mask=MASK, batch_size=2)
        check(status == 200 and len(answer["images"]) == 2 and answer["parameters"]["init_images"],
              "sd-server")
        check(server.send("/internal/pending-tasks")[0] == 404, "sd-server has no /internal")


def test_auth():
    with Server("--auth", "me:secret") as server:
        key = {"Authorization": "Basic " + base64.b64encode(b"me:secret").decode()}
        bad = {"Authorization": "Basic " + base64.b64encode(b"me:wrong").decode()}
        check(server.send("/sdapi/v1/options") == (401, {"detail": "Not authenticated"}), "no key")
        check(server.send("/sdapi/v1/options", headers=bad)[1] ==
              {"detail": "Incorrect username or password"}, "wrong key")
        check(server.send("/sdapi/v1/options", headers=key)[0] == 200, "right key")
        check(server.send("/internal/pending-tasks")[0] == 200, "/internal asks for no key")


def test_faults(root):
    names = subprocess.run([PROGRAM, "--list-faults"], capture_output=True, text=True).stdout
    names = [line.split()[0] for line in names.splitlines()]
    fault_file = os.path.join(root, "faults")
    with open(fault_file, "w"):
        pass
    with Server("--fault-file", fault_file) as server:
        for name in names:
            if name == "huge-string":
                continue
            quick = {"silence": "=0.2", "late": "=0.2", "slow-drip": "=0.001"}.get(name, "")
            with open(fault_file, "w") as f:
                f.write(f"# one\n{name}{quick}\n")
            try:
                status = server.paint(width=64, height=64)[0]
            except (OSError, http.client.HTTPException):
                status = 0
            wanted = int(name) if name.isdigit() else {"key-echo": 401, "escapes": 500, "429-date": 429}.get(name, 200)
            if name in ("silence", "reset", "half-body", "lost-answer") or name.startswith("redirect"):
                check(status != 200, f"fault {name}: {status}")
            else:
                check(status == wanted, f"fault {name}: {status}")
        with open(fault_file, "w") as f:
            f.write("503:2\n")
        check([server.paint()[0] for _ in range(3)] == [503, 503, 200], "a counted fault")
        with open(fault_file, "w") as f:
            f.write("404@samplers\n")
        check(server.send("/sdapi/v1/samplers")[0] == 404 and server.paint()[0] == 200, "by path")


def test_backends():
    process = subprocess.Popen([PROGRAM, "-q", "--backend", "ppinfra", "--backend", "webui"],
                               stdout=subprocess.PIPE, text=True)
    lines = [process.stdout.readline().split() for _ in range(2)]
    check([line[1] for line in lines] == ["ppinfra", "webui"], f"several backends: {lines}")
    for line, path in zip(lines, ("/v3/model", "/sdapi/v1/options")):
        with urllib.request.urlopen(line[-1] + path, timeout=20) as answer:
            check(answer.status == 200, path)
    process.send_signal(signal.SIGTERM)
    check(process.wait(timeout=20) == 0, "SIGTERM ends several backends")
    process.stdout.close()


def main():
    root = tempfile.mkdtemp()
    with Server("--root", root) as server:
        for test in (test_discovery, test_img2img, test_errors, test_describe, test_scripts):
            test(server)
        if Image:
            test_pixels(server, root)
        else:
            print("sandbox: pixels not compared: no Pillow")
    with Server("--pace", "0.05") as server:
        test_queue(server)
    test_flavours()
    test_auth()
    test_faults(root)
    test_backends()
    for dialect in (sandbox_ppinfra, sandbox_fooocusapi, sandbox_fooocus_api):
        dialect.run(Server, check, PHOTO, MASK, tempfile.mkdtemp())
    print(f"sandbox: {passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
