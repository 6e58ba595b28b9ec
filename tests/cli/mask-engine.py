#!/usr/bin/python3
"""What sdctl mask-invert makes of masks with --grow, --shrink, --blur, --fit and --threshold, and
what --check says of them, judged by OpenCV and Pillow.

usage: mask-engine.py [SDCTL]        (default: build/sdctl, or $SDCTL)

Grown and shrunk masks equal cv2.dilate and cv2.erode, blurred and fitted ones Pillow's
GaussianBlur and resize(LANCZOS), all in every pixel."""

import io
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pngs
from pngs import GREY, GREY_ALPHA, PALETTE, RGB, RGBA, chunk

try:
    import numpy
    from PIL import Image, ImageFilter, ImageOps
except ImportError:
    print("mask-engine: 0 passed, 0 failed, 1 skipped")
    sys.exit(0)
try:
    import cv2
except ImportError:
    cv2 = None

SDCTL = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SDCTL", "build/sdctl"))
SIZES = [(1, 1), (2, 1), (1, 2), (3, 3), (1, 40), (300, 1), (31, 9), (32, 8), (33, 33), (64, 5),
         (65, 70), (97, 131), (300, 7), (7, 300)]
RADII = [0, 1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 100, 131, 200]
SIGMAS = [0.05, 0.3, 0.5, 0.9, 1, 1.5, 2, 4, 7.7, 12, 20, 33.3, 64, 150]
passed = failed = skipped = 0


