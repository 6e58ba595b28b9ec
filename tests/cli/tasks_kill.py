"""sdctl killed with SIGKILL between its start and the last byte of a result, and once more while it
goes on: no task is lost, none is paid twice, no file is half."""

import json
import os
import signal
import time

import killat
from cutproxy import Strike, fin, hold
from taskbed import DATA, SLOW, Bed, finish_rest

PHOTO = os.path.join(DATA, "photo.png")
# kind, the number of such an exchange, and where in it
POINTS = (
    [("model", 1, stage, 0.5) for stage in ("accept", "headers", "sent", "reply-body", "reply-end")] +
    [("submit", 1, stage, 0.5) for stage in ("accept", "line", "headers", "head", "sent", "status",
                                             "reply-headers", "reply-head", "reply-body", "reply-end")] +
    [("submit", 1, "body", at) for at in (1, 0.1, 0.5, 0.9, 0.999999)] +
    [("poll", nth, stage, 0.5) for nth in (1, 2) for stage in ("accept", "headers", "sent", "status",
                                                               "reply-body", "reply-end")] +
    [("download", 1, stage, 0.5) for stage in ("accept", "line", "sent", "status", "reply-headers",
                                               "reply-head", "reply-end")] +
    [("download", 1, "reply-body", at) for at in (1, 8, 100, 4096, 0.25, 0.5, 0.75, 0.999999)] +
    [("download", 2, stage, 0.5) for stage in ("headers", "reply-head", "reply-end")] +
    [("download", 2, "reply-body", at) for at in (1, 16384, 0.5, 0.999999)])


def killed(r):
    return [] if r.status == -signal.SIGKILL else [f"it was not killed: [{r.status}] {r.err[:200]!r}"]


def at_byte(kind, nth, stage, at):
    """Killed when so many bytes have passed."""
    def case():
        image = PHOTO if stage == "body" else None
        with Bed(pace=0.15 if kind == "poll" else 0.05, image=image) as bed:
            strike = Strike(kind, stage, bed.signaller(signal.SIGKILL, hold), nth, at)
            (bed.files if kind == "download" else bed.api).strikes.append(strike)
            r = bed.run(*bed.paint())
            late = stage == "reply-end" and r.status == 0  # it had all that it needed
            return finish_rest(bed) + ([] if late else killed(r))
    return case


def at_call(library, n, half=False):
    """Killed before its n-th call that leaves a trace, or in the middle of it. None: it has fewer."""
    def case():
        with Bed(proxied=False) as bed:
            r = bed.run(*bed.paint(), env=killat.environment(library, n, half))
            return finish_rest(bed) + (killed(r) if r.status != 0 else [])
    return case


def at_time(seconds):
    def case():
        with Bed(proxied=False) as bed:
            p = bed.start(bed.paint())
            time.sleep(seconds)
            p.popen.kill()
            p.finish()
            return finish_rest(bed)
    return case


def over_and_over(library):
    """'tasks wait' is killed before each of its calls in turn, and goes on all the same."""
    def case():
        with Bed(proxied=False) as bed:
            wrong = bed.run(*bed.paint("--async")).says(0)
            bed.wait_painted()
            for n in range(1, 100):
                r = bed.run("tasks", "wait", "--all", env=killat.environment(library, n))
                if r.status == 0:
                    break
                wrong += killed(r) + bed.check_files() + bed.tasks()[0]
            return wrong + finish_rest(bed) + ([] if 10 < n < 60 else [f"killed {n} times"])
    return case


def replacing(library, n):
    """Killed while it replaces a file: the old one or the new one is there, whole."""
    def case():
        with Bed(proxied=False, count=1) as bed:
            old = bed.folder.path("cwd/out/one.png")
            with open(os.path.join(DATA, "tile.png"), "rb") as f, open(old, "wb") as to:
                to.write(f.read())
            command = bed.paint("--force", output="out/one.png")
            bed.run(*command)
            names = killat.calls(bed, library, command)[1]
            r, names = killat.calls(bed, library, command, len(names) - n)
            # between two names of one file there is nothing to be done
            wrong = [w for w in bed.check_files() if ".tmp (a whole picture)" not in w
                     or names[-1] != "rename"]
            wrong += [] if "one.png" in os.listdir(bed.folder.path("cwd/out")) else ["it is gone"]
            return (killed(r) if r.status else []) + wrong + bed.tasks()[0]
    return case


