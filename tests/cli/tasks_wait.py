"""Waits that are interrupted, run out of time, lose the network, are told to slow down, or are of a
hundred tasks at once."""

import concurrent.futures
import json
import os
import signal
import threading
import time

import clean
from cutproxy import Strike, fin, hold
from taskbed import DATA, SLOW, SUCCEEDED, Bed, finish_rest
from tasks_cut import key_of

PHOTO = os.path.join(DATA, "photo.png")
STOPPED = 2.0 * SLOW  # seconds
MEMORY = 20 * 1024    # KiB
HUNDRED = 100
STAGES = (("model", "accept"), ("model", "sent"), ("model", "reply-body"),
          ("submit", "accept"), ("submit", "body"), ("submit", "sent"), ("submit", "reply-head"),
          ("submit", "reply-body"), ("poll", "accept"), ("poll", "sent"), ("poll", "reply-head"),
          ("poll", "reply-body"), ("download", "accept"), ("download", "sent"),
          ("download", "reply-head"), ("download", "reply-body"))


# --- signals --------------------------------------------------------------------------------------

class Stop:
    """A strike's act: the signal, and when it was sent."""

    def __init__(self, bed, number, after=0.0, then=hold):
        self.bed, self.number, self.after, self.then = bed, number, after, then
        self.when = None

    def __call__(self, link):
        time.sleep(self.after)
        self.when = time.monotonic()
        self.bed.signaller(self.number, self.then)(link)


def stopped(bed, stop, args):
    """Runs it until the signal has stopped it: the result, and what is wrong."""
    p = bed.start(args)
    r = p.finish()
    ended = time.monotonic()
    bed.current = None
    wrong = r.says(128 + stop.number, "interrupted") + bed.check_files(none=True)
    if stop.when is None:
        wrong.append("the signal was never sent")
    elif ended - stop.when > STOPPED:
        wrong.append(f"it took {ended - stop.when:.1f} s to stop")
    return r, wrong


def interrupted(number, kind, stage):
    def case():
        with Bed(image=PHOTO if stage == "body" else None) as bed:
            stop = Stop(bed, number, then=fin if stage == "reply-end" else hold)
            proxy = bed.files if kind == "download" else bed.api
            proxy.strikes.append(Strike(kind, stage, stop))
            r, wrong = stopped(bed, stop, bed.paint())
            if kind == "model":
                wrong += ["something was sent"] if bed.submissions() or bed.journal() else []
            elif kind == "submit":
                named = json.loads(bed.journal().split("\n")[-2]).get("state") == "failed"
                wrong += [] if named and stage == "accept" else r.says(r.status, key_of(bed), "--resubmit")
            else:
                wrong += r.says(r.status, *bed.submissions())
            return wrong + (finish_rest(bed) if number == signal.SIGINT else [])
    return case


def interrupted_pause(number, kind):
    """In the pause that Retry-After has asked for."""
    def case():
        with Bed() as bed:
            bed.fault("429=30@" + ("img2img" if kind == "submit" else "task-result"))
            stop = Stop(bed, number, 0.2, fin)
            bed.api.strikes.append(Strike(kind, "reply-end", stop))
            r, wrong = stopped(bed, stop, bed.paint())
            wrong += r.says(r.status, *bed.submissions())
            bed.fault()
            return wrong + finish_rest(bed)
    return case


def interrupted_wait(number, kind, stage):
    """Of 'tasks wait', for two tasks."""
    def case():
        with Bed() as bed:
            wrong = bed.run(*bed.paint("--async")).says(0) + bed.run(*bed.paint("--async")).says(0)
            stop = Stop(bed, number)
            proxy = bed.files if kind == "download" else bed.api
            proxy.strikes += [Strike(kind, stage, stop, proxy.count[kind] + 1),
                              Strike(kind, stage, hold, proxy.count[kind] + 2)]
            r, found = stopped(bed, stop, ["tasks", "wait", "--all"])
            found = [w for w in found if "'interrupted'" not in w]  # it says that two did not succeed
            proxy.strikes.clear()
            ids = {d["task_id"] for d in r.documents()}
            wrong += [] if ids == set(bed.submissions()) else [f"documents of {ids}"]
            wrong += found + bed.run("tasks", "wait", "--all").says(0) + bed.check_files()
            return wrong + ([] if len(bed.pictures()) == 4 else [f"{len(bed.pictures())} pictures"])
    return case


