"""Journals and result documents that were damaged, or that somebody else has written."""

import json
import os

import clean
from faults import EVIL, EVIL_RAW, KEY
from rawserver import PNG
from taskcase import OK, case
from taskserver import ID

HERE = "http://127.0.0.1:{port}"
ENTRY = {"key": "sdctl-0123456789abcdef", "state": "queued", "command": "img2img", "backend": "ppinfra", "endpoint": HERE,
         "url": HERE, "output": {"kind": "path", "path": "{top}/cwd/out/a.png", "base": "{top}/cwd/out/a", "force": False},
         "digest": "0" * 64, "task_id": ID, "at": "2026-11-21T12:00:00Z"}
SOME = {0, 2, 3, 4, 5, 6, 7, 8, 9}


def line(**changes):
    entry = {**ENTRY, **changes}
    return json.dumps({k: v for k, v in entry.items() if v is not ...}).encode() + b"\n"


def command(action, *words):
    return ["tasks", action, *words, "--timeout", "2", "--retries", "0"]


LIST, GET, WAIT = command("list"), command("get", ID), command("wait", ID)
ALL = command("wait", "--all")


def untouched(result, server, other, folder):
    """Nothing but the journal and pictures in out/ may have changed."""
    names = [os.fsdecode(name) for name in result.files]
    return [f"{name} changed" for name in names if name not in clean.STATE and not name.startswith(("cwd/out/", "cwd/t-1-"))]


def each(name, journal, commands=(LIST, GET, WAIT), exits=SOME, **more):
    for how in commands:
        more.setdefault("more", untouched)
        case(f"journal: {name}", "ppinfra", "none", None, exits, how=how, journal=journal, lines=True, files=more.get("files", 1)
             if how[1] == "wait" else 0, **{k: v for k, v in more.items() if k != "files"})


# --- damage: what is whole still works ----------------------------------------------------------

for name, junk in (("empty lines", b"\n\n\n"), ("text", b"hello\n"), ("escapes", EVIL_RAW.replace(b"\n", b"") + b"\n"),
                   ("half a line before", line()[:50] + b"\n"), ("a NUL", b"\0" * 5000 + b"\n"), ("an array", b"[1,2]\n"),
                   ("a number", b"5\n"), ("a line of 1 MB", b"{" + b"x" * 1000000 + b"\n"), ("brackets", b"[" * 60000 + b"\n"),
                   ("a BOM", b"\xef\xbb\xbf\n"), ("invalid UTF-8", b'{"key":"\xff"}\n'), ("no key", b'{"state":"queued","task_id":"t-1"}\n'),
                   ("a key that is none", b'{"key":5,"task_id":"t-1"}\n'), ("an empty key", b'{"key":"","task_id":"t-1"}\n'),
                   ("a key of 60 KB", json.dumps({"key": "k" * 60000, "task_id": ID}).encode() + b"\n"),
                   ("an escaped NUL", b'{"key":"a\\u0000b","task_id":"t-1"}\n'), ("doubled members", b'{"key":"a","key":"b"}\n'),
                   ("NaN", b'{"key":"a","x":NaN}\n'), ("CRLF", b"\r\n\r\n"), ("1000 broken lines", b"{\n" * 1000)):
    each(f"{name}, before", junk + line(), (LIST, WAIT), OK)
    each(f"{name}, behind", line() + junk, (WAIT,), OK)
each("half a line behind", line() + line(task_id="t-2", key="sdctl-b")[:60], exits=OK)
each("nothing", b"", (LIST, ALL), OK, files=0)
each("the task in two lines", line(task_id=...) + json.dumps({"key": ENTRY["key"], "task_id": ID}).encode() + b"\n", exits=OK)
each("17 MB", b"x" * (17 << 20) + b"\n" + line())
each("4 MB of lines", b"".join(line(key=f"sdctl-{i:016x}", task_id=f"u-{i}") for i in range(8000)) + line(), (GET, WAIT), OK)
each("10000 tasks, listed", b"".join(line(key=f"k{i}", task_id=f"u-{i}", output=..., digest=...) for i in range(10000)), (LIST,), SOME)

# --- members that are not what they were --------------------------------------------------------

