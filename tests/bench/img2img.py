#!/usr/bin/python3
"""Measures sdctl img2img beside raw curl, a minimal loop and the usual clients.

usage: img2img.py [GROUP...]     small, large, growth, rules; all of them when none is named

BIN is where sdctl is, BUILD where bench/ with the helpers is; ROUNDS scales how often each row runs.
A server on the loopback address answers with prepared bytes. All rows of a group run in turn, round
after round, and the medians count; only the ratios mean anything on another machine.

The limits: curl posts a body that is ready in a file and drops the answer; minimal (minimal.c) does
what must be done and checks nothing, where sdctl asks the server what it is first, checks all bytes
and digests them with SHA-256. The checks of a large answer run beside the receiving: with the server
that makes three busy threads, so on two cores, or beside other work, they show in full.
"""
import base64
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SDCTL = os.path.join(os.environ.get("BIN", "."), "sdctl")
TOOLS = os.path.join(os.environ.get("BUILD", "build"), "bench")
ROUNDS = float(os.environ.get("ROUNDS", "1"))
PYTHON = sys.executable
CURL = ["curl", "-sS", "-o", "/dev/null", "-H", "Content-Type: application/json", "-H", "Expect:"]

# name: side of the picture in pixels, its PNG in bytes is about 1.41 times the square
SIDES = {"tiny": 64, "small": 1024, "large": 1984, "up29": 3920, "up200": 10300}
# name: pictures in the answer, by side
ANSWERS = {"tiny": ("tiny", 1), "small": ("small", 1), "one": ("large", 1), "large": ("large", 8),
           "huge": ("large", 27)}


def fail(text):
    sys.exit(f"bench: {text}")


