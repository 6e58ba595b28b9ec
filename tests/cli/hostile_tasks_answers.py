"""What services answer: JSON, types, ids, states that never end, other tasks' answers."""

import json
import os
import signal
import urllib.parse

from faults import EVIL, EVIL_RAW
from rawserver import http, send, send_keep
from taskcase import FAILED, LATE, OK, case
from taskserver import ID, KINDS, job, link_of, ppinfra_state, record, results

BAD_JSON = {
    "depth 500000": b'{"x":' + b"[" * 500000, "depth 70": b'{"x":' + b"[" * 70 + b"]" * 70 + b"}",
    "NaN": b'{"x":NaN}', "1e999": b'{"x":1e999}', "2^63": b'{"x":9223372036854775808}',
    "1 M digits": b'{"x":' + b"1" * 1000000 + b"}", "a doubled key": b'{"task_id":"a","task_id":"b"}',
    "invalid UTF-8": b'{"x":"\xff"}', "a lone surrogate": b'{"x":"\\ud800"}', "an escaped NUL": b'{"x":"\\u0000"}',
    "a BOM": b'\xef\xbb\xbf{}', "UTF-16": "{}".encode("utf-16"), "two documents": b"{}{}", "junk behind it": b"{} x",
    "cut": b'{"task_id":"t', "escapes": EVIL_RAW, "escapes behind a brace": b"{" + EVIL_RAW, "a brace": b"{",
    "null": b"null", "a number": b"5", "a string": b'"x"', "nothing": b""}
OTHERS = {"an array": [], "an array of arrays": [[]], "an object": {}, "an array of null": [None], "true": True}
PLACES = (("ppinfra", "submit", "sync"), ("ppinfra", "poll", "sync"), ("ppinfra", "facts", "sync"),
          ("fooocusapi", "submit", "sync"), ("fooocusapi", "submit", "async"), ("fooocusapi", "poll", "wait"),
          ("fooocus-api", "submit", "sync"), ("fooocus-api", "submit", "async"), ("fooocus-api", "poll", "wait"))


def says(value):
    return send(http(json.dumps(value).encode() if not isinstance(value, bytes) else value))


def is_noted(kind, stage, how):
    return "unknown" if stage == "submit" and (kind == "ppinfra" or how == "async") else None


for kind, stage, how in PLACES:
    for name, body in BAD_JSON.items():
        # null is a list of models that has none
        exits = {0} if stage == "facts" and name == "null" else FAILED
        if kind == "ppinfra" or name in ("NaN", "escapes", "null", "cut", "an escaped NUL"):
            case(f"JSON: {name}", kind, stage, says(body), exits, how=how, end=is_noted(kind, stage, how))
    for name, value in OTHERS.items():
        # a list of models that is none is no list; no results are a task that made no picture
        exits = {0, 6, 7} if stage == "facts" else FAILED
        case(f"JSON: {name}", kind, stage, says(value), exits, how=how)

# --- the members of an answer -------------------------------------------------------------------

WRONG = (None, -1, True, [], {}, "", EVIL, [{"a": {}}], 9223372036854775807)


def told(value):
    return "null" if value is None else f"{type(value).__name__} {json.dumps(value)[:12]}"