# --- deadlines ------------------------------------------------------------------------------------

def deadline(kind, stage):
    """stage None: the service takes longer than --timeout."""
    def case():
        with Bed(pace=0.4 * SLOW if stage is None else 0.05) as bed:
            if stage:
                proxy = bed.files if kind == "download" else bed.api
                proxy.strikes.append(Strike(kind, stage, hold))
            r = bed.run(*bed.paint("--timeout", str(0.9 * SLOW)))
            named = key_of(bed) if kind == "submit" else bed.submissions()[0]
            wrong = r.says(8, named) + bed.check_files(none=True)
            if r.seconds > 2.5 * SLOW:
                wrong.append(f"it took {r.seconds:.1f} s")
            documents = r.documents()
            if [d["task_id"] for d in documents] != [None if kind == "submit" else named]:
                wrong.append(f"documents: {r.out[:300]!r}")
            if kind != "submit":
                r = bed.run("tasks", "wait", named)
                wrong += r.says(0)
                if [d["status"] for d in r.documents()] != [SUCCEEDED]:
                    wrong.append(f"'tasks wait ID' prints {r.out[:300]!r}")
            return wrong + finish_rest(bed)
    return case


# --- the network ----------------------------------------------------------------------------------

def network_gone(what, seconds):
    """Nobody listens for some seconds, in the middle of the wait or of a download."""
    def case():
        with Bed(pace=0.3) as bed:
            gone = [bed.files] if what == "download" else [bed.api, bed.files]

            def leave(_):
                for proxy in gone:
                    proxy.leave()
                threading.Timer(seconds, lambda: [proxy.listen() for proxy in gone]).start()

            (bed.files if what == "download" else bed.api).strikes.append(
                Strike(what, "reply-body" if what == "download" else "reply-end", leave))
            r = bed.run(*bed.paint("--retries", "20"))
            wrong = r.says(0)
            if r.seconds < seconds:
                wrong.append("the network was not gone")
            if len(bed.submissions()) != 1:
                wrong.append("submitted twice")
            time.sleep(max(0.0, seconds - r.seconds + 0.5))
            return wrong + finish_rest(bed)
    return case


def slowed(fault, kind, least, most):
    """The service asks for patience; `least`, `most`: seconds until it is asked again."""
    def case():
        with Bed() as bed:
            bed.fault(fault)
            r = bed.run(*bed.paint())
            times = (bed.files if kind == "download" else bed.api).times[kind]
            pause = times[1] - times[0] if len(times) > 1 else 0
            wrong = r.says(0)
            if not least <= pause <= most * SLOW:
                wrong.append(f"asked again after {pause:.2f} s")
            bed.fault()
            return wrong + finish_rest(bed)
    return case


def no_key(status):
    """A key that is refused does not become better by asking again."""
    def case():
        with Bed() as bed:
            bed.fault(f"{status}@task-result")
            r = bed.run(*bed.paint("--retries", "20"))
            wrong = r.says(5, *bed.submissions())
            if bed.api.count["poll"] != 1:
                wrong.append(f"asked {bed.api.count['poll']} times")
            bed.fault()
            return wrong + finish_rest(bed)
    return case


# --- a hundred ------------------------------------------------------------------------------------

