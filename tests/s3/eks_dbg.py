#!/usr/bin/env python3
"""sdctl against Stable Diffusion on EKS from end to end: the sandbox as API gateway, queue and agent,
a real S3 server that verifies signatures (server.py), and boto3 as judge of what is in it.

usage: eks.py [-v]     SDCTL and SANDBOX name the programs
"""
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import gateway
import server
from gateway import BUCKET, DATA, KEY, Gateway, keys_of, objects_of, outs, read, wait_for

SDCTL = os.path.abspath(os.environ.get("SDCTL", "./sdctl"))
TILE, PHOTO, MASK = (os.path.join(DATA, name) for name in ("tile.png", "photo.png", "photo-mask.png"))
PLAIN = ["-p", "a cup", "--size", "64x64", "--steps", "2", "--set", "runtime=sdruntime", "--set", "prefix=output"]
passed = failed = 0


def check(good, what):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good or "-v" in sys.argv:
        print(("ok " if good else "not ok ") + what)


class Bed:
    """A folder, an environment and the services; what sdctl says is kept for the end."""

    def __init__(self, swift, box, folder):
        self.swift, self.box, self.folder = swift, box, folder
        self.s3 = swift.client()
        self.said = ""
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SDCTL_"))},
            **swift.environment(), "HOME": folder, "XDG_STATE_HOME": folder + "/state",
            "XDG_CONFIG_HOME": folder + "/config", "SDCTL_API_KEY": KEY, "SDCTL_BACKEND": "eks",
            "SDCTL_ENDPOINT": box.url + "/prod"}

    def start(self, *arguments, **environment):
        return subprocess.Popen([SDCTL, *arguments], cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**self.environment, **environment})

    def end(self, process):
        """Status, documents, standard error."""
        out, err = process.communicate(timeout=60)
        self.said += out + err
        if "-v" in sys.argv and process.returncode != 0:
            print(f"  status {process.returncode}: {err.strip()}")
        return process.returncode, [json.loads(line) for line in out.splitlines() if line], err

    def sdctl(self, *arguments, **environment):
        return self.end(self.start(*arguments, **environment))

    def img2img(self, name, *options, image=TILE, **environment):
        return self.sdctl("img2img", *PLAIN, "-i", image, "-o", name, *options, **environment)

    def under(self, *faults):
        self.box.set_faults(*faults)

    def is_result(self, document, keys=None):
        """Whether each image of a result document is, byte for byte, an object of its task, and the
        .out beside it knows its seed."""
        id_ = document["task_id"]
        prefix = document["where"].removeprefix(f"s3://{BUCKET}/").removesuffix("/" + id_)
        out = {os.path.basename(k)[:-4]: json.loads(v)["parameters"]
               for k, v in outs(self.s3, id_, prefix=prefix).items() if b'"image_seed"' in v}
        objects = [(self.bytes_of(k), os.path.basename(k)) for k in keys_of(self.s3, f"{prefix}/{id_}/")
                   if not k.endswith(".out")]
        for image in document["images"]:
            with open(os.path.join(self.folder, image["path"]), "rb") as f:
                got = f.read()
            # two deliveries with the same seed give the same bytes
            names = [name for content, name in objects if content == got and
                     str(image.get("seed")) in out.get(name.rsplit("-", 1)[0], {}).get("image_seed", "").split(",")]
            if not names or keys and not set(names) & set(keys):
                return False
        return document["status"] == "succeeded" and len(document["images"]) > 0

    def bytes_of(self, key, bucket=BUCKET):
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def taken(self):
        return json.loads(self.box.get("/sandbox/submissions"))["tasks"]


def test_plain(bed):
    status, documents, _ = bed.img2img("plain.png", "--set", "n_iter=2", "--seed", "5")
    check(status == 0 and len(documents[0]["images"]) == 2 and bed.is_result(documents[0]), "two images")
    check([image["seed"] for image in documents[0]["images"]] == [5, 6], "in their order")
    check(documents[0]["where"] == f"s3://{BUCKET}/output/{documents[0]['task_id']}", "where they are is said")
    status, documents, _ = bed.img2img("pages.png", "--set", "n_iter=12", "--seed", "5", "--set",
                                       "prefix=a&b <ü>+%/c", "-v", AWS_SESSION_TOKEN="CANARY-token")
    print(status, [image["seed"] for image in documents[0]["images"]], documents[0]["status"], bed.is_result(documents[0])) if documents else print(status, _)
    check(status == 0 and [image["seed"] for image in documents[0]["images"]] == list(range(5, 17)) and
          bed.is_result(documents[0]), "a listing of several pages, an odd prefix, a session token")
    status, documents, _ = bed.img2img("old.png", "--model", "v1-5-pruned-emaonly.safetensors",
                                       SDCTL_ENDPOINT=bed.box.url + "/v1alpha1")
    check(status == 0 and bed.is_result(documents[0]), "v1alpha1")
    bed.under("id-task")
    status, documents, _ = bed.img2img("c2.png", "--set", "id=chosen-1")
    bed.under()
    check(status == 0 and documents[0]["task_id"] == "chosen-1" and bed.is_result(documents[0]),
          "C2: the documented key, and an id of one's own")
    status, documents, _ = bed.img2img("dynamic.png", "--set", "runtime=sdruntime-dynamic", "--model",
                                       "sandbox-inpainting.safetensors [1a9e77a511]")
    check(status == 0 and bed.is_result(documents[0]), "a dynamic runtime's model")
    status, documents, _ = bed.sdctl("img2img", *PLAIN, "-o", "text.png", "--set", "tasktype=text-to-image")
    check(status == 0 and bed.is_result(documents[0]), "text-to-image")


