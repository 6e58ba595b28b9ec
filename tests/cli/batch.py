#!/usr/bin/env python3
"""Batches: manifests and folders, several endpoints, going on after any end, shards, memory.

usage: tests/cli/batch.py [NAME...]      SDCTL and SANDBOX name the programs
"""

import concurrent.futures
import fcntl
import json
import os
import pty
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
import traceback
import urllib.request

sys.dont_write_bytecode = True
import clean
from taskbed import DATA, KEY, is_png

SANDBOX = os.path.abspath(os.environ.get("SANDBOX", "./sdctl-sandbox"))
SMALL = ["--width", "64", "--height", "64", "-p", "cat"]
PAID = ["-b", "ppinfra", "-p", "cat", "--model", "aurora_v1_100000.safetensors", "--size", "128x128",
        "--count", "1", "--steps", "2", "--cfg-scale", "7", "--sampler", "Euler a"]
SLOW = 4 if clean.SANITIZED else 1


class Server:
    def __init__(self, bed, *args, port=0, faults=()):
        self.faults = bed.path(f"faults-{id(self):x}")
        self.fault(*faults)
        self.popen = subprocess.Popen(
            [SANDBOX, "-q", "--port", str(port), "--fault-file", self.faults, *args],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.url = self.popen.stdout.readline().decode().split()[-1]

    def fault(self, *names):
        with open(self.faults + ".new", "w", encoding="utf-8") as f:
            f.write("".join(n + "\n" for n in names))
        os.replace(self.faults + ".new", self.faults)

    def taken(self):
        request = urllib.request.Request(self.url + "/sandbox/submissions",
                                         headers={"Authorization": "Bearer " + KEY})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return len(json.load(answer)["tasks"])

    def stop(self):
        self.popen.terminate()
        self.popen.wait()
        self.popen.stdout.close()


class Bed:
    """A folder with pictures, and servers that end with it."""

    def __init__(self):
        self.folder = clean.Folder()
        self.path = self.folder.path
        self.work = self.path("cwd")
        self.servers = []
        self.wrong = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.stop()
        self.folder.remove()

    def server(self, *args, **more):
        self.servers.append(Server(self, *args, **more))
        return self.servers[-1]

    def images(self, n, folder="in"):
        os.makedirs(os.path.join(self.work, folder), exist_ok=True)
        for i in range(n):
            shutil.copy(os.path.join(DATA, "tile.png"), os.path.join(self.work, folder, f"i{i:04}.png"))

    def write(self, name, *lines):
        with open(os.path.join(self.work, name), "w", encoding="utf-8") as f:
            f.writelines((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)

    def manifest(self, n, **more):
        self.images(n)
        self.write("m.jsonl", *({"image": f"in/i{i:04}.png", "seed": i, "output": f"out/{{stem}}.{{ext}}", **more}
                                for i in range(n)))

    def start(self, *args, env=None, **more):
        key = {"SDCTL_API_KEY": KEY} if "ppinfra" in args else {}
        environment = self.folder.environment({**key, **(env or {})})
        return subprocess.Popen([clean.SDCTL, *args], cwd=self.work, env=environment,
                                **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                   "stderr": subprocess.PIPE, **more})

    def run(self, *args, text=None, limit=60, **more):
        process = self.start(*args, **({"stdin": subprocess.PIPE} if text is not None else {}), **more)
        try:
            out, err = process.communicate(text, timeout=limit * SLOW)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            self.wrong.append("it hung")
        return process.returncode, self.documents(out), err.decode()

    def documents(self, out):
        documents = []
        for line in out.splitlines():
            try:
                documents.append(json.loads(line))
            except ValueError:
                self.wrong.append(f"no JSON: {line[:80]}")
        return documents

    def batch(self, *args, command="img2img", manifest="m.jsonl", **more):
        return self.run(command, "--batch", manifest, *args, **more)

    def check(self, good, what):
        if not good:
            self.wrong.append(what)

    def out(self):
        """Names of the results; whatever is half or left over is wrong."""
        names = sorted(os.listdir(os.path.join(self.work, "out")))
        for name in names:
            with open(os.path.join(self.work, "out", name), "rb") as f:
                self.check(not name.startswith(".") and is_png(f.read()), f"half or left over: {name}")
        return names


def has(err, *counts):
    before, succeeded, failed = counts
    return f"{before} done before, {succeeded} succeeded, {failed} failed" in err


def manifest(bed):
    s = bed.server()
    bed.images(3)
    shutil.copy(os.path.join(DATA, "tile.png"), os.path.join(bed.work, "mask.png"))
    bed.write("m.jsonl", {"image": "in/i0000.png", "prompt": "a", "seed": 11, "cfg_scale": 5.5},
              "", {"image": "in/i0001.png", "mask": "mask.png", "seed": 12, "steps": 3, "n_iter": 2},
              "{broken", "[1]", {"image": "nowhere.png"}, {"image": "in/i0002.png", "steps": "many"},
              {"image": "in/i0002.png", "no_such_thing": 1}, {"image": "in/i0002.png", "output": "-"},
              {"image": "in/i0002.png", "loopback": 3}, "\0", {"image": "in/i0002.png", "params": {"steps": 4}, "mask": "mask.png"})
    status, documents, err = bed.batch("-e", s.url, *SMALL, "-o", "out/{stem}-{seed}-{n}.{ext}", "--mask",
                                       "mask.png", "--jobs", "4", command="inpaint")
    bed.check(status == 11, f"exit status {status}")
    bed.check(sorted(d["job"] for d in documents) == [1, 2, 11], f"jobs {[d['job'] for d in documents]}")
    by = {d["job"]: d for d in documents}
    if len(by) == 3:
        bed.check(by[1]["params"]["cfg_scale"] == 5.5 and by[1]["params"]["prompt"] == "a", "not the line's parameters")
        bed.check(by[2]["params"]["n_iter"] == 2 and len(by[2]["images"]) == 2, "no native parameter")
        bed.check(by[11]["params"]["steps"] == 4 and by[11]["params"]["prompt"] == "cat", "params not laid over")
        bed.check(by[2]["image"] == "in/i0001.png", "the document does not name its image")
    for name in ("i0000-11-1.png", "i0001-12-1.png", "i0001-13-2.png"):
        bed.check(name in bed.out(), f"no {name} in {bed.out()}")
    lines = err.splitlines()
    for number in (3, 4, 5, 6, 7, 8, 9, 10):
        mine = [line for line in lines if f": job {number}: " in line]
        bed.check(len(mine) == 1 and len(mine[0]) < 500, f"job {number} has {len(mine)} lines")
    bed.check(has(err, 0, 3, 8) and len(lines) == 10, "no summary, or other lines: " + err)
    status, documents, err = bed.batch("-e", s.url, *SMALL, "-o", "out/{stem}-{seed}-{n}.{ext}", "--mask",
                                       "mask.png", "--error-format", "json", command="inpaint")
    broken = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    bed.check(has(err, 3, 0, 8) and [e["job"] for e in broken if "job" in e] == list(range(3, 11)), "errors as JSON: " + err)
    bed.check(s.taken() == 3, f"{s.taken()} submissions")


def folder(bed):
    s = bed.server()
    bed.images(3)
    for name in ("i0000-mask.png", "i0001_mask.png"):
        shutil.copy(os.path.join(DATA, "tile.png"), os.path.join(bed.work, "in", name))
    status, documents, err = bed.batch("-e", s.url, *SMALL, "-o", "out/{stem}.png", command="inpaint", manifest="in")
    bed.check(status == 11 and "i0002.png' has no mask" in err, f"[{status}] {err}")
    bed.check(bed.out() == ["i0000.png", "i0001.png"], f"{bed.out()}")
    status, _, err = bed.batch("-e", s.url, *SMALL, "-o", "in/", manifest="in")
    bed.check(status == 2 and "own folder" in err, f"[{status}] {err}")
    status, documents, err = bed.batch("-e", s.url, manifest="in", command="interrogate")
    bed.check(status == 0 and len(documents) == 5 and all(d["caption"] and d["image"] for d in documents), err)
    status, documents, err = bed.batch("-e", s.url, manifest="in", command="interrogate")
    bed.check(status == 0 and not documents and has(err, 5, 0, 0), "captions again: " + err)


def options(bed):
    s = bed.server()
    bed.manifest(1)
    for args in (["--dry-run"], ["--explain"], ["--loopback", "2"], ["--show"], ["--shard", "4/3"], ["--shard", "1"],
                 ["--jobs", "0"]):
        status, _, err = bed.batch("-e", s.url, *args)
        bed.check(status == 2, f"{args}: [{status}] {err}")
    status, _, err = bed.batch("-e", s.url, manifest="nowhere.jsonl")
    bed.check(status == 3, f"no manifest: [{status}] {err}")
    bed.check(s.taken() == 0, "it was sent")


def pipe(bed):
    """Lines are done as they come."""
    s = bed.server()
    bed.images(2)
    process = bed.start("img2img", "--batch", "-", "-e", s.url, *SMALL, "-o", "out/{stem}.png", stdin=subprocess.PIPE)
    process.stdin.write(b'{"image": "in/i0000.png"}\n{"image": "in/i0')
    process.stdin.flush()
    ready, _, _ = select.select([process.stdout], [], [], 10)
    bed.check(bool(ready) and b'"job"' in process.stdout.readline(), "the first job is not done while the pipe is open")
    process.stdin.write(b'001.png"}')
    out, err = process.communicate(timeout=20)
    bed.check(process.returncode == 0 and len(bed.documents(out)) == 1, f"[{process.returncode}] {err}")
    process = bed.start("img2img", "--batch", "-", "-e", s.url, *SMALL, stdin=subprocess.PIPE)
    time.sleep(0.3 * SLOW)
    process.send_signal(signal.SIGINT)
    status = process.wait(5)
    bed.check(status == 130, f"SIGINT while the pipe is silent: {status}")
    process.communicate()


def resume(bed):
    s = bed.server()
    bed.manifest(4)
    args = ["-e", s.url, *SMALL, "--jobs", "2"]
    bed.check(bed.batch(*args)[0] == 0, "first run")
    os.unlink(os.path.join(bed.work, "out/i0001.png"))
    status, documents, err = bed.batch(*args)
    bed.check(has(err, 3, 1, 0) and documents[0]["job"] == 2, "a deleted output: " + err)
    with open(os.path.join(bed.work, "in/i0002.png"), "ab"):
        os.utime(os.path.join(bed.work, "in/i0002.png"), (1, 1))
    _, documents, err = bed.batch(*args)
    bed.check(has(err, 3, 1, 0) and documents[0]["job"] == 3, "a changed input: " + err)
    _, _, err = bed.batch(*args, "--force", "--resubmit", "--timeout", "50")
    bed.check(has(err, 4, 0, 0), "options that do not change the jobs: " + err)
    bed.write("m.jsonl", *(["\n"] * 3), {"seed": 0, "output": "out/{stem}.{ext}", "image": "in/i0000.png"})
    _, _, err = bed.batch(*args)
    bed.check(has(err, 1, 0, 0), "the order of members: " + err)
    bed.check(s.taken() == 6, f"{s.taken()} submissions")


def two_endpoints(bed):
    a, b = bed.server("--pace", "0.01"), bed.server("--pace", "0.002")
    bed.manifest(24)
    status, documents, err = bed.batch("-e", a.url, "-e", b.url, "-b", "webui", *SMALL, "--steps", "10", "--jobs", "4")
    bed.check(status == 0 and len(documents) == 24, f"[{status}] {err}")
    bed.check(a.taken() + b.taken() == 24 and 0 < a.taken() < b.taken(), f"{a.taken()} and {b.taken()} jobs")
    bed.check(len(bed.out()) == 24, f"{len(bed.out())} files")


def starts_later(bed, backend):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    a = bed.server("--pace", "0.02")
    bed.manifest(60)
    process = bed.start("img2img", "--batch", "m.jsonl", "-e", a.url, "-e", f"http://127.0.0.1:{port}", *backend, *SMALL,
                        "--steps", "5", "--jobs", "2", "--retries", "0")
    time.sleep(0.5)
    late = bed.server("--pace", "0.001", port=port)
    out, err = process.communicate(timeout=60)
    bed.check(process.returncode == 0 and len(bed.documents(out)) == 60, f"[{process.returncode}] {err.decode()}")
    bed.check(late.taken() > 0 and a.taken() + late.taken() == 60, f"{a.taken()} and {late.taken()} jobs")


def failing(bed, fault):
    """The other one fails for a while. Only what cannot have been accepted is moved."""
    a, b = bed.server("--pace", "0.03"), bed.server(faults=[fault])
    bed.manifest(24)
    args = ["-e", a.url, "-e", b.url, "-b", "webui", *SMALL, "--steps", "5", "--jobs", "4", "--retries", "0"]
    threading.Timer(0.6, b.fault).start()
    status, documents, err = bed.batch(*args)
    moved = fault == "503"
    failed = 24 - len(documents)
    bed.check(status == (0 if moved else 11), f"[{status}] {err}")
    bed.check((failed == 0) if moved else 1 <= failed <= 6, f"{failed} failed: {err}")
    bed.check("is left alone for" in err, "nothing is said: " + err)
    bed.check(b.taken() > 0, "it was not tried again")
    again, _, err = bed.batch(*args)
    bed.check(again == 0 and has(err, 24 - failed, failed, 0), f"again: [{again}] {err}")
    bed.check(len(bed.out()) == 24, f"{len(bed.out())} files")
    lost = a.taken() + b.taken() - 24
    bed.check(lost <= failed, f"{lost} were accepted and sent again")


def all_dead(bed):
    a = bed.server(faults=["503"])
    bed.manifest(5)
    began = time.monotonic()
    status, _, err = bed.batch("-e", a.url, "-b", "webui", *SMALL, "--retries", "0", "--timeout", "2")
    bed.check(status in (4, 11) and time.monotonic() - began < 6 * SLOW, f"[{status}] {time.monotonic() - began:.1f} s {err}")


def killed(bed):
    s = bed.server("--pace", "0.001")
    bed.manifest(60)
    args = ["img2img", "--batch", "m.jsonl", "-e", s.url, "-b", "webui", *SMALL, "--steps", "3", "--jobs", "8"]
    for _ in range(20):
        process = bed.start(*args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.005, 0.06) * SLOW)
        process.kill()
        process.wait()
        bed.out()
    status, _, err = bed.run(*args)
    bed.check(status == 0, f"[{status}] {err}")
    bed.check(bed.out() == [f"i{i:04}.png" for i in range(60)], f"{len(bed.out())}: {bed.out()}")