def watch(process, seen):
    """The process's largest memory in KiB, and the most descriptors that it had open."""
    while process.popen.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status", encoding="utf-8") as f:
                for line in f:
                    if line.startswith("VmHWM:"):
                        seen["memory"] = max(seen["memory"], int(line.split()[1]))
            seen["open"] = max(seen["open"], len(os.listdir(f"/proc/{process.pid}/fd")))
        except (FileNotFoundError, ProcessLookupError):
            pass
        time.sleep(0.003)


def wait_hundred(bed, args):
    seen = {"memory": 0, "open": 0}
    p = bed.start(args)
    watcher = threading.Thread(target=watch, args=(p, seen))
    watcher.start()
    watcher.join()
    r = p.finish()
    wrong = r.says(0) + bed.check_files()
    documents = r.documents()
    if sorted(d["task_id"] for d in documents) != sorted(bed.submissions()):
        wrong.append(f"{len(documents)} documents")
    if any(d["status"] != SUCCEEDED for d in documents):
        wrong.append("not all succeeded")
    if seen["memory"] > MEMORY and not clean.SANITIZED:
        wrong.append(f"peak memory {seen['memory']} KiB")
    return wrong, f"{len(documents)} tasks, peak {seen['memory']} KiB, {seen['open']} descriptors, " \
                  f"{r.seconds:.1f} s"


def a_hundred():
    """All wait when the wait begins: the first one takes long."""
    with Bed(proxied=False, count=1, steps=1, pace=0.02 * SLOW) as bed:
        wrong = bed.run(*bed.paint("--async", "--set", "request.steps=100")).says(0)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for r in pool.map(lambda _: bed.start(bed.paint("--async")).finish(), range(HUNDRED - 1)):
                wrong += r.says(0)
        found, text = wait_hundred(bed, ["tasks", "wait", "--all", "--timeout", "120"])
        print("wait --all: " + text, flush=True)
        wrong += found
        if len(bed.pictures()) != HUNDRED or len(bed.submissions()) != HUNDRED:
            wrong.append(f"{len(bed.pictures())} pictures of {len(bed.submissions())} tasks")
        found, text = wait_hundred(bed, ["tasks", "wait", *bed.submissions(), "-o", "out/"])
        print("wait ID...: " + text, flush=True)
        wrong += found
        listed, tasks = bed.tasks()
        if [t["status"] for t in tasks] != [SUCCEEDED] * HUNDRED:
            wrong.append("the journal has not all of them as succeeded")
        return list(dict.fromkeys(wrong + listed + bed.leaked()))


def cases():
    yield "a hundred tasks", a_hundred
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for kind, stage in STAGES:
            yield f"{number.name} at {kind} {stage}", interrupted(number, kind, stage)
        for kind in ("submit", "poll"):
            yield f"{number.name} in the pause after 429 to a {kind}", interrupted_pause(number, kind)
        for kind, stage in (("poll", "sent"), ("download", "reply-body")):
            yield f"{number.name} at {kind} {stage} of tasks wait", interrupted_wait(number, kind, stage)
    yield "a deadline while it paints", deadline("poll", None)
    for kind, stage in (("submit", "sent"), ("poll", "sent"), ("download", "reply-body")):
        yield f"a deadline at {kind} {stage}", deadline(kind, stage)
    yield "the network gone while it waits", network_gone("poll", 3.0)
    yield "the network gone in a download", network_gone("download", 2.0)
    for kind, where in (("submit", "img2img"), ("poll", "task-result"), ("download", "/results/")):
        yield f"429 to a {kind}, in seconds", slowed(f"429=1@{where}:1", kind, 1.0, 1.7)
        yield f"429 to a {kind}, a date", slowed(f"429-date=2@{where}:1", kind, 0.9, 2.7)
    for status in (408, 425, 500, 502, 503, 504):
        if status not in (408, 425):
            yield f"{status} to a poll", slowed(f"{status}@task-result:2", "poll", 0.2, 1.5)
    for status in (401, 403):
        yield f"{status} to a poll", no_key(status)