def test_stage(bed):
    status, documents, err = bed.img2img("large.png", image=PHOTO)
    check(status == 3 and "--s3-stage" in err and not documents, "C6: too large for the queue")
    stage = "s3://inputs/st age"
    status, documents, _ = bed.img2img("staged.png", "--s3-stage", stage, image=PHOTO)
    check(status == 0 and bed.is_result(documents[0]), "staged")
    digest = hashlib.sha256(read("photo.png")).hexdigest()
    check(bed.bytes_of(f"st age/{digest}.png", "inputs") == read("photo.png"), "what boto3 finds there")
    status, documents, _ = bed.sdctl(
        "inpaint", *PLAIN, "-i", PHOTO, "--mask", MASK, "--s3-stage", stage, "-o", "inpainted.png")
    check(status == 0 and bed.is_result(documents[0]), "inpaint, image and mask staged")
    names = [item["Key"] for item in objects_of(bed.s3, "st age/", "inputs")]
    check(len(names) == 2 and all(hashlib.sha256(bed.bytes_of(name, "inputs")).hexdigest() in name
                                  for name in names), "each is staged once, under its digest")
    link = bed.s3.generate_presigned_url("get_object", Params={"Bucket": "inputs", "Key": names[0]})
    status, documents, _ = bed.img2img("linked.png", image=link)
    check(status == 0 and bed.is_result(documents[0]), "an http link as image")
    status, documents, _ = bed.img2img("s3.png", image=f"s3://inputs/st age/{digest}.png")
    check(status == 0 and bed.is_result(documents[0]), "an s3 link as image")
    status, documents, err = bed.img2img("gone.png", image="s3://inputs/nothing.png")
    check(status == 7 and "UnboundLocalError" in err, "a link to nothing fails in the agent")
    status, _, err = bed.img2img("c7.png", "-p", "http in a prompt")
    check(status == 2 and "prompt" in err, "C7: such a prompt is refused")


def test_deliveries(bed):
    def deliver(fault, n_outs):
        bed.under(fault)
        status, documents, _ = bed.img2img(fault + ".png", "--async")
        bed.under()
        check(status == 0 and not documents[0]["images"], f"{fault}: --async")
        found = outs(bed.s3, documents[0]["task_id"], n_outs)
        status, documents, _ = bed.sdctl("tasks", "wait", documents[0]["task_id"])
        good = [item for item in objects_of(bed.s3, f"output/{documents[0]['task_id']}/")
                if b'"error_msg": ""' in found.get(item["Key"], b"")]
        newest = max(item["LastModified"] for item in good)  # whole seconds, so there may be two
        names = [os.path.basename(item["Key"])[:-4] + "-1.png" for item in good if item["LastModified"] == newest]
        check(status == 0 and bed.is_result(documents[0], names), f"{fault}: the newest good delivery counts")

    deliver("delivered-twice", 2)
    deliver("fails-once", 2)
    deliver("then-fails", 2)
    deliver("dies-once", 1)


def test_failures(bed):
    def fail(fault, word):
        bed.under(fault)
        status, documents, err = bed.img2img(fault + ".png")
        bed.under()
        check(status == 7 and word in err and documents[0]["status"] == "failed" and
              not os.path.exists(f"{bed.folder}/{fault}.png"), f"{fault}: {word}")

    fail("task-fails", "CUDA out of memory")
    fail("task-crashes", "Runtime handler failed")
    for fault in "lost-images", "bad-out":
        bed.under(fault)
        status, _, err = bed.img2img(fault + ".png")
        check(status == 7 and err.count("\n") == 1, f"{fault}: a clean failure, {status} {err}")
    bed.under()
    began = time.monotonic()
    status, documents, err = bed.img2img("nobody.png", "--set", "runtime=nobody", "--timeout", "1.5")
    check(status == 8 and "no runtime may have this name" in err and time.monotonic() - began < 10,
          "C3: nothing by the deadline, and the likely cause")
    status, _, err = bed.img2img("forbidden.png", SDCTL_API_KEY="CANARY-not-the-key")
    check(status == 5, "the gateway's 403")
    bed.under("throttled:1")
    status, documents, _ = bed.img2img("throttled.png")
    bed.under()
    check(status == 0 and bed.is_result(documents[0]), "429 is waited for")


