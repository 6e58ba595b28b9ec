#!/usr/bin/env python3
"""Hostile, broken and merely odd servers: a table of faults, each held against the clean failure.

usage: tests/cli/hostile.py [-v] [NAME...]      SDCTL names the program (default ./sdctl)
"""

import base64
import concurrent.futures
import gzip
import json
import os
import random
import socket
import struct
import subprocess
import sys
import time
import zlib

sys.dont_write_bytecode = True
import clean
from faults import BOMBS, BROKEN_PICTURES, EVIL, EVIL_RAW, KEY, KEY64, busy, cuts, framing, in_seconds, redirect
from rawserver import (PNG, PNG64, Server, answer, chunk, chunked, contexts, drip, endless,
                       half_close, http, png, reset, send, send_keep, silence)

PROBE = "GET /sdapi/v1/samplers"
FACTS = "GET /sdapi/v1/schedulers"
POST = "POST /sdapi/v1/img2img"
ASK = "POST /sdapi/v1/interrogate"
PROGRESS = "POST /internal/progress"
STEP = "GET /sdapi/v1/progress"
CHECK = "GET /sdapi/v1/upscalers"
ACCEPT = "accept"

OK, NET, REFUSED, FAILED = {0}, {4}, {6}, {7}
# Half a gigabyte before the ceiling: too much for the deadline of an instrumented build.
LONG = {7, 8} if clean.SANITIZED else FAILED
GOOD = answer()


class Case:
    """where: the request that is struck. exits: allowed statuses. regex: what the line must say.
    good: the run must succeed and give the picture. submissions: how many may arrive."""

    def __init__(self, name, where, act, exits, regex=None, *, args=(), env=None, key=False,
                 timeout=10, retries=1, submissions=1, early=False, times=None, files=None,
                 command=None, tls=None, url=None, keep_body=False, image=None, warnings=None,
                 reply=None, more=None, tty=False, raw=False, own=PNG, rss=clean.RSS_MAX):
        self.name, self.where, self.act, self.exits, self.regex = name, where, act, exits, regex
        self.args, self.env, self.key, self.timeout, self.retries = args, env, key, timeout, retries
        self.submissions, self.early, self.times = submissions, early, times
        self.files = (1 if 0 in exits else 0) if files is None else files
        self.command = command or ("interrogate" if where == ASK else "img2img")
        self.tls, self.url, self.keep_body, self.image = tls, url, keep_body, image
        self.warnings, self.reply, self.more = warnings, reply, more
        self.tty = tty or where in (PROGRESS, STEP)
        self.raw, self.own, self.rss = raw, own, rss
        if self.command != "img2img" and files is None:
            self.files = 0


CASES = []


def case(*args, **more):
    CASES.append(Case(*args, **more))


def everywhere(name, act, exits, regex=None, **more):
    """The same fault at the probe and at the submission, and while progress is asked for, where it
    must do no harm."""
    case(f"{name} (probe)", PROBE, act, exits, regex, **more)
    case(f"{name} (submission)", POST, act, exits, regex, **more)
    if "early" not in more:
        case(f"{name} (progress)", PROGRESS, act, OK)


def images(*values):
    return http(answer(list(values)))


def b64(data):
    return base64.b64encode(data).decode()


# --- nobody there, or somebody else -------------------------------------------------------------

def nobody():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
    s.close()
    return port


case("nobody listens", None, None, NET, "cannot connect to '127.0.0.1:", url="http://127.0.0.1:1")
case("nobody listens, https", None, None, NET, "cannot connect", url="https://127.0.0.1:1")
case("a name server that does not answer", None, None, {8}, "in time", timeout=1, env={"LD_PRELOAD": "{slow}"},
     url="http://sdctl.example:7860", more="slow names")
case("no such host", None, None, NET, "cannot connect to 'sdctl.invalid",
     url="http://sdctl.invalid:7860")
case("an empty list of samplers", PROBE, send(http(b"[]")), REFUSED, "no known service")
case("another JSON service", PROBE, send(http(b'{"ok":true}')), REFUSED, "no known service")
case("404 at the probe", PROBE, send(http(b'{"detail":"Not Found"}', "404 Not Found")), REFUSED,
     "no known service answers at 'http://127.0.0.1")
case("204 at the probe", PROBE, send(http(status="204 No Content", length=False)), REFUSED,
     "no known service")
case("a page at the probe", PROBE, send(http(b"<!doctype html><title>x", ctype="text/html")),
     FAILED, "no JSON but starts with '<!doctype")
case("a page in answer to the submission", POST, send(http(b"<html>" + EVIL_RAW)), FAILED,
     "no JSON but starts with '<html>")
case("SSH", ACCEPT, send(b"SSH-2.0-OpenSSH_9.2p1\r\n"), NET, "no usable answer|cut off")
case("SMTP", ACCEPT, send(b"220 mail ESMTP\r\n"), NET)
case("a closed connection", ACCEPT, send(b""), NET)
case("silence", ACCEPT, silence(), {8}, "no answer from '127.0.0.1' in time", timeout=1)
case("a reset", ACCEPT, reset(), NET)
case("TLS on an http URL", ACCEPT, send(b"\x15\x03\x01\0\x02\x02\x0a"), NET)

# --- statuses -----------------------------------------------------------------------------------

for status, exits in (("400 Bad Request", REFUSED), ("401 Unauthorized", {5}), ("403 Forbidden", {5}),
                      ("404 Not Found", REFUSED), ("405 Method Not Allowed", REFUSED),
                      ("408 Request Timeout", REFUSED), ("422 Unprocessable Entity", REFUSED),
                      ("451 No", REFUSED), ("499 x", REFUSED), ("500 Internal", FAILED),
                      ("501 x", FAILED), ("502 Bad Gateway", FAILED), ("504 Timeout", FAILED),
                      ("599 x", FAILED), ("999 x", FAILED), ("204 No Content", FAILED),
                      ("206 Partial Content", FAILED), ("304 Not Modified", FAILED),
                      ("201 Created", FAILED)):
    number = status[:3]
    case(f"{number} to the submission", POST,
         send(http(b'{"detail":"what the server says"}' if number not in ("204", "304") else b"",
                   status, length=None if number not in ("204", "304") else False)), exits,
         f"answered {number} to /sdapi/v1/img2img" + (": what the server says" if number not in
                                                      ("204", "304") else ""))
for number, text in (("401", "5"), ("403", "5"), ("500", "7"), ("502", "7"), ("503", "7"),
                     ("504", "7"), ("429", "6")):
    case(f"{number} at the probe", PROBE, send(http(b'{"detail":"no"}', f"{number} x")),
         {int(text)}, f"answered {number} to /sdapi/v1/samplers")
    case(f"{number} at the facts", FACTS, send(http(b'{"detail":"no"}', f"{number} x")),
         OK if number == "500" else {int(text)})
case("404 at the facts", FACTS, send_keep(http(b"{}", "404 x", close=False)), OK)
case("401 without a body", POST, send(http(b"", "401 Unauthorized")), {5}, "--api-key-file")
case("500 with a page", POST, send(http(b"<html><body>\n<h1>Oops</h1>" + EVIL_RAW, "500 x",
                                        ctype="text/html")), FAILED, "Oops")
case("500 with nothing", POST, send(http(b"", "500 x")), FAILED)
case("500 with binary", POST, send(http(bytes(range(256)) * 40, "500 x")), FAILED)
case("500 with an array", POST, send(http(b"[1,2,3]", "500 x")), FAILED)
case("500 with half a JSON", POST, send(http(b'{"detail":"abc', "500 x")), FAILED)
case("500 of A1111", POST, send(http(json.dumps({
    "error": "RuntimeError", "detail": "", "body": "", "errors": "CUDA out of memory"}).encode(),
    "500 x")), FAILED, "RuntimeError: CUDA out of memory")
