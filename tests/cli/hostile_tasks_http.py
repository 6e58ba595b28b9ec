"""Statuses, busy servers, framing, sizes and codings at every stage of a task."""

import gzip
import json
import zlib

from clean import SANITIZED
from faults import EVIL_RAW, busy, framing, in_seconds, redirect
from rawserver import (PNG, chunked, drip, endless, half_close, http, reset, send, send_keep,
                       silence)
from taskcase import FAILED, KEYED, LATE, NET, OK, REFUSED, case
from taskserver import ID, events, finished, good, link_of, progress

# Too much for the deadline of an instrumented build.
LONG = {7, 8} if SANITIZED else FAILED
LOST = {"fooocusapi": record for record in [[{"task_id": ID, "task_status": None, "progress": 0}]]}
# kind, stage, how, what a poll answers before
STAGES = (("ppinfra", "facts", "sync", None), ("ppinfra", "submit", "sync", None),
          ("ppinfra", "poll", "sync", None), ("ppinfra", "link", "sync", None),
          ("fooocusapi", "facts", "sync", None), ("fooocusapi", "submit", "sync", None),
          ("fooocusapi", "submit", "async", None), ("fooocusapi", "submit", "stream", None),
          ("fooocusapi", "submit", "binary", None), ("fooocusapi", "poll", "wait", None),
          ("fooocusapi", "queue", "wait", LOST["fooocusapi"]), ("fooocusapi", "link", "sync", None),
          ("fooocus-api", "facts", "sync", None), ("fooocus-api", "submit", "sync", None),
          ("fooocus-api", "submit", "async", None), ("fooocus-api", "submit", "binary", None),
          ("fooocus-api", "poll", "wait", None), ("fooocus-api", "link", "fetch", None))
WHOLE = {("ppinfra", "submit"), ("ppinfra", "poll"), ("ppinfra", "link"),
         ("fooocusapi", "stream"), ("fooocus-api", "binary")}
MARKS = {"an empty answer", "half the headers", "Content-Length too long", "chunks: no end",
         "half a body", "status 99999"}


def body_of(kind, stage, how):
    """What would be a good answer there."""
    links = [link_of(kind).replace("{port}", "1")]
    if stage == "link" or how == "binary":
        return PNG
    if how == "stream":
        return events(progress(), finished(links))
    if stage == "facts":
        return b'{"models":[],"model_filenames":["m.safetensors"],"lora_filenames":[]}'
    if stage == "queue":
        return b'{"history":[],"current":[],"pending":[]}'
    return json.dumps(good(kind, links, "whole" if stage == "submit" else "state")).encode()


def at(name, act, exits, regex=None, stages=STAGES, **more):
    for kind, stage, how, state in stages:
        case(name, kind, stage, act, exits, regex, how=how, state=state, **more)


def noted(stage, how, kind, lost=True):
    """What the journal has when a submission was lost or refused."""
    if stage != "submit" or not (how == "async" or kind == "ppinfra"):
        return None
    return "unknown" if lost else "failed"


# --- framing ------------------------------------------------------------------------------------