for member in ENTRY:
    if member == "key":
        continue
    for value in (None, 5, {}, "", EVIL, "x" * 30000, [[{}]], ...):
        word = "missing" if value is ... else json.dumps(value)[:14]
        each(f"{member} is {word}", line(**{member: value}), (LIST, WAIT) if member != "endpoint" else (LIST, GET, WAIT), other=True)
for name, url in (("file:", "file:///etc/passwd"), ("ftp:", "ftp://127.0.0.1:{other}/"), ("userinfo", "http://a:b@127.0.0.1:{other}/"),
                  ("a query", "http://127.0.0.1:{port}/?x"), ("CRLF", "http://127.0.0.1:{port}/\r\nX: y"), ("escapes", "http://\x1b[2J/"),
                  ("an option", "--force"), ("no name", "prod"), ("climbing", "../../x"), ("a public place", "http://203.0.113.9:1/"),
                  ("20 KB", "http://127.0.0.1:{port}/" + "a" * 20000)):
    each(f"an endpoint of {name}", line(endpoint=url, url=url), (LIST, WAIT, ALL), SOME, files=0 if name != "x" else 1,
         env={"SDCTL_API_KEY": "canary-key-of-the-user"} if name == "a public place" else None)
for backend in ("webui", "fooocusapi", "fooocus-api", "nope", "../x", EVIL):
    each(f"a backend of {backend[:12]!r}", line(backend=backend), (LIST, GET, WAIT))
for task_id in ("../../../etc/passwd", "--force", "a b", "\r\nX: y", EVIL, "i" * 300, "-"):
    each(f"a task_id of {task_id[:12]!r}", line(task_id=task_id), (LIST, ALL))
    each(f"a task_id of {task_id[:12]!r}, by its key", line(task_id=task_id), (command("wait", ENTRY["key"]),))

# --- where the pictures go ----------------------------------------------------------------------


def place(path, kind="path", force=False, base=None):
    return line(output={"kind": kind, "path": path, "base": base if base is not None else path.rsplit(".", 1)[0], "force": force})


def victims(folder, server):
    """A file, a link to it, a hard link, a FIFO, a link to a folder, a link to nowhere: in out/, and
    what they lead to is outside."""
    folder.write("victim", b"precious")
    folder.write("out/own.png", b"precious")
    os.mkdir(folder.path("cwd/elsewhere"))
    os.symlink("../victim", folder.path("cwd/out/link.png"))
    os.link(folder.path("cwd/victim"), folder.path("cwd/out/hard.png"))
    os.mkfifo(folder.path("cwd/out/fifo.png"))
    os.mkdir(folder.path("cwd/out/folder.png"))
    os.symlink("nowhere", folder.path("cwd/out/dangling.png"))


def kept(result, server, other, folder):
    with open(folder.path("cwd/victim"), "rb") as f:
        wrong = [] if f.read() == b"precious" else ["the file behind a link was written"]
    with open(folder.path("cwd/out/own.png"), "rb") as f:
        wrong += [] if f.read() == b"precious" else ["a file was replaced"]
    if os.path.lexists(folder.path("cwd/out/nowhere")):
        wrong.append("a dangling link was followed")
    return wrong + untouched(result, server, other, folder)


OUT = "{top}/cwd/out/"
for name in ("link", "fifo", "folder", "dangling"):
    for force in (False, True):
        each(f"output: a {name}{', force' if force else ''}", place(f"{OUT}{name}.png", force=force), (WAIT,), {0, 9}, prepare=victims,
             more=kept)
each("output: a hard link", place(OUT + "hard.png"), (WAIT,), OK, prepare=victims, more=kept)
each("output: an existing file", place(OUT + "own.png"), (WAIT,), OK, prepare=victims, more=kept)
for name, path in (("relative", "a.png"), ("climbing", "../../a.png"), ("home", "~/a.png"), ("nothing", ""), ("an option", "--force")):
    each(f"output: {name}", place(path), (WAIT,), {3, 9}, prepare=victims, more=kept, files=0)
for name, path in (("a folder that is not there", OUT + "none/a.png"), ("a file as folder", OUT + "own.png/a.png"),
                   ("a newline", OUT + "none\n/a\nsdctl: done.png"), ("escapes", OUT + "\x1b]0;x\x07/a.png"), ("5000 letters", OUT + "a" * 5000 + ".png"),
                   ("a device", "/dev/full/a.png"), ("/proc", "/proc/self/nothing.png"), ("a name of 300 letters", OUT + "a" * 300 + ".png")):
    each(f"output: {name}", place(path), (WAIT,), {3, 9}, prepare=victims, more=kept, files=0)