case("422 with a string", POST, send(http(b'{"detail":"bad sampler"}', "422 x")), REFUSED,
     "bad sampler")
case("422 with a list", POST, send(http(json.dumps({"detail": [
    {"loc": ["body", "steps"], "msg": "value is not a valid integer", "type": "type_error.integer"},
    {"loc": ["body", "width"], "msg": "none is not allowed"}]}).encode(), "422 x")), REFUSED,
    "steps: value is not a valid integer; width: none")
case("422 with wrong types inside", POST, send(http(json.dumps({"detail": [
    1, None, [], {"loc": 5, "msg": {}}, {"loc": [1, None, {"a": 1}], "msg": 7}, "x"]}).encode(),
    "422 x")), REFUSED)


def echo_30_mb(conn, request, server):
    block = b"A" * 65536
    head, tail = (b'{"detail":[{"loc":["body","steps"],"msg":"field required"}],"body":'
                  b'{"init_images":["'), b'"]}}'
    conn.sendall(http(head, "422 x", length=len(head) + 480 * len(block) + len(tail)))
    for _ in range(480):
        conn.sendall(block)
    conn.sendall(tail)
    return False


def echo_30_mb_first(conn, request, server):
    block = b"A" * 65536
    conn.sendall(http(b"", "422 x", length=False) + b'{"body":{"init_images":["')
    for _ in range(480):
        conn.sendall(block)
    conn.sendall(b'"]},"detail":[{"loc":["body","steps"],"msg":"field required"}]}')
    return False


case("422 that echoes 30 MB", POST, echo_30_mb, REFUSED, "steps: field required")
case("422 that echoes 30 MB before its words", POST, echo_30_mb_first, REFUSED,
     "steps: field required")
case("422 with 10 MB of words", POST, send(http(b'{"detail":"' + b"word " * 200000 + b'"}', "422 x")),
     REFUSED, r"word word.*\.\.\.")
case("500 without end", POST, endless(http(b"", "500 x", length=False), b"x" * 4096), LONG, timeout=15)
case("500 with spaces without end", POST, endless(http(b"", "500 x", length=False), b" " * 4096),
     LONG, timeout=15)

# --- too busy -----------------------------------------------------------------------------------


