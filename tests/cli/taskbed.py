"""A sandbox that speaks PPInfra, proxies before it and a folder: what a test of tasks stands on."""

import hashlib
import json
import os
import re
import struct
import subprocess
import threading
import time
import urllib.request
import zlib

import clean
from cutproxy import Proxy

SANDBOX = os.path.abspath(os.environ.get("SANDBOX", "./sdctl-sandbox"))
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "data")
KEY = "sk-secret"
SLOW = 4 if clean.SANITIZED else 1
KEPT = {"journal.jsonl", "journal.lock"}
TEMPORARY = re.compile(r"\.sdctl-[0-9a-f]{16}\.tmp")
SUCCEEDED = "succeeded"


def is_png(data):
    """Whether it is a whole PNG: every chunk with its checksum, pixels that unpack, IEND last."""
    at, pixels, kind = 8, b"", b""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return False
    while at + 12 <= len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        inside = data[at + 4:at + 8 + size]
        at += 12 + size
        if at > len(data) or zlib.crc32(inside) != struct.unpack(">I", data[at - 4:at])[0]:
            return False
        pixels += inside[4:] if kind == b"IDAT" else b""
    try:
        return kind == b"IEND" and at == len(data) and len(zlib.decompress(pixels)) > 0
    except zlib.error:
        return False