def killed_paid(bed):
    s = bed.server("--backend", "ppinfra", "--auth", KEY, "--pace", "0.05")
    bed.manifest(12)
    args = ["img2img", "--batch", "m.jsonl", "-e", s.url, *PAID, "--jobs", "6"]
    for _ in range(6):
        process = bed.start(*args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.15, 0.5) * SLOW)
        process.kill()
        process.wait()
    status, _, err = bed.run(*args)
    doubtful = doubts(err)
    bed.check(status == (11 if doubtful else 0), f"[{status}] {err}")
    bed.check(s.taken() <= 12, f"{s.taken()} submissions of 12 jobs")
    done = len(bed.out())
    bed.check(done + doubtful == 12, f"{done} files, {doubtful} doubtful: {err}")
    if doubtful:
        status, _, err = bed.run(*args, "--resubmit")
        bed.check(status == 0 and s.taken() <= 12 + doubtful, f"--resubmit: [{status}] {err}")
    bed.check(bed.out() == [f"i{i:04}.png" for i in range(12)], f"{bed.out()}")


def other_endpoint(bed):
    """A task is gone on with where it was sent to, and nowhere else."""
    a = bed.server("--backend", "ppinfra", "--auth", KEY, "--pace", "0.2")
    b = bed.server("--backend", "ppinfra", "--auth", KEY)
    bed.manifest(1)
    process = bed.start("img2img", "--batch", "m.jsonl", "-e", a.url, *PAID, stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while a.taken() == 0 and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.1)
    process.kill()
    process.wait()
    status, _, err = bed.batch("-e", b.url, *PAID)
    bed.check(status == 11 and b.taken() == 0 and "none of the endpoints" in err, f"[{status}] {err}")
    with open(bed.path("home/config.json"), "w", encoding="utf-8") as f:
        f.write("")
    status, _, err = bed.batch("-e", a.url, *PAID)
    bed.check(status == 0 and a.taken() == 1, f"[{status}] {err}")