for value in WRONG:
    word = told(value)
    for member in ("task_id", "status", "reason", "eta", "progress_percent", "task_type"):
        state = ppinfra_state([link_of("ppinfra")], task={member: value})
        state["task"][member] = value
        case(f"task.{member} is {word}", "ppinfra", "none", None, {0, 7, 8}, how="wait", state=state, timeout=1.2)
    for member in ("task", "extra", "images"):
        state = ppinfra_state([link_of("ppinfra")])
        state[member] = value
        case(f"{member} is {word}", "ppinfra", "none", None, {0, 7} if member == "extra" else FAILED, how="wait",
             state=state)
    for member in ("image_url", "image_url_ttl", "image_type"):
        state = ppinfra_state([link_of("ppinfra")])
        state["images"][0][member] = value
        case(f"images[0].{member} is {word}", "ppinfra", "none", None, {0, 4, 7}, how="wait", state=state)
    for member in record([]):
        state = record([link_of("fooocusapi")])
        state[member] = value
        case(f"{member} is {word}", "fooocusapi", "none", None, {0, 4, 7, 8}, how="wait", state=state, timeout=1.2)
    for member in job([]):
        state = job([link_of("fooocus-api")])
        state[member] = value
        case(f"{member} is {word}", "fooocus-api", "none", None, {0, 4, 7, 8}, how="wait", state=state, timeout=1.2)
    for member in ("url", "seed", "finish_reason", "base64"):
        answer = results(["/files/1.png"])
        answer[0][member] = value
        case(f"result's {member} is {word}", "fooocus-api", "submit", says(answer), {0, 4, 7})
    for path in ("current", "pending", "history"):
        answer = {"current": [], "pending": [], "history": [], path: value}
        case(f"{path} is {word}", "fooocusapi", "queue", says(answer), FAILED, how="wait", state=[
            {"task_id": ID, "task_status": None, "progress": 0}])
        case(f"{path} is {word}, listed", "fooocusapi", "queue", says(answer), {0, 7}, how=[
            "tasks", "list", "-e", "http://127.0.0.1:{port}", "-b", "fooocusapi"], lines=True)
    for path in ("queue", "history"):
        answer = {"queue": [], "history": [], path: value}
        case(f"{path} is {word}, listed", "fooocus-api", "queue", says(answer), {0, 7}, how=[
            "tasks", "list", "-e", "http://127.0.0.1:{port}", "-b", "fooocus-api"], lines=True)
    for member in ("sd_name", "sd_name_in_api", "name", "status", "is_sdxl", "base_model"):
        answer = {"models": [{"sd_name": "m.safetensors", "sd_name_in_api": "m.safetensors", member: value}],
                  "pagination": {"next_cursor": ""}}
        case(f"a model's {member} is {word}", "ppinfra", "facts", says(answer), {0, 6})
    for answer, what in (({"models": value}, "models"), ({"models": [value]}, "a model"),
                         ({"models": [], "pagination": value}, "pagination"),
                         ({"models": [], "pagination": {"next_cursor": value}}, "next_cursor")):
        case(f"{what} is {word}", "ppinfra", "facts", says(answer), {0, 6, 7})
    for what in ("model_filenames", "lora_filenames"):
        case(f"{what} is {word}", "fooocusapi", "facts", says({"model_filenames": ["m.safetensors"], what: value}), {0, 6})
    for kind, member in (("ppinfra", "prompt"), ("fooocusapi", "describe"), ("fooocus-api", "describe")):
        case(f"{member} is {word}", kind, "ask", says({member: value}), OK if isinstance(value, str) else FAILED, how="ask",
             args=["--text"] if value == EVIL else [], raw=value == EVIL)
case("pages of models without end", "ppinfra", "facts", send_keep(http(json.dumps({
    "models": [{"sd_name": f"x{i}"} for i in range(100)], "pagination": {"next_cursor": "again"}}).encode(), close=False)),
    {0, 4, 6, 7})

# --- ids ----------------------------------------------------------------------------------------


def is_encoded(task_id):
    def check(result, server, other, folder):
        asked = [head.split(b" ")[1] for head in server.heads if b"t-1" not in head and b"task-result" in head]
        wanted = urllib.parse.quote(task_id, safe="-._~").encode()
        return [] if asked and all(a.endswith(b"task_id=" + wanted) for a in asked) else [f"asked for {asked}"]
    return check


for name, task_id in (("climbs", "../../x"), ("has a query", "a?b=c&d"), ("has a fragment", "a#b"), ("is coded", "%2e%2e%2f"),
                      ("has quotes", "'\"`;$(rm)|"), ("is an option", "--force"), ("is a dot", "."),
                      ("is two dots", ".."), ("has 256 letters", "i" * 256), ("has a backslash", "..\\x"),
                      ("has formats", "%n%s%d"), ("is a URL", "http://169.254.169.254/x")):
    case(f"an id that {name}", "ppinfra", "submit", says({"task_id": task_id}), OK, how="sync", end="succeeded",
         state=ppinfra_state([link_of("ppinfra")], task={"task_id": None}), more=is_encoded(task_id))
    for kind in KINDS:
        case(f"to ask for an id that {name}", kind, "none", None, {0, 1, 2, 4, 6, 7, 8}, how=[
            "tasks", "wait", "-e", "http://127.0.0.1:{port}", "-b", kind, "--timeout", "3", "--retries", "0", "-o", "out/",
            "--", task_id], files=1)