class Result:
    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds

    def documents(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def says(self, *wanted):
        """What is wrong with its exit status or the text of its errors."""
        status, *texts = wanted
        told = f" ({self.err.decode()[:300].strip()})"
        wrong = [] if self.status == status else [f"exit status {self.status}, not {status}{told}"]
        return wrong + [f"no '{text}'{told}" for text in texts if text.encode() not in self.err]


class Process:
    """sdctl in the background."""

    def __init__(self, bed, args, env):
        self.out, self.err = (open(bed.folder.path(f"{name}-{id(self):x}"), "w+b", buffering=0)
                              for name in ("out", "err"))
        for f in (self.out, self.err):
            os.unlink(f.name)
        self.started = time.monotonic()
        self.popen = subprocess.Popen(
            [clean.SDCTL, *args], cwd=bed.folder.path("cwd"), stdin=subprocess.DEVNULL,
            stdout=self.out, stderr=self.err, env=bed.environment(env))
        self.pid = self.popen.pid

    def finish(self, limit=60):
        try:
            self.popen.wait(limit)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        seconds = time.monotonic() - self.started
        texts = []
        for f in (self.out, self.err):
            f.seek(0)
            texts.append(f.read())
            f.close()
        return Result(self.popen.returncode, *texts, seconds)


class Bed:
    """size: the pictures' edge; count: how many; pace, steps: how long the sandbox paints; image:
    what it starts from; keep: of the proxies, whose strikes come later."""

    def __init__(self, *, keep=False, proxied=True, size=128, count=2, steps=2, pace=0.05, image=None,
                 fault=""):
        self.folder = clean.Folder()
        self.size, self.count, self.steps = size, count, steps
        self.image = image or os.path.join(DATA, "tile.png")
        self.current = None  # the process that strikes are about
        self.running = threading.Event()
        self.fault(fault)
        self.log = open(self.folder.path("sandbox.log"), "w+b")
        self.sandbox = subprocess.Popen(
            [SANDBOX, "--backend", "ppinfra", "--auth", KEY, "--port", "0", "--pace", str(pace),
             "--fault-file", self.folder.path("faults")],
            env=self.environment({}), stdout=subprocess.PIPE, stderr=self.log)
        line = self.sandbox.stdout.readline().decode().split()
        if not line:
            raise RuntimeError("the sandbox does not start")
        self.direct = line[-1]
        port = int(self.direct.rsplit(":", 1)[1])
        self.files = self.api = None
        if proxied:
            self.files = Proxy(keep=keep)
            self.api = Proxy(port, files=self.files, keep=keep)
        self.url = self.api.url() if proxied else self.direct

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for proxy in (self.api, self.files):
            if proxy:
                proxy.stop()
        self.sandbox.terminate()
        self.sandbox.wait()
        self.sandbox.stdout.close()
        self.log.close()
        self.folder.remove()

    def fault(self, *names):
        path = self.folder.path("faults")
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write("".join(name + "\n" for name in names))
        os.replace(path + ".new", path)

    def environment(self, changes=None):
        env = self.folder.environment(changes)
        env.setdefault("SDCTL_API_KEY", KEY)
        return env

    # --- running ---------------------------------------------------------------------------------

    def paint(self, *more, output="out/"):
        """The command that everything is about."""
        return ["img2img", "-b", "ppinfra", "-e", self.url, "-i", self.image,
                "-p", "cat", "--model", "aurora_v1_100000.safetensors", "--size",
                f"{self.size}x{self.size}", "--count", str(self.count), "--steps", str(self.steps),
                "--cfg-scale", "7", "--sampler", "Euler a", "--seed", "7", "-o", output, *more]

    def start(self, args, env=None):
        self.running.clear()
        self.current = Process(self, args, env)
        self.running.set()
        return self.current

    def run(self, *args, env=None, limit=60):
        try:
            return self.start(args, env).finish(limit)
        finally:
            self.current = None

    def signaller(self, number, then):
        """A strike's act: a signal for the process, then another act."""
        def act(link):
            self.running.wait(10)
            process = self.current
            if process:
                os.kill(process.pid, number)
            then(link)
        return act

    # --- looking ---------------------------------------------------------------------------------

    def ask(self, path):
        request = urllib.request.Request(self.direct + path,
                                         headers={"Authorization": "Bearer " + KEY})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def submissions(self):
        """The ids of all tasks that the service has taken."""
        return self.ask("/sandbox/submissions")["tasks"]

    def wait_painted(self):
        """Until the service has ended all tasks."""
        until = time.monotonic() + 60
        for task in self.submissions():
            path = "/v3/async/task-result?task_id=" + task
            while time.monotonic() < until and self.ask(path)["task"]["status"] in (
                    "TASK_STATUS_QUEUED", "TASK_STATUS_PROCESSING"):
                time.sleep(0.02)

    def leaked(self):
        self.log.flush()
        with open(self.log.name, "rb") as f:
            text = f.read()
        return [f"the sandbox says {word.decode()}" for word in
                (b"KEY LEAKED", b"Sanitizer", b"runtime error") if word in text]

    def pictures(self):
        """Digests of the files that are there under their own names."""
        found = []
        for name in sorted(os.listdir(self.folder.path("cwd/out"))):
            if not name.startswith("."):
                with open(self.folder.path("cwd/out/" + name), "rb") as f:
                    found.append(hashlib.sha256(f.read()).hexdigest())
        return found

    def check_files(self, none=False):
        """What is wrong with the files: nothing half, nothing left over."""
        wrong = []
        for folder in ("cwd", "cwd/out", "tmp"):
            for name in sorted(os.listdir(self.folder.path(folder))):
                path = self.folder.path(f"{folder}/{name}")
                if (folder, name) == ("cwd", "out"):
                    continue
                with open(path, "rb") as f:
                    whole = is_png(f.read())
                if folder != "cwd/out" or name.startswith("."):
                    wrong.append(f"left over: {folder}/{name}" + (" (a whole picture)" if whole else ""))
                elif not whole:
                    wrong.append(f"no whole PNG: {name}")
                elif none:
                    wrong.append(f"there should be no file: {name}")
        state = self.folder.path("home/state/sdctl")
        kept = set(os.listdir(state)) if os.path.isdir(state) else set()
        return wrong + [f"left over: {name}" for name in sorted(kept - KEPT)]

    def tasks(self):
        """What is wrong with `tasks list`, and the documents that it prints."""
        r = self.run("tasks", "list")
        return r.says(0) + self.reports(r), r.documents() if r.status == 0 else []

    @staticmethod
    def reports(r):
        return ["sanitizer report: " + r.err.decode()[:2000] for word in (b"Sanitizer", b"runtime error")
                if word in r.err][:1]

    def journal(self):
        path = self.folder.path("home/state/sdctl/journal.jsonl")
        try:
            with open(path, encoding="utf-8") as f:
                return f.read()
        except FileNotFoundError:
            return ""


_expected = {}
_lock = threading.Lock()


def expected(bed):
    """Digests of the pictures that the sandbox paints for bed.paint(): the same every time."""
    about = {"size": bed.size, "count": bed.count, "steps": bed.steps, "image": bed.image}
    key = tuple(about.values())
    with _lock:
        if key not in _expected:
            with Bed(proxied=False, pace=0, **about) as other:
                r = other.run(*other.paint())
                if r.status != 0:
                    raise RuntimeError(f"sdctl fails: [{r.status}] {r.err.decode()}")
                _expected[key] = other.pictures()
        return _expected[key]


def finish_rest(bed):
    """Whatever has become of the first run: what must hold, and that the pictures arrive. A list of
    what is wrong."""
    wrong = bed.check_files() + bed.leaked()
    listed, tasks = bed.tasks()
    wrong += listed
    taken = bed.submissions()
    if len(tasks) > 1 or len(taken) > 1:
        wrong.append(f"{len(tasks)} tasks in the journal, {len(taken)} at the service")
    if not tasks:
        wrong += ["a task was sent before it was noted"] if taken else []
        wrong += bed.run(*bed.paint()).says(0)
    elif tasks[0]["task_id"] is None:
        wrong += finish_doubtful(bed, tasks[0], taken)
    else:
        wrong += [] if [tasks[0]["task_id"]] == taken else [f"{tasks[0]} but {taken} at the service"]
        wrong += bed.run("tasks", "wait", "--all").says(0)
        wrong += [] if bed.submissions() == taken else ["'tasks wait' has submitted"]
    missing = set(expected(bed)) - set(bed.pictures())
    wrong += [f"{len(missing)} pictures have not arrived"] if missing else []
    wrong += bed.check_files()
    listed, tasks = bed.tasks()
    if any(t["status"] not in (SUCCEEDED, "unknown", "failed") for t in tasks) or not any(
            t["status"] == SUCCEEDED for t in tasks):
        wrong.append(f"in the end the journal has {[t['status'] for t in tasks]}")
    return list(dict.fromkeys(wrong + listed))


def finish_doubtful(bed, task, taken):
    """A task of which nobody knows whether the service has it is sent again only when told so."""
    key = task["info"]["key"] if "key" in task["info"] else json.loads(bed.journal().split("\n")[0])["key"]
    wrong = []
    if task["status"] == "unknown":
        wrong += bed.run(*bed.paint()).says(6, key, "--resubmit")
        wrong += [] if bed.submissions() == taken else ["submitted twice"]
        wrong += bed.run("tasks", "wait", "--all").says(0, "warning")
    elif task["status"] != "failed" or taken:
        wrong.append(f"status {task['status']}, and the service has {taken}")
    wrong += bed.run(*bed.paint("--resubmit")).says(0)
    wrong += [] if len(bed.submissions()) == len(taken) + 1 else ["--resubmit has not submitted once"]
    return wrong