for status in ("429 Too Many Requests", "503 Service Unavailable"):
    n, exits = status[:3], REFUSED if status.startswith("429") else FAILED
    for name, value in (("1 s", "1"), ("0 s", "0"), ("a date", lambda: in_seconds(1)),
                        ("a past date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("none", None),
                        ("junk", "soon"), ("a negative number", "-5"), ("a fraction", "1.5"),
                        ("an impossible date", "Sun, 99 Foo 1994 08:49:37 GMT")):
        case(f"{n}, Retry-After {name}, then well", POST, busy(status, value), OK, times=1,
             submissions=2)
    for name, value in (("a day", "86400"), ("a far date", "Fri, 31 Dec 9999 23:59:59 GMT"),
                        ("20 digits", "99999999999999999999"),
                        ("400 digits", "9" * 400)):
        case(f"{n}, Retry-After {name}", POST, busy(status, value), exits,
             f"answered {n}.*: busy", timeout=4)
    case(f"{n} again and again", POST, busy(status, "0"), exits, f"answered {n}", retries=3,
         submissions=4)
    case(f"{n}, no retries", POST, busy(status, "0"), exits, f"answered {n}", retries=0)
case("429 with two Retry-After", POST, send(http(b"{}", "429 x", headers=[
    "Retry-After: 0", "Retry-After: 86400"])), REFUSED, timeout=4)
case("429 at the probe, then well", PROBE, busy("429 x", "0"), OK, times=1)
case("502 at the facts, then well", FACTS, busy("502 x", None), OK, times=1)
case("502 to the submission is not repeated", POST, busy("502 x", "0"), FAILED, retries=3,
     regex="answered 502")
case("504 names the task", POST, busy("504 x", "0"), FAILED, "task sdctl-[0-9a-f]{16}", retries=3)

# --- HTTP framing -------------------------------------------------------------------------------

for name, data in framing(GOOD).items():
    everywhere(name, send(data), {4, 7} if name == "a header without colon" else NET)
for name, act in (("reset at once", reset()), ("reset in the headers", reset(b"HTTP/1.1 200 OK\r\nA:")),
                  ("reset in the body", reset(http(GOOD)[:-20])),
                  ("half-close, nothing sent", half_close()),
                  ("half-close in the body", half_close(http(GOOD)[:-20]))):
    everywhere(name, act, NET)
for name, act in (("silence before the answer", silence()),
                  ("silence in the headers", silence(b"HTTP/1.1 200 OK\r\nContent-")),
                  ("silence in the body", silence(http(GOOD)[:-20])),
                  ("slow headers", drip(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 99, 0.3)),
                  ("slow body", drip(http(GOOD), 0.3)),
                  ("slow chunks", drip(chunked([b" "] * 200), 0.3))):
    case(f"{name} (probe)", PROBE, act, {8}, "in time", timeout=1)
    case(f"{name} (submission)", POST, act, {8}, "deadline passed; task sdctl-.* may still run",
         timeout=1)
everywhere("1xx without end", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), NET, "interim")
everywhere("103 without end", endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), NET)
everywhere("headers without end", endless(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"), NET, "headers")
everywhere("a header without end", endless(b"HTTP/1.1 200 OK\r\nA: ", b"b"), NET)
everywhere("status lines without end", endless(b"", b"HTTP/1.1 200 OK\r\n"), NET)
everywhere("trailers without end", endless(chunked([GOOD], end=b"0\r\n"), b"A: b\r\n"), NET)
everywhere("a reason without end", endless(b"HTTP/1.1 200 ", b"O"), NET)
everywhere("chunk extensions without end", endless(chunked([], end=b"5;"), b"a=b;"), {8}, timeout=1)
everywhere("folded headers without end", endless(b"HTTP/1.1 200 OK\r\nA: b\r\n", b" c\r\n"), NET)
case("101 and another protocol", PROBE, send(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n" + GOOD),
     {4, 6})
case("two Content-Length, the second too long", POST,
     send(http(GOOD, headers=[f"Content-Length: {len(GOOD) + 10}"])), NET)
case("Content-Length too short", POST, send(http(GOOD, length=len(GOOD) - 5)), FAILED)
case("Content-Length 0 with a body", POST, send(http(GOOD, length=0)), FAILED, "empty")

# --- oversize bodies ----------------------------------------------------------------------------

CH = http(length=False)
for where in (PROBE, POST):
    w = {PROBE: "probe", POST: "submission"}[where]
    case(f"spaces without end ({w})", where, endless(CH, b" "), FAILED, "too large")
    case(f"numbers without end ({w})", where, endless(CH + b"[", b"1,"), FAILED, "too many values")
    case(f"brackets without end ({w})", where, endless(CH, b"["), FAILED, "nested")
    case(f"objects without end ({w})", where, endless(CH, b'{"a":'), FAILED, "nested")
    case(f"tiny chunks without end ({w})", where,
         endless(chunked([], end=b""), b"1\r\n \r\n" * 1000), LONG, timeout=20)
    case(f"a string without end ({w})", where, endless(CH + b'{"detail":"', b"x"), LONG,
         timeout=15)
    case(f"a key without end ({w})", where, endless(CH + b'{"', b"k"), FAILED, "key is too long")
    case(f"keys without end ({w})", where, endless(CH + b'{"a":1', b',"abcdefgh":1'), FAILED)
    case(f"strings of 1 MiB without end ({w})", where,
         endless(CH + b"[1", b',"' + b"y" * (1 << 20) + b'"'), FAILED, "too large")
    case(f"a number of 17 MB ({w})", where, endless(CH + b"[", b"7"), FAILED)
    case(f"escapes without end ({w})", where, endless(CH + b'["', b"\\u0041"), {7, 8},
         timeout=4)


def big_picture(prefix=b"", fill=b"AAAA", more=b""):
    """A PNG whose one IDAT has no end, as base64."""
    start = PNG[:33] + struct.pack(">I", 0x7fffffff) + b"IDAT\0"
    return endless(CH + b'{"images":["' + prefix + base64.b64encode(start) + more, fill)


case("a picture over 256 MiB", POST, big_picture(), LONG, "256 MiB|deadline", timeout=15)
case("a picture without end, escaped", POST, big_picture(fill=b"\\u0041AAA\\/AAA"), {7, 8},
     timeout=3)
case("a picture of spaces without end", POST, big_picture(fill=b"    "), LONG,
     timeout=15)
case("4 GB that are no picture", POST, endless(CH + b'{"images":["', b"AAAA"), FAILED,
     "picture 1 of the answer is unusable", timeout=30)
case("a data URI prefix without end", POST, endless(CH + b'{"images":["data:image/', b"aaaa"), FAILED,
     "not base64")
case("65 pictures", POST, send(images(*[PNG64] * 65)), FAILED, "more than 64 pictures")
case("pictures without end", POST, endless(CH + b'{"images":["', PNG64.encode() + b'","'), FAILED,
     "more than 64 pictures")
case("64 pictures", POST, send(images(*[PNG64] * 64)), OK, files=64, warnings=None)
TEXTED = b64(png(extra=chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"x" * 1000000, 9))))
case("64 pictures with 1 MB of text each", POST, send(images(*[TEXTED] * 64)), OK, files=64, own=None)
case("64 pictures with 1 MB of plain text each", POST, send(images(*[b64(png(extra=chunk(
    b"tEXt", b"parameters\0" + b"y" * 1000000)))] * 64)), OK, files=64, own=None, timeout=20)
case("a caption without end", ASK, endless(CH + b'{"caption":"', b"word "), LONG, timeout=15)
case("a caption of 2 MB", ASK, send(http(json.dumps({"caption": "cat " * 500000}).encode())), OK)
case("15 MiB of strings", POST, send(http(answer(junk=["y" * 500000] * 30))), OK)
case("16 MiB of small objects", POST, send(http(answer(junk=[{"a": "b" * 60}] * 190000))), FAILED)
case("20000 objects", POST, send(http(answer(junk=[{"a": "b" * 700}] * 20000))), OK)
case("140000 values", POST, send(http(answer(junk=[1] * 140000))), OK)
case("140000 strings", POST, send(http(answer(junk=["x" * 70] * 140000))), OK)
case("140000 keys", POST, send(http(answer(junk={str(i): i for i in range(140000)}))), OK)
case("140000 long keys", POST, send(http(answer(junk={f"{i:0100}": i for i in range(140000)}))), OK)
case("45000 arrays", POST, send(http(answer(junk=[[]] * 45000))), OK)
case("info of 900 KB", POST, send(http(answer(info=json.dumps({"x": "\u00e9" * 140000})))), OK)
case("info of 3 MB", POST, send(http(answer(info="z" * 3000000))), OK)

# --- compression --------------------------------------------------------------------------------

BOMB = gzip.compress(b" " * 10_000_000)
for where in (PROBE, POST):
    w = {PROBE: "probe", POST: "submission"}[where]
    for coding, body in (("gzip", gzip.compress(GOOD)), ("deflate", zlib.compress(GOOD)),
                         ("br", b"\x0b\x02\x80{}\x03"), ("zstd", b"(\xb5/\xfd"), ("x-gzip", BOMB),
                         ("gzip, gzip", gzip.compress(BOMB)), ("nonsense", GOOD),
                         (", ".join(["gzip"] * 1000), BOMB)):
        case(f"Content-Encoding {coding[:12]} ({w})", where,
             send(http(body, headers=[f"Content-Encoding: {coding}"])), NET, "compressed")
    case(f"gzip that is none ({w})", where, send(http(GOOD, headers=["Content-Encoding: gzip"])), NET,
         "compressed")
    case(f"Transfer-Encoding gzip ({w})", where,
         send(http(BOMB, headers=["Transfer-Encoding: gzip"], length=False)), {4, 7})
    case(f"Transfer-Encoding gzip, chunked ({w})", where,
         send(chunked([BOMB]).replace(b"Encoding: chunked", b"Encoding: gzip, chunked")), {4, 7})
    case(f"gzip without saying so ({w})", where, send(http(BOMB)), FAILED)
case("Content-Encoding identity", POST, send(http(GOOD, headers=["Content-Encoding: identity"])), OK)
case("Content-Encoding gzip of a 500", POST,
     send(http(gzip.compress(b"{}"), "500 x", headers=["Content-Encoding: gzip"])), {4, 7})

# --- redirects ----------------------------------------------------------------------------------


for status in (301, 302, 303, 307, 308):
    for name, to in (("another port", "http://127.0.0.1:{other}/sdapi/v1/samplers"),
                     ("another name", "http://localhost:{other}/sdapi/v1/samplers"),
                     ("the same port by another name", "http://localhost:{port}/sdapi/v1/samplers"),
                     ("another scheme", "https://127.0.0.1:{port}/"),
                     ("a URL without scheme", "//127.0.0.1:{other}/")):
        case(f"{status} to {name}", POST, redirect(status, to), NET,
             "redirects to [^ ]*; if that is right, use it as the endpoint\n$", key=True)
for name, to in (("file:", "file:///etc/passwd"), ("ftp:", "ftp://127.0.0.1/x"),
                 ("gopher:", "gopher://127.0.0.1:{other}/_x"), ("dict:", "dict://127.0.0.1:{other}/d"),
                 ("javascript:", "javascript:alert(1)"), ("data:", "data:text/plain,hello"),
                 ("s3:", "s3://bucket/key"), ("userinfo", "http://a:b@127.0.0.1:{port}/"),
                 ("a bad port", "http://127.0.0.1:99999/"), ("port 0", "http://127.0.0.1:0/"),
                 ("the address in decimal", "http://2130706433:{other}/"),
                 ("the address in hex", "http://0x7f000001:{other}/"),
                 ("a mapped address", "http://[::ffff:127.0.0.1]:{other}/"),
                 ("metadata", "http://169.254.169.254/latest"),
                 ("escapes", "http://127.0.0.1:{other}/\x1b]0;x\x07\u202e"),
                 ("spaces", "http://127.0.0.1:{other}/a b\tc"),
                 ("a NUL-like end", "http://127.0.0.1%00.example.org/"),
                 ("a host of escapes", "http://\x9b31m.example.org/"),
                 ("a percent-coded host", "http://%1b%5b2J.example.org/")):
    case(f"307 to {name} (probe)", PROBE, redirect(307, to), NET, "redirects", key=True)
    case(f"307 to {name} (submission)", POST, redirect(307, to), NET, "redirects", key=True)
case("307 to nowhere", POST, redirect(307, ""), {4, 7})
case("307 without Location", POST, send(http(b"", "307 x")), {4, 7})
case("307 to 2 MB", POST, send(http(b"", "307 x", headers=["Location: /" + "a" * 2000000])), NET)
case("307 to 20 KB", POST, send(http(b"", "307 x", headers=["Location: /" + "a" * 20000])), {4, 7})
case("307 to itself", POST, redirect(307, "/sdapi/v1/img2img"), NET, "without end", submissions=4)
case("302 of a POST", POST, redirect(302, "/elsewhere"), NET, "POST to a GET")
case("307 with a body without end", POST,
     endless(http(b"", "307 x", headers=["Location: /x"], length=False), b"x"), NET)
case("307 within the origin", POST, redirect(307, "http://127.0.0.1:{port}/sdapi/v1/img2img"), OK,
     times=1, submissions=2, key=True)
case("308 to a relative path", POST, redirect(308, "img2img?x=1"), OK, times=1, submissions=2)
case("301 of a GET within the origin", PROBE, redirect(301, "/sdapi/v1/samplers?x"), OK, times=1)
case("a redirect while progress is asked for", PROGRESS,
     redirect(307, "http://127.0.0.1:{other}/x"), OK, key=True)

# --- JSON ---------------------------------------------------------------------------------------

DEEP = b"[" * 500000
for name, body, exits in (
        ("depth 500000", b'{"images":["' + PNG64.encode() + b'"],"x":' + DEEP, FAILED),
        ("depth 500000, closed", b'{"x":' + DEEP + b"]" * 500000 + b"}", FAILED),
        ("depth 70", b'{"x":' + b"[" * 70 + b"]" * 70 + b"}", FAILED),
        ("2 M numbers", b'{"x":[' + b"1," * 2000000 + b"1]}", FAILED),
        ("a key of 5 MB", b'{"' + b"k" * 5000000 + b'":1}', FAILED),
        ("NaN", GOOD[:-1] + b',"x":NaN}', FAILED),
        ("Infinity", GOOD[:-1] + b',"x":-Infinity}', FAILED),
        ("1e999", GOOD[:-1] + b',"x":1e999}', FAILED),
        ("2^63", GOOD[:-1] + b',"x":9223372036854775808}', FAILED),
        ("1 M digits", GOOD[:-1] + b',"x":' + b"1" * 1000000 + b"}", FAILED),
        ("01", GOOD[:-1] + b',"x":01}', FAILED),
        ("a doubled key", GOOD[:-1] + b',"info":"{}"}', FAILED),
        ("images twice", GOOD[:-1] + b',"images":[]}', FAILED),
        ("images twice, both full", GOOD[:-1] + b',"images":["' + PNG64.encode() + b'"]}', FAILED),
        ("images twice, once escaped", GOOD[:-1] + b',"im\\u0061ges":[]}', FAILED),
        ("invalid UTF-8", GOOD[:-1] + b',"x":"\xff"}', FAILED),
        ("overlong UTF-8", GOOD[:-1] + b',"x":"\xc0\x80"}', FAILED),
        ("a coded surrogate", GOOD[:-1] + b',"x":"\xed\xa0\x80"}', FAILED),
        ("a lone surrogate", GOOD[:-1] + b',"x":"\\ud800"}', FAILED),
        ("a lone low surrogate", GOOD[:-1] + b',"x":"\\udc00"}', FAILED),
        ("surrogates in wrong order", GOOD[:-1] + b',"x":"\\udc00\\ud800"}', FAILED),
        ("an escaped NUL", GOOD[:-1] + b',"x":"\\u0000"}', FAILED),
        ("a raw NUL", GOOD[:-1] + b',"x":"\0"}', FAILED),
        ("a NUL behind it", GOOD + b"\0", FAILED),
        ("a NUL before it", b"\0" + GOOD, FAILED),
        ("a raw line end in a string", GOOD[:-1] + b',"x":"\n"}', FAILED),
        ("a BOM", b"\xef\xbb\xbf" + GOOD, FAILED),
        ("UTF-16", GOOD.decode().encode("utf-16"), FAILED),
        ("UTF-16 without BOM", GOOD.decode().encode("utf-16-le"), FAILED),
        ("two documents", GOOD + GOOD, FAILED),
        ("two documents, on lines", GOOD + b"\n" + GOOD, FAILED),
        ("junk behind it", GOOD + b" x", FAILED),
        ("a bracket behind it", GOOD + b"}", FAILED),
        ("a comma too many", GOOD[:-1] + b",}", FAILED),
        ("a comment", GOOD + b"// done", FAILED),
        ("single quotes", b"{'images':[]}", FAILED),
        ("an unknown escape", GOOD[:-1] + b',"x":"\\x41"}', FAILED),
        ("a broken \\u", GOOD[:-1] + b',"x":"\\u12g4"}', FAILED),
        ("mismatched brackets", b'{"images":["' + PNG64.encode() + b'"}]', FAILED),
        ("no colon", b'{"images" ["' + PNG64.encode() + b'"]}', FAILED),
        ("no comma", b'{"images":["' + PNG64.encode() + b'" "' + PNG64.encode() + b'"]}', FAILED),
        ("cut in a string", GOOD[:40], FAILED),
        ("cut in the info", GOOD[:-10], FAILED),
        ("cut before the last bracket", GOOD[:-1], FAILED),
        ("escapes in place of text", EVIL_RAW, FAILED),
        ("escapes behind a brace", b"{" + EVIL_RAW, FAILED),
        ("escapes in place of a value", GOOD[:-1] + b',"x":' + EVIL_RAW + b"}", FAILED),
        ("nothing", b"", FAILED), ("a space", b" ", FAILED), ("a brace", b"{", FAILED),
        ("null", b"null", FAILED), ("a number", b"5", FAILED), ("a string", b'"x"', FAILED),
        ("an array", b"[]", FAILED), ("an object", b"{}", FAILED),
        ("an array of answers", b"[" + GOOD + b"]", FAILED)):
    case(f"JSON: {name}", POST, send(http(body)), exits)
for name, body in (("NaN", b'[{"name":NaN}]'), ("2^63", b'[{"name":"x","y":9223372036854775808}]'),
                   ("a BOM", b'\xef\xbb\xbf[{"name":"Euler"}]'), ("two documents", b'[{"name":"E"}][]'),
                   ("invalid UTF-8", b'[{"name":"\xff"}]'), ("cut", b'[{"name":"Eul'),
                   ("depth", b"[" * 100000)):
    case(f"JSON of the probe: {name}", PROBE, send(http(body)), FAILED)
    case(f"JSON of the facts: {name}", FACTS, send(http(body)), FAILED)
    case(f"JSON of the progress: {name}", PROGRESS, send_keep(http(body, close=False)), OK)
case("JSON of the facts: wrong types", FACTS,
     send_keep(http(b'[1,null,"x",[],{"name":5},{"label":{}}]', close=False)), {6}, "scheduler",
     args=["--scheduler", "karras"])
for name, value in (("null", None), ("missing", ...), ("a number", 5), ("a string", PNG64),
                    ("an object", {"0": PNG64}), ("empty", []), ("[null]", [None]),
                    ("[5]", [5]), ("[[]]", [[PNG64]]), ("[{}]", [{"image": PNG64}]),
                    ("false", False), ("[picture, null]", [PNG64, None]),
                    ("[null, picture]", [None, PNG64])):
    body = json.loads(answer(value if value is not ... else None))
    if value is None:
        body["images"] = None
    elif value is ...:
        del body["images"]
    case(f"images: {name}", POST, send(http(json.dumps(body).encode())), FAILED, "image")
for name, value in (("null", None), ("a number", 5), ("an object", {"seed": 1}), ("no JSON", "nope"),
                    ("an array", "[1,2]"), ("empty", ""), ("half", '{"seed":'),
                    ("350000 objects", "[" + "{}," * 340000 + "{}]"),
                    ("500000 numbers", "[" + "1," * 500000 + "1]"),
                    ("deep", "[" * 1000), ("NaN", '{"seed":NaN}'), ("escapes", EVIL[:-1]),
                    ("wrong types", '{"all_seeds":"x","index_of_first_image":"y","seed":[],'
                                    '"infotexts":{"a":1},"sampler_name":5,"clip_skip":"x"}'),
                    ("a huge index", '{"index_of_first_image":9223372036854775807}'),
                    ("a negative index", '{"index_of_first_image":-5,"all_seeds":[1]}'),
                    ("too many seeds", json.dumps({"all_seeds": list(range(100000))})),
                    ("wrong seeds", '{"all_seeds":[null,"x",1e300]}')):
    case(f"info: {name}", POST, send(http(answer(info=value))), OK)
case("caption: missing", ASK, send(http(b"{}")), FAILED, "no caption")
case("caption: null", ASK, send(http(b'{"caption":null}')), FAILED, "no caption")
case("caption: a number", ASK, send(http(b'{"caption":5}')), FAILED, "no caption")
case("caption: an array of answers", ASK, send(http(b'[{"caption":"x"}]')), FAILED)
case("caption: empty", ASK, send(http(b'{"caption":""}')), OK)

# --- base64 -------------------------------------------------------------------------------------

for name, text in (
        ("a bad character", PNG64[:20] + "!" + PNG64[21:]), ("a minus", PNG64[:20] + "-" + PNG64[21:]),
        ("an escaped NUL", PNG64[:20] + "\0" + PNG64[20:]), ("UTF-8", PNG64[:20] + "\u00e9" + PNG64[21:]),
        ("padding in the middle", PNG64[:20] + "==" + PNG64[22:]),
        ("a lone symbol at the end", PNG64.rstrip("=") + "=" * ((-len(PNG64)) % 4) + "A"),
        ("one too many =", PNG64 + "="), ("four =", PNG64 + "===="),
        ("only =", "===="), ("=A==", "=A=="), ("mod 1", PNG64[:41]), ("mod 3 without padding",
                                                                       b64(PNG[:32]).rstrip("=")),
        ("unused bits", b64(PNG + b"\0")[:-3] + "B=="), ("data", "data"), ("data:", "data:"),
        ("a data URI without base64", "data:image/png," + PNG64),
        ("a data URI without comma", "data:image/png;base64"),
        ("a URL", "https://example.org/x.png"), ("a path", "/etc/passwd"),
        ("a vertical tab", PNG64[:8] + "\v" + PNG64[8:]), ("a quote", PNG64[:8] + '"' + PNG64[8:]),
        ("a backslash", PNG64[:8] + "\\" + PNG64[8:])):
    case(f"base64: {name}", POST, send(images(text)), FAILED, "picture 1")
for name, text in (("the second of two", "%%%"), ("the second empty", "")):
    case(f"base64: {name}", POST, send(images(PNG64, text)), FAILED, "picture 2")

# --- pictures -----------------------------------------------------------------------------------

for name, data in BROKEN_PICTURES.items():
    case(f"picture: {name}", POST, send(images(b64(data))), FAILED, "picture 1 of the answer is unusable")
case("picture: the second broken", POST, send(images(PNG64, b64(PNG[:-3]))), FAILED, "picture 2")
for name, data in BOMBS.items():
    case(f"picture, saved as it is: {name}", POST, send(images(b64(data))), OK, own=data)

for name, act in (("half a body", send(http(GOOD)[:-30])), ("a broken picture", send(images(b64(PNG[:-3])))),
                  ("a second broken picture", send(images(PNG64, b64(PNG[:-3])))),
                  ("no JSON", send(http(b"<html>"))), ("a 500", send(http(EVIL_RAW, "500 x")))):
    case(f"to standard output: {name}", POST, act, {4, 6, 7}, args=["-o", "-"], more="nothing")

LARGE = png(extra=chunk(b"junK", random.Random(2).randbytes(900000)))
for name, values, where in (
        ("cut", [b64(LARGE[:-9])], 1), ("its middle damaged", [b64(LARGE[:500000] + b"\0" + LARGE[500001:])], 1),
        ("its second half missing", [b64(LARGE[:500000])], 1), ("the second cut", [b64(LARGE), b64(LARGE[:-9])], 2),
        ("the first of three cut", [b64(LARGE[:-9]), b64(LARGE), b64(LARGE)], 1),
        ("a small broken one behind", [b64(LARGE), b64(PNG[:-3])], 2)):
    case(f"a large picture: {name}", POST, send(images(*values)), FAILED, f"picture {where} of the answer is unusable")
for name, data, exits in (("the answer cut", http(answer([b64(LARGE)]))[:-5], NET),
                          ("the answer cut in it", http(answer([b64(LARGE)]))[:700000], NET),
                          ("no JSON behind", http(b'{"images":["' + b64(LARGE).encode() + b'"}'), FAILED),
                          ("no base64 in the middle", images(b64(LARGE)[:600001] + "!" + b64(LARGE)[600002:]), FAILED)):
    case(f"a large picture: {name}", POST, send(data), exits)
case("a large picture: a reset in it", POST, reset(http(answer([b64(LARGE)]))[:700000]), NET)
case("a large picture: silence in it", POST, silence(http(answer([b64(LARGE)]))[:700000]), {8}, timeout=1)
case("a large picture works", POST, send(images(b64(LARGE))), OK, own=LARGE)
case("large and small pictures work", POST, send(images(b64(LARGE), PNG64, b64(LARGE), PNG64)), OK, files=4, own=LARGE)

# --- text for the terminal ----------------------------------------------------------------------

EVIL_JSON = json.dumps(EVIL).encode()
for status, exits in (("500 x", FAILED), ("422 x", REFUSED), ("401 x", {5})):
    n = status[:3]
    case(f"escapes in a {n}, detail", POST, send(http(b'{"detail":' + EVIL_JSON + b"}", status)), exits)
    case(f"escapes in a {n}, raw", POST, send(http(EVIL_RAW * 20, status)), exits)
    case(f"escapes in a {n}, raw UTF-8 in JSON", POST,
         send(http('{"detail":"\x7f\x9b31m\u202e"}'.encode(), status)), exits)
    case(f"escapes in a {n}, list", POST, send(http(
        b'{"detail":[{"loc":["body",' + EVIL_JSON + b'],"msg":' + EVIL_JSON + b"}]}", status)), exits)
    case(f"escapes in a {n}, A1111", POST, send(http(
        b'{"error":' + EVIL_JSON + b',"errors":' + EVIL_JSON + b',"detail":' + EVIL_JSON + b"}", status)),
        exits)
    case(f"a {n} as JSON on standard error", POST, send(http(b'{"detail":' + EVIL_JSON + b"}", status)),
         exits, args=["--error-format", "json"], more="json error")
case("escapes in the reason", POST, send(http(b"{}", "500 " + EVIL.encode().decode("latin-1").replace(
    "\r\n", ""))), FAILED)
case("escapes in Content-Type", POST, send(http(b"\x1b[2J", ctype="text/\x1b[2Jx\x9b")), FAILED)
case("escapes in a header", POST, send(http(GOOD, headers=["X-\x1b[2J: \x9b31m"])), {0, 4}, files=None)
case("escapes in the info", POST, send(http(answer(info=json.dumps({
    "prompt": EVIL, EVIL: 1, "infotexts": [EVIL], "sampler_name": EVIL, "sd_model_name": EVIL})))), OK,
    args=["--sampler", "Euler", "--model", "m"])
case("escapes in the info, raw C1", POST, send(http(answer(info='{"x":"\u009b\u202e\u0085"}'))), OK)
case("10 MB of a sampler's name", POST, send(http(answer(info=json.dumps({
    "sampler_name": "x" * 900000})))), OK, args=["--sampler", "Euler"])
case("escapes in a name of a sampler", PROBE, send_keep(http(b'[{"name":' + json.dumps(
    "Euler\x1b").encode() + b"}]", close=False)), REFUSED, "did you mean",
    args=["-b", "webui", "--sampler", "Euler"])
case("escapes in a caption", ASK, send(http(b'{"caption":' + EVIL_JSON + b"}")), OK)
case("escapes in a caption, as text", ASK, send(http(b'{"caption":' + EVIL_JSON + b"}")), OK,
     args=["--text"], raw=True, more="printable")
case("escapes in a progress text", PROGRESS, send_keep(http(json.dumps({
    "active": True, "queued": True, "completed": False, "progress": 5e300, "eta": 1e300,
    "textinfo": "In queue: \x1b[2J9/9"}).encode(), close=False)), OK)
case("strange numbers of progress", PROGRESS, send_keep(http(json.dumps({
    "active": True, "queued": True, "completed": False, "progress": -1e300, "eta": -5,
    "textinfo": "In queue: 99999999999999999999/-99999999999999999999"}).encode(), close=False)), OK)
case("strange steps of progress", STEP, send_keep(http(json.dumps({
    "progress": 1e308, "eta_relative": -1e308, "state": {
        "sampling_step": -9223372036854775808, "sampling_steps": 9223372036854775807}}).encode(),
    close=False)), OK)
case("progress of wrong types", PROGRESS, send_keep(http(json.dumps({
    "active": True, "queued": "x", "completed": [], "progress": "0.5", "eta": {}, "textinfo": 5}
    ).encode(), close=False)), OK)
case("progress without end", PROGRESS, endless(CH, b" "), OK)
case("no answer to progress", PROGRESS, silence(), OK)
case("a 500 to progress", PROGRESS, send_keep(http(b"x", "500 x", close=False)), OK)
case("a 401 to progress", PROGRESS, send_keep(http(b"x", "401 x", close=False)), OK)
case("escapes in the lists of endpoint check", PROBE, send_keep(http(
    b'[{"name":' + EVIL_JSON + b"}]", close=False)), OK, command="endpoint check")
case("endless lists of endpoint check", CHECK, endless(CH + b"[", b'"a",'), OK,
     command="endpoint check")
case("401 to endpoint check", CHECK, send(http(b"{}", "401 x")), {5}, command="endpoint check")

# --- the key ------------------------------------------------------------------------------------

PAD = "x" * 150
for name, form in (("raw", KEY.decode()), ("the password", KEY.decode().split(":")[1]),
                   ("base64", KEY64.decode()), ("the header", "Authorization: Basic " + KEY64.decode())):
    for n, exits in (("401", {5}), ("422", REFUSED), ("500", FAILED)):
        case(f"the key in a {n}, {name}", POST,
             send(http(json.dumps({"detail": f"who is {form}?"}).encode(), f"{n} x")), exits, "who is",
             key=True)
    case(f"the key in a 500, not JSON, {name}", POST, send(http(f"bad {form}".encode(), "500 x")), FAILED,
         key=True)
    case(f"the key in the info, {name}", POST, send(http(answer(info=json.dumps(
        {"a": form, form: 1, "sampler_name": form, "deep": [{"x": form + form}]})))), OK, key=True,
        args=["--sampler", "Euler"])
    case(f"the key in the info, not JSON, {name}", POST, send(http(answer(info=f"auth {form} x"))), OK,
         key=True)
    case(f"the key in a caption, {name}", ASK, send(http(json.dumps({"caption": form}).encode())), OK,
         key=True)
    case(f"the key in a caption, as text, {name}", ASK, send(http(json.dumps(
        {"caption": form}).encode())), OK, key=True, args=["--text"], raw=True)
    case(f"the key in place of JSON, {name}", POST, send(http(form.encode())), FAILED, key=True,
         more="no part of the key")
    case(f"the key in place of a picture, {name}", POST, send(images(form)), FAILED, key=True)
    case(f"the key as a redirect's host, {name}", POST, redirect(
        307, f"http://{form.replace(' ', '').replace(':', '.').replace('/', '.')}.example/"), NET,
        key=True)
    for pad in (175, 180, 185, 190, 194, 197):
        case(f"the key cut off after {pad}, {name}", POST, send(http(
            json.dumps({"detail": "x" * pad + form}).encode(), "500 x")), FAILED, key=True,
            more="no part of the key")
for key in ("user:null", "user:true", "user:path", "user:seed", "user:status", "user:1111", "user:0000",
            'us"er:pa"ss', "us\\er:pa\\ss", "user:\",\"x\":\"", "u:p"):
    case(f"a key that JSON knows: {key}", POST, send(http(answer(info=json.dumps(
        {"x": key, "y": key.split(":")[1], "n": 1111})))), OK, env={"SDCTL_API_KEY": key},
        more="document")
case("the key is sent once, as it should", None, None, OK, key=True, more="key sent")
case("user:password in the URL", None, None, {2}, "user name or password",
     url="http://canary:s3cr3t-Zebra%2F9@127.0.0.1:{port}", more="no part of the key")
case("user alone in the URL", None, None, {2}, "user name or password", url="http://canary@127.0.0.1:{port}")
case("a key without a colon", None, None, {5}, "user:password", env={"SDCTL_API_KEY": "s3cr3t-Zebra"},
     args=["-b", "webui"], more="no part of the key")
case("a key without a colon, and a service that is not known", None, None, {5}, "--backend",
     env={"SDCTL_API_KEY": "s3cr3t-Zebra"}, more="no part of the key")
case("a key over http to another machine", None, None, {5}, "plain http", key=True,
     url="http://192.0.2.1:7860")
case("a key over http to a name", None, None, {5}, "plain http", key=True, url="http://example.invalid")
case("a key with a line end", None, None, {5}, "not printable", env={"SDCTL_API_KEY": "a:b\r\nX-Evil: 1"})

# --- the environment ----------------------------------------------------------------------------

PROXY = {name: "http://127.0.0.1:{other}" for name in
         ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}
case("proxies are not asked for loopback", None, None, OK, env=PROXY, key=True)
case("proxies are not asked for localhost", None, None, OK, env=PROXY, key=True,
     url="http://localhost:{port}")
case(".netrc is not read", None, None, OK, more="netrc")
case("no SSL switch by environment", None, None, NET, url="https://127.0.0.1:{port}", tls="good",
     env={"SSL_VERIFY": "0", "CURL_INSECURE": "1", "GIT_SSL_NO_VERIFY": "1", "PYTHONHTTPSVERIFY": "0"})

# --- TLS ----------------------------------------------------------------------------------------

HTTPS = "https://127.0.0.1:{port}"
case("TLS: our CA", None, None, OK, tls="good", url=HTTPS, env={"SSL_CERT_FILE": "{ca}"}, key=True)
case("TLS: our CA, by name", None, None, OK, tls="good", url="https://localhost:{port}",
     env={"SSL_CERT_FILE": "{ca}"})
case("TLS: our CA through CURL_CA_BUNDLE", None, None, OK, tls="good", url=HTTPS,
     env={"CURL_CA_BUNDLE": "{ca}"})
case("TLS: unknown CA", None, None, NET, "certificate", tls="good", url=HTTPS, key=True, submissions=0)
case("TLS: unknown CA (backend named)", None, None, NET, "certificate", tls="good", url=HTTPS, key=True,
     submissions=0, args=["-b", "webui"])
case("TLS: wrong name", None, None, NET, tls="wrong", url=HTTPS, env={"SSL_CERT_FILE": "{ca}"}, key=True,
     submissions=0)
case("TLS: expired", None, None, NET, "certificate", tls="expired", url=HTTPS,
     env={"SSL_CERT_FILE": "{ca}"}, key=True, submissions=0)
case("TLS: no CA file there", None, None, {1, 4}, tls="good", url=HTTPS,
     env={"SSL_CERT_FILE": "/nonexistent.pem"})
case("TLS: a CA file that is none", None, None, {1, 4}, tls="good", url=HTTPS,
     env={"SSL_CERT_FILE": "/etc/passwd"})
case("TLS: a plain server", ACCEPT, send(http(GOOD)), NET, url=HTTPS, key=True)
case("TLS: an SSH server", ACCEPT, send(b"SSH-2.0-x\r\n"), NET, url=HTTPS)
case("TLS: silence in the handshake", ACCEPT, silence(), {8}, "in time", url=HTTPS, timeout=1)
case("TLS: closed in the handshake", ACCEPT, send(b"\x16\x03\x03"), NET, url=HTTPS)
case("TLS: an alert", ACCEPT, send(b"\x15\x03\x03\0\x02\x02\x28"), NET, url=HTTPS)
case("TLS: records without end", ACCEPT, endless(b"", b"\x16\x03\x03\x40\0" + b"\x0b" * 16384), NET, url=HTTPS)


def cut_tls(data):
    """Sends data and cuts the connection without a close_notify."""
    def act(conn, request, server):
        conn.sendall(data)
        raw = socket.socket(fileno=conn.detach())
        raw.close()
        return False
    return act


CA = {"SSL_CERT_FILE": "{ca}"}
case("TLS: half an answer without close_notify, no length", POST,
     cut_tls(http(GOOD, length=False)[:-20]), {4, 7}, tls="good", url=HTTPS, env=CA)
case("TLS: cut in the body", POST, cut_tls(http(GOOD)[:-30]), NET, tls="good", url=HTTPS, env=CA)
case("TLS: cut behind a whole answer", POST, cut_tls(http(GOOD)), OK, tls="good", url=HTTPS, env=CA)
case("TLS: redirect to http", POST, redirect(307, "http://127.0.0.1:{other}/"), NET, "redirects", tls="good",
     url=HTTPS, env=CA, key=True)

# --- a large body, and a server that does not want it -------------------------------------------


def early(data, read=0, wait=0.0, linger=None):
    """Answers while the body is still being sent, having read so much of it; then closes."""
    def act(conn, request, server):
        got = len(request.body)
        while got < read:
            got += len(conn.recv(min(65536, read - got)))
        conn.sendall(data)
        server.over.wait(wait)
        if linger is not None:
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, linger))
        return False
    return act


