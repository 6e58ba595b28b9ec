"""Text that reaches a terminal or a log: escapes in every string that these services send, and the key
that is said back."""

import base64
import json

from faults import EVIL, EVIL_RAW, KEY, KEY64
from rawserver import chunk, http, png, send
from taskcase import FAILED, KEYED, LATE, OK, REFUSED, case
from taskserver import ID, events, finished, job, link_of, ppinfra_state, progress, record, results

LONG = "word " * 200000
STAGES = (("ppinfra", "submit", "sync"), ("ppinfra", "poll", "wait"), ("ppinfra", "facts", "sync"), ("ppinfra", "ask", "ask"),
          ("fooocusapi", "submit", "stream"), ("fooocusapi", "submit", "binary"), ("fooocusapi", "poll", "wait"),
          ("fooocusapi", "queue", "wait"), ("fooocusapi", "ask", "ask"), ("fooocus-api", "submit", "sync"),
          ("fooocus-api", "poll", "wait"), ("fooocus-api", "ask", "ask"))
IN_QUEUE = [{"task_id": ID, "task_status": None, "progress": 0}]


def says(value, status="200 OK"):
    return send(http(json.dumps(value).encode() if not isinstance(value, bytes) else value, status))


# --- error answers ------------------------------------------------------------------------------

FORMS = {
    "PPInfra's": lambda t: {"code": 400, "reason": t, "message": t, "metadata": {t[:50]: t[:50]}},
    "a text": lambda t: {"detail": t}, "a list": lambda t: {"detail": [{"loc": ["body", t, 3], "msg": t, "type": t}]},
    "A1111's": lambda t: {"error": t, "errors": t, "detail": t, "body": t}, "a string": lambda t: t, "job_status": lambda t: {
        "job_status": t, "message": t, "msg": t}}
for kind, stage, how in STAGES:
    place = {"how": how, "state": IN_QUEUE if stage == "queue" else None}
    for status, exits in (("500 x", FAILED), ("422 x", REFUSED), ("401 x", KEYED), ("400 " + EVIL.replace("\r\n", ""), REFUSED)):
        if stage == "facts" and status != "401 x":
            continue
        for form, make in FORMS.items():
            if status[:3] != "422" and (kind, stage) != ("ppinfra", "submit"):
                continue
            value = json.dumps(make(EVIL)).encode()
            raw = value.replace(b"\\u009b", "\x9b".encode()).replace(b"\\u202e", "\u202e".encode())
            case(f"escapes in a {status[:3]}, {form}", kind, stage, send(http(raw, status.encode().decode("latin-1"))), exits,
                 **place)
            case(f"the key in a {status[:3]}, {form}", kind, stage, says(make(f"who is {KEY.decode()}, {KEY64.decode()}?"), status[:5]),
                 exits, key=True, **place)
        case(f"escapes in a {status[:3]}, raw", kind, stage, send(http(EVIL_RAW * 20, status[:5])), exits, **place)
        case(f"a {status[:3]} of 1 MB", kind, stage, says(FORMS["PPInfra's"](LONG), status[:5]), exits, **place)
        case(f"the key in a {status[:3]}, raw, cut at its edges", kind, stage, send(http(
            b"x" * 185 + KEY + b" " + b"y" * 3900 + KEY, status[:5])), exits, key=True, **place)

# --- answers that go well -----------------------------------------------------------------------

