#!/usr/bin/python3
"""Measures sdctl --batch beside a bare curl_multi loop and the usual clients.

usage: batch.py [GROUP...]     tiny, medium, thinking, memory; all of them when none is named

As in img2img.py, only the ratios of rows that ran in turn mean anything. multi (multi.c) is the
limit: it checks nothing. curl --parallel posts a body that is ready in a file and keeps the answers
as they are. xargs runs the shell pipeline, on few jobs only, and its time is scaled up.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys

import img2img
from img2img import HERE, PYTHON, ROUNDS, SDCTL, SIDES, TOOLS, Bench, aim, fail

SIDES["medium"] = 512
img2img.ANSWERS["medium"] = ("medium", 1)
FEW = 40  # jobs for xargs
MEMORY_MOST = 16  # MiB


class Jobs:
    """A list of jobs and what the clients need for it."""

    def __init__(self, bench, picture, count):
        self.bench, self.picture, self.count = bench, picture, count
        self.images = f"{bench.dir}/{picture}-{count}"
        self.url = bench.answer(picture)
        os.mkdir(self.images)
        paths = [f"{self.images}/{n:05}.png" for n in range(count)]
        for path in paths:
            os.link(bench.picture(picture), path)
        self.write("list", "".join(f"{path}\n" for path in paths))
        self.write("few", "".join(f"{path}\n" for path in paths[:FEW]))
        self.write("manifest", "".join(json.dumps({"image": path}) + "\n" for path in paths))
        self.write("config", "next\n".join(
            f'url = "{self.url}/sdapi/v1/img2img"\ndata-binary = "@{bench.body(picture)}"\n'
            f'output = "{bench.out}/{n}.json"\nheader = "Content-Type: application/json"\n'
            'header = "Expect:"\nsilent\n' for n in range(count)))

    def write(self, name, text):
        with open(f"{self.images}.{name}", "w") as f:
            f.write(text)

    def rows(self, at_once):
        """Name, command, jobs that it does."""
        url, out, n = f"{self.url}/sdapi/v1/img2img", self.bench.out, str(at_once)
        from_list = ["sh", "-c", 'exec "$@" <"$0"', f"{self.images}.list"]
        rows = [
            ("multi", [*from_list, f"{TOOLS}/multi", n, url, out], self.count),
            ("sdctl", [SDCTL, "img2img", "-b", "webui", "-e", self.url, "-p", "a cat", "-q",
                       "--batch", f"{self.images}.manifest", "--jobs", n,
                       "-o", out + "/{stem}.{ext}"], self.count),
            ("curl", ["curl", "--parallel", "--parallel-max", n, "--no-progress-meter", "-K",
                      f"{self.images}.config"], self.count)]
        for client in ("aiohttp", "requests"):
            if subprocess.run([PYTHON, "-c", f"import {client}"],
                              stderr=subprocess.DEVNULL).returncode == 0:
                rows.append((client, [*from_list, PYTHON, f"{HERE}/peer_batch.py", client, n, url,
                                      out], self.count))
        if shutil.which("jq") is not None:
            script = 'mkdir "$2/$$" && sh "$0" "$1" "$3" "$2/$$"'
            rows.append(("xargs", ["xargs", "-a", f"{self.images}.few", "-P", n, "-n", "1", "sh",
                                   "-c", script, f"{HERE}/peer.sh", url, out], FEW))
        return rows

    def check(self, name, done):
        """What was written is what the server sent."""
        with open(self.bench.picture(self.picture), "rb") as f:
            right = f.read()
        files = [os.path.join(place, file) for place, _, names in os.walk(self.bench.out)
                 for file in names if file.endswith(".png")]
        for path in files:
            with open(path, "rb") as f:
                if f.read() != right:
                    fail(f"{name}: {path} differs from what the server sent")
        if len(files) != done:
            fail(f"{name}: {len(files)} pictures were written, not {done}")


def in_turn(jobs, at_once, rounds, rows=None):
    """Medians by row: ms for all jobs, CPU ms, MiB."""
    rows = rows or jobs.rows(at_once)
    figures = {name: [] for name, _, _ in rows}
    for turn in range(max(1, round(rounds * ROUNDS))):
        for name, argv, done in rows:
            shutil.rmtree(f"{jobs.bench.dir}/state", ignore_errors=True)
            wall, cpu, peak = jobs.bench.run(argv)
            figures[name].append((wall * jobs.count / done, cpu * jobs.count / done, peak))
            if turn == 0 and name != "curl":
                jobs.check(name, done)
    return {name: tuple(map(statistics.median, zip(*all_of))) for name, all_of in figures.items()}


def table(title, count, medians):
    print(f"\n{title}\n{'':10}{'jobs/s':>10}{'cpu ms':>10}{'peak MiB':>10}{'x multi':>10}")
    for name, (wall, cpu, peak) in medians.items():
        print(f"{name:10}{count / wall * 1000:10.0f}{cpu:10.0f}{peak:10.1f}"
              f"{wall / medians['multi'][0]:10.2f}")


def aims(medians):
    """Of a batch at the limit of the machine."""
    sdctl = medians["sdctl"]
    return [aim("time, sdctl / multi", sdctl[0] / medians["multi"][0], 1.25),
            aim("time, sdctl / curl --parallel", sdctl[0] / medians["curl"][0], 0.8),
            aim("peak MiB", sdctl[2], MEMORY_MOST)]


def with_server(ms, picture, count, text, rounds):
    bench = Bench(ms)
    bench.env["XDG_STATE_HOME"] = f"{bench.dir}/state"
    met = []
    try:
        jobs = Jobs(bench, picture, count)
        for at_once in (1, 8, 32):
            medians = in_turn(jobs, at_once, rounds)
            table(f"{text}, {at_once} at a time", count, medians)
            if ms == "0":
                met += aims(medians)
            else:
                met.append(aim("time, sdctl / multi",
                               medians["sdctl"][0] / medians["multi"][0], 1.25))
    finally:
        bench.close()
    return met


def tiny():
    return with_server("0", "tiny", 2000, "2,000 jobs of 64 px, 8 kB each way", 5)


def medium():
    return with_server("0", "medium", 300, "300 jobs of 512 px, 0.5 MB each way", 5)


def thinking():
    return with_server("20", "tiny", 200, "200 jobs, the server takes 20 ms", 3)


def memory():
    """The same for ten times the jobs."""
    bench = Bench("0")
    bench.env["XDG_STATE_HOME"] = f"{bench.dir}/state"
    peaks = {}
    try:
        for count in (200, 2000, 20000):
            jobs = Jobs(bench, "tiny", count)
            row = [row for row in jobs.rows(32) if row[0] == "sdctl"]
            wall, _, peaks[count] = in_turn(jobs, 32, 1, row)["sdctl"]
            print(f"{'' if len(peaks) > 1 else chr(10)}memory: {count} jobs, 32 at a time: "
                  f"{peaks[count]:.1f} MiB, {wall / count:.3f} ms a job")
            shutil.rmtree(jobs.images)
    finally:
        bench.close()
    return [aim("MiB more for 20,000 jobs than for 2,000", peaks[20000] - peaks[2000], 0.5)]


GROUPS = {"tiny": tiny, "medium": medium, "thinking": thinking, "memory": memory}


def main():
    wanted = sys.argv[1:] or list(GROUPS)
    if any(name not in GROUPS for name in wanted):
        fail(f"the groups are {', '.join(GROUPS)}")
    met = [ok for name in wanted for ok in GROUPS[name]()]
    print(f"\n{met.count(True)} of {len(met)} aims met")


if __name__ == "__main__":
    main()