TOO_LARGE = http(b'{"detail":"too large"}', "413 Payload Too Large")
BIG = "big"
for n in range(4):
    case(f"413 while 20 MB are sent, nothing read ({n})", POST, early(TOO_LARGE), REFUSED,
         "answered 413.*too large", early=True, image=BIG)
    case(f"413 while 20 MB are sent, 1 MB read ({n})", POST, early(TOO_LARGE, 1 << 20), REFUSED,
         "answered 413.*too large", early=True, image=BIG)
case("413 while 20 MB are sent, kept open", POST, early(TOO_LARGE, 1 << 20, wait=2), REFUSED,
     "answered 413.*too large", early=True, image=BIG)
case("413 after 20 MB were read", POST, send(TOO_LARGE), REFUSED, "answered 413.*too large", image=BIG)
case("401 while 20 MB are sent", POST, early(http(b"{}", "401 x"), 4096), {5}, early=True, image=BIG)
case("a close while 20 MB are sent", POST, early(b"", 1 << 20), NET, "task sdctl-", early=True, image=BIG)
case("a reset while 20 MB are sent", POST, early(b"", 1 << 20, linger=0), NET, early=True, image=BIG)
case("a server that stops reading", POST, silence(), {8}, early=True, image=BIG, timeout=2)
case("a 200 while 20 MB are sent", POST, early(http(GOOD), 1 << 20, wait=0.5), {0, 4}, files=None,
     early=True, image=BIG)
