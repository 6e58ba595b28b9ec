#!/usr/bin/env python3
"""Bad input files, names, numbers, JSON, keys and environments, each held against the clean failure;
nothing of it may reach a server.

usage: tests/cli/badfiles.py [-v] [NAME...]      SDCTL names the program (default ./sdctl)
"""

import base64
import concurrent.futures
import json
import os
import random
import shutil
import socket
import struct
import sys
import time
import zlib

sys.dont_write_bytecode = True
import clean
from rawserver import PNG, Server, answer, chunk, png

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L"
    "2u71////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4"
    "+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAXEAEAAwAAAAAAAAAA"
    "AAAAAAAAAwRh/8QAFQEBAQAAAAAAAAAAAAAAAAAAAQP/xAAZEQADAAMAAAAAAAAAAAAAAAAAAgMBERL/2gAMAwEAAhEDEQA/"
    "AJQ1MASZ87GVG5P/2Q==")
WEBP = base64.b64decode("UklGRi4AAABXRUJQVlA4TCIAAAAvB8ABAJkyRPQ/NhHR/wBhtlFJzh90ryMYjxmLCaB6oP8A")
GIF = b"GIF89a\x08\0\x08\0\0\0\0,\0\0\0\0\x08\0\x08\0\0\x02\x07\x84\x8f\xa9\xcb\xed]\0;"
EVIL = b"\x1b]0;own\x07\x1b[2J\n\r\xe2\x80\xaetxt\x9b\xff\x08"
URL = "{url}"
COUNT = clean.Count()
JOBS = []


def case(name, args, exits, regex=None, *, files=None, env=None, stdin=b"", wrapper=(), timeout=20,
         new_files=0, warnings=None, key=None, prepare=None, raw=False, contact=False, rss=None, verify=None, good=None):
    """One run in a folder with good.png, mask.png and what `files` and `prepare` put there. URL in
    args becomes a good server's. contact: whether that may be asked. good: its answer."""
    JOBS.append(lambda: run(name, args, exits, regex, files or {}, env, stdin, wrapper, timeout, new_files,
                            warnings, key, prepare, raw, contact, rss, verify, good))


def run(name, args, exits, regex, files, env, stdin, wrapper, timeout, new_files, warnings, key, prepare, raw,
        contact, rss, verify, good):
    if NAMES and not any(n in name for n in NAMES):
        return
    folder = clean.Folder()
    server = Server(good=good)
    server.start()
    opened = []
    try:
        folder.write("good.png", PNG)
        folder.write("mask.png", MASK)
        for path, data in files.items():
            folder.write(path, data)
        if prepare:
            opened = prepare(folder) or []
        url = f"http://127.0.0.1:{server.port}"
        filled = [a.replace(URL, url) if isinstance(a, str) else a for a in args]
        if callable(stdin):
            stdin = stdin(folder)
            opened.append(stdin)
        started = time.monotonic()
        result = folder.run(filled, env, stdin, limit=timeout + 20, wrapper=wrapper)
        wrong = clean.check(result, exits, regex, new_files if result.status in (0, 10) else 0, timeout,
                            [key] if key else [], warnings, rss or clean.RSS_MAX, raw)
        if not contact and server.connections:
            wrong.append("a server was asked")
        if server.submissions > 1:
            wrong.append(f"{server.submissions} submissions")
        if verify and not wrong:
            wrong += verify(result, folder, server) or []
        COUNT.note(name, wrong, result)
        if VERBOSE:
            print(f"[{result.status}] {time.monotonic() - started:.2f} s {result.rss} KiB {name}: "
                  f"{result.err[:200]!r}", flush=True)
    finally:
        for each in opened:
            if isinstance(each, int):
                os.close(each)
            elif callable(each):
                each()
        server.stop()
        folder.remove()