for name, task_id in (("CRLF", "a\r\nX-Evil: 1"), ("a space", "a b"), ("an escape", "a\x1b[2J"), ("C1", "a\x9b"), ("bidi", "a\u202e"), ("UTF-8", "\u00e9"),
                      ("257 letters", "i" * 257), ("1 MB", "i" * 1000000), ("nothing", ""), ("a number", 5), ("null", None),
                      ("an array", ["t-1"]), ("an object", {"id": "t-1"}), ("DEL", "a\x7f"), ("all that is evil", EVIL)):
    for kind, how in (("ppinfra", "sync"), ("fooocusapi", "async"), ("fooocus-api", "async")):
        answer = {"ppinfra": {"task_id": task_id}, "fooocusapi": record([], task_id=task_id, task_status="pending"),
                  "fooocus-api": job([], job_id=task_id, job_stage="WAITING", job_result=None)}[kind]
        case(f"an id of {name}", kind, "submit", says(answer), FAILED, how=how, end="unknown")
        case(f"to ask for an id of {name}", kind, "none", None, {2, 7}, how=[
            "tasks", "wait", "-e", "http://127.0.0.1:{port}", "-b", kind, "--timeout", "3", "--retries", "0", "-o", "out/",
            "--", str(task_id or "")[:100000]]) if isinstance(task_id, str) and kind == "ppinfra" else None

# --- states -------------------------------------------------------------------------------------

for kind, state, exits, words in (
        ("ppinfra", ppinfra_state([], "TASK_STATUS_WEIRD"), LATE, "tasks wait t-1"),
        ("ppinfra", ppinfra_state([], "\x1b[2J"), LATE, "tasks wait t-1"),
        ("ppinfra", ppinfra_state([], "TASK_STATUS_QUEUED", {"eta": 1e9}), LATE, "tasks wait t-1"),
        ("ppinfra", ppinfra_state([], "TASK_STATUS_PROCESSING", {"progress_percent": -1e300}), LATE, "tasks wait t-1"),
        ("ppinfra", ppinfra_state([], "TASK_STATUS_SUCCEED"), FAILED, "without an image"),
        ("ppinfra", ppinfra_state([], "TASK_STATUS_SUCCEED", {"reason": EVIL}), FAILED, "without an image"),
        ("ppinfra", ppinfra_state([], "TASK_STATUS_FAILED"), FAILED, "task t-1 failed"),
        ("ppinfra", ppinfra_state([], "TASK_STATUS_FAILED", {"reason": EVIL}), FAILED, "task t-1 failed"),
        ("ppinfra", ppinfra_state([link_of("ppinfra")], task={"task_id": "t-2"}), FAILED, "about task 't-2'"),
        ("ppinfra", ppinfra_state([link_of("ppinfra")], task={"task_id": EVIL * 1000}), FAILED, "about task"),
        ("fooocusapi", record([], task_status="weird"), LATE, "tasks wait t-1"),
        ("fooocusapi", record([], task_status="running", progress=-5), LATE, "tasks wait t-1"),
        ("fooocusapi", record([], task_status="pending"), LATE, "tasks wait t-1"),
        ("fooocusapi", record([], task_status=None), FAILED, "is lost"),
        ("fooocusapi", record([]), FAILED, "task t-1 failed"),
        ("fooocusapi", record([], task_status="stop"), FAILED, "cancelled"),
        ("fooocusapi", record([], task_status="skip"), FAILED, "cancelled"),
        ("fooocusapi", record([link_of("fooocusapi")], task_id="t-2"), FAILED, "t-2"),
        ("fooocus-api", job([], job_stage="WEIRD"), LATE, "tasks wait t-1"),
        ("fooocus-api", job([], job_stage="RUNNING", job_progress=1e300, job_status="Step 99/1"), LATE, "tasks wait t-1"),
        ("fooocus-api", job([], job_stage="WAITING"), LATE, "tasks wait t-1"),
        ("fooocus-api", job([], job_stage="ERROR", job_result=None, job_status=EVIL), FAILED, "task t-1 failed"),
        ("fooocus-api", job([]), FAILED, "cancelled"),
        ("fooocus-api", job([], job_result=[{"finish_reason": "ERROR"}]), FAILED, "failed"),
        ("fooocus-api", job([], job_result=[{"finish_reason": EVIL}]), FAILED, "failed"),
        ("fooocus-api", job([], job_result=[{"finish_reason": "USER_CANCEL"}]), FAILED, "cancelled"),
        ("fooocus-api", job([link_of("fooocus-api")], job_id="t-2"), FAILED, "t-2"),
        ("fooocus-api", {"job_id": "", "job_stage": "ERROR", "job_status": "Job not found"}, FAILED, None)):
    what = json.dumps(state)[:200].replace("\\", "")
    if words == "t-2":
        words = None
    case(f"state {what}", kind, "none", None, exits, words, how="wait", state=state, timeout=1.2)