def check(good, *what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("not ok mask-engine:", *what)


def run(*args, data=b""):
    done = subprocess.run([SDCTL, "mask-invert", *map(str, args)], input=data, capture_output=True,
                          timeout=120)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def png(picture, **more):
    out = io.BytesIO()
    picture.save(out, "PNG", **more)
    return out.getvalue()


def mask(width, height, seed):
    """Noise, spots, rectangles or a slope, as an L picture."""
    rng = numpy.random.default_rng(seed)
    kind = seed % 4
    if kind == 0:
        pixels = rng.integers(0, 256, (height, width))
    elif kind == 1:
        pixels = 255 * (rng.random((height, width)) < 0.01)
    elif kind == 2:
        pixels = numpy.zeros((height, width))
        for _ in range(3):
            x, y = rng.integers(0, width), rng.integers(0, height)
            pixels[y:y + rng.integers(1, height + 1), x:x + rng.integers(1, width + 1)] = 255
    else:
        pixels = numpy.add.outer(numpy.arange(height) * 3, numpy.arange(width) * 5) % 256
    return Image.fromarray(pixels.astype(numpy.uint8), "L")


def result(what, *args, data):
    code, out, err = run(*args, data=data)
    check(code == 0 and err == "", *what, "exit", code, err)
    return Image.open(io.BytesIO(out)) if code == 0 else None


def equal(got, expected, what):
    good = got is not None and got.mode == "L" and got.size == expected.size
    if good:
        apart = numpy.abs(numpy.asarray(got, int) - numpy.asarray(expected, int)).max()
        check(apart == 0, *what, "is up to", apart, "apart")
    else:
        check(False, *what, "has another form:", got and (got.mode, got.size))


def dilated(picture, radius, erode=False):
    kernel = numpy.ones((2 * radius + 1, 2 * radius + 1), numpy.uint8)
    pixels = numpy.asarray(picture)
    return Image.fromarray(cv2.erode(pixels, kernel) if erode else cv2.dilate(pixels, kernel))


def check_grow():
    global skipped
    if cv2 is None:
        skipped += 1
        return
    for number, size in enumerate(SIZES):
        for radius in RADII:
            picture = mask(*size, number + radius)
            data = png(picture)
            what = ("%dx%d" % size, "radius", radius)
            equal(result(what, "--keep", "--grow", radius, data=data), dilated(picture, radius),
                  ("grow", *what))
            equal(result(what, "--keep", "--shrink", radius, data=data),
                  dilated(picture, radius, True), ("shrink", *what))
            inverse = ImageOps.invert(picture)
            if radius:
                equal(result(what, "--grow", radius, data=data), dilated(inverse, radius),
                      ("invert, then grow", *what))


def check_blur():
    for number, size in enumerate(SIZES):
        for sigma in SIGMAS:
            picture = mask(*size, number + int(10 * sigma))
            what = ("blur", "%dx%d" % size, "sigma", sigma)
            equal(result(what, "--keep", "--blur", sigma, data=png(picture)),
                  picture.filter(ImageFilter.GaussianBlur(sigma)), what)


def check_fit(folder):
    targets = SIZES + [(640, 480), (1, 1000), (1000, 1), (256, 256)]
    rng = random.Random(5)
    for number, size in enumerate(SIZES):
        for target in rng.sample(targets, 9):
            picture = mask(*size, number)
            image = os.path.join(folder, "image.png")
            Image.new("RGB", target).save(image)
            what = ("fit", "%dx%d" % size, "to %dx%d" % target)
            expected = picture.resize(target, Image.LANCZOS)
            equal(result(what, "--keep", "--fit", image, data=png(picture)), expected, what)
            equal(result(what, "--keep", "--fit", image, "--threshold", 99, data=png(picture)),
                  expected.point(lambda v: 255 if v > 99 else 0), ("threshold", *what))
    for suffix, options in ((".jpg", {}), (".webp", {})):
        image = os.path.join(folder, "image" + suffix)
        Image.new("RGB", (40, 30)).save(image, **options)
        equal(result((suffix,), "--keep", "--fit", image, data=png(mask(40, 30, 2))),
              mask(40, 30, 2), ("fit to the same size of", suffix))
        exif = Image.Exif()
        exif[274] = 6
        Image.new("RGB", (40, 30)).save(image, exif=exif)
        equal(result((suffix,), "--keep", "--fit", image, data=png(mask(30, 40, 2))),
              mask(30, 40, 2), ("fit to a turned", suffix))


def check_order(folder):
    """Fit, threshold, inversion, grow, blur, whatever the order on the command line."""
    if cv2 is None:
        return
    image = os.path.join(folder, "image.png")
    Image.new("L", (90, 70)).save(image)
    picture = mask(45, 60, 3)
    expected = picture.resize((90, 70), Image.LANCZOS).point(lambda v: 0 if v > 128 else 255)
    expected = dilated(expected, 6).filter(ImageFilter.GaussianBlur(3))
    equal(result(("order",), "--blur", 3, "--grow", 6, "--threshold", 128, "--fit", image,
                 data=png(picture)), expected, ("order",))


def check_forms():
    """Every legal form, grown and blurred, is what its 8-bit grey would be."""
    for number, (colour, depth) in enumerate(pngs.FORMS):
        picture = pngs.made(colour, depth, 33, 21, number, opaque=True)
        grey = Image.frombytes("L", (33, 21), picture.luma())
        expected = grey.filter(ImageFilter.GaussianBlur(2))
        for interlaced in (False, True):
            what = ("colour", colour, "depth", depth)
            equal(result(what, "--keep", "--blur", 2, data=pngs.encode(picture, interlaced)),
                  expected, ("blur", *what))
            if cv2 is not None:
                equal(result(what, "--keep", "--grow", 3, data=pngs.encode(picture, interlaced)),
                      dilated(grey, 3), ("grow", *what))


def check_turned():
    picture = mask(37, 20, 2)
    for value in range(1, 9):
        exif = chunk(b"eXIf", b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 274, 3, 1, value, 0, 0))
        data = png(picture)
        data = data[:33] + exif + data[33:]
        turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        equal(result(("turned", value), "--keep", "--blur", 5, data=data),
              turned.filter(ImageFilter.GaussianBlur(5)), ("blur of orientation", value))
        report = report_of(data)
        check((report["width"], report["height"]) == turned.size and
              report["orientation"] == value and report["box"] == list(turned.getbbox()) and
              ("rotated" in report["suspicions"]) == (value != 1), "report of orientation", value,
              report)


def report_of(data, *args):
    code, out, err = run("--check", *args, data=data)
    check(code == 0 and err == "" and out.count(b"\n") == 1, "check: exit", code, err)
    return json.loads(out) if code == 0 else {}


def picture_of(width, height, mode, value):
    return png(Image.new(mode, (width, height), value))