each("output: a newline in the name", place(OUT + "a\nb.png"), (WAIT,), OK, prepare=victims, more=kept)
each("output: above, and down again", place(OUT + "../out/a.png"), (WAIT,), OK, prepare=victims, more=kept)
for name, base in (("relative", "x"), ("climbing", "../../x"), ("nothing", ""), ("a number", 5), ("missing", None)):
    each(f"output: a base that is {name}", line(output={"kind": "folder", "path": OUT, "base": base, "force": False}), (WAIT,), {3, 9},
         prepare=victims, more=kept, files=0)
each("output: a base elsewhere than its folder", line(output={"kind": "folder", "path": OUT, "base": OUT + "folder.png/x", "force": True}),
     (WAIT,), OK, prepare=victims, more=kept)
each("output: a kind that is none", place(OUT + "k", kind="device"), (WAIT,), OK, prepare=victims, more=untouched, files=1)
for base in ("../../x", "..", ".", "--force", "\x1b[2J", "a\nb", "a" * 5000):
    each(f"output: -o and a base of {base[:8]!r}", line(output={"kind": "path", "path": OUT + "a.png", "base": "/" + base, "force": True}),
         ([*WAIT, "-o", "out/"],), {0, 9}, prepare=victims, more=kept)

# --- the journal's own file ---------------------------------------------------------------------


def journal_is(make):
    def prepare(folder, server):
        path = folder.path("home/state/sdctl/journal.jsonl")
        os.remove(path)
        make(path, folder)
    return prepare


for name, make in (("a link", lambda path, folder: os.symlink(folder.path("cwd/elsewhere"), path)), ("a FIFO", lambda path, folder:
                   os.mkfifo(path)), ("a folder", lambda path, folder: os.mkdir(path))):
    each(f"it is {name}", b"", (LIST, GET, WAIT), {9}, prepare=journal_is(make), files=0)
    case(f"journal: it is {name}, and a task is sent", "ppinfra", "none", None, {9}, journal=b"", prepare=journal_is(make),
         submissions=0)
each("the lock is a folder", line(), (LIST, GET, WAIT), SOME, prepare=lambda folder, server: (
    os.remove(folder.path("home/state/sdctl/journal.lock")), os.mkdir(folder.path("home/state/sdctl/journal.lock"))))

# --- result documents ---------------------------------------------------------------------------

DOCUMENT = {"command": "img2img", "backend": "ppinfra", "endpoint": HERE, "status": "queued", "task_id": ID, "images": [],
            "params": {"request": {"prompt": "x"}}, "caption": None, "info": None, "warnings": [], "elapsed_ms": 5}
PASS = ["tasks", "wait", "-", "-e", HERE, "-b", "ppinfra", "-o", "out/", "--timeout", "2", "--retries", "0"]


def document(**changes):
    value = {**DOCUMENT, **changes}
    return json.dumps({k: v for k, v in value.items() if v is not ...}).encode()


def given(name, text, exits=SOME, regex=None, **more):
    more.setdefault("more", untouched)
    case(f"documents: {name}", "ppinfra", "none", None, exits, regex, how=more.pop("how", PASS), stdin=text, lines=True, **more)


given("one", document(), OK, files=1)
given("no line ends between", document() + document(status="failed", task_id="x"), OK, files=1)
for name, text in (("nothing", b""), ("spaces", b" \n \n"), ("text", b"hello"), ("a number", b"5"), ("an array", b"[]"), ("half", document()[:50]),
                   ("escapes", EVIL_RAW), ("a NUL", b"\0"), ("a NUL behind", document() + b"\0"), ("brackets", b"[" * 100000),
                   ("objects", b'{"a":' * 100000), ("a BOM", b"\xef\xbb\xbf" + document()), ("NaN", b'{"status":NaN}'),
                   ("invalid UTF-8", b'{"status":"\xff"}'), ("an escaped NUL", b'{"status":"a\\u0000"}'), ("junk behind", document() + b" x"),
                   ("a comma between", document() + b"," + document()), ("no status", document(status=...)), ("no id", document(task_id=...)),
                   ("2^63", b'{"status":"x","a":9223372036854775808}'), ("1e999", b'{"status":"x","a":1e999}')):
    given(name, text, {0, 2, 3} if name in ("nothing", "spaces") else {3}, files=0)