case("20 MB, and no answer to Expect", POST, None, OK, image=BIG, more="no expect")
case("417", POST, send(http(b"{}", "417 x")), REFUSED)

# --- legal oddities must work -------------------------------------------------------------------


def lf_only(data):
    head, body = data.split(b"\r\n\r\n", 1)
    return head.replace(b"\r\n", b"\n") + b"\n\n" + body


def dressed(make):
    """The good answer with its picture's text dressed up."""
    return http(b'{"images":["' + make(PNG64).encode() + b'"],"parameters":{},"info":"{}"}')


for name, data in (
        ("chunks of odd sizes", chunked(cuts(GOOD, 1))), ("chunks of one byte", chunked(cuts(GOOD, 2))),
        ("a chunk extension", chunked([GOOD]).replace(b"\r\n{", b";a=b;c=\"d\"\r\n{", 1)),
        ("chunk sizes in upper case with zeros", chunked([]).replace(
            b"0\r\n\r\n", b"000%X\r\n" % len(GOOD) + GOOD + b"\r\n000\r\n\r\n")),
        ("trailers", chunked([GOOD], end=b"0\r\nX-Trailer: a\r\n\r\n")),
        ("lines that end in LF", lf_only(http(GOOD))),
        ("HTTP/1.0, ended by closing", http(GOOD, length=False).replace(b"HTTP/1.1", b"HTTP/1.0")),
        ("no length, ended by closing", http(GOOD, length=False)),
        ("Content-Length and chunked", chunked([GOOD], headers=["Content-Length: 5"])),
        ("the same Content-Length twice", http(GOOD, headers=[f"Content-Length: {len(GOOD)}"])),
        ("100 Continue before it", b"HTTP/1.1 100 Continue\r\n\r\n" + http(GOOD)),
        ("103 Early Hints before it", b"HTTP/1.1 103 x\r\nLink: </x>\r\n\r\n" * 3 + http(GOOD)),
        ("no reason", http(GOOD, "200")), ("an odd reason", http(GOOD, "200 \u00fc \u00df")),
        ("no Content-Type", http(GOOD, ctype=None)), ("Content-Type text/html", http(GOOD, ctype="text/html")),
        ("Content-Type image/png", http(GOOD, ctype="image/png")),
        ("a folded header", http(GOOD, headers=["X-A: b\r\n c"])),
        ("90 headers", http(GOOD, headers=[f"X-{i}: y" for i in range(90)])),
        ("headers in odd case", http(GOOD).replace(b"Content-Length", b"cOnTeNt-lEnGtH")),
        ("bytes behind the answer", http(GOOD) + b"extra"),
        ("spaces around it", http(b"\r\n\t " + GOOD + b"\n\n ")),
        ("pretty JSON", http(json.dumps(json.loads(GOOD), indent=4).encode())),
        ("keys in another order", http(json.dumps(dict(reversed(json.loads(GOOD).items()))).encode())),
        ("unknown members", http(answer(extra={"a": [1, 2, {"images": ["x"]}]}, images2=["x"]))),
        ("images in a member of another name", http(answer(parameters={"images": ["nope"]}))),
        ("escapes in the key", http(GOOD.replace(b'"images"', b'"\\u0069m\\u0061ges"'))),
        ("\\/ in base64", dressed(lambda t: t.replace("/", "\\/"))),
        ("\\u002f in base64", dressed(lambda t: t.replace("/", "\\u002f"))),
        ("\\u escapes everywhere", dressed(lambda t: "".join(f"\\u{ord(c):04X}" for c in t))),
        ("line ends in base64", dressed(lambda t: "\\n".join(t[i:i + 20] for i in range(0, len(t), 20)))),
        ("CRLF in base64", dressed(lambda t: "\\r\\n".join(t[i:i + 7] for i in range(0, len(t), 7)))),
        ("spaces and tabs in base64", dressed(lambda t: " \\t".join(t) + " ")),
        ("a data URI", dressed(lambda t: "data:image/png;base64," + t)),
        ("a data URI of another type", dressed(lambda t: "DATA:image/jpeg;charset=x;BASE64," + t)),
        ("1 MB of spaces", http(b" " * 1000000 + GOOD)),
        ("a ninth of a megabyte of info", http(answer(info=json.dumps({"a": "b" * 100000})))),
        ("depth 60", http(answer(x=json.loads("[" * 60 + "]" * 60)))),
        ("a long unknown string", http(answer(junk="z" * 8000000))),
        ("a picture's long echo", http(answer(parameters={"init_images": ["A" * 4000000]})))):
    case(f"works: {name}", POST, send(data), OK)
