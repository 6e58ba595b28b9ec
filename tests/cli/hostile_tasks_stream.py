"""Streams of events, of every split and size, and answers that are the picture itself."""

import base64
import json

from faults import BROKEN_PICTURES, cuts
from rawserver import PNG, chunked, drip, endless, http, half_close, reset, send, silence
from taskcase import FAILED, LATE, NET, OK, case
from taskserver import events, finished, progress

END = finished(["/outputs/1.png"])
GOOD = events(progress(), END)
PLAIN = b"data: " + json.dumps(END).encode() + b"\n\n"
CH = http(length=False, ctype="text/event-stream")
PREVIEW = "data:image/png;base64," + base64.b64encode(PNG).decode()


def stream(name, data, exits, regex=None, **more):
    act = data if callable(data) else send(http(data, ctype="text/event-stream", length=False))
    case(f"stream: {name}", "fooocusapi", "submit", act, exits, regex, how="stream", **more)


def lines(value, end):
    return b"data: " + json.dumps(value).encode() + end + end


# --- legal, however odd -------------------------------------------------------------------------

for name, data in (
        ("LF", lines(progress(), b"\n") + lines(END, b"\n")), ("CR", lines(progress(), b"\r") + lines(END, b"\r")),
        ("CRLF", lines(progress(), b"\r\n") + lines(END, b"\r\n")),
        ("mixed ends", b"data: " + json.dumps(progress()).encode() + b"\r\n\n" + lines(END, b"\r")),
        ("a BOM", b"\xef\xbb\xbf" + PLAIN), ("no final blank line", PLAIN[:-1]), ("no final line end", PLAIN[:-2]),
        ("no final line end, CR", lines(END, b"\r")[:-2]), ("no space behind the colon", PLAIN.replace(b"data: ", b"data:")),
        ("two data lines", b"data: " + json.dumps(END, indent=1).replace("\n", "\ndata: ").encode() + b"\n\n"),
        ("an empty data line", GOOD), ("comments", b": ping\n\n: \x1b[2J\n:\n" + PLAIN + b": end\n\n"),
        ("unknown fields", b"event: message\nid: 5\nretry: 10\nfoo: bar\nnocolon\n" + PLAIN),
        ("an id with a NUL", b"id: a\0b\n" + PLAIN), ("a huge retry", b"retry: 99999999999999999999\n" + PLAIN),
        ("blank lines before", b"\n\r\n\r\n\n" * 50 + PLAIN), ("an event type", b"event: progress\n" + PLAIN),
        ("noise before", b"data: not json\n\ndata: [1,2]\n\ndata: 5\n\ndata: null\n\ndata: {\n\ndata:\n\ndata\n\n" + PLAIN),
        ("invalid UTF-8 before", b"data: \xff\xfe\n\n" + PLAIN), ("unknown members", b'data: {"x":[{"images":["a"]}],"y":null}\n\n' + PLAIN),
        ("noise behind", PLAIN + b"data: not json\n\n"), ("a preview", events(progress(preview=PREVIEW), END)),
        ("a raw preview", events(progress(preview=base64.b64encode(PNG).decode()), END)),
        ("a broken preview", events(progress(preview="data:image/png;base64,!!!!"), END)),
        ("a preview that is no picture", events(progress(preview=base64.b64encode(b"hello").decode()), END)),
        ("a preview of a wrong type", events(progress(preview={"a": [1]}), END)),
        ("previews of every broken picture", events(*[progress(preview=base64.b64encode(p).decode())
                                                      for p in BROKEN_PICTURES.values()], END)),
        ("progress of wrong types", events(*[dict(progress(), progress=v, message=v) for v in (
            None, "x", [], {}, -1, 1e300, -1e300, True, 9223372036854775807)], END)),
        ("strange steps", events(*[progress(message=f"Sampling step {m}") for m in (
            "-1/-2", "99999999999999999999/1", "1/0", "/", "x/y", "5", "3/30" * 1000)], END)),
        ("1000 events", events(*[progress(i % 100) for i in range(1000)], END)),
        ("a finish of its own", PLAIN + PLAIN), ("16 MB of previews", events(*[progress(preview="A" * 1048576)] * 16, END)),
        ("100000 pings", b": ping\r\n\r\n" * 100000 + PLAIN), ("a line of 8 MB that is noise", b"data: " + b"x" * (8 << 20) + b"\n\n" + PLAIN),
        ("a comment of 8 MB", b":" + b"x" * (8 << 20) + b"\n\n" + PLAIN),
        ("a field of 8 MB", b"x" * (8 << 20) + b": y\n\n" + PLAIN)):
    stream(f"works: {name}", data, OK, timeout=20)
for n in range(4):
    stream(f"works: pieces ({n})", send(chunked(cuts(events(progress(preview=PREVIEW), progress(), END), n))), OK)
stream("works: one byte at a time", drip(CH + GOOD), OK)
stream("works: one byte at a time, CR", drip(CH + lines(progress(), b"\r") + lines(END, b"\r")), OK)
stream("works: another Content-Type", send(http(GOOD)), OK)
stream("works: pauses", drip(CH + GOOD, 0.05, 40), OK)