def mask_png(width=8, height=8, colour=0, rows=None, extra=b""):
    samples = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    if rows is None:
        rows = [[255 if 2 <= x < 5 else 0 for x in range(width) for _ in range(samples)]
                for _ in range(height)]
    data = b"".join(b"\0" + bytes(row) for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
            + extra + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


MASK = mask_png()
VERBOSE = "-v" in sys.argv[1:]
NAMES = [a for a in sys.argv[1:] if a != "-v"]
SEND = ["-e", URL, "--timeout", "3", "--retries", "0"]
IMG = ["img2img", *SEND, "-p", "x", "-o", "out/"]
INPAINT = ["inpaint", *SEND, "-p", "x", "-o", "out/", "-i", "good.png"]
DRY = ["img2img", "--dry-run", "-i", "good.png"]

# Every place where a file is named: arguments that end in the file, the status of a bad one, and
# whether "-" there is standard input.
PLACES = {
    "image": (IMG + ["-i"], 3, True),
    "second image": (IMG + ["-i", "good.png", "-i"], 3, True),
    "mask": (INPAINT + ["-m"], 3, True),
    "params": (IMG + ["-i", "good.png", "--params"], 3, True),
    "from": (IMG + ["-i", "good.png", "--from"], 3, True),
    "interrogate": (["interrogate", *SEND], 3, True),
    "mask-invert": (["mask-invert", "-o", "out/m.png"], 3, True),
    "key": (IMG + ["-i", "good.png", "--api-key-file"], 5, True),
}
JOINED = {  # the file's name is part of the argument
    "prompt": (IMG + ["-i", "good.png"], "--prompt=@{}", 3),
    "negative prompt": (IMG + ["-i", "good.png", "-p", "x"], "--negative-prompt=@{}", 3),
    "controlnet": (IMG + ["-i", "good.png"], "--controlnet=image={}", 3),
}


# --- files that are no files --------------------------------------------------------------------

def make_fifo(folder):
    os.mkfifo(folder.path("cwd/bad"))


def make_fed_fifo(folder):
    """A FIFO that somebody writes to without end."""
    path = folder.path("cwd/bad")
    os.mkfifo(path)
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    os.write(fd, PNG)
    return [fd]


def make_socket(folder):
    s = socket.socket(socket.AF_UNIX)
    s.bind(folder.path("cwd/bad"))
    return [s.close]


def make_sparse(folder):
    with open(folder.path("cwd/bad"), "wb") as f:
        f.write(PNG)
        f.truncate(20 << 30)


def make_link(target):
    def make(folder):
        os.symlink(target, folder.path("cwd/bad"))
    return make


def make_directory(folder):
    os.mkdir(folder.path("cwd/bad"))


def make_unreadable(folder):
    folder.write("bad", PNG, 0o000)
    for name in ("", "home", "cwd", "cwd/out", "tmp"):
        os.chmod(folder.path(name), 0o777)


NOBODY = (["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
          if os.geteuid() == 0 and shutil.which("setpriv") else [])
KINDS = {
    "missing": ("missing.png", None), "a folder": ("bad", make_directory), "out/": ("out/", None),
    "a FIFO that nobody writes to": ("bad", make_fifo), "a FIFO without end": ("bad", make_fed_fifo),
    "a socket": ("bad", make_socket), "/dev/zero": ("/dev/zero", None), "/dev/null": ("/dev/null", None),
    "/dev/full": ("/dev/full", None), "/proc/self/mem": ("/proc/self/mem", None),
    "/proc/self/maps": ("/proc/self/maps", None), "a sparse file of 20 GB": ("bad", make_sparse),
    "a loop of links": ("bad", make_link("bad")), "a dangling link": ("bad", make_link("nowhere")),
    "a link to /dev/zero": ("bad", make_link("/dev/zero")), "a name of 256 bytes": ("n" * 256, None),
    "a path of 5000 bytes": ("d/" * 2500, None), "below a file": ("good.png/x", None),
    "the empty file": ("empty", lambda folder: folder.write("empty", b"") and None),
}
for place, (args, status, _) in PLACES.items():
    for kind, (path, prepare) in KINDS.items():
        case(f"{place}: {kind}", [*args, path], {status}, prepare=prepare)
    case(f"{place}: the empty name", [*args, ""], {2, status})
    if NOBODY or os.geteuid() != 0:
        case(f"{place}: unreadable", [*args, "bad"], {status}, prepare=make_unreadable, wrapper=NOBODY)
for place, (args, form, status) in JOINED.items():
    for kind in ("missing", "a folder", "a FIFO without end", "/dev/zero", "a sparse file of 20 GB",
                 "/proc/self/mem"):
        path, prepare = KINDS[kind]
        case(f"{place}: {kind}", [*args, form.format(path)], {status}, prepare=prepare)


def endless_stdin(folder):
    return os.open("/dev/zero", os.O_RDONLY)


def silent_stdin(folder):
    """A pipe that is never closed nor written to."""
    r, w = os.pipe()
    SILENT.append(w)
    return r


SILENT = []
for place, (args, status, stdin) in PLACES.items():
    case(f"{place}: standard input without end", [*args, "-"], {status}, stdin=endless_stdin, timeout=10)
    case(f"{place}: standard input empty", [*args, "-"], {status})
    case(f"{place}: standard input a folder", [*args, "-"], {status},
         wrapper=["sh", "-c", 'exec "$@" </tmp', "sh"])
    case(f"{place}: standard input junk", [*args, "-"], {status}, stdin=EVIL * 300)
    case(f"{place}: standard input closed", [*args, "-"], {status},
         wrapper=["sh", "-c", 'exec "$@" <&-', "sh"])
    if place != "mask-invert":
        case(f"{place}: standard input silent", [*args, "-"], {8}, stdin=silent_stdin, timeout=3)
case("two readers of standard input", [*IMG, "-i", "-", "--params", "-"], {2}, "read once")

# --- pictures -----------------------------------------------------------------------------------


def exif(orientation, picture=JPEG):
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<HH", orientation, 0) + b"\0" * 4
    body = b"Exif\0\0" + tiff
    return picture[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + picture[2:]


def rewritten(width=8, height=8, depth=8, colour=0, compression=0, filter_=0, interlace=0):
    return PNG[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, compression, filter_,
                                                interlace)) + PNG[33:]


BROKEN = {
    "text": b"hello\n", "a page": b"<html></html>", "zeros": b"\0" * 4096, "EVIL": EVIL * 9, "GIF": GIF,
    "a BMP": b"BM" + b"\0" * 100, "signature alone": PNG[:8], "CR stripped": PNG.replace(b"\r\n", b"\n", 1),
    "no IHDR": PNG[:8] + PNG[33:], "no IDAT": PNG[:33] + PNG[-12:], "no IEND": PNG[:-12],
    "a second IHDR": PNG[:33] + PNG[8:], "width 0": rewritten(width=0), "height 0": rewritten(height=0),
    "width 2^31": rewritten(width=1 << 31), "65535 x 65535": rewritten(65535, 65535),
    "2^31-1 x 1": rewritten(2**31 - 1, 1), "1 x 2^31-1": rewritten(1, 2**31 - 1),
    "30000 x 30000": rewritten(30000, 30000), "rows that are missing": rewritten(8, 5000),
    "depth 0": rewritten(depth=0), "depth 5": rewritten(depth=5), "colour 1": rewritten(colour=1),
    "palette without PLTE": rewritten(colour=3), "compression 1": rewritten(compression=1),
    "filter 1": rewritten(filter_=1), "interlace 2": rewritten(interlace=2),
    "IDAT is no zlib": PNG[:33] + chunk(b"IDAT", b"hello world") + PNG[-12:],
    "IDAT empty": PNG[:33] + chunk(b"IDAT", b"") + PNG[-12:],
    "a chunk of 2^31": PNG[:33] + struct.pack(">I", 1 << 31) + b"tEXt" + PNG[33:],
    "a chunk longer than the file": PNG[:33] + struct.pack(">I", 1 << 30) + b"tEXt" + PNG[33:],
    "a bad chunk name": PNG[:33] + chunk(b"\x1b[2J", b"") + PNG[33:],
    "an unknown critical chunk": PNG[:33] + chunk(b"ABCD", b"x") + PNG[33:],
    "JPEG: start alone": JPEG[:2], "JPEG: half": JPEG[:150], "JPEG: no scan": JPEG[:20] + JPEG[-2:],
    "JPEG: a segment too long": JPEG[:2] + b"\xff\xe0\xff\xff" + JPEG[4:],
    "JPEG: 0 x 0": JPEG.replace(b"\xff\xc0\0\x11\x08\0\x08\0\x08", b"\xff\xc0\0\x11\x08\0\0\0\0"),
    "WebP: half": WEBP[:30], "WebP: RIFF too long": WEBP[:4] + b"\xff\xff\xff\x7f" + WEBP[8:],
    "WebP: a chunk too long": WEBP[:16] + b"\xff\xff\xff\x0f" + WEBP[20:],
}
for name, data in BROKEN.items():
    for place in ("image", "interrogate", "mask", "mask-invert"):
        if place in ("mask", "mask-invert") and name == "a second IHDR":
            continue  # libpng's affair
        args, status, _ = PLACES[place]
        loose = {3} if not name.startswith(("IDAT", "an unknown critical", "palette", "rows")) or place.startswith(
            "mask") else {0, 3, 7}
        if name == "WebP: RIFF too long":
            loose = {0, 3}  # the decoder does not look at it
        case(f"{place}: {name}", [*args, "bad"], loose, files={"bad": data}, contact=3 not in loose or len(loose) > 1,
             new_files=0 if place == "interrogate" else 1)


def text_bomb():
    return png(extra=chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"x" * 60_000_000, 9)))