for name, data in (("one byte at a time", http(GOOD)), ("one byte at a time, chunked",
                                                        chunked(cuts(GOOD, 3)))):
    case(f"works: {name}", POST, drip(data), OK)
case("works: three bytes at a time, slowly", POST, drip(http(GOOD), 0.002, 3), OK)
case("works: closed after each answer", PROBE, send(http(b'[{"name":"Euler"}]', headers=[
    "Connection: close"])), OK)


def close_kept(conn, request, server):
    """Says keep-alive and closes."""
    conn.sendall(http(b'[{"name":"Euler"}]', close=False))
    return False


def reset_kept(conn, request, server):
    conn.sendall(http(b'[{"name":"Euler"}]', close=False))
    time.sleep(0.02)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


case("works: closed though kept alive", PROBE, close_kept, OK)
case("works: reset though kept alive", PROBE, reset_kept, OK)
case("works: closed though kept alive, twice", FACTS, close_kept, OK)
case("works: HTTP/1.0 everywhere", PROBE, send(b"HTTP/1.0 200 OK\r\n\r\n" + b'[{"name":"Euler"}]'), OK)
case("works: WebP in a .png", POST, None, OK)
case("works: 429 then 503 then well", POST, busy("429 x", "0"), OK, times=2, retries=2, submissions=3)
case("works: a URL with a path", None, None, REFUSED, "no known service", url="http://127.0.0.1:{port}/sd/")
case("works: a URL without scheme", None, None, OK, url="127.0.0.1:{port}")
case("works: a URL with a slash", None, None, OK, url="http://127.0.0.1:{port}//")