# --- no result ----------------------------------------------------------------------------------

for name, data in (
        ("nothing", b""), ("blank lines", b"\n\n\n\n"), ("pings", b": ping\r\n\r\n" * 3), ("progress only", events(progress())),
        ("noise only", b"data: not json\n\n"), ("arrays only", b"data: []\n\n"), ("a page", b"<html>\x1b[2J</html>\n\n"),
        ("an error event", b'event: error\r\ndata: {"detail": "CUDA out of memory"}\r\n\r\n'),
        ("a finish without pictures", events(progress(), finished([]))), ("pictures of null", events(dict(END, images=None))),
        ("pictures of numbers", events(dict(END, images=[5]))), ("pictures of a string", events(dict(END, images="/outputs/1.png"))),
        ("a finish that is cut", GOOD[:-30]), ("a finish with a doubled key", b'data: {"message":"Finished","message":"x"}\n\n'),
        ("a finish of NaN", b'data: {"message":"Finished","images":[NaN]}\n\n'), ("escapes", b"\x1b]0;x\x07\x9b31m\xe2\x80\xae" * 50),
        ("a data line of escapes", b"data: {\x1b[2J\n\n"), ("a JSON document", json.dumps(END).encode()),
        ("gzip without saying so", __import__("gzip").compress(GOOD)), ("a NUL", b"data: \0\n\n")):
    stream(name, data, FAILED)
stream("an error after the pictures", PLAIN + b'event: error\ndata: {"detail":"x"}\n\n', OK)
stream("cut in an event", send(http(GOOD, ctype="text/event-stream", length=len(GOOD))[:-20]), NET)
stream("cut between events", send(chunked([events(progress())], end=b"")), NET)
stream("a reset in it", reset(CH + events(progress())), NET)
stream("half-close in it", half_close(http(events(progress()), length=10**6)), NET)
stream("silence in it", silence(CH + events(progress())), LATE, timeout=1)
stream("pings without end", drip(CH + b": ping\n\n" * 10000, 0.1, 8), LATE, timeout=1)
stream("fast pings without end", endless(CH, b": ping\r\n\r\n"), LATE, timeout=2)
stream("events without end", endless(CH, events(progress())), {7, 8}, timeout=2)
stream("blank lines without end", endless(CH, b"\n"), LATE, timeout=2)
stream("a line without end", endless(CH, b"x"), {7, 8}, timeout=3)
stream("a comment without end", endless(CH + b":", b"x"), {7, 8}, timeout=3)
stream("a data line without end", endless(CH + b'data: {"x":"', b"x"), {7, 8}, timeout=3)
stream("data lines without end", endless(CH, b"data: x\n"), {7, 8}, timeout=3)
stream("brackets without end", endless(CH + b"data: ", b"["), {7, 8}, timeout=3)
stream("a preview without end", endless(CH + b'data: {"preview":"', b"AAAA"), {7, 8}, timeout=4)
stream("previews without end", endless(CH, events(progress(preview="A" * 100000))), LATE, timeout=2)
stream("finishes without end", endless(CH, PLAIN), {7, 8}, timeout=2)
stream("pictures without end", endless(CH + b'data: {"message":"Finished","images":["', b'/outputs/1.png","'), {7, 8}, timeout=3)
stream("10000 pictures", events(finished(["/outputs/1.png"] * 10000)), FAILED)
stream("a lost answer is not repeated", send(b""), NET, retries=3)
stream("404 of the picture", events(finished(["/none/1.png"])), FAILED, "404")

# --- the picture itself -------------------------------------------------------------------------

for kind in ("fooocusapi", "fooocus-api"):
    for name, act, exits in (("204", send(http(b"", "204 x", length=False)), FAILED), ("JSON", send(http(b"{}")), FAILED),
                             ("an array", send(http(b"[]")), FAILED), ("nothing", send(http(b"", ctype="image/png")), FAILED),
                             ("a list of results", send(http(b'[{"url":"/files/1.png"}]')), FAILED),
                             ("a picture as text/html", send(http(PNG, ctype="text/html")), OK),
                             ("a picture as JSON", send(http(PNG)), OK), ("base64", send(http(base64.b64encode(PNG))), FAILED),
                             ("a multipart picture", send(http(b"--x\r\n\r\n" + PNG, ctype="multipart/mixed; boundary=x")), FAILED),
                             ("cut", send(http(PNG, length=False)[:-9]), FAILED), ("two pictures", send(http(PNG + PNG)), FAILED),
                             ("one byte at a time", drip(http(PNG)), OK), ("pieces", send(chunked(cuts(PNG, 5))), OK),
                             ("a 201", send(http(PNG, "201 x", ctype="image/png")), FAILED),
                             ("a 206", send(http(PNG, "206 x", ctype="image/png")), FAILED),
                             ("a 500 of a picture", send(http(PNG, "500 x", ctype="image/png")), FAILED)):
        case(f"binary: {name}", kind, "submit", act, exits, how="binary")
        if name in ("cut", "nothing", "204"):
            case(f"binary to standard output: {name}", kind, "submit", act, exits, how="binary", args=["-o", "-"], more=lambda
                 result, *rest: ["standard output is not empty"] if result.out else [])