def test_keys(bed):
    wrong = "CANARY/" + "w" * 32
    status, documents, err = bed.img2img("wrong.png", AWS_SECRET_ACCESS_KEY=wrong)
    check(status == 5 and "SignatureDoesNotMatch" in err and documents[0]["task_id"], "a wrong secret")
    status, documents, _ = bed.sdctl("tasks", "wait", documents[0]["task_id"])
    check(status == 0 and bed.is_result(documents[0]), "and with the right one it goes on")
    n = len(bed.taken())
    status, _, err = bed.img2img("staged2.png", "--s3-stage", "s3://inputs/x", image=PHOTO, AWS_SECRET_ACCESS_KEY=wrong)
    check(status == 5 and len(bed.taken()) == n, "a wrong secret, staging: nothing is submitted")
    none = {name: "" for name in bed.swift.environment() if name != "AWS_ENDPOINT_URL_S3"}
    status, _, err = bed.img2img("none.png", **none)
    check(status == 5 and len(bed.taken()) == n, "no keys: nothing is submitted")
    folder = bed.folder + "/.aws"
    os.mkdir(folder)
    with open(folder + "/credentials", "w", encoding="utf-8") as f:
        f.write(f"[tests]\naws_access_key_id = {bed.swift.access_key}\n"
                f"aws_secret_access_key={bed.swift.secret_key}\n")
    with open(folder + "/config", "w", encoding="utf-8") as f:
        f.write(f"[profile tests]\nregion = {server.REGION}\nendpoint_url = {bed.swift.endpoint}\n")
    for name in "credentials", "config":
        os.chmod(f"{folder}/{name}", 0o600)
    status, documents, _ = bed.img2img("profile.png", AWS_PROFILE="tests", AWS_ENDPOINT_URL_S3="", **none)
    check(status == 0 and bed.is_result(documents[0]), "keys, region and endpoint of a profile")
    with open(folder + "/credentials", "w", encoding="utf-8") as f:
        f.write("")


def test_kill(bed):
    """Killed while it waits, a submission's answer lost, and one that was never waited for."""
    bed.under("slow-queue=1.5")
    n = len(bed.taken())
    process = bed.start("img2img", *PLAIN, "-i", TILE, "-o", "killed.png")
    check(wait_for(lambda: len(bed.taken()) > n), "a submission")
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    check(bed.end(process)[0] == -signal.SIGKILL, "killed")
    bed.under()
    bed.img2img("async-1.png", "--async", "-p", "another cup")
    status, documents, _ = bed.sdctl("tasks", "wait", "--all", "--timeout", "4")
    paths = sorted(os.path.basename(image["path"]) for document in documents for image in document["images"])
    check(status in (8, 11) and {"async-1.png", "killed.png"} <= set(paths) and
          all(bed.is_result(document) for document in documents if document["images"]),
          f"tasks wait --all: {status} {paths}")
    n = len(bed.taken())
    bed.under("lost-submit-answer")
    status, _, err = bed.img2img("lost.png", "-p", "a lost cup")
    bed.under()
    check(len(bed.taken()) == n + 1, f"a lost answer is not sent again: status {status}")


def test_secrets(bed):
    """Keys are in no output and no file that sdctl has written."""
    canaries = [bed.swift.secret_key, KEY, "CANARY"]
    bed.img2img("verbose.png", "-v", "--journal-params")
    bed.img2img("verbose.png", "-v", "--force", "--s3-stage", "s3://inputs/v", AWS_SECRET_ACCESS_KEY="CANARY-2")
    check(not any(canary in bed.said for canary in canaries), "no key in any output")
    for folder, _, names in os.walk(bed.folder):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                text = f.read()
            check(not any(canary.encode() in text for canary in canaries), f"no key in {name}")
    check(os.path.exists(bed.folder + "/state/sdctl/journal.jsonl"), "the journal was there to be looked at")


def run():
    server.client("http://127.0.0.1:9", region_name=server.REGION)  # or boto3 is missing
    began = time.monotonic()
    swift = server.Swift()
    try:
        print(f"swift is up after {time.monotonic() - began:.1f} s")
        server.test_signatures(swift, check)
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other, \
                Gateway(swift, other) as box:
            gateway.test_gateway(box, swift.client(), check)
            bed = Bed(swift, box, folder)
            for test in (test_plain, test_stage, test_deliveries, test_failures, test_keys, test_kill, test_secrets):
                began = time.monotonic()
                test(bed)
                if "-v" in sys.argv:
                    print(f"{test.__name__}: {time.monotonic() - began:.1f} s")
            with open(box.log, encoding="utf-8") as log:
                said = log.read()
            check(swift.secret_key not in said and KEY not in said and "CANARY" not in said,
                  "no key in what the sandbox says")
            check("Sanitizer" not in said and "runtime error" not in said, "no sanitizer's complaint")
        check(box.process.returncode == 0, "SIGTERM ends the sandbox with status 0")
        server.test_clean_end(swift, check)
    finally:
        swift.stop()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run()
    except server.Missing as reason:
        print(f"skip eks: {reason}")
        print(f"eks: {passed} passed, {failed} failed, 1 skipped")
        sys.exit(0)
    print(f"eks: {passed} passed, {failed} failed")
    sys.exit(failed > 0)