# --- running ------------------------------------------------------------------------------------

def command_of(c, url, image):
    shared = ["-e", url, "--timeout", str(c.timeout), "--retries", str(c.retries)]
    if c.command == "interrogate":
        return ["interrogate", image, *shared, *c.args]
    if c.command == "endpoint check":
        return ["endpoint", "check", *shared, *c.args]
    shared += ["-i", image, "-p", "x", "-o", "out/"]
    if c.where == FACTS:
        shared += ["-b", "webui", "--sampler", "Euler"]
    return ["img2img", *shared, *c.args]


def judge_more(c, result, server, folder):
    """Checks that only some cases need."""
    wrong = []
    if c.more == "json error":
        return wrong
    if c.more == "printable" and clean.unprintable(result.out.decode().rstrip("\n")):
        wrong.append("unprintable text on standard output")
    if c.more == "no part of the key":
        for size in (6, len(KEY) - 1):
            if KEY[7:7 + size] in result.err or KEY64[:size + 2] in result.err:
                wrong.append("a part of the key is shown")
    if c.more == "nothing" and result.out:
        wrong.append("standard output is not empty")
    if c.more == "key sent" and not all(b"Authorization: Basic " + KEY64 in head for head in server.heads):
        wrong.append("a request without the key")
    if c.more == "netrc" and any(b"uthorization" in head for head in server.heads):
        wrong.append(".netrc was used")
    if c.more == "no expect" and any(b"Expect:" in head for head in server.heads):
        wrong.append("Expect was sent")
    return wrong


