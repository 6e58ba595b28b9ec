"""Tests of the sandbox's eks dialect against S3; eks.py runs them. What it must answer was read from
the guidance's own source (input_function, queue_agent)."""
import base64
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

from server import code_of

BUCKET = "outputbucket"
KEY = "GATEWAY-KEY-3141"
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")


def read(name):
    with open(os.path.join(DATA, name), "rb") as f:
        return f.read()


def wait_for(find, seconds=10):
    """What find() gives once it is true; None when it never is."""
    end = time.monotonic() + seconds
    while True:
        found = find()
        if found or time.monotonic() > end:
            return found or None
        time.sleep(0.05)


class Gateway:
    """The sandbox as API gateway, queue and agent."""

    def __init__(self, swift, folder, program=None):
        self.faults = os.path.join(folder, "faults")
        self.set_faults()
        self.log = os.path.join(folder, "sandbox.log")
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [program or os.environ.get("SANDBOX", "./sdctl-sandbox"), "--backend", "eks", "--port", "0",
                 "--auth", KEY, "--fault-file", self.faults], stdout=subprocess.PIPE, stderr=log, text=True,
                env={**os.environ, **swift.environment()})
        self.url = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        self.process.stdout.close()

    def set_faults(self, *names):
        with open(self.faults, "w", encoding="utf-8") as f:
            f.write("".join(name + "\n" for name in names))

    def send(self, body, path="/prod/v1alpha2", key=KEY):
        """Status and text."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        if key:
            request.add_header("x-api-key", key)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read().decode()


def task(id_, content=None, **metadata):
    return {"task": {"metadata": {"id": id_, "runtime": "sdruntime", "tasktype": "image-to-image",
                                  "prefix": "output", "context": {}, **metadata}, "content": content or {}}}


def picture(link="tile.png", **fields):
    image = link if ":" in link else base64.b64encode(read(link)).decode()
    return {"init_images": [image], "width": 64, "height": 64, "steps": 2, "seed": 7, "prompt": "a cup",
            **fields}


def objects_of(s3, prefix, bucket=BUCKET):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [item for page in pages for item in page.get("Contents", [])]


def keys_of(s3, prefix):
    return sorted(item["Key"] for item in objects_of(s3, prefix))


def outs(s3, id_, n=1, prefix="output"):
    """The n .out of a task, once they are there: by key."""
    def find():
        keys = [key for key in keys_of(s3, f"{prefix}/{id_}/") if key.endswith(".out")]
        return keys if len(keys) >= n else None
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in wait_for(find) or []}


def only_out(s3, id_, **where):
    found = list(outs(s3, id_, **where).values())
    return json.loads(found[0])["parameters"] if len(found) == 1 else {}


def test_lambda(gateway, check):
    def refused(body, why, path="/prod/v1alpha2"):
        status, text = gateway.send(body, path)
        check((status, text) == (400, f"Incorrect payload structure, {why}" if why else "Invalid request format"),
              f"400 {why or 'Invalid request format'}: got {status} {text[:80]}")

    def without(*path):
        body = task("t")
        node = body
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]
        return body

    check(gateway.send(task("t"), key=None) == (403, '{"message":"Forbidden"}'), "no key")
    check(gateway.send(task("t"), key="no") == (403, '{"message":"Forbidden"}'), "a wrong key")
    check(gateway.send(task("t"), "/prod/v1alpha3")[0] == 403, "no such resource")
    refused(b"{", None)
    refused(b"[]", None)
    refused({"metadata": {}}, None)
    refused(without("task", "metadata"), "metadata is missing")
    refused(without("task", "content"), "content is missing")
    refused(without("task", "metadata", "id"), "invalid id format")
    refused(without("task", "metadata", "tasktype"), "invalid tasktype")
    refused(without("task", "metadata", "runtime"), "invalid runtime format")
    refused(without("task", "metadata", "prefix"), None)
    refused(task("a/b"), "invalid id format")
    refused(task("t", tasktype="pipeline"), "invalid tasktype")
    refused(task("t", {"prompt": "x" * 262144}), None)
    refused(task("t", {"prompt": "猫" * 44000}), None)
    refused(task("t", {"prompt": "x" * (1 << 20)}), "payload too large")
    check(gateway.send(task("t" * 70, {"prompt": "猫" * 43000}, runtime="none"))[0] == 200,
          "just under the queue's limit")
    scripts = {"task": "image-to-image", "id_task": "t", "sd_model_checkpoint": "none", "save_dir": "out"}
    for key, why in ("save_dir", None), ("id_task", "invalid id_task format"), ("task", "invalid task type"), \
            ("sd_model_checkpoint", "sd_model_checkpoint is missing"):
        refused({"alwayson_scripts": {k: v for k, v in scripts.items() if k != key}}, why, "/v1alpha1")
    refused({"prompt": ""}, "alwayson_scripts is missing", "/v1alpha1")
    check(json.loads(gateway.send({"alwayson_scripts": scripts}, "/v1alpha1")[1]) ==
          {"id_task": "t", "sd_model_checkpoint": "none", "output_location": f"s3://{BUCKET}/out/t"},
          "v1alpha1's answer")
    check(json.loads(gateway.send(task("t", runtime="none", prefix="out/"))[1]) ==
          {"id": "t", "runtime": "none", "output_location": f"s3://{BUCKET}/out//t"}, "v1alpha2's answer")


def test_agent(gateway, s3, check):
    s3.put_object(Bucket="inputs", Key="a b/photo.png", Body=read("photo.png"))
    gateway.send(task("one", picture("s3://inputs/a b/photo.png", n_iter=2), prefix="a/b/"))
    out = outs(s3, "one", prefix="a/b")
    body = json.loads(list(out.values())[0]) if out else {}
    stem = list(out)[0][:-4] if out else ""
    check(len(out) == 1 and len(stem) == len("a/b/one/one-1234") and body["images"] == [""] and
          body["parameters"]["image_seed"] == "7,8" and body["parameters"]["id_task"] == "one" and
          body["parameters"]["error_msg"] == "" and "status" not in body["parameters"], "a .out")
    check(keys_of(s3, "a/b/one/") == sorted([stem + ".out", stem + "-1.png", stem + "-2.png"]), "and its images")
    first = s3.get_object(Bucket=BUCKET, Key=stem + "-1.png")
    check(first["ContentType"] == "image/png" and first["Body"].read(8) == b"\x89PNG\r\n\x1a\n", "a PNG")
    gateway.send(task("inline", picture()))
    check(only_out(s3, "inline").get("image_seed") == "7", "a picture in the request")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "inputs", "Key": "a b/photo.png"})
    gateway.send(task("linked", picture(url)))
    check(only_out(s3, "linked").get("image_seed") == "7", "a picture behind an http link")
    gateway.send(task("prompted", picture(prompt="http in a prompt")))
    check(only_out(s3, "prompted").get("error_msg", "").startswith('UnboundLocalError("'), "C7")
    gateway.send(task("model", {**picture(), "alwayson_scripts": {}}, runtime="sdruntime-dynamic"))
    check(only_out(s3, "model").get("error_msg") == "KeyError('sd_model_checkpoint')", "C8")
    gateway.send(task("bad", {**picture(), "steps": "many"}))
    bad = only_out(s3, "bad")
    check(bad.get("status") == 0 and bad["error_msg"].startswith("HTTPError('422 Client Error: Unprocessable") and
          "detail" in bad["reason"], "the WebUI's refusal")
    gateway.send(task("title", {**picture(), "alwayson_scripts": {
        "sd_model_checkpoint": "sandbox-inpainting.safetensors [1a9e77a511]"}}, runtime="sdruntime-dynamic"))
    # the seventh task that a runtime gets is delivered twice, unasked
    twice = outs(s3, "title", 2)
    check(len(twice) == 2 and all(b"sandbox-inpainting" not in out and b'"error_msg": ""' in out
                                  for out in twice.values()), "a dynamic model, and two deliveries")
    gateway.send(task("file", {**picture(), "alwayson_scripts": {
        "sd_model_checkpoint": "sandbox-inpainting.safetensors"}}, runtime="sdruntime-dynamic"))
    check(only_out(s3, "file").get("error_msg") ==
          "Exception('Failed to switch model to sandbox-inpainting.safetensors')", "a title must be exact")
    gateway.send(task("text", {"prompt": "teal", "width": 64, "height": 64, "seed": 3}, tasktype="text-to-image"))
    check(only_out(s3, "text").get("image_seed") == "3", "text-to-image")
    gateway.send(task("extra", {"image": picture()["init_images"][0], "upscaling_resize": 2},
                      tasktype="extra-single-image"))
    check("html_info" in only_out(s3, "extra"), "extra-single-image")
    gateway.send({**picture(), "init_images": [], "alwayson_scripts": {
        "task": "image-to-image", "id_task": "old", "save_dir": "output", "image_link": picture()["init_images"][0],
        "sd_model_checkpoint": "v1-5-pruned-emaonly.safetensors"}}, "/v1alpha1")
    check(only_out(s3, "old").get("image_seed") == "7", "v1alpha1")


def test_deliveries(gateway, s3, check):
    def run(name, n):
        gateway.set_faults(name)
        gateway.send(task(name, picture()))
        gateway.set_faults()
        return outs(s3, name, n)

    check(len(run("delivered-twice", 2)) == 2 and len(keys_of(s3, "output/delivered-twice/")) == 4, "twice")
    good = [b'"status": 0' not in out for out in run("fails-once", 2).values()]
    check(sorted(good) == [False, True], "a failure, then a success")
    check(len(run("dies-once", 1)) == 1 and len(keys_of(s3, "output/dies-once/")) == 3, "a group without .out")
    check(list(run("task-crashes", 1).values()) == [b'{"code": 500, "error": "Runtime handler failed"}'],
          "the handler's own failure")
    check(b"CUDA out of memory" in b"".join(run("task-fails", 1).values()), "a failure's reason")
    gateway.set_faults("throttled")
    check(gateway.send(task("t")) == (429, '{"message":"Too Many Requests"}'), "429")
    gateway.set_faults()
    for prefix, runtime in ("", "sdruntime"), ("output", "nobody"):
        gateway.send(task("silent", picture(), prefix=prefix, runtime=runtime))
    gateway.send(task("last", picture()))
    outs(s3, "last")
    check(not keys_of(s3, "output/silent") and not keys_of(s3, "/silent") and not keys_of(s3, "silent"),
          "C3, C4: nothing, without a word")

    def refusals():
        with open(gateway.log, encoding="utf-8") as log:
            return log.read().count("failed to upload to S3")

    gateway.send(task("long", picture(), prefix="p" * 1009))  # keys of more than 1024 bytes
    check(wait_for(lambda: refusals() == 2), "what S3 refuses is told")


def test_gateway(gateway, s3, check):
    check(code_of(s3.create_bucket, Bucket=BUCKET) == "" and code_of(s3.create_bucket, Bucket="inputs") == "",
          "buckets")
    test_lambda(gateway, check)
    test_agent(gateway, s3, check)
    test_deliveries(gateway, s3, check)