def pixel_bomb():
    """16384 x 16384 of grey in 260 KB: what unpacks to 256 MiB."""
    z = zlib.compressobj(9)
    row = b"\0" * 16385
    data = b"".join(z.compress(row) for _ in range(16384)) + z.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16384, 16384, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", data) + chunk(b"IEND", b""))


PIXEL_BOMB = pixel_bomb()
case("image: a text bomb", [*IMG, "-i", "bad"], {0}, files={"bad": text_bomb()}, contact=True, new_files=1)
case("from: a text bomb", [*IMG, "--from", "bad"], {0, 3}, files={"bad": text_bomb()}, contact=True, new_files=1)
case("image: 256 MiB of pixels", ["img2img", "--dry-run", "-i", "bad"], {0}, files={"bad": PIXEL_BOMB}, raw=False)
case("mask: 256 MiB of pixels", [*INPAINT, "-m", "bad"], {3}, files={"bad": PIXEL_BOMB}, timeout=60)
for name, data in (("a JPEG", JPEG), ("a WebP", WEBP)):  # 3 where the build has no decoder for it
    case(f"mask: {name}", [*INPAINT, "-m", "bad"], {0, 3}, files={"bad": data}, contact=True, new_files=1)
    case(f"mask-invert: {name}", ["mask-invert", "bad", "-o", "out/m.png"], {0, 3}, files={"bad": data}, new_files=1)
case("mask: a GIF", [*INPAINT, "-m", "bad"], {3}, files={"bad": GIF})
case("mask: of another size", [*INPAINT, "-m", "bad"], {3}, "8x8", files={"bad": mask_png(9, 8)})
case("mask: much larger", [*INPAINT, "-m", "bad"], {3}, files={"bad": mask_png(500, 500)})
case("mask: black", [*INPAINT, "-m", "bad"], {3}, "black", files={"bad": mask_png(rows=[[0] * 8] * 8)})
case("mask: white, inverted", [*INPAINT, "-m", "bad", "--invert-mask"], {3}, "black|nothing",
     files={"bad": mask_png(rows=[[255] * 8] * 8)})
case("mask: alpha that could mean either", [*INPAINT, "-m", "bad"], {2, 3}, "--mask-from",
     files={"bad": mask_png(colour=6, rows=[[0, 0, 0, 0] * 4 + [255, 255, 255, 255] * 4] * 8)})
case("mask: grey and alpha", [*INPAINT, "-m", "bad"], {2, 3}, "--mask-from",
     files={"bad": mask_png(colour=4, rows=[[0, 0] * 4 + [255, 255] * 4] * 8)})
case("mask: alpha all opaque", [*INPAINT, "-m", "bad"], {0}, contact=True, new_files=1,
     files={"bad": mask_png(colour=6, rows=[[0, 0, 0, 255] * 5 + [255, 255, 255, 255] * 3] * 8)})
case("mask: none", INPAINT, {2}, "no mask", contact=True)
for n in range(1, 9):
    case(f"image: EXIF orientation {n}", [*IMG, "-i", "bad"], {0, 3}, files={"bad": exif(n)}, contact=True,
         new_files=1)
for n in (0, 9, 65535):
    case(f"image: EXIF orientation {n}", [*IMG, "-i", "bad"], {0, 3}, files={"bad": exif(n)}, contact=True,
         new_files=1)
case("image: EXIF that points outside", [*IMG, "-i", "bad"], {0, 3}, contact=True, new_files=1,
     files={"bad": exif(1).replace(b"II*\0\x08\0\0\0", b"II*\0\xf0\xff\xff\xff")})
case("image: EXIF with 65535 entries", [*IMG, "-i", "bad"], {0, 3}, contact=True, new_files=1,
     files={"bad": exif(1).replace(b"II*\0\x08\0\0\0\x01\0", b"II*\0\x08\0\0\0\xff\xff")})


def cut_places():
    for place in ("image", "mask", "mask-invert"):
        args, status, _ = PLACES[place]
        data = MASK if place != "image" else PNG
        for n in range(len(data)):
            case(f"{place}: cut after {n} of {len(data)} bytes", [*args, "bad"], {3}, files={"bad": data[:n]})
        r = random.Random(7)
        for n in range(0, len(data), 2 if clean.SANITIZED else 1):
            flipped = bytearray(data)
            flipped[n] ^= 1 << r.randrange(8)
            case(f"{place}: a bit of byte {n} turned", [*args, "bad"], {3}, files={"bad": bytes(flipped)})
    for name, data in (("JPEG", JPEG), ("WebP", WEBP)):
        for n in range(0, len(data), 3):
            case(f"image: {name} cut after {n}", [*IMG, "-i", "bad"], {3}, files={"bad": data[:n]})


cut_places()

# --- names --------------------------------------------------------------------------------------

for name, path in (("a line end", b"a\nb.png"), ("escapes", b"\x1b]0;x\x07\x1b[2J.png"), ("EVIL", EVIL + b".png"),
                   ("a dash", b"-x.png"), ("a dash and a letter", b"-e.png"), ("spaces", b" a b .png"),
                   ("invalid UTF-8", b"\xff\xfe.png"), ("C1", b"\xc2\x9b31m.png"), ("bidi", "\u202egnp.png".encode()),
                   ("a quote", b"'\"`$(id).png"), ("percent", b"%s%n%x.png"), ("255 bytes", b"n" * 251 + b".png"),
                   ("255 bytes of UTF-8", "\u00e9".encode() * 125 + b".png"), ("dots", b"...png"), ("hidden", b".png"),
                   ("a backslash", b"a\\b.png"), ("an at sign", b"@x.png"), ("an equals sign", b"a=b.png"),
                   ("a colon", b"http:x.png"), ("a star", b"*.png"), ("UTF-16", "\u4e2d\u6587.png".encode())):
    case(f"name with {name}: works", [*IMG, "-i", b"./" + path], {0}, files={path: PNG}, contact=True, new_files=1,
         warnings=None)
    case(f"name with {name}: works without ./", [*IMG, "-i", path], {0}, files={path: PNG}, contact=True,
         new_files=1)
    case(f"name with {name}: missing", [*IMG, "-i", b"./no" + path[:200]], {3})
    case(f"name with {name}: broken", [*IMG, "-i", b"./" + path], {3}, files={path: b"x"})
    case(f"name with {name}: as a mask", [*INPAINT, "-m", b"./" + path], {3}, files={path: b"x"})
    case(f"name with {name}: as parameters", [*IMG, "-i", "good.png", "--params", b"./" + path], {3},
         files={path: EVIL})
    case(f"name with {name}: as the output", [*IMG[:-2], "-i", "good.png", "-o", b"out/" + path[:240]], {0, 2, 9},
         contact=True, new_files=1)
    case(f"name with {name}: as an output that exists", [*IMG[:-2], "-i", "good.png", "-o", b"./" + path], {2, 9},
         files={path: b"old"})
    case(f"name with {name}: as an output folder that is missing",
         [*IMG[:-2], "-i", "good.png", "-o", b"no/" + path[:200] + b"/"], {9})