def doubts(err):
    return sum(": job " in line and "--resubmit" in line for line in err.splitlines())


def unknown_outcome(bed):
    s = bed.server("--backend", "ppinfra", "--auth", KEY, faults=["lost-submit-answer"])
    bed.manifest(2)
    args = ["-e", s.url, *PAID, "--jobs", "1"]
    status, _, err = bed.batch(*args)
    s.fault()
    bed.check(status == 11 and s.taken() == 2 and doubts(err) == 2, f"[{status}] {s.taken()} {err}")
    status, _, err = bed.batch(*args)
    bed.check(status == 11 and s.taken() == 2 and doubts(err) == 2, f"again: [{status}] {s.taken()} {err}")
    status, _, err = bed.batch(*args, "--resubmit")
    bed.check(status == 0 and s.taken() == 4, f"--resubmit: [{status}] {s.taken()} {err}")


def shards(bed):
    s = bed.server()
    bed.manifest(20)
    args = ["img2img", "--batch", "m.jsonl", "-e", s.url, "-b", "webui", *SMALL, "--jobs", "4", "--shard"]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda i: bed.run(*args, f"{i}/3"), (1, 2, 3)))
    jobs = sorted(d["job"] for _, documents, _ in results for d in documents)
    bed.check(jobs == list(range(1, 21)), f"{jobs}")
    bed.check([r[0] for r in results] == [0, 0, 0] and s.taken() == 20, f"{s.taken()} submissions")
    status, _, err = bed.batch("-e", s.url, "-b", "webui", *SMALL)
    bed.check(has(err, 20, 0, 0), "shards share a ledger: " + err)
    names = [d["image"] for i in (1, 2, 3) for d in bed.run("interrogate", "--batch", "in", "-e", s.url, "--shard", f"{i}/3")[1]]
    bed.check(sorted(names) == [f"in/i{i:04}.png" for i in range(20)], f"shards of a folder: {len(names)}")