for member in DOCUMENT:
    for value in (None, 5, {}, "", EVIL, "x" * 100000, [[{}]]):
        given(f"{member} is {json.dumps(value)[:12]}", document(**{member: value}), files=0 if member == "status" else 1)
for name, url in (("file:", "file:///etc/passwd"), ("ftp:", "ftp://127.0.0.1:{other}/"), ("userinfo", "http://a:b@127.0.0.1:{other}/"),
                  ("escapes", "http://\x1b[2J/"), ("CRLF", HERE + "/\r\nX: y"), ("a name", "prod")):
    given(f"an endpoint of {name}", document(endpoint=url), files=0)
for task_id in ("../../../etc/passwd", "--force", "a b", "\r\nX: y", EVIL, "i" * 300):
    given(f"a task_id of {task_id[:12]!r}", document(task_id=task_id), files=1)
given("ended, with escapes everywhere", json.dumps({**DOCUMENT, "status": EVIL, "info": {EVIL: EVIL}, EVIL: [EVIL]}).encode(), OK)
given("ended, with a key", document(status="failed", info={"a": KEY.decode()}), OK)
# The key is for the service that the user names, not for one that a document names.
for name, how in (("and none is named", ["tasks", "wait", "-", *PASS[7:]]), ("and another is named", PASS)):
    given(f"an endpoint of somebody's, {name}", document(endpoint="http://127.0.0.1:{other}"), how=how, key=True, other=True, files=1)
given("10001 documents", document() * 10001, {2}, files=0)
given("2000 that have ended", document(status="failed", task_id="x") * 2000, OK, files=0)
given("17 MB", document(info="y" * (17 << 20)), SOME, files=1, rss=None)

# --- --from -------------------------------------------------------------------------------------

FROM = ["img2img", "--from", "-", "-p", "x", "-o", "out/", "-e", HERE, "-b", "fooocusapi", "--timeout", "2", "--retries", "0"]
DONE = {**DOCUMENT, "status": "succeeded", "backend": "fooocusapi", "images": [{"path": "in.png", "seed": 5}], "params": {"prompt": "x"}}


def source(name, text, exits=SOME, files=1, more=None, **rest):
    case(f"--from: {name}", "fooocusapi", "none", None, exits, how=rest.pop("how", FROM), stdin=text, files=files, **rest)


source("a document", json.dumps(DONE).encode(), OK)
for name, path in (("/dev/zero", "/dev/zero"), ("a FIFO", "{top}/cwd/out/fifo.png"), ("a folder", "/etc"), ("no picture", "/etc/passwd"),
                   ("nothing there", "{top}/none.png"), ("itself", "-"), ("escapes", EVIL), ("a number", 5), ("/proc", "/proc/self/mem"),
                   ("a URL", "http://169.254.169.254/x"), ("5000 letters", "a" * 5000), ("a broken link", "{top}/cwd/out/dangling.png")):
    source(f"a picture that is {name}", json.dumps({**DONE, "images": [{"path": path}]}).encode(), {2, 3}, prepare=victims)
for member in DONE:
    for value in (None, 5, {}, "", EVIL, [[{}]]):
        source(f"{member} is {json.dumps(value)[:12]}", json.dumps({**DONE, member: value}).encode(), {0, 2, 3, 6})
for member in ("prompt", "image_seed", "sharpness", "loras", "style_selections", "aspect_ratios_selection", "image_number", "base_model_name"):
    for value in (None, 1e300, {}, EVIL, "y" * 50000, [[{}]]):
        source(f"params.{member} is {json.dumps(value)[:12]}", json.dumps({**DONE, "params": {member: value}}).encode(), {0, 2, 3, 6})
for name, text in (("half", json.dumps(DONE).encode()[:60]), ("brackets", b"[" * 100000), ("objects", b'{"a":' * 100000), ("escapes", EVIL_RAW),
                   ("a doubled key", b'{"status":"x","status":"y"}'), ("NaN", b'{"status":"x","a":NaN}'), ("17 MB", b'{"status":"' + b"x" * (17 << 20)),
                   ("a picture without text", PNG), ("nothing", b"")):
    source(name, text, {2, 3}, files=0)