def check_reports(folder):
    for number, size in enumerate(SIZES):
        picture = mask(*size, number)
        report = report_of(png(picture))
        counts = picture.histogram()
        total = size[0] * size[1]
        box = picture.getbbox()
        check(report["path"] == "-" and report["type"] == "image/png" and
              report["form"] == "grey 8" and (report["width"], report["height"]) == size and
              abs(report["white"] - counts[255] / total) < 1e-8 and
              abs(report["black"] - counts[0] / total) < 1e-8 and
              abs(report["grey"] - sum(counts[1:255]) / total) < 1e-8 and
              report["box"] == (list(box) if box else None), "report of", size, report)
    half = Image.new("L", (10, 10))
    half.paste(255, (0, 0, 10, 6))
    drawn = Image.new("RGBA", (10, 10))
    drawn.paste((255, 255, 255, 255), (0, 0, 5, 10))
    black_strokes = Image.new("RGBA", (10, 10), (255, 255, 255, 0))
    black_strokes.paste((0, 0, 0, 255), (0, 0, 5, 10))
    image = os.path.join(folder, "image.png")
    Image.new("L", (10, 11)).save(image)
    fits = os.path.join(folder, "fits.png")
    Image.new("L", (10, 10)).save(fits)
    cases = [
        (picture_of(10, 10, "L", 0), [], ["blank"]),
        (picture_of(10, 10, "L", 255), [], ["full"]),
        (picture_of(10, 10, "L", 254), [], []),
        (png(half), [], ["inverted"]),
        (png(ImageOps.invert(half)), [], []),
        (png(half.convert("1")), [], ["inverted"]),
        (png(drawn), [], ["translucent"]),
        (png(drawn), ["--from", "alpha"], []),
        (png(drawn), ["--from", "luma"], []),
        (png(black_strokes), [], ["translucent", "alpha-opposite-to-luma"]),
        (png(black_strokes), ["--from", "alpha-inverted"], []),
        (picture_of(10, 10, "L", 100), ["--threshold", "99"], ["full"]),
        (picture_of(10, 10, "L", 99), ["--threshold", "99"], ["blank"]),
        (png(ImageOps.invert(half)), ["--fit", image], ["size-mismatch"]),
        (png(ImageOps.invert(half)), ["--fit", fits], []),
    ]
    for data, args, expected in cases:
        report = report_of(data, *args)
        check(report["suspicions"] == expected, args, report)
        check(("fit" in report) == ("--fit" in args), args, report)
    for (colour, depth), form in zip(pngs.FORMS, ("grey %d", ) * 5 + ("RGB %d", ) * 2 +
                                     ("palette %d", ) * 4 + ("grey-alpha %d", ) * 2 +
                                     ("RGBA %d", ) * 2):
        report = report_of(pngs.encode(pngs.made(colour, depth, 5, 5, 1)))
        check(report["form"] == form % depth, report)


def refused(status, word, *args, data=b""):
    code, out, err = run(*args, data=data)
    check(code == status and out == b"" and err.count("\n") == 1 and word in err, args, code, err)


def check_refused(folder):
    data = picture_of(4, 4, "L", 9)
    refused(2, "shrink", "--grow", 1, "--shrink", 1, data=data)
    refused(2, "grow", "--grow", 1025, data=data)
    refused(2, "grow", "--grow", -1, data=data)
    refused(2, "blur", "--blur", "nan", data=data)
    refused(2, "blur", "--blur", 1001 * 2, data=data)
    refused(2, "check", "--check", "--keep", data=data)
    refused(2, "check", "--check", "-o", os.path.join(folder, "x.png"), data=data)
    refused(2, "--fit", "--fit", "-", data=data)
    refused(3, "no.png", "--fit", os.path.join(folder, "no.png"), data=data)
    refused(3, "", "--check", data=b"not a picture")
    refused(3, "", "--check", data=data[:-20])
    refused(3, "no alpha", "--check", "--from", "alpha", data=data)


def main():
    check_grow()
    check_blur()
    check_forms()
    check_turned()
    with tempfile.TemporaryDirectory() as folder:
        check_fit(folder)
        check_order(folder)
        check_reports(folder)
        check_refused(folder)
    print("mask-engine: %d passed, %d failed%s" %
          (passed, failed, ", %d skipped" % skipped if skipped else ""))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