for kind, stage, how, state in STAGES:
    body = body_of(kind, stage, how)
    whole = (kind, stage) in WHOLE or (kind, how) in WHOLE
    place = {"how": how, "state": state, "end": noted(stage, how, kind)}
    for name, data in framing(body).items():
        if whole or name in MARKS:
            case(name, kind, stage, send(data), {4, 7} if name == "a header without colon" else NET, **place)
    for name, act in (("a reset at once", reset()), ("a reset in the headers", reset(b"HTTP/1.1 200 OK\r\nA:")),
                      ("a reset in the body", reset(http(body)[:-9])),
                      ("half-close in the body", half_close(http(body)[:-9]))):
        if whole or name == "a reset in the body":
            case(name, kind, stage, act, NET, **place)
    for name, act in (("silence before the answer", silence()),
                      ("silence in the body", silence(http(body)[:-9])),
                      ("slow headers", drip(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 99, 0.3)),
                      ("slow body", drip(http(body), 0.3))):
        if whole or name == "silence in the body":
            case(name, kind, stage, act, LATE, timeout=1, **place)
    for name, act, exits in (
            ("1xx without end", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), NET),
            ("headers without end", endless(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"), NET),
            ("a header without end", endless(b"HTTP/1.1 200 OK\r\nA: ", b"b"), NET),
            ("trailers without end", endless(chunked([body], end=b"0\r\n"), b"A: b\r\n"), NET)):
        if whole or name == "headers without end":
            case(name, kind, stage, act, exits, **place)
    case("gzip", kind, stage, send(http(gzip.compress(body), headers=["Content-Encoding: gzip"])), NET,
         "compressed", **place)
    if whole:
        for name, coding in (("deflate", zlib.compress(body)), ("br", b"\x0b\x02\x80{}\x03"), ("x", body)):
            case(f"Content-Encoding {name}", kind, stage,
                 send(http(coding, headers=[f"Content-Encoding: {name}"])), NET, "compressed", **place)
        case("gzip without saying so", kind, stage, send(http(gzip.compress(body))), FAILED, how=how, state=state)
        case("nothing", kind, stage, send(http(b"")), FAILED, how=how, state=state)
    case("a page", kind, stage, send(http(b"<html>login" + EVIL_RAW, ctype="text/html")), FAILED, how=how,
         state=state)

# --- oversize -----------------------------------------------------------------------------------

CH = http(length=False)
for kind, stage, how, state in STAGES:
    if stage == "link" or how in ("stream", "binary"):
        continue
    for name, act, words in (("spaces without end", endless(CH, b" "), "too large"),
                             ("numbers without end", endless(CH + b"[", b"1,"), "too many values"),
                             ("brackets without end", endless(CH, b"["), "nested"),
                             ("a key without end", endless(CH + b'{"', b"k"), "key is too long"),
                             ("a string without end", endless(CH + b'{"x":"', b"y"), None)):
        if kind == "ppinfra" or name == "brackets without end":
            case(name, kind, stage, act, LONG, words, how=how, state=state, timeout=15)

# --- statuses -----------------------------------------------------------------------------------

DETAIL = b'{"code":1,"reason":"SAID","message":"what the server says","detail":"what the server says","metadata":{}}'
for kind, stage, how, state in STAGES:
    for number, exits in ((400, REFUSED), (401, KEYED), (403, KEYED), (404, REFUSED), (422, REFUSED),
                          (429, REFUSED), (500, FAILED), (502, FAILED), (503, FAILED), (599, FAILED),
                          (204, FAILED), (206, FAILED), (304, FAILED), (201, FAILED)):
        if number not in (401, 404, 500, 204) and (kind, stage) not in WHOLE:
            continue
        words = None if number in (204, 304) else "what the server says"
        end = noted(stage, how, kind, not (300 <= number < 500 or number == 503))
        if stage == "facts" and number not in (401, 403, 429, 502, 503):
            exits, words, end = {0, 4, 6, 7}, None, None
        if stage in ("poll", "queue") and number == 404:
            exits, words = {6, 7}, "not known|answered 404"
        if stage == "link":
            # a link of another host tells nothing of the key
            exits, words = ({5, 7} if number in (401, 403) else FAILED), "result 1"
        data = http(b"" if number in (204, 304) else DETAIL, f"{number} x",
                    length=False if number in (204, 304) else None)
        case(f"{number}", kind, stage, send(data), exits, words, how=how, state=state, end=end)
    if stage == "submit":
        case("a 502 is not repeated", kind, stage, busy("502 x", "0"), FAILED, how=how, retries=3,
             end=noted(stage, how, kind))
        case("a lost answer is not repeated", kind, stage, send(b""), NET, how=how, retries=3,
             end=noted(stage, how, kind))
        case("429, then well", kind, stage, busy("429 x", "0"), OK, how=how, retries=1, times=1, submissions=2)
        case("503, then well", kind, stage, busy("503 x", "0"), OK, how=how, retries=1, times=1, submissions=2)
        case("429 again and again", kind, stage, busy("429 x", "0"), REFUSED, how=how, retries=2, submissions=3,
             end=noted(stage, how, kind, False))
    elif stage != "facts":
        case("a 502, then well", kind, stage, busy("502 x", "0"), OK if stage != "queue" else FAILED, how=how,
             state=state, retries=1, times=1, end="succeeded" if kind == "ppinfra" else None)
        if (kind, stage) in WHOLE:
            for name, value in (("0 s", "0"), ("a date", lambda: in_seconds(1)), ("none", None),
                                ("a past date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("junk", "soon")):
                case(f"429, Retry-After {name}, then well", kind, stage, busy("429 x", value), OK, how=how,
                     retries=1, times=1)
            for name, value in (("a day", "86400"), ("400 digits", "9" * 400),
                                ("a far date", "Fri, 31 Dec 9999 23:59:59 GMT")):
                case(f"429, Retry-After {name}", kind, stage, busy("429 x", value), {6, 7}, "429", how=how,
                     retries=3, timeout=4)
            case("a reset, then well", kind, stage, reset(), OK, how=how, retries=1, times=1)
            case("a cut body, then well", kind, stage, send(http(body_of(kind, stage, how))[:-9]), OK, how=how,
                 retries=1, times=1)
            case("half-close, then well", kind, stage, half_close(), OK, how=how, retries=1, times=1)
            case("502 again and again", kind, stage, busy("502 x", "0"), FAILED, how=how, retries=3)

# --- redirects of API calls ---------------------------------------------------------------------

for kind, stage, how, state in STAGES:
    if stage == "link":
        continue
    for name, to in (("another port", "http://127.0.0.1:{other}/"), ("another name", "http://localhost:{other}/"),
                     ("file:", "file:///etc/passwd"), ("userinfo", "http://a:b@127.0.0.1:{port}/"),
                     ("metadata", "http://169.254.169.254/latest"), ("another scheme", "https://127.0.0.1:{port}/"),
                     ("escapes", "http://127.0.0.1:{other}/\x1b]0;x\x07\u202e")):
        if kind == "ppinfra" or name == "another port":
            case(f"307 to {name}", kind, stage, redirect(307, to), NET, "redirects", how=how, state=state, key=True)
    if kind == "ppinfra":
        case("307 to itself", kind, stage, redirect(307, "/x"), {0, 4, 6, 7}, how=how, key=True)
        case("307 without Location", kind, stage, send(http(b"", "307 x")), {0, 4, 7} if stage == "facts" else {4, 7},
             how=how)

# --- legal oddities -----------------------------------------------------------------------------


def odd(make):
    """Answers as the service does, dressed up by make(body)."""
    def act(conn, request, server):
        body = server.body_for(request)
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        conn.sendall(make(body))
        return False
    return act


for kind, stage, how, state in STAGES:
    if stage == "queue":
        continue
    for name, make in (("chunks", lambda b: chunked([b[:5], b[5:]])),
                       ("no length", lambda b: http(b, length=False)),
                       ("HTTP/1.0", lambda b: http(b, length=False).replace(b"HTTP/1.1", b"HTTP/1.0")),
                       ("Content-Type text/html", lambda b: http(b, ctype="text/html")),
                       ("Content-Type application/octet-stream", lambda b: http(b, ctype="application/octet-stream")),
                       ("no Content-Type", lambda b: http(b, ctype=None)),
                       ("100 Continue before it", lambda b: b"HTTP/1.1 100 Continue\r\n\r\n" + http(b)),
                       ("bytes behind it", lambda b: http(b) + b"extra")):
        if (kind, stage) in WHOLE or (kind, how) in WHOLE or name.startswith("Content-Type text"):
            case(f"works: {name}", kind, stage, odd(make), OK, how=how)
for kind in ("ppinfra", "fooocusapi", "fooocus-api"):
    case("works: closed after each answer", kind, "link", odd(http), OK)
    case("404 to interrogate", kind, "ask", send(http(DETAIL, "404 x")), REFUSED, how="ask")
    case("401 to interrogate", kind, "ask", send(http(DETAIL, "401 x")), KEYED, how="ask", key=True)
    case("500 to interrogate", kind, "ask", send(http(DETAIL, "500 x")), FAILED, how="ask", retries=3)
case("works: kept alive, then closed", "ppinfra", "poll", lambda c, r, s: (s.answer(c, r), False)[1], OK)
case("a page behind a good answer", "ppinfra", "poll", send_keep(http(b"<html>", close=False)), FAILED, retries=1)