# --- numbers ------------------------------------------------------------------------------------

NOT_NUMBERS = ["", " ", "ten", "1 0", "1,5", "0,5", "1.5.2", "--5", "+-5", "0x10", "1e", "e5", "1e+", ".", "-", "+",
               "-.", "nan", "NaN", "inf", "-inf", "Infinity", "1_000", "1'000", "\u0661", "\uff11", "1 ", " 1", "\t1",
               "1\n", "1\0x".replace("\0", "%00"), "1;", "1/2", "50%", "true", "null", "[]", "{}", "'1'", '"1"',
               "1e999", "-1e999", "9" * 400, "-" + "9" * 400, "1e-999x", "0b1", "0o7", "1f", "1d", "1L", "\u221e",
               "\u00bd", "0x1p3", "1e5e5", "\x1b[2J", "5\x1b[2J", "5\u202e", "\ufeff5", "$5", "5px"]
WHOLE = ["--steps", "--seed", "--count", "--clip-skip", "--width"]
for i, value in enumerate(NOT_NUMBERS):
    options = ["--strength", "--cfg-scale", WHOLE[i % len(WHOLE)], "--timeout"]
    for option in options:
        case(f"{option} {value[:20]!r}", ["img2img", "--dry-run", "-i", "good.png", f"{option}={value}"], {2})
for option, value in (("--strength", "1.5"), ("--strength", "-0.1"), ("--strength", "1.0000001"), ("--steps", "ten"),
                      ("--steps", "0"), ("--steps", "-1"), ("--steps", "1.5"), ("--steps", "20.0"), ("--steps", "1e3"),
                      ("--steps", "99999999999"), ("--steps", "9223372036854775808"), ("--seed", "-2"),
                      ("--seed", "18446744073709551616"), ("--count", "0"), ("--count", "1000000000"),
                      ("--cfg-scale", "-1"), ("--cfg-scale", "1e300"), ("--clip-skip", "0"), ("--clip-skip", "99"),
                      ("--size", "512"), ("--size", "x512"), ("--size", "512x"), ("--size", "0x512"),
                      ("--size", "512x512x512"), ("--size", "512X512x"), ("--size", "1e3x512"), ("--size", "-5x5"),
                      ("--size", "99999999999999999999x5"), ("--timeout", "0"), ("--timeout", "-1"),
                      ("--timeout", "1e300"), ("--retries", "-1"), ("--retries", "1.5"), ("--retries", "1e9"),
                      ("--resize", "stretch"), ("--resize", ""), ("--backend", "x"), ("--backend", "\x1b[2J"),
                      ("--lora", ""), ("--outpaint", "left"), ("--outpaint", "left=x"), ("--outpaint", "up=5"),
                      ("--outpaint", "left=-5"), ("--outpaint", "left=99999999999"), ("--outpaint", "left=64,left=64"),
                      ("--loopback", "0"), ("--set", "x"), ("--set", "=1"), ("--set", "x=\xff"),
                      ("--set", "a.b..c=1"), ("--set", ".=1"), ("--set", "k" * 300 + "=1"), ("--set", "steps=ten"),
                      ("--set", "steps=1.5"), ("--set", "denoising_strength=2"), ("--set", "no_such=1"),
                      ("--set", "init_images.x=1"), ("--error-format", "xml"), ("--controlnet", "x"),
                      ("--controlnet", "=x"), ("--controlnet", "image"), ("--no-such\x1b[2J", "1"),
                      ("--" + "x" * 5000, "1"), ("--prompt", "\udcff"), ("--script-arg", "1"), ("--seed", "")):
    arg = f"{option}={value}".encode("utf-8", "surrogateescape")
    case(f"{option[:30]} {value[:20]!r}", ["img2img", "--dry-run", "-i", "good.png", arg], {2})
for option, value in (("--threshold", "256"), ("--threshold", "-1"), ("--mask-blur", "-1"), ("--mask-blur", "1.5"),
                      ("--padding", "x"), ("--fill", "x"), ("--area", "x"), ("--mask-from", "x"), ("--grow", "-1"),
                      ("--shrink", "x"), ("--sketch-opacity", "2")):
    case(f"inpaint {option} {value}", ["inpaint", "--dry-run", "-i", "good.png", "-m", "mask.png", f"{option}={value}"],
         {2})
case("an argument of 100 KB", ["img2img", "--dry-run", "-i", "good.png", "--size=" + "9" * 100000], {2})
case("a command of escapes", [b"\x1b[2J\n\xff"], {2})
case("a command of 10 KB", ["x" * 10000], {2})
case("a command outside", ["x/../evil"], {2})


def says_half(result, folder, server):
    body = json.loads(result.out)
    return [] if body["denoising_strength"] == 0.5 and b"0.5" in result.out else ["0.5 is not 0.5"]


for name, env in (("de_DE.UTF-8", {"LC_ALL": "de_DE.UTF-8"}), ("LC_NUMERIC", {"LC_NUMERIC": "de_DE.UTF-8", "LC_ALL": None}),
                  ("LANG=C", {"LANG": "C", "LC_ALL": None}), ("junk", {"LC_ALL": "\x1b[2J", "LANGUAGE": "xx"}),
                  ("none", {"LC_ALL": None, "LANG": None})):
    case(f"0.5 stays 0.5: {name}", [*DRY, "--strength", "0.5", "--cfg-scale", "7.25"], {0}, env=env, verify=says_half)

# --- JSON files ---------------------------------------------------------------------------------