def check_json_error(result):
    try:
        value = json.loads(result.err.decode("ascii"))
    except ValueError as e:
        return [f"standard error is not JSON: {e}"]
    texts = (value["message"] or "") + (value["server"] or "")
    return ["unprintable in the error"] if clean.unprintable(texts) else []


def check_good(c, result, folder):
    """A success: the document, and the picture byte for byte."""
    if c.command != "img2img":
        return [] if result.out else ["no document"]
    document = result.document()
    if not document["images"]:
        return ["no picture in the document"]
    path = os.path.join(folder.path("cwd"), document["images"][0]["path"])
    with open(path, "rb") as f:
        if c.own is not None and f.read() != c.own:
            return ["the picture is not what was sent"]
    return [] if document["status"] == "succeeded" else ["the status is not succeeded"]


def fill(text, server, other, tls):
    return text.format(port=server.port, other=other.port, ca=tls[1], slow=tls[2]) if "{" in text else text


SLOW_NAMES = b"""#include <netdb.h>
#include <unistd.h>
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **to)
{
    return (void)name, (void)service, (void)hints, (void)to, sleep(10), EAI_AGAIN;
}
"""


def slow_names(folder):
    """A library in which looking a name up takes ten seconds, or None without a compiler."""
    library = folder + "/slow.so"
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, "-x", "c", "-"], input=SLOW_NAMES, check=True,
                       stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return library


def run_case(c, tls, big):
    folder = clean.Folder()
    slow = 1.1 if c.where in (PROGRESS, STEP) else 0
    server = Server(c.where if c.act else None, c.act, c.early, c.times, slow,
                    tls[0][c.tls] if c.tls else None, c.reply, c.keep_body)
    other = Server()
    server.other = other
    server.start()
    other.start()
    try:
        env = {name: fill(value, server, other, tls) for name, value in (c.env or {}).items()}
        secrets = [KEY] if c.key else []
        if c.key:
            env["SDCTL_API_KEY"] = KEY.decode()
        if c.more == "netrc":
            with open(folder.path("home/.netrc"), "w") as f:
                f.write("machine 127.0.0.1 login a password b\n")
        url = fill(c.url or "http://127.0.0.1:{port}", server, other, tls)
        image = big if c.image else folder.write("in.png", PNG).decode()
        result = folder.run(command_of(c, url, image), env, limit=c.timeout + 20, tty=c.tty)
        if c.more == "json error":
            wrong = check_json_error(result)
            result.err = b"sdctl: x\n"
        else:
            wrong = []
        if c.tty:
            result.err = clean.PROGRESS.sub(b"", result.err) if result.status else b""
        files = c.files if result.status == 0 else 0
        wrong += clean.check(result, c.exits, c.regex, files, c.timeout, secrets, c.warnings, c.rss, c.raw)
        wrong += judge_more(c, result, server, folder)
        if result.status == 0 and not c.raw and not wrong:
            wrong += check_good(c, result, folder)
        if server.submissions > c.submissions:
            wrong.append(f"{server.submissions} submissions")
        if other.connections:
            wrong.append("another server was asked")
        if c.act and c.where != ACCEPT and not server.struck:
            wrong.append("the fault was never met")
        return wrong, result
    finally:
        server.stop()
        other.stop()
        folder.remove()


def main(args):
    verbose = "-v" in args
    names = [a for a in args if a != "-v"]
    count = clean.Count()
    shared = clean.Folder()
    try:
        tls = (*contexts(shared.path("tmp"), "openssl"), slow_names(shared.path("tmp")))
        # 20 MB that a PNG may hold: one incompressible ancillary chunk
        big = shared.write("big.png", png(extra=chunk(b"junK", random.Random(1).randbytes(15 << 20))))
        chosen = [c for c in CASES if not names or any(n in c.name for n in names)]

        def one(c):
            started = time.monotonic()
            if c.more == "slow names" and (tls[2] is None or clean.SANITIZED):
                count.skip(c.name, "it needs a compiler and a build without sanitizers")
                return
            wrong, result = run_case(c, tls, big.decode())
            count.note(c.name, wrong, result)
            if verbose:
                print(f"[{result.status}] {time.monotonic() - started:.2f} s {result.rss} KiB {c.name}: "
                      f"{result.err[:200]!r}", flush=True)

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(one, chosen))
    finally:
        shared.remove()
    return count.done()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