def compacting(library, n):
    """Killed while the journal, grown large, is rewritten: the tasks that had not ended are in it."""
    def case():
        with Bed(proxied=False) as bed:
            state = bed.folder.path("home/state/sdctl")
            os.makedirs(state, mode=0o700)
            old = [{"key": f"sdctl-{i:016x}", "state": "queued" if i < 3 else "succeeded",
                    "task_id": f"old-{i}", "command": "img2img", "backend": "ppinfra",
                    "endpoint": bed.url, "digest": "0" * 64, "at": "2026-11-21T10:00:00Z",
                    "output": {"kind": "folder", "path": "/tmp/", "base": "/tmp/x", "force": False}}
                   for i in range(4000)]
            text = "".join(json.dumps(line) + "\n" for line in old)
            size = 1 << 20
            text = text[:text.rindex("\n", 0, size - 20) + 1]
            with open(os.open(state + "/journal.jsonl", os.O_WRONLY | os.O_CREAT, 0o600), "w",
                      encoding="ascii") as f:
                f.write(text + " " * (size - 5 - len(text)) + "\n")
            r = bed.run(*bed.paint("--async"), env=killat.environment(library, n))
            wrong, tasks = bed.tasks()
            open_tasks = [t["task_id"] for t in tasks if t["status"] == "queued"][:3]
            if open_tasks != ["old-0", "old-1", "old-2"]:
                wrong.append(f"of old-0 to old-2 the journal has {open_tasks}")
            taken = bed.submissions()
            known = [t["task_id"] for t in tasks if t["task_id"] in taken]
            doubtful = [t for t in tasks if t["task_id"] is None]
            if len(known) + len(doubtful) < len(taken):
                wrong.append(f"{taken} at the service, the journal does not know")
            again = bed.run(*bed.paint("--async"))
            wrong += again.says(6, "--resubmit") if doubtful else again.says(0)
            if os.path.exists(state + "/journal.jsonl.new") and bed.run(
                    "tasks", "delete", "old-5", "--yes").status == 0:
                wrong += [w for w in bed.check_files() if "journal" in w]  # the next rewriting takes it
            return wrong + (killed(r) if r.status != 0 else [])
    return case


def unreaped():
    """A process that was killed and that nobody has waited for does not submit any more."""
    with Bed() as bed:
        bed.api.strikes.append(Strike("submit", "sent", bed.signaller(signal.SIGKILL, hold)))
        p = bed.start(bed.paint())
        stat = f"/proc/{p.pid}/stat"
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with open(stat, encoding="utf-8") as f:
                if f.read().rsplit(")", 1)[1].split()[0] == "Z":
                    break
            time.sleep(0.01)
        wrong = bed.run(*bed.paint()).says(6, "--resubmit")
        wrong += [] if len(bed.submissions()) == 1 else ["submitted twice"]
        return killed(p.finish()) + wrong


def while_it_submits():
    """A submission that is under way in another process is no lost one."""
    with Bed() as bed:
        bed.api.strikes.append(Strike("submit", "sent", fin_after(1.0 * SLOW)))
        first = bed.start(bed.paint())
        until = time.monotonic() + 20
        while not bed.submissions() and time.monotonic() < until:
            time.sleep(0.01)
        wrong = bed.run(*bed.paint()).says(0)
        wrong += [] if len(bed.submissions()) == 2 else ["the second was not sent"]
        return wrong + first.finish().says(4, "sdctl-", "--resubmit")


def while_it_ends(library):
    """The other process ends just when it is looked for: it has said before how that went."""
    def case():
        with Bed(proxied=False) as bed:
            bed.fault("late=0.4@img2img:1")
            first = bed.start(bed.paint("--async"))
            until = time.monotonic() + 20
            while "submitting" not in bed.journal() and time.monotonic() < until:
                time.sleep(0.01)
            env = killat.environment(library, slow=900)
            wrong = bed.run(*bed.paint("--async"), env=env).says(0) + first.finish().says(0)
            return wrong + ([] if len(bed.submissions()) == 2 else ["one was not sent"])
    return case


def fin_after(seconds):
    def act(link):
        time.sleep(seconds)
        fin(link)
    return act


def cases(library):
    for point in POINTS:
        yield "killed at {} {}, {} {}".format(*point), at_byte(*point)
    for i in range(12):
        yield f"killed after {i * i * 4} ms", at_time(i * i * 0.004 * SLOW)
    yield "killed and not waited for", unreaped
    yield "another process submits", while_it_submits
    if library is None:
        return
    with Bed(proxied=False) as bed:
        names = killat.calls(bed, library, bed.paint())[1]
    for n, name in enumerate(names, 1):
        yield f"killed before call {n}, {name}", at_call(library, n)
        if name in ("write", "send"):
            yield f"killed inside call {n}, {name}", at_call(library, n, True)
    yield "another process ends", while_it_ends(library)
    yield "killed over and over", over_and_over(library)
    for n in range(9):
        yield f"killed {n} calls before the end of replacing", replacing(library, n)
    for n in range(3, 17):
        yield f"killed at call {n} with a large journal", compacting(library, n)
