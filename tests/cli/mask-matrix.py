#!/usr/bin/python3
"""sdctl mask-invert on every legal form of PNG, and on broken ones.

usage: mask-matrix.py [SDCTL]        (default: build/sdctl, or $SDCTL)

Legal forms must give the exact inverse in their own form, or the exact 8-bit grey of what was asked
for; Pillow is asked as well wherever it keeps all bits. Broken files must be refused with exit
status 3, one line that names the file, and no output."""

import io
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pngs
from pngs import GREY, GREY_ALPHA, PALETTE, RGB, RGBA, chunk, ihdr

try:
    from PIL import Image, ImageOps
except ImportError:
    Image = None

SDCTL = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SDCTL", "build/sdctl"))
SIZES = [(1, 1), (2, 1), (1, 3), (4, 4), (5, 9), (33, 10), (70, 2)]
passed = failed = 0


def check(good, *what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("not ok mask-matrix:", *what)


def run(*args, data=b""):
    done = subprocess.run([SDCTL, "mask-invert", *args], input=data, capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def refused(result, what, status=3, word=""):
    code, out, err = result
    check(code == status and out == b"" and err.count("\n") == 1 and err.endswith("\n") and
          err.startswith("sdctl: mask-invert: ") and len(err) < 500 and word in err,
          what, "exit %d, %d bytes on stdout: %s" % (code, len(out), err))


def grey8(width, height, values):
    rows = [list(values[y * width:(y + 1) * width]) for y in range(height)]
    return pngs.Picture(width, height, GREY, 8, rows)


def pictures():
    """(name, picture, opaque) of every colour type, depth, size and kind of transparency."""
    for colour, depth in pngs.FORMS:
        for number, (width, height) in enumerate(SIZES):
            name = "colour%d-depth%d-%dx%d" % (colour, depth, width, height)
            if colour in (GREY_ALPHA, RGBA):
                yield name, pngs.made(colour, depth, width, height, number, opaque=True), True
                yield name + "-alpha", pngs.made(colour, depth, width, height, number), False
                continue
            yield name, pngs.made(colour, depth, width, height, number), True
            if depth > 1:
                yield (name + "-trns-unused",
                       pngs.made(colour, depth, width, height, number, "unused"), True)
            yield name + "-trns", pngs.made(colour, depth, width, height, number, "used"), False


def check_pillow(data, out, what):
    """Pillow's own inversion of 8 bits a channel without transparency."""
    picture = Image.open(io.BytesIO(data))
    if picture.mode == "1":
        picture = picture.convert("L")
    if picture.mode == "P":
        picture = picture.convert("RGB")
    if picture.mode not in ("L", "RGB"):
        return
    result = Image.open(io.BytesIO(out)).convert(picture.mode)
    check(result.tobytes() == ImageOps.invert(picture).tobytes(), what, "differs from Pillow")


def check_own_form(name, picture, opaque, interlaced):
    data = pngs.encode(picture, interlaced, idat=random.Random(name).choice((None, 1, 7)))
    what = name + ("-adam7" if interlaced else "")
    if not opaque:
        refused(run(data=data), what, word="--from luma")
    code, out, err = run(*([] if opaque else ["--from", "luma"]), data=data)
    check(code == 0 and err == "", what, "exit", code, err)
    if code == 0:
        check(pngs.decode(out).same_as(picture.inverse()), what, "is not the exact inverse")
        if Image and picture.depth <= 8 and picture.trns is None:
            check_pillow(data, out, what)


def check_prepared(name, picture, opaque):
    data = pngs.encode(picture)
    has_alpha = picture.trns is not None or picture.colour in (GREY_ALPHA, RGBA)
    luma, alpha = picture.luma(), picture.alpha()
    size = (picture.width, picture.height)
    cases = [(["--keep", "--from=luma"], luma),
             (["--threshold", "128", "--from=luma"], bytes(0 if v > 128 else 255 for v in luma)),
             (["--keep", "--threshold=0", "--from=luma"], bytes(255 if v > 0 else 0 for v in luma))]
    if opaque:
        cases += [(["--keep"], luma)]
    if has_alpha:
        cases += [(["--from", "alpha", "--keep"], alpha),
                  (["--from", "alpha"], bytes(255 - v for v in alpha)),
                  (["--from", "alpha-inverted"], alpha)]
    for args, values in cases:
        code, out, err = run(*args, data=data)
        check(code == 0 and err == "", name, args, "exit", code, err)
        if code == 0:
            check([kind for kind, _ in pngs.chunks(out)] == [b"IHDR", b"IDAT", b"IEND"], name, args,
                  "has other chunks")
            check(pngs.decode(out).same_as(grey8(*size, values)), name, args, "differs")
    if not has_alpha:
        refused(run("--from", "alpha", data=data), name, word="no alpha channel")
    if Image and picture.depth <= 8 and picture.colour != PALETTE:
        check(Image.open(io.BytesIO(data)).convert("L").tobytes() == luma, name, "Pillow's L")


def check_chunks():
    """What goes along with an inverse, where, and of what length."""
    kept = [chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"pHYs", bytes(9)),
            chunk(b"tEXt", b"Comment\0" + bytes(range(1, 256)) * 4000),
            chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile at all"))]
    dropped = [chunk(b"bKGD", b"\1"), chunk(b"prVt", b"abc"), chunk(b"tIME", bytes(7))]
    picture = pngs.made(PALETTE, 4, 9, 9, 1)
    tail = chunk(b"zTXt", b"late\0\0" + zlib.compress(b"text")) + chunk(b"prVt", b"")
    data = pngs.encode(picture, extra=b"".join(kept + dropped), tail=tail)
    code, out, err = run(data=data)
    check(code == 0, "chunks: exit", code, err)
    kinds = [kind for kind, _ in pngs.chunks(out)]
    check(kinds == [b"IHDR", b"gAMA", b"pHYs", b"tEXt", b"iCCP", b"PLTE", b"IDAT", b"zTXt",
                    b"IEND"], "chunks:", kinds)
    check(all(c in out for c in kept), "chunks: a copy differs")
    check(run(data=data + b"bytes after IEND")[1] == out, "chunks: bytes after IEND are dropped")
    code, out, _ = run("--keep", data=data)
    check(code == 0 and len(pngs.chunks(out)) == 3, "chunks: --keep leaves some")


def check_orientation():
    """An inverse keeps the EXIF chunk; a prepared mask is turned as Pillow turns it."""
    picture = pngs.made(GREY, 8, 7, 3, 5)
    for value in range(0, 10):
        exif = chunk(b"eXIf", b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 274, 3, 1, value, 0, 0))
        for data in (pngs.encode(picture, extra=exif), pngs.encode(picture, tail=exif)):
            code, out, err = run(data=data)
            check(code == 0 and exif in out and pngs.decode(out).same_as(picture.inverse()),
                  "orientation", value, "of an inverse", err)
            code, out, err = run("--keep", data=data)
            check(code == 0 and exif not in out, "orientation", value, "exit", code, err)
            if Image:
                expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
                result = Image.open(io.BytesIO(out))
                check(result.size == expected.size and result.tobytes() == expected.tobytes(),
                      "orientation", value, "differs from Pillow")


def broken():
    """(name, file) of faults in headers, chunks, CRCs and zlib streams."""
    signature = pngs.SIGNATURE
    grey = pngs.made(GREY, 8, 5, 4, 3)
    raw = pngs.scanlines(grey, False)
    idat, iend = chunk(b"IDAT", zlib.compress(raw)), chunk(b"IEND", b"")
    head = signature + ihdr(5, 4, 8, 0)

    def around(data):
        return head + chunk(b"IDAT", data) + iend

    yield "empty", b""
    yield "text", b"not a picture\n"
    yield "jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(50)
    yield "signature by a text transfer", (head + idat + iend).replace(b"\r\n", b"\n", 1)
    yield "only a signature", signature
    yield "no IHDR", signature + idat + iend
    yield "IHDR twice", head + ihdr(5, 4, 8, 0) + idat + iend
    yield "IHDR too short", signature + chunk(b"IHDR", bytes(12)) + idat + iend
    yield "IHDR too long", signature + chunk(b"IHDR", ihdr(5, 4, 8, 0)[8:21] + b"\0") + idat + iend
    for width, height in ((0, 4), (5, 0), (1 << 31, 1), (5, 1 << 31), (65535, 65535),
                          (1000001, 1), (16385, 16384)):
        yield "size %dx%d" % (width, height), signature + ihdr(width, height, 8, 0) + idat + iend
    for colour in range(8):
        for depth in (0, 1, 2, 3, 4, 5, 8, 16, 17, 32, 255):
            if (colour, depth) not in pngs.FORMS:
                yield ("colour %d depth %d" % (colour, depth),
                       signature + ihdr(5, 4, depth, colour) + idat + iend)
    yield "compression 1", signature + ihdr(5, 4, 8, 0, compression=1) + idat + iend
    yield "filtering 1", signature + ihdr(5, 4, 8, 0, filtering=1) + idat + iend
    yield "interlace 2", signature + ihdr(5, 4, 8, 0, interlace=2) + idat + iend
    yield "no IDAT", head + iend
    yield "empty IDAT", head + chunk(b"IDAT", b"") + iend
    yield "no IEND", head + idat
    yield "wrong CRC of IHDR", signature + chunk(b"IHDR", ihdr(5, 4, 8, 0)[8:21], crc=1) + idat + iend
    yield "wrong CRC of IDAT", head + chunk(b"IDAT", zlib.compress(raw), crc=1) + iend
    yield "wrong CRC of IEND", head + idat + chunk(b"IEND", b"", crc=1)
    yield "wrong CRC of tEXt", head + chunk(b"tEXt", b"a\0b", crc=1) + idat + iend
    yield "unknown critical chunk", head + chunk(b"CgBI", bytes(4)) + idat + iend
    yield "chunk type of no letters", head + chunk(b"\0\1\2\3", b"") + idat + iend
    yield "chunk of 2^31-1", head + struct.pack(">I4s", 0x7fffffff, b"tEXt") + b"a\0b"
    yield "chunk of 2^32-1", head + struct.pack(">I4s", 0xffffffff, b"tEXt") + b"a\0b" + idat + iend
    yield "IDAT that lies", head + struct.pack(">I4s", 1 << 30, b"IDAT") + zlib.compress(raw) + iend
    yield "IDATs apart", head + chunk(b"IDAT", zlib.compress(raw)[:9]) + \
        chunk(b"tEXt", b"a\0b") + chunk(b"IDAT", zlib.compress(raw)[9:]) + iend
    yield "too few rows", around(zlib.compress(raw[:-6]))
    yield "one byte too few", around(zlib.compress(raw[:-1]))
    yield "one byte too many", around(zlib.compress(raw + b"\0"))
    yield "bytes after the stream", around(zlib.compress(raw) + b"junk")
    yield "filter 5", around(zlib.compress(b"\5" + raw[1:]))
    yield "filter 255", around(zlib.compress(raw[:6] + b"\xff" + raw[7:]))
    yield "no zlib stream", around(raw)
    yield "wrong Adler-32", around(zlib.compress(raw)[:-1] + b"\0")
    yield "no Adler-32", around(zlib.compress(raw)[:-4])
    yield "stream cut", around(zlib.compress(raw)[:-8])
    yield "stream of reserved blocks", around(b"\x78\x9c\x07" + bytes(20))
    yield "stream that asks for a dictionary", around(b"\x78\xbb" + bytes(30))
    yield "bomb in the tail", around(zlib.compress(raw + bytes(50_000_000)))
    yield from broken_palettes(signature, iend)


def broken_palettes(signature, iend):
    four = pngs.made(PALETTE, 2, 5, 4, 3)
    idat = chunk(b"IDAT", zlib.compress(pngs.scanlines(four, False)))
    head = signature + ihdr(5, 4, 2, 3)
    full = chunk(b"PLTE", bytes(12))
    yield "no PLTE", head + idat + iend
    yield "PLTE empty", head + chunk(b"PLTE", b"") + idat + iend
    yield "PLTE of 10 bytes", head + chunk(b"PLTE", bytes(10)) + idat + iend
    yield "PLTE of 257 entries", signature + ihdr(5, 4, 8, 3) + chunk(b"PLTE", bytes(771)) + idat + iend
    yield "PLTE twice", head + full + full + idat + iend
    yield "PLTE after IDAT", head + idat + full + iend
    yield "PLTE too short for an index", head + chunk(b"PLTE", bytes(6)) + idat + iend
    yield "tRNS before PLTE", head + chunk(b"tRNS", b"\0") + full + idat + iend
    yield "tRNS longer than PLTE", head + full + chunk(b"tRNS", bytes(5)) + idat + iend
    yield "tRNS twice", head + full + 2 * chunk(b"tRNS", b"\xff") + idat + iend
    grey = pngs.made(GREY, 8, 5, 4, 3)
    idat = chunk(b"IDAT", zlib.compress(pngs.scanlines(grey, False)))
    yield "tRNS of 1 byte", signature + ihdr(5, 4, 8, 0) + chunk(b"tRNS", b"\1") + idat + iend
    rgba = pngs.made(RGBA, 8, 5, 4, 3, opaque=True)
    idat = chunk(b"IDAT", zlib.compress(pngs.scanlines(rgba, False)))
    yield "tRNS with RGBA", signature + ihdr(5, 4, 8, 6) + chunk(b"tRNS", bytes(6)) + idat + iend


def check_broken(folder):
    path, out = os.path.join(folder, "in.png"), os.path.join(folder, "out.png")
    for number, (name, data) in enumerate(broken()):
        with open(path, "wb") as f:
            f.write(data)
        result = run(path, *(["-o", out] if number % 2 else []))
        refused(result, name, word="in.png")
        check(os.listdir(folder) == ["in.png"], name, "left", os.listdir(folder))
    os.unlink(path)


def check_cuts_and_flips():
    for colour, depth, trns, interlaced in ((GREY, 1, None, False), (PALETTE, 2, "unused", True)):
        data = pngs.encode(pngs.made(colour, depth, 5, 3, 7, trns), interlaced)
        for n in range(len(data)):
            refused(run(data=data[:n]), "cut at %d of colour %d" % (n, colour))
        if interlaced:
            continue
        for bit in range(len(data) * 8):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            refused(run(data=bytes(flipped)), "bit %d flipped" % bit)


def check_files(folder):
    """Where the result goes, and what is left alone."""
    data = pngs.encode(pngs.made(GREY, 8, 4, 4, 1))
    path, out = os.path.join(folder, "in.png"), os.path.join(folder, "out.png")
    with open(path, "wb") as f:
        f.write(data)
    code, stdout, err = run(path, "-o", out)
    check((code, stdout, err) == (0, b"", ""), "to a file: exit", code, err)
    result = open(out, "rb").read()
    check(run(path)[1] == result, "to standard output: the same bytes")
    check(run("-", "-o-", data=data)[1] == result, "from standard input: the same bytes")
    refused(run(path, "-o", path), "onto itself without --force", 9, "--force")
    check(open(path, "rb").read() == data, "kept without --force")
    check(run(path, "-o", path, "--force")[0] == 0, "onto itself with --force")
    check(open(path, "rb").read() == result, "replaced with --force")
    refused(run(path, "-o", os.path.join(folder, "no", "out.png")), "to no folder", 9)
    refused(run(os.path.join(folder, "no.png")), "no such file", 3, "no.png")
    refused(run(folder), "a folder", 3)
    refused(run("/dev/zero"), "a device", 3)
    refused(run(path, path), "two operands", 2)
    refused(run(path, "--threshold", "256"), "threshold 256", 2, "threshold")
    refused(run(path, "--from", "red"), "from red", 2, "from")
    check(sorted(os.listdir(folder)) == ["in.png", "out.png"], "files:", os.listdir(folder))
    if os.path.exists("/dev/full"):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([SDCTL, "mask-invert", path], stdout=full, stderr=subprocess.PIPE)
        check(done.returncode == 9, "/dev/full: exit", done.returncode)


def main():
    for name, picture, opaque in pictures():
        for interlaced in (False, True):
            check_own_form(name, picture, opaque, interlaced)
        if picture.width in (1, 33):
            check_prepared(name, picture, opaque)
    check_chunks()
    check_orientation()
    for check_in in (check_broken, check_files):
        with tempfile.TemporaryDirectory() as folder:
            check_in(folder)
    check_cuts_and_flips()
    print("mask-matrix: %d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