def interrupted(bed, *fault):
    s = bed.server("--pace", "0.5", faults=fault)
    bed.manifest(20)
    args = ["img2img", "--batch", "m.jsonl", "-e", s.url, "-b", "webui", *SMALL, "--jobs", "16"]
    process = bed.start(*args)
    time.sleep(0.5 * SLOW)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    seconds = time.monotonic() - began
    bed.check(process.returncode == 130 and seconds < 2 * SLOW, f"[{process.returncode}] {seconds:.1f} s {err.decode()}")
    bed.check(b"goes on" in err.splitlines()[-1] and not bed.out(), err.decode())


def memory(bed):
    """The same for many jobs as for few."""
    s = bed.server()
    peaks = []
    for n in (200, 2500):
        bed.images(1)
        bed.write("m.jsonl", *({"image": "in/i0000.png", "seed": i} for i in range(n)))
        process = bed.start("img2img", "--batch", "m.jsonl", "-e", s.url, "-b", "webui", "--width", "8", "--height", "8",
                            "--steps", "1", "-o", f"out/{n}-{{seed}}.png", "--jobs", "32", stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            try:
                with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
                    peak = max([peak] + [int(line.split()[1]) for line in f if line.startswith("VmHWM")])
            except OSError:
                pass
            time.sleep(0.005)
        bed.check(process.returncode == 0, f"exit status {process.returncode}")
        peaks.append(peak)
    made = len(os.listdir(os.path.join(bed.work, "out")))
    bed.check(made == 2700, f"{made} files")
    bed.check(peaks[1] - peaks[0] < 1024 and peaks[1] < 17 * 1024, f"{peaks} KiB")


def terminal(bed):
    s = bed.server("--pace", "0.1")
    bed.manifest(4)
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = bed.start("img2img", "--batch", "m.jsonl", "-e", s.url, "-b", "webui", *SMALL, "--steps", "8", "--jobs", "3",
                        stderr=child, env={"TERM": "xterm"})
    os.close(child)
    seen = b""
    while True:
        try:
            got = os.read(parent, 65536)
        except OSError:
            break
        if not got:
            break
        seen += got
    os.close(parent)
    process.stdout.read()
    process.wait()
    process.stdout.close()
    bed.check(b"1 i0000.png" in seen and b"\x1b[1A" in seen, f"{seen[:300]}")
    bed.check(b"4 jobs: 0 done before, 4 succeeded" in seen, f"{seen[-200:]}")


CASES = {
    "manifest": manifest, "folder": folder, "options": options, "pipe": pipe, "resume": resume,
    "two endpoints": two_endpoints,
    "starts later": lambda bed: starts_later(bed, ["-b", "webui"]),
    "starts later, unknown kind": lambda bed: starts_later(bed, []),
    "fails with 500": lambda bed: failing(bed, "500"), "fails with 503": lambda bed: failing(bed, "503"),
    "resets": lambda bed: failing(bed, "reset"), "no endpoint works": all_dead, "killed": killed, "killed, paid": killed_paid,
    "another endpoint": other_endpoint, "unknown outcome": unknown_outcome, "shards": shards, "interrupted": interrupted,
    "interrupted in silence": lambda bed: interrupted(bed, "silence"), "terminal": terminal,
}


def main(names):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    count = clean.Count()

    def one(name, case):
        began = time.monotonic()
        with Bed() as bed:
            try:
                case(bed)
            except Exception as e:  # the other cases go on
                traceback.print_exc(file=sys.stdout)
                bed.wrong.append(f"{type(e).__name__}: {e}")
            count.note("batch: " + name, bed.wrong)
        if os.environ.get("VERBOSE"):
            print(f"{time.monotonic() - began:.1f} s {name}", flush=True)

    chosen = {n: c for n, c in CASES.items() if not names or any(w in n for w in names)}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda item: one(*item), chosen.items()))
    if not clean.SANITIZED and (not names or "memory" in names):
        one("memory", memory)
    return count.done()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