for state, exits, end in ((ppinfra_state([], "TASK_STATUS_WEIRD"), LATE, "queued"),
                          (ppinfra_state([], "TASK_STATUS_FAILED", {"reason": "no"}), FAILED, "failed"),
                          (ppinfra_state([link_of("ppinfra")], task={"task_id": "t-2"}), FAILED, "queued")):
    case(f"submitted, then {state['task']['status']}", "ppinfra", "none", None, exits, state=state, end=end, timeout=1.2)
case("404 to every poll", "ppinfra", "poll", send(http(b"{}", "404 x")), FAILED, "not known", end="failed")
case("404 to two polls, then well", "ppinfra", "poll", send(http(b"{}", "404 x")), OK, times=2, end="succeeded")
case("[] to every poll", "fooocusapi", "poll", says([]), FAILED, "not known", how="wait")
case("QUEUE_IS_FULL", "fooocus-api", "submit", says([{"finish_reason": "QUEUE_IS_FULL", "url": None, "seed": ""}]), {6},
     "QUEUE_IS_FULL")
case("QUEUE_IS_FULL, async", "fooocus-api", "submit", says(job([], job_id=None, job_stage="ERROR", job_result=None)), FAILED,
     how="async")

# --- signals ------------------------------------------------------------------------------------


def killed_at(head, number):
    """Signals sdctl while it waits for the rest of an answer."""
    def act(conn, request, server):
        conn.sendall(head)
        os.killpg(server.folder.child, number)
        server.over.wait(20)
        return False
    return act


def quick(result, *rest):
    return ["it took two seconds to stop"] if result.seconds > 2.5 else []


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    for name, stage, head in (("while it polls", "poll", b""), ("in an answer to a poll", "poll", HEAD + b'{"task'),
                              ("before a result comes", "link", b""),
                              ("in a result", "link", HEAD + b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")):
        case(f"{number.name} {name}", "ppinfra", stage, killed_at(head, number), {128 + number}, "tasks wait t-1", times=1,
             then=True, more=quick)
    for kind, how in (("ppinfra", "sync"), ("fooocusapi", "async"), ("fooocusapi", "sync"), ("fooocusapi", "stream"),
                      ("fooocus-api", "binary")):
        case(f"{number.name} while it is submitted", kind, "submit", killed_at(b"", number), {128 + number}, how=how,
             end="unknown" if how == "async" or kind == "ppinfra" else None, more=quick)
    case(f"{number.name} while the facts are asked for", "ppinfra", "facts", killed_at(b"", number), {128 + number}, more=quick)
    case(f"{number.name} in a retry's pause", "ppinfra", "poll", lambda conn, request, server, number=number: (
        conn.sendall(http(b"{}", "429 x", headers=["Retry-After: 8"])), os.killpg(server.folder.child, number),
        False)[2], {128 + number}, "tasks wait t-1", times=1, retries=2, then=True, more=quick)
for name, stage, end in (("in a poll", "poll", "queued"), ("in a download", "link", "queued")):
    case(f"SIGKILL {name}", "ppinfra", stage, killed_at(HEAD if stage == "poll" else HEAD + b"\x89PNG", signal.SIGKILL), {-9}, times=1,
         then=True, end=end)
case("SIGKILL while it is submitted", "ppinfra", "submit", killed_at(b"", signal.SIGKILL), {-9}, end="submitting")