for name, text in (("escapes", EVIL), ("a key", f"me: {KEY.decode()} {KEY64.decode()} Bearer {KEY.decode()}"), ("1 MB", LONG[:1000000])):
    key = name == "a key"
    here = link_of("ppinfra")
    state = ppinfra_state([here], task={"reason": text, "task_type": text})
    state["images"][0].update(image_type=text, nsfw_detection_result={"a" + text[:40]: text})
    state["extra"] = {"seed": text, "debug_info": {"request_info": text, text[:60]: text}}
    state[text[:90]] = text
    for how in ("wait", "get", "fetch", "sync"):
        case(f"{name} in the info", "ppinfra", "none", None, OK, how=how, state=state, key=key)
    for status in ("TASK_STATUS_FAILED", "TASK_STATUS_SUCCEED", text[:200]):
        case(f"{name} in a {status[:20]!r}'s reason", "ppinfra", "none", None, FAILED | LATE, how="wait", key=key, timeout=1.2,
             state=ppinfra_state([], status, {"reason": text}))
        case(f"{name} in a {status[:20]!r}'s reason, get", "ppinfra", "none", None, OK | FAILED, how="get", key=key, timeout=1.2,
             state=ppinfra_state([], status, {"reason": text}))
    case(f"{name} in another task's id", "ppinfra", "none", None, FAILED, how="wait", key=key,
         state=ppinfra_state([here], task={"task_id": text}))
    for kind, make in (("fooocusapi", record), ("fooocus-api", job)):
        here = link_of(kind)
        state = make([here], **({"req_params": {"prompt": text, text[:60]: text, "image_seed": text}, "webhook_url": text}
                                if kind == "fooocusapi" else {"job_type": text, "job_status": text, "job_step_preview": text}))
        for how in ("wait", "get"):
            case(f"{name} in the info", kind, "none", None, OK, how=how, state=state, key=key)
        for word in ("stop", "finished", text[:100]):
            change = {"task_status": word, "req_params": text} if kind == "fooocusapi" else {
                "job_stage": {"stop": "ERROR", "finished": "SUCCESS"}.get(word, word), "job_status": text, "job_result": None}
            case(f"{name} in a {word[:10]!r}", kind, "none", None, FAILED | LATE, how="wait", key=key, timeout=1.2,
                 state=make([], **change))
    case(f"{name} in req_params, as text", "fooocusapi", "none", None, OK, how="wait", key=key, state=record(
        [link_of("fooocusapi")], req_params=json.dumps({"prompt": text})))
    case(f"{name} in finish_reason", "fooocus-api", "submit", says([{"finish_reason": text, "url": None, "seed": text}]), FAILED,
         key=key)
    case(f"{name} in a seed", "fooocus-api", "submit", says(results(["/files/1.png"], seed=text)), OK, key=key)
    case(f"{name} in messages", "fooocusapi", "submit", send(http(events(progress(message=text), progress(
        message="Sampling step " + text), finished(["/outputs/1.png"])))), OK, how="stream", key=key)
    case(f"{name} in a preview", "fooocusapi", "submit", send(http(events(progress(preview=text), finished(["/outputs/1.png"])))),
         OK, how="stream", key=key)
    for kind, url in (("ppinfra", "/results/"), ("fooocusapi", "/outputs/"), ("fooocus-api", "/files/")):
        case(f"{name} in a link that is not there", kind, "none", None, FAILED, how="wait", key=key,
             links=["http://127.0.0.1:{port}/none/" + text[:300].replace("\r\n", "") if key else "/none/" + text[:300]])
        case(f"{name} in a link's query", kind, "none", None, FAILED, how="wait", key=key, links=["/none/x?sig=" + text[:200]])
        case(f"{name} in a link's host", kind, "none", None, OK | FAILED | {4}, how="wait", key=key, timeout=3,
             links=["http://" + text[:60].replace(" ", "") + url + "1.png"])
    case(f"{name} in models that are offered", "ppinfra", "facts", says({"models": [
        {"sd_name": "m.safetensors" + text[:100], "sd_name_in_api": "m.safetensors" + text[:50]}]}), REFUSED, key=key)
    case(f"{name} in models that match", "ppinfra", "facts", says({"models": [
        {"sd_name": "m.safetensors" + text[:100]}, {"sd_name": "xm.safetensors" + text[:100]}]}), REFUSED, key=key,
        args=["--resolve"])
    if not key:
        case(f"{name} in a model that stands for one", "ppinfra", "facts", says({"models": [
            {"sd_name": "m.safetensors" + text[:100]}]}), OK, args=["--resolve"])
    for kind in ("fooocusapi", "fooocus-api"):
        case(f"{name} in models that are offered", kind, "facts", says({"model_filenames": ["n.safetensors", "mm.safetensors" + text[:90]],
             "lora_filenames": [text]}), REFUSED, key=key)
        case(f"{name} in lists that are checked", kind, "none", None, {0, 2, 6}, how=["endpoint", "check", "-e",
             "http://127.0.0.1:{port}", "-b", kind], key=key)
    for kind, member in (("ppinfra", "prompt"), ("fooocusapi", "describe"), ("fooocus-api", "describe")):
        case(f"{name} in a caption", kind, "ask", says({member: text}), OK, how="ask", key=key)
        case(f"{name} in a caption, as text", kind, "ask", says({member: text}), OK, how="ask", key=key, args=["--text"], raw=True,
             more=None if key else lambda result, *rest: [] if result.out[:-1].decode().isprintable() else ["unprintable"])
    for kind, answer in (("fooocusapi", {"history": [record([text], task_id=text, task_status=text, req_params={text[:50]: text})],
                                         "current": [record([], task_id="c", req_params=text)], "pending": [record([], task_id="p")]}),
                         ("fooocus-api", {"queue": [{"job_id": text, "in_queue_mills": 1}], "history": [
                             {"params": {"p" + text[:50]: text}, "task_info": {"task_id": text, "result_url": text, "finish_reason": text,
                                                                        "task_in_queue_mills": 5}}]})):
        case(f"{name} in a list", kind, "queue", says(answer), OK, how=["tasks", "list", "-e", "http://127.0.0.1:{port}", "-b", kind],
             lines=True, key=key, more=None)
case("evil text in a picture", "ppinfra", "none", None, OK, how="wait", own=None, picture=png(extra=chunk(
    b"tEXt", b"parameters\0" + EVIL_RAW.replace(b"\0", b""))))
case("the key in a picture's text", "ppinfra", "none", None, OK, how="wait", own=None, key=True, picture=png(extra=chunk(
    b"tEXt", b"parameters\0Steps: 5, Seed: " + KEY)))
case("the key in place of JSON", "ppinfra", "submit", says(KEY), FAILED, key=True, end="unknown")
case("the key is the task's id", "ppinfra", "submit", says({"task_id": KEY.decode()}), {0, 4, 6, 7}, key=True)
for form, secret in (("base64", base64.b64encode(KEY).decode()), ("Bearer", "Bearer " + KEY.decode())):
    case(f"the key in a failed task, {form}", "ppinfra", "none", None, FAILED, how="sync", key=True,
         state=ppinfra_state([], "TASK_STATUS_FAILED", {"reason": f"bad {secret} key"}))
case("verbose, escapes and the key", "ppinfra", "none", None, OK, how="wait", key=True, args=["-v"], raw=False,
     state=ppinfra_state([link_of("ppinfra") + "?sig=" + KEY.decode()], task={"reason": EVIL}), warnings=None)
case("a signed link is not shown", "ppinfra", "link", send(http(b"{}", "403 x")), FAILED, how="wait",
     links=["http://127.0.0.1:{port}/results/1.png?X-Amz-Signature=canary-signature"],
     more=lambda result, *rest: ["the signature is shown"] if b"canary-signature" in result.err + result.out else [])