class Bench:
    """A folder with pictures, answers and outputs on a memory file system, and the server."""

    def __init__(self, *server):
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.dir = tempfile.mkdtemp(prefix="sdctl-bench-", dir=place)
        self.out = os.path.join(self.dir, "out")
        self.env = {k: v for k, v in os.environ.items()
                    if not k.lower().endswith("_proxy") and not k.startswith("SDCTL_")}
        self.env["XDG_CONFIG_HOME"] = self.dir
        self.server = subprocess.Popen([f"{TOOLS}/server", self.dir, *server], stdout=subprocess.PIPE,
                                       text=True)
        self.port = int(self.server.stdout.readline())

    def close(self):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.dir)

    def picture(self, name):
        path = f"{self.dir}/{name}.png"
        if not os.path.exists(path):
            side = str(SIDES[name])
            subprocess.run([f"{TOOLS}/photo", side, side, path], check=True)
        return path

    def body(self, name):
        """A request like the others send, ready to be posted."""
        path = f"{self.dir}/body-{name}.json"
        if not os.path.exists(path):
            with open(self.picture(name), "rb") as f, open(path, "wb") as to:
                to.write(b'{"prompt":"a cat","init_images":["')
                to.write(base64.b64encode(f.read()))
                to.write(b'"]}')
        return path

    def answer(self, name):
        """Writes what the server answers at /NAME; the URL."""
        path = f"{self.dir}/{name}.json"
        picture, count = ANSWERS[name]
        if not os.path.exists(path):
            info = {"all_seeds": list(range(count)), "index_of_first_image": 0}
            with open(self.picture(picture), "rb") as f, open(path, "wb") as to:
                encoded = base64.b64encode(f.read())
                to.write(b'{"images":["' + b'","'.join([encoded] * count) + b'"],"parameters":{},')
                to.write(b'"info":' + json.dumps(json.dumps(info)).encode() + b"}")
        return f"http://127.0.0.1:{self.port}/{name}"

    def run(self, argv):
        """Runs a command in an empty output folder: wall ms, CPU ms, peak MiB."""
        shutil.rmtree(self.out, ignore_errors=True)
        os.mkdir(self.out)
        figures = f"{self.dir}/figures"
        done = subprocess.run([f"{TOOLS}/measure", figures, *argv], env=self.env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            fail(f"{' '.join(argv)} ended with {done.returncode}: {done.stderr.strip()}")
        with open(figures) as f:
            wall, cpu, peak = map(int, f.read().split())
        return wall / 1000, cpu / 1000, peak / 1024

    def told(self):
        """What the server says about the last submission."""
        name, form, length, came, expected = self.server.stdout.readline().split()
        return {"name": name, "sized": form == "sized", "length": int(length), "came": int(came),
                "expected": expected == "1"}

    def check_pictures(self, answer):
        """The pictures that a client wrote are those of the answer."""
        picture, count = ANSWERS[answer]
        with open(self.picture(picture), "rb") as f:
            right = f.read()
        files = [f for f in os.listdir(self.out) if f.endswith(".png")]
        for name in files:
            with open(f"{self.out}/{name}", "rb") as f:
                if f.read() != right:
                    fail(f"{name} differs from what the server sent")
        if len(files) != count:
            fail(f"{len(files)} pictures were written, not {count}")


def clients(bench, picture, answer):
    """The rows of a group: name and command, the limits first; and whether pictures are written."""
    base = bench.answer(answer)
    url = f"{base}/sdapi/v1/img2img"
    image, body, out = bench.picture(picture), bench.body(picture), bench.out
    count = str(ANSWERS[answer][1])
    rows = [
        ("curl", [*CURL, "--data-binary", f"@{body}", url], False),
        ("curl -T", [*CURL, "-X", "POST", "-T", body, url], False),
        ("minimal", [f"{TOOLS}/minimal", url, image, out], True),
        ("sdctl", [SDCTL, "img2img", "-b", "webui", "-e", base, "-i", image, "-p", "a cat",
                   "--count", count, "-o", f"{out}/", "-q"], True),
        ("shell", ["sh", f"{HERE}/peer.sh", url, image, out], True),
        ("python", [PYTHON, f"{HERE}/peer.py", url, image, out], True),
        ("node", ["node", f"{HERE}/peer.mjs", url, image, out], True),
    ]
    has_requests = subprocess.run([PYTHON, "-c", "import requests"], stderr=subprocess.DEVNULL)
    missing = set()
    if has_requests.returncode != 0:
        missing.add("python")
    if shutil.which("jq") is None:
        missing.add("shell")
    if shutil.which("node") is None:
        missing.add("node")
    for name in sorted(missing):
        print(f"({name} is left out: not installed)")
    return [row for row in rows if row[0] not in missing]


def in_turn(bench, rows, answer, rounds):
    """Medians by row name. The first round only warms up and checks what was written."""
    figures = {name: [] for name, _, _ in rows}
    for turn in range(max(2, round(rounds * ROUNDS)) + 1):
        for name, argv, writes in rows:
            figure = bench.run(argv)
            bench.told()
            if turn > 0:
                figures[name].append(figure)
            elif writes:
                bench.check_pictures(answer)
    return {name: tuple(map(statistics.median, zip(*all_of)))
            for name, all_of in figures.items()}


def table(title, medians, limits):
    print(f"\n{title}")
    print(f"{'':10}{'wall ms':>10}{'cpu ms':>10}{'peak MiB':>10}" +
          "".join(f"{'x ' + limit:>12}" for limit in limits))
    for name, (wall, cpu, peak) in medians.items():
        print(f"{name:10}{wall:10.1f}{cpu:10.1f}{peak:10.1f}" +
              "".join(f"{wall / medians[limit][0]:12.2f}" for limit in limits))


def aim(text, value, most):
    print(f"  {'met   ' if value <= most else 'MISSED'} {text}: {value:.2f}, aim {most}")
    return value <= most


def small(bench):
    medians = in_turn(bench, clients(bench, "small", "small"), "small", 15)
    table("small: 2 MB up, one picture of 2 MB back", medians, ["curl", "curl -T", "minimal"])
    return [aim("wall, sdctl / curl", medians["sdctl"][0] / medians["curl"][0], 1.15),
            aim("peak MiB", medians["sdctl"][2], 12.5)]


def large(bench):
    medians = in_turn(bench, clients(bench, "large", "large"), "large", 7)
    table("large: 7 MB up, 8 pictures, 59 MB, back", medians, ["curl", "curl -T", "minimal"])
    return [aim("wall, sdctl / minimal", medians["sdctl"][0] / medians["minimal"][0], 1.25),
            aim("peak MiB", medians["sdctl"][2], 12.5)]


def growth(bench):
    met = []
    for title, picture, answer in (("8 kB down", "tiny", "tiny"), ("7 MB down", "tiny", "one"),
                                   ("59 MB down", "tiny", "large"),
                                   ("200 MB down", "tiny", "huge"), ("29 MB up", "up29", "tiny"),
                                   ("200 MB up", "up200", "tiny")):
        rows = [row for row in clients(bench, picture, answer)
                if row[0] in ("curl", "curl -T", "minimal", "sdctl")]
        medians = in_turn(bench, rows, answer, 4)
        table(title, medians, ["curl", "curl -T", "minimal"])
        met.append(aim("peak MiB", medians["sdctl"][2], 12.5))
    return met


def rules(bench):
    """What must hold of a request besides its speed."""
    rows = {row[0]: row[1] for row in clients(bench, "large", "tiny")}
    wall = bench.run(rows["sdctl"])[0]
    told = bench.told()
    waiting = [word for word in rows["curl"]]
    waiting[waiting.index("Expect:")] = "Expect: 100-continue"
    waited = bench.run(waiting)[0]
    bench.told()
    print(f"\nrules\n  Content-Length {told['length']}, {told['came']} bytes came"
          f"\n  100-continue is never answered: sdctl {wall:.0f} ms, curl by default {waited:.0f} ms")
    return [told["sized"] and told["length"] == told["came"] and not told["expected"]
            and wall < 500]


GROUPS = {"small": small, "large": large, "growth": growth, "rules": rules}


def main():
    wanted = sys.argv[1:] or list(GROUPS)
    if any(name not in GROUPS for name in wanted):
        fail(f"the groups are {', '.join(GROUPS)}")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f}" +
          ("; this machine is busy, so repeat it when it is not" if load > 0.7 else ""))
    bench = Bench()
    try:
        met = [ok for name in wanted for ok in GROUPS[name](bench)]
    finally:
        bench.close()
    print(f"\n{met.count(True)} of {len(met)} aims met")


if __name__ == "__main__":
    main()
