"""The connection cut at each kind of byte boundary: of a submission, of a question about a task, of a
download. A submission is never repeated, the others are, and a download goes on where it stopped."""

import json
import os

from cutproxy import STAGES, Strike, fin, hold, rst
from taskbed import DATA, Bed, finish_rest

PHOTO = os.path.join(DATA, "photo.png")
UNSENT = STAGES[:STAGES.index("body")]
HOW = (("closed", fin), ("reset", rst))


def key_of(bed):
    return json.loads(bed.journal().split("\n")[0])["key"]


def one_submission(bed):
    n = len(bed.submissions())
    return [] if n == 1 else [f"{n} submissions"]


def met(*proxies, times=1):
    n = sum(len(proxy.struck) for proxy in proxies)
    return [] if n == times else [f"{n} cuts, not {times}"]


def submission(stage, act, keep=False, at=0.5, image=None):
    """Lost: the journal says so and its key is told. Whole: nobody notices."""
    def case():
        with Bed(keep=keep, image=image) as bed:
            bed.api.strikes.append(Strike("submit", stage, act, at=at))
            r = bed.run(*bed.paint("--retries", "5"))
            wrong = met(bed.api)
            if stage == "reply-end":
                return wrong + r.says(0) + one_submission(bed) + finish_rest(bed)
            listed, tasks = bed.tasks()
            states = [t["status"] for t in tasks]
            wrong += bed.check_files(none=True)
            if states == ["failed"] and stage in UNSENT:  # it knows that none of the body has left
                return wrong + listed + r.says(4) + finish_rest(bed)
            wrong += r.says(4, key_of(bed), "'sdctl tasks list'", "--resubmit")
            wrong += [] if states == ["unknown"] else [f"the journal has {states}"]
            whole = stage in STAGES[STAGES.index("sent"):]
            if len(bed.submissions()) != whole:
                wrong.append(f"{len(bed.submissions())} submissions")
            return wrong + listed + finish_rest(bed)
    return case


def question(stage, act, keep=False, numbers=(1,), more=()):
    def case():
        with Bed(keep=keep, pace=0.15) as bed:
            bed.api.strikes += [Strike("poll", stage, act, nth) for nth in numbers]
            r = bed.run(*bed.paint(*more))
            return r.says(0) + met(bed.api, times=len(numbers)) + one_submission(bed) + finish_rest(bed)
    return case


def download(stage, act, keep=False, numbers=(1,), at=0.5, fault=None, more=()):
    """fault: of a server that cannot resume; then more comes than the files' bytes."""
    def case():
        with Bed(keep=keep, size=256) as bed:
            bed.fault(*([fault] if fault else []))
            bed.files.strikes += [Strike("download", stage, act, nth, at) for nth in numbers]
            r = bed.run(*bed.paint(*more))
            wrong = r.says(0) + met(bed.files, times=len(numbers)) + one_submission(bed)
            if r.status == 0 and not fault:
                size = sum(image["bytes"] for image in r.documents()[0]["images"])
                sent = bed.files.sent["download"]
                if sent > size * 1.1:
                    wrong.append(f"{sent} bytes came for {size}")
                resumed = sum(begin > 0 for begin in bed.files.ranges)
                if resumed != (len(numbers) if stage == "reply-body" else 0):
                    wrong.append(f"resumed {resumed} times: {bed.files.ranges}")
            return wrong + finish_rest(bed)
    return case


def given_up(kind, stage):
    """Cut every time: the wait ends, names the task, and another one goes on with it."""
    def case():
        with Bed() as bed:
            proxy = bed.files if kind == "download" else bed.api
            proxy.strikes.append(Strike(kind, stage, rst, None))
            r = bed.run(*bed.paint("--retries", "2"))
            wrong = r.says(4, *bed.submissions()) + bed.check_files(none=True)
            if proxy.count[kind] != 3:
                wrong.append(f"{proxy.count[kind]} attempts")
            proxy.strikes.clear()
            return wrong + finish_rest(bed)
    return case


def cases():
    for name, act in HOW:
        for stage in STAGES:
            yield f"submission {name} at {stage}", submission(stage, act)
            yield f"question {name} at {stage}", question(stage, act)
            yield f"download {name} at {stage}", download(stage, act)
        for stage in ("line", "body", "sent", "reply-body"):
            yield f"submission {name} at {stage}, connections kept", submission(stage, act, True)
        for at in (1, 0.1, 0.999999):
            yield f"submission {name} at byte {at} of a large body", submission("body", act, at=at,
                                                                               image=PHOTO)
        for at in (0, 1, 7, 8, 33, 4096, 65536, 0.1, 0.9, 0.99999):
            yield f"download {name} at byte {at}", download("reply-body" if at else "reply-head", act,
                                                            at=at)
        for stage in ("sent", "reply-end"):
            yield f"question {name} at {stage}, connections kept", question(stage, act, True)
            yield f"download {name} at {stage}, connections kept", download(stage, act, True)
        yield f"three questions {name} one after the other", question("sent", act, numbers=(1, 2, 3))
        yield f"a download {name} four times", download("reply-body", act, numbers=(1, 2, 3, 4), at=0.2,
                                                        more=("--retries", "4"))
        yield f"both downloads {name}", download("reply-body", act, numbers=(1, 3))
        for fault in ("download-no-ranges", "download-etag"):
            yield f"a download {name}, {fault}", download("reply-body", act, fault=fault)
    yield "submission answered, its connection open", submission("reply-end", hold)
    yield "question answered, its connection open", question("reply-end", hold)
    yield "download sent, its connection open", download("reply-end", hold)
    for kind, stage in (("poll", "sent"), ("poll", "status"), ("download", "sent"),
                        ("download", "reply-headers")):
        yield f"every {kind} cut at {stage}", given_up(kind, stage)