def json_files():
    """160 texts that are no JSON object, or not one to accept: name -> bytes."""
    good = b'{"steps":20}'
    texts = {
        "empty": b"", "a space": b" ", "a NUL": b"\0", "a BOM alone": b"\xef\xbb\xbf", "a BOM": b"\xef\xbb\xbf" + good,
        "UTF-16": good.decode().encode("utf-16"), "UTF-16 BE": good.decode().encode("utf-16-be"),
        "UTF-32": good.decode().encode("utf-32"), "Latin-1": b'{"prompt":"\xe9"}',
        "EVIL": EVIL, "EVIL in a brace": b"{" + EVIL + b"}", "EVIL as a key": b'{"' + EVIL + b'":1}',
        "binary": bytes(range(256)), "null": b"null", "true": b"true", "a number": b"5", "a string": b'"x"',
        "an array": b"[]", "an array of it": b"[" + good + b"]", "two": good + good, "two lines": good + b"\n" + good,
        "junk behind": good + b"x", "a bracket behind": good + b"}", "a comma behind": good + b",",
        "a NUL behind": good + b"\0", "open": b"{", "open key": b'{"steps', "open value": b'{"steps":', "no value":
        b'{"steps":}', "no key": b"{:1}", "no colon": b'{"steps" 20}', "no comma": b'{"steps":20 "seed":1}',
        "two commas": b'{"steps":20,,"seed":1}', "a comma at the end": b'{"steps":20,}', "single quotes": b"{'steps':20}",
        "no quotes": b"{steps:20}", "a comment": b"/* x */" + good, "a line comment": good + b"// x",
        "a hash comment": b"# x\n" + good, "NaN": b'{"cfg_scale":NaN}', "Infinity": b'{"cfg_scale":Infinity}',
        "-Infinity": b'{"cfg_scale":-Infinity}', "1e999": b'{"cfg_scale":1e999}', "2^63": b'{"seed":9223372036854775808}',
        "-2^63-1": b'{"seed":-9223372036854775809}', "01": b'{"steps":01}', "+1": b'{"steps":+1}', ".5": b'{"cfg_scale":.5}',
        "5.": b'{"cfg_scale":5.}', "0x10": b'{"steps":0x10}', "1e": b'{"cfg_scale":1e}', "--1": b'{"seed":--1}',
        "a doubled key": b'{"steps":20,"steps":30}', "a doubled key, escaped": b'{"steps":20,"st\\u0065ps":30}',
        "a doubled key, deep": b'{"override_settings":{"a":1,"a":2}}', "invalid UTF-8": b'{"prompt":"\xff"}',
        "overlong": b'{"prompt":"\xc0\xaf"}', "a surrogate": b'{"prompt":"\xed\xa0\x80"}',
        "a lone surrogate": b'{"prompt":"\\ud800"}', "a lone low one": b'{"prompt":"\\udc00"}',
        "a broken pair": b'{"prompt":"\\ud800\\u0041"}', "an escaped NUL": b'{"prompt":"a\\u0000b"}',
        "a NUL in a key": b'{"a\\u0000b":1}', "a raw NUL": b'{"prompt":"a\0b"}', "a raw line end": b'{"prompt":"a\nb"}',
        "a raw tab": b'{"prompt":"a\tb"}', "a raw escape": b'{"prompt":"\x1b"}', "an unknown escape": b'{"prompt":"\\x"}',
        "a broken \\u": b'{"prompt":"\\u12"}', "an open string": b'{"prompt":"abc', "an open escape": b'{"prompt":"abc\\',
        "depth 65": b'{"override_settings":' + b"[" * 65 + b"]" * 65 + b"}", "depth 3000": b'{"x":' + b"[" * 3000 + b"]" * 3000
        + b"}", "depth 500000": b"[" * 500000, "depth 500000 of objects": b'{"a":' * 500000, "2 M numbers": b'{"x":['
        + b"1," * 2000000 + b"1]}", "300 k keys": b"{" + b",".join(b'"k%d":1' % i for i in range(300000)) + b"}",
        "a key of 5 MB": b'{"' + b"k" * 5000000 + b'":1}', "1 M digits": b'{"seed":' + b"1" * 1000000 + b"}",
        "1 M digits behind a point": b'{"cfg_scale":0.' + b"1" * 1000000 + b"x}",
        "brackets": b"[}", "brackets the other way": b"{]", "closed twice": b"{}}", "tRUE": b'{"tiling":tRUE}', "True":
        b'{"tiling":True}', "nul": b'{"x":nul}', "trailing backslash": b"{}\\", "a quote": b'"', "many quotes": b'"' * 1000,
        "YAML": b"steps: 20\n", "INI": b"[x]\nsteps=20\n", "XML": b"<steps>20</steps>", "a page": b"<html></html>",
        "a form feed": b"\f" + good, "a vertical tab": b"\v" + good, "a no-break space": b"\xc2\xa0" + good,
        "a line separator": b"\xe2\x80\xa8" + good,
    }
    wrong_types = [None, True, "x", [], {}, 1.5, -1, 10**15]
    names = ["steps", "cfg_scale", "seed", "prompt", "width", "denoising_strength", "init_images", "mask",
             "override_settings", "styles", "tiling", "sampler_name"]
    i = 0
    while len(texts) < 160:
        name, value = names[i % len(names)], wrong_types[(i * 5 + i // len(names)) % len(wrong_types)]
        text = json.dumps({name: value}).encode()
        texts[f"{name} = {json.dumps(value)}"] = text
        i += 1
    return texts


SYNTAX = json_files()
for name, text in SYNTAX.items():
    typed = " = " in name
    exits = {0, 2, 3} if typed else {3}
    exits = exits | ({2} if name == "a key of 5 MB" else set())
    case(f"--params: {name}", ["img2img", "--dry-run", "-i", "good.png", "--params", "bad.json"], exits,
         files={"bad.json": text}, timeout=10)
    if not typed:
        case(f"--from: {name}", ["img2img", "--dry-run", "-i", "good.png", "--from", "bad.json"], {3},
             files={"bad.json": text}, timeout=10)

        def with_config(folder, text=text):
            os.makedirs(folder.path("home/.config/sdctl"))
            with open(folder.path("home/.config/sdctl/config.json"), "wb") as f:
                f.write(text)
            os.chmod(folder.path("home/.config/sdctl/config.json"), 0o600)

        case(f"config.json: {name}", ["endpoint", "list"], {3}, prepare=with_config, timeout=10)


def config(value, mode=0o600, raw=None):
    def prepare(folder):
        os.makedirs(folder.path("home/.config/sdctl"))
        path = folder.path("home/.config/sdctl/config.json")
        with open(path, "wb") as f:
            f.write(raw if raw is not None else json.dumps(value).encode())
        os.chmod(path, mode)
    return prepare


def endpoint(**entry):
    return {"default": "x", "endpoints": {"x": {"url": "http://127.0.0.1:1", **entry}}}


NAMED = ["img2img", "-e", "x", "-i", "good.png", "-p", "x", "-o", "out/", "--timeout", "3", "--retries", "0"]
for name, value, exits in (
        ("no endpoints", {}, {3}), ("endpoints an array", {"endpoints": []}, {3}),
        ("endpoint a string", {"endpoints": {"x": "http://127.0.0.1:1"}}, {3}),
        ("no URL", {"endpoints": {"x": {}}}, {3}), ("URL a number", {"endpoints": {"x": {"url": 5}}}, {3}),
        ("URL with a password", {"endpoints": {"x": {"url": "http://canary:s3cr3t@127.0.0.1:1"}}}, {2, 3}),
        ("URL of escapes", {"endpoints": {"x": {"url": "http://\x1b[2J/"}}}, {2, 3}),
        ("URL file:", {"endpoints": {"x": {"url": "file:///etc/passwd"}}}, {2, 3}),
        ("unknown backend", endpoint(backend="\x1b[2J"), {2, 3}), ("backend a number", endpoint(backend=5), {2, 3, 4}),
        ("key a string", endpoint(key="canary:s3cr3t"), {5}), ("key file missing", endpoint(key={"file": "/no"}), {5}),
        ("key file a number", endpoint(key={"file": 5}), {5}), ("key variable not set", endpoint(key={"env": "NOPE"}), {5}),
        ("key command fails", endpoint(key={"command": "exit 3"}), {5}),
        ("key command is missing", endpoint(key={"command": "/no/such 2>/dev/null"}), {5}),
        ("key command killed", endpoint(key={"command": "kill -9 $$"}), {5}),
        ("key command prints escapes", endpoint(key={"command": "printf 'a:\\033[2J'"}), {5}),
        ("key command prints without end", endpoint(key={"command": "yes 2>/dev/null"}), {5}),
        ("key command prints nothing", endpoint(key={"command": "true"}), {5}),
        ("key command hangs", endpoint(key={"command": "exec sleep 20"}), {8}),
        ("key command hangs behind", endpoint(key={"command": "sleep 20 2>/dev/null & echo a:b"}), {8}),
        ("key command ends its output and hangs", endpoint(key={"command": "echo a:b; exec sleep 20 >/dev/null"}), {8}),
        ("key an empty object", endpoint(key={}), {5}),
        ("key command reads standard input", endpoint(key={"command": "cat"}), {5}),
        ("key command cannot see the variable", endpoint(key={"command": "printf 'x:%s' \"$SDCTL_API_KEY\""}), {4})):
    case(f"config.json: {name}", NAMED, exits, prepare=config(value), key=b"s3cr3t", timeout=3)
case("config.json: others can write it", NAMED, {3}, "chmod", prepare=config(endpoint(), 0o666))
case("config.json: a folder", NAMED, {3}, prepare=lambda f: os.makedirs(f.path("home/.config/sdctl/config.json")))
case("config.json: a FIFO", NAMED, {3}, prepare=lambda f: (os.makedirs(f.path("home/.config/sdctl")),
                                                          os.mkfifo(f.path("home/.config/sdctl/config.json")))[2:])
case("config.json: 5 MiB", NAMED, {3}, prepare=config(None, raw=b" " * (5 << 20)))
case("a URL needs no config.json", [*IMG, "-i", "good.png"], {0}, prepare=config(None, raw=b"{"), contact=True,
     new_files=1)
case("no such endpoint", ["img2img", "-e", "nope", "-i", "good.png"], {2}, prepare=config(endpoint()))
case("endpoint add with a password", ["endpoint", "add", "y", "http://canary:s3cr3t@h"], {2}, key=b"s3cr3t")
for name in ("../x", "-x", "", "a b", "\x1b[2J", "x" * 65, ".x", "a/b", "\u00e9"):
    case(f"endpoint add {name[:10]!r}", ["endpoint", "add", "--", name, "http://h"], {2})
case("--from: the document of another", ["img2img", "--dry-run", "-i", "good.png", "--from", "d"], {0, 3}, files={
    "d": json.dumps({"status": "succeeded", "backend": "nope", "params": {"prompt": "x"}, "images": 5}).encode()})
case("--from: a picture that is a device", [*IMG, "--from", "d"], {3}, files={
    "d": json.dumps({"status": "succeeded", "backend": "webui", "images": [{"path": "/dev/zero"}]}).encode()})
case("--from: a picture that is standard input", [*IMG, "--from", "d"], {2, 3}, files={
    "d": json.dumps({"status": "succeeded", "backend": "webui", "images": [{"path": "-"}]}).encode()}, stdin=silent_stdin, contact=True)
case("--from: a prompt that names a file", [*DRY, "--from", "d"], {0}, files={
    "d": json.dumps({"status": "succeeded", "backend": "webui", "caption": "@/etc/passwd"}).encode()},
    verify=lambda r, f, s: [] if b"root:" not in r.out else ["a file was read"])
case("--from: wrong types inside", [*DRY, "--from", "d"], {0, 2, 3}, files={
    "d": json.dumps({"status": "succeeded", "backend": "webui", "params": {"prompt": 5, "steps": "x", "seed": [],
                                                                             "override_settings": 3}}).encode()})
for name, text in (("NUL", b"a\0b"), ("invalid UTF-8", b"\xff"), ("UTF-16", "cat".encode("utf-16")),
                   ("1 MiB and a byte", b"x" * ((1 << 20) + 1))):
    case(f"prompt file: {name}", ["img2img", "--dry-run", "-i", "good.png", "-p", "@bad"], {3}, files={"bad": text})
for name, text in (("1 MiB", b"x" * (1 << 20)), ("escapes", b"\x1b[2J\xe2\x80\xae"), ("lines", b"a\r\nb\n"), ("a BOM", b"\xef\xbb\xbfcat")):
    case(f"prompt file: {name}", ["img2img", "--dry-run", "-i", "good.png", "-p", "@bad"], {0}, files={"bad": text},
         raw=True)

# --- keys ---------------------------------------------------------------------------------------

KEYED = [*IMG, "-i", "good.png", "--api-key-file", "k"]
for name, data in (("empty", b""), ("a line end alone", b"\n"), ("CR LF alone", b"\r\n"), ("CR inside", b"user:s3cr\r3t"),
                   ("LF inside", b"user:\ns3cr3t"), ("two lines", b"user:s3cr3t\nX: y\n"), ("two line ends", b"user:s3cr3t\n\n"),
                   ("a NUL", b"user:\0s3cr3t"), ("an escape", b"user:\x1b[2Js3cr3t"), ("a space", b"user: s3cr3t"),
                   ("a space in front", b" user:s3cr3t"), ("a tab", b"user:\ts3cr3t"), ("UTF-8", b"user:s3cr3t\xc3\xa9"),
                   ("0xff", b"user:s3cr3t\xff"), ("DEL", b"user:s3cr3t\x7f"), ("5 KiB", b"user:" + b"s3cr3t" * 860),
                   ("4097 bytes", b"user:" + b"x" * 4092), ("no colon", b"s3cr3t"), ("20 MB", b"x" * 20000000)):
    keyed = KEYED + (["-b", "webui"] if name == "no colon" else [])
    case(f"key file: {name}", keyed, {5}, files={"k": data}, key=b"s3cr3t")
for name, data in (("plain", b"user:s3cr3t"), ("with LF", b"user:s3cr3t\n"), ("with CR LF", b"user:s3cr3t\r\n"),
                   ("4096 bytes", b"user:" + b"x" * 4091), ("an empty password", b"user:"), ("two colons", b"user:s3:cr3t")):
    case(f"key file: {name}", KEYED, {0}, files={"k": data}, key=b"s3cr3t", contact=True, new_files=1, warnings=0)


def mode(bits):
    return lambda folder: folder.write("k", b"user:s3cr3t\n", bits) and None


case("key file: group may write", KEYED, {5}, "others can write", prepare=mode(0o660), key=b"s3cr3t")
case("key file: all may write", KEYED, {5}, "others can write", prepare=mode(0o602), key=b"s3cr3t")
case("key file: group may read", KEYED, {0}, "warning", prepare=mode(0o640), key=b"s3cr3t", contact=True, new_files=1,
     warnings=1)
case("key file: mode 400", KEYED, {0}, prepare=mode(0o400), key=b"s3cr3t", contact=True, new_files=1, warnings=0)
case("key on standard input", [*IMG, "-i", "good.png", "--api-key-file", "-"], {0}, stdin=b"user:s3cr3t\n", key=b"s3cr3t",
     contact=True, new_files=1)
case("a key as an argument", [*IMG, "-i", "good.png", "--api-key", "user:s3cr3t"], {2}, key=b"s3cr3t")
case("a key as an argument, joined", [*IMG, "-i", "good.png", "--api-key=user:s3cr3t"], {2}, key=b"s3cr3t")
for value in ("user:s3cr3t\n\n", "user:\ts3cr3t", "\x1b[2J:s3cr3t", "s3cr3t"):
    case(f"SDCTL_API_KEY {value[:8]!r}", [*IMG, "-i", "good.png", "-b", "webui"], {5}, env={"SDCTL_API_KEY": value}, key=b"s3cr3t")
case("the key is not in a dry run", [*DRY, "-e", URL, "-v", "--api-key-file", "k"], {0, 3, 5}, files={"k": b"user:s3cr3t"},
     key=b"s3cr3t")

# --- the environment ----------------------------------------------------------------------------


def shell(text):
    return ["sh", "-c", text + '; exec "$@"', "sh"]


WORKS = [*IMG, "-i", "good.png"]
for name, env in (("no HOME", {"HOME": None}), ("HOME relative", {"HOME": "home"}), ("HOME missing", {"HOME": "/no"}),
                  ("no PATH", {"PATH": ""}), ("LANG=C", {"LC_ALL": "C"}), ("TERM junk", {"TERM": "\x1b"}),
                  ("XDG junk", {"XDG_CONFIG_HOME": "relative", "XDG_STATE_HOME": "\x1b"}),
                  ("TMPDIR missing", {"TMPDIR": "/no"}), ("SDCTL_ENDPOINT empty", {"SDCTL_ENDPOINT": ""}),
                  ("empty", {k: None for k in ("HOME", "PATH", "LC_ALL", "TMPDIR", "XDG_STATE_HOME")})):
    case(f"environment: {name}", WORKS, {0}, env=env, contact=True, new_files=1)
case("environment: no HOME, and a name", NAMED, {1, 2}, env={"HOME": None, "XDG_CONFIG_HOME": None})
for value in ("http://127.0.0.1:1/\udcff", "http://127.0.0.1:1/\u202e", "\udcff", "\x1b[2J", "http://"):
    case(f"environment: SDCTL_ENDPOINT {value!a}", ["img2img", "-i", "good.png", "--timeout", "3", "--retries", "0"],
         {2, 4}, env={"SDCTL_ENDPOINT": value})
    case(f"environment: SDCTL_ENDPOINT {value!a}, explain", ["img2img", "-i", "good.png", "--explain"], {0, 2},
         env={"SDCTL_ENDPOINT": value})
case("environment: SDCTL_BACKEND junk", WORKS, {2}, env={"SDCTL_BACKEND": "\x1b[2J"})
for name, value in (("missing", "/no"), ("a file", "/etc/passwd"), ("relative", "tmp"), ("5000 bytes", "/" + "x" * 5000), ("escapes", "/\x1b[2J")):
    case(f"TMPDIR {name}: standard input", [*IMG, "-i", "-"], {0, 9}, env={"TMPDIR": value}, stdin=PNG, contact=True,
         new_files=1)
    case(f"TMPDIR {name}: a mask", [*INPAINT, "-m", "mask.png"], {0, 9}, env={"TMPDIR": value}, contact=True, new_files=1)
    case(f"TMPDIR {name}: to standard output", [*IMG[:-2], "-i", "good.png", "-o", "-"], {0, 9}, env={"TMPDIR": value},
         contact=True, raw=True)
LARGE = answer([base64.b64encode(png(extra=chunk(b"junK", random.Random(2).randbytes(900000)))).decode()])
for n in (5, 6, 7, 8, 9, 10, 12, 16):
    case(f"{n} descriptors", WORKS, {0, 1, 3, 4, 9}, wrapper=shell(f"ulimit -n {n}"), contact=True, new_files=1)
    case(f"{n} descriptors, 10 pictures", WORKS, {0, 1, 3, 4, 9}, wrapper=shell(f"ulimit -n {n}"), contact=True,
         new_files=10, good=answer([base64.b64encode(PNG).decode()] * 10))
if not clean.SANITIZED:
    for mib in (64, 96, 128, 192):
        case(f"{mib} MiB of addresses: a large picture", WORKS, {0, 1}, wrapper=shell(f"ulimit -v {mib * 1024}"),
             contact=True, new_files=1, good=LARGE)
        for what, args in (("img2img", WORKS), ("inpaint", [*INPAINT, "-m", "mask.png"]),
                           ("mask-invert", ["mask-invert", "mask.png", "-o", "out/m.png"])):
            case(f"{mib} MiB of addresses: {what}", args, {0, 1}, wrapper=shell(f"ulimit -v {mib * 1024}"), contact=True,
                 new_files=1)
    for kib in (64, 128):
        case(f"a stack of {kib} KiB: a large picture", WORKS, {0}, wrapper=shell(f"ulimit -s {kib}"), contact=True,
             new_files=1, good=LARGE)
        for what, args in (("img2img", WORKS), ("inpaint", [*INPAINT, "-m", "mask.png"]), ("localhost", [
                a.replace("127.0.0.1", "localhost") for a in WORKS]),
                ("mask-invert", ["mask-invert", "mask.png", "-o", "out/m.png"]), ("help", ["img2img", "--help"])):
            case(f"a stack of {kib} KiB: {what}", args, {0}, wrapper=shell(f"ulimit -s {kib}"), contact=True,
                 new_files=0 if what == "help" else 1, raw=what == "help")
for fds in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"):
    gone = ">&- 2>&-" in fds or fds == "2>&-"

    def check_written(result, folder, server, fds=fds):
        names = os.listdir(folder.path("cwd/out"))
        wrong = [] if len(names) == 1 else [f"{len(names)} pictures"]
        if names and open(folder.path("cwd/out/") + names[0], "rb").read() != PNG:
            wrong.append("the picture is not whole")
        return wrong

    JOBS.append(lambda fds=fds, verify=check_written: run_closed(fds, verify))


def run_closed(fds, verify):
    """With standard descriptors closed the result is on disk and whole; without standard output the
    status says so."""
    if NAMES and not any(n in "descriptors closed" for n in NAMES):
        return
    folder, server = clean.Folder(), Server()
    server.start()
    try:
        folder.write("good.png", PNG)
        args = [a.replace(URL, f"http://127.0.0.1:{server.port}") for a in WORKS]
        result = folder.run(args, wrapper=["sh", "-c", f'exec "$@" {fds}', "sh"])
        wrong = verify(result, folder, server)
        # fds ">&-" may stand at any place; "2>&-" closes only standard error
        stdout_closed = any(part == ">&-" for part in fds.split())
        if (result.status == 0) == stdout_closed:
            wrong.append(f"exit status {result.status}")
        COUNT.note(f"descriptors closed: {fds}", wrong, result)
    finally:
        server.stop()
        folder.remove()


case("standard output full", [*DRY], {9}, wrapper=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
case("standard output full, explain", ["img2img", "--explain", "-i", "good.png"], {9},
     wrapper=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
case("standard output full, help", ["img2img", "--help"], {9}, wrapper=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
case("standard output full, version", ["version"], {9}, wrapper=["sh", "-c", 'exec "$@" >/dev/full', "sh"])
case("standard output full, picture", [*IMG[:-2], "-i", "good.png", "-o", "-"], {9}, contact=True,
     wrapper=["sh", "-c", 'exec "$@" >/dev/full', "sh"])



# --- outputs ------------------------------------------------------------------------------------


OUT = [*IMG[:-2], "-i", "good.png", "-o"]
for name, path, prepare in (
        ("exists", "old.png", lambda f: f.write("old.png", b"old") and None), ("a link to a file", "l.png", lambda f: (
            f.write("old.png", b"old"), os.symlink("old.png", f.path("cwd/l.png")))[2:]),
        ("a dangling link", "l.png", lambda f: os.symlink("nowhere", f.path("cwd/l.png"))),
        ("a link to a device", "l.png", lambda f: os.symlink("/dev/null", f.path("cwd/l.png"))),
        ("a FIFO", "f.png", lambda f: os.mkfifo(f.path("cwd/f.png"))), ("a device", "/dev/null", None), ("/dev/full", "/dev/full", None),
        ("a missing folder", "no/x.png", None), ("a missing folder, as a folder", "no/", None), ("below a file", "good.png/x.png", None),
        ("a name of 256 bytes", "n" * 252 + ".png", None), ("a path of 5000 bytes", "d/" * 2500 + "x", None), ("the empty name", "", None),
        ("/proc", "/proc/x.png", None), ("a folder with --force", "out", None)):
    for force in ([], ["--force"]):
        if (name == "exists" and force) or name == "a folder with --force":
            continue
        case(f"output: {name}{' --force' if force else ''}", [*OUT, path, *force], {2, 9}, prepare=prepare)
case("output: replaced with --force", [*OUT, "out/old.png", "--force"], {0}, contact=True, new_files=1,
     prepare=lambda f: f.write("out/old.png", b"old") and None)
if NOBODY:
    def make_read_only(folder):
        for name in ("", "home", "cwd", "tmp"):
            os.chmod(folder.path(name), 0o777)
        os.chmod(folder.path("cwd/good.png"), 0o644)
        os.chmod(folder.path("cwd/out"), 0o555)

    case("output: a folder that is read-only", [*OUT, "out/"], {9}, prepare=make_read_only, wrapper=NOBODY)
    case("output: in a folder that is read-only", [*OUT, "out/x.png"], {9}, prepare=make_read_only, wrapper=NOBODY)
case("mask-invert: onto itself", ["mask-invert", "mask.png", "-o", "mask.png"], {9})
case("mask-invert: a missing folder", ["mask-invert", "mask.png", "-o", "no/m.png"], {9})
case("mask-invert: a device", ["mask-invert", "mask.png", "-o", "/dev/full"], {9})


# --- programs -----------------------------------------------------------------------------------


def plant(folder):
    for name in ("sdctl-evil", "evil", "sh", "curl"):
        folder.write(name, b"#!/bin/sh\ntouch out/ran\n", 0o755)


for name, path in (("not in PATH", "/usr/bin:/bin"), ("an empty PATH", ""), ("an empty part", ":/usr/bin"), ("an empty end", "/usr/bin:"),
                   ("two colons", "/usr/bin::/bin"), (".", ".:/usr/bin")):
    case(f"a program in the working folder: {name}", ["evil"], {1, 2}, env={"PATH": path}, prepare=plant)
case("a path as a command", ["./evil"], {2}, prepare=plant)
case("a path as a command, with a folder", ["out/../evil"], {2}, prepare=plant)


def main():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda f: f(), JOBS))
    for fd in SILENT:
        os.close(fd)
    return COUNT.done()


if __name__ == "__main__":
    sys.exit(main())
