#!/usr/bin/python3
"""JPEG and WebP as masks and as turned or transparent init images, and turned PNGs, judged by
Pillow; and broken ones, which must be refused with one line and no output.

usage: mask-decode.py [SDCTL]        (default: build/sdctl, or $SDCTL)

A build without libjpeg or libwebp must refuse them with a line that says how to convert them."""

import base64
import io
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib

sys.dont_write_bytecode = True

try:
    import numpy
    from PIL import Image, ImageFilter, ImageOps, features
except ImportError:
    print("mask-decode: 0 passed, 0 failed, 1 skipped")
    sys.exit(0)

SDCTL = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SDCTL", "build/sdctl"))
SIZES = [(1, 1), (8, 8), (9, 7), (17, 33), (64, 48), (131, 97)]
passed = failed = 0


def check(good, *what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("not ok mask-decode:", *what)


def run(command, *args, data=b""):
    done = subprocess.run([SDCTL, command, *map(str, args)], input=data, capture_output=True,
                          timeout=120)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def picture(mode, width, height, seed=1):
    """A slope with some noise and some spots."""
    rng = numpy.random.default_rng(seed)
    channels = len(mode) if mode != "L" else 1
    y, x = numpy.mgrid[0:height, 0:width]
    pixels = numpy.stack([(x * (3 + c) + y * (7 - c)) % 256 for c in range(channels)], -1)
    pixels = numpy.clip(pixels + rng.integers(-20, 20, pixels.shape), 0, 255).astype(numpy.uint8)
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels, mode)


def saved(image, kind, **more):
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def exif_of(orientation):
    exif = Image.Exif()
    exif[274] = orientation
    return exif.tobytes()


def near(out, expected, *what):
    """Equal but for rounding, which may differ between versions of the decoders."""
    got = Image.open(io.BytesIO(out))
    good = got.format == "PNG" and (got.mode, got.size) == (expected.mode, expected.size)
    if good:
        apart = numpy.abs(numpy.asarray(got, int) - numpy.asarray(expected, int)).max()
        check(apart <= 1, *what, "is up to", apart, "apart")
    else:
        check(False, *what, "is", got.format, got.mode, got.size)
    return got


def as_mask(data, *args, what):
    code, out, err = run("mask-invert", "--keep", *args, data=data)
    check(code == 0 and err == "", *what, "exit", code, err)
    return out if code == 0 else None


def refused(data, word, *args, what="", seconds=20):
    code, out, err = run("mask-invert", *args, data=data)
    check(code == 3 and out == b"" and err.count("\n") == 1 and len(err) < 500 and word in err,
          what, args, "exit", code, err)


def sent(data, suffix, *more):
    """The init image that a request would hold."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        code, out, err = run("img2img", "-e", "http://127.0.0.1:9", "-b", "webui", "-p", "a",
                             "--dry-run", "-i", file.name, *more)
        check(code == 0, suffix, "exit", code, err)
        return base64.b64decode(json.loads(out)["init_images"][0].split(",")[-1]) if code == 0 \
            else None


JPEGS = [("grey", "L", {}), ("444", "RGB", {"subsampling": 0}), ("422", "RGB", {"subsampling": 1}),
         ("420", "RGB", {"subsampling": 2}), ("progressive", "RGB", {"progressive": True}),
         ("progressive grey", "L", {"progressive": True}), ("optimised", "RGB", {"optimize": True}),
         ("restarts", "RGB", {"quality": 30})]
WEBPS = [("lossy", "RGB", {"quality": 70}), ("lossless", "RGB", {"lossless": True}),
         ("lossy alpha", "RGBA", {"quality": 70}),
         ("lossless alpha", "RGBA", {"lossless": True, "exact": True})]


def check_jpeg_masks():
    for name, mode, options in JPEGS:
        for size in SIZES:
            data = saved(picture(mode, *size), "JPEG", **options)
            what = ("jpeg", name, "%dx%d" % size)
            expected = Image.open(io.BytesIO(data)).convert("L")
            out = as_mask(data, what=what)
            if out:
                near(out, expected, *what)
            code, out, err = run("mask-invert", data=data)
            check(code == 0, *what, "inverted: exit", code, err)
            near(out, ImageOps.invert(expected), *what, "inverted")
    for value in range(1, 9):
        data = saved(picture("RGB", 21, 13), "JPEG", exif=exif_of(value))
        expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("L")
        what = ("jpeg orientation", value)
        near(as_mask(data, what=what), expected, *what)
        near(as_mask(data, "--blur", 2, what=what),
             expected.filter(ImageFilter.GaussianBlur(2)), *what, "blurred")
    code, out, err = run("mask-invert", "--check", data=saved(picture("RGB", 5, 4), "JPEG"))
    report = json.loads(out)
    check(report["type"] == "image/jpeg" and report["form"] == "RGB 8", report)


def check_webp_masks():
    for name, mode, options in WEBPS:
        for size in SIZES:
            data = saved(picture(mode, *size), "WEBP", **options)
            what = ("webp", name, "%dx%d" % size)
            image = Image.open(io.BytesIO(data))
            if mode == "RGB":
                near(as_mask(data, what=what), image.convert("L"), *what)
                continue
            refused(data, "--from luma", what=what)
            near(as_mask(data, "--from", "alpha", what=what), image.getchannel("A"), *what)
            near(as_mask(data, "--from", "luma", what=what), image.convert("RGB").convert("L"),
                 *what)
    for value in range(1, 9):
        data = saved(picture("RGB", 21, 13), "WEBP", lossless=True, exif=exif_of(value))
        expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("L")
        near(as_mask(data, what=("webp", value)), expected, "webp orientation", value)
    code, out, err = run("mask-invert", "--check",
                         data=saved(picture("RGBA", 5, 4), "WEBP", lossless=True))
    report = json.loads(out)
    check(report["type"] == "image/webp" and report["form"] == "RGBA 8" and
          "translucent" in report["suspicions"], report)


def over_white(image):
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white


def check_init_images():
    """Upright and opaque: its own bytes. Else a PNG, turned and over white, without EXIF."""
    for kind, suffix in (("JPEG", ".jpg"), ("WEBP", ".webp"), ("PNG", ".png")):
        for mode in ("L", "RGB", "RGBA"):
            if mode == "RGBA" and kind == "JPEG":
                continue
            for value in range(1, 9):
                data = saved(picture(mode, 19, 11), kind, exif=exif_of(value))
                what = (kind, mode, "orientation", value)
                out = sent(data, suffix)
                if value == 1 and mode != "RGBA":
                    check(out == data, *what, "is not sent as it is")
                    continue
                image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
                if image.mode == "RGBA":
                    image = over_white(image)
                got = near(out, image, *what)
                check(got.getexif().get(274, 1) == 1 and b"eXIf" not in out, *what, "has EXIF")


def check_turned_pair(folder):
    """A turned image and a mask that fits it as it is seen."""
    image, mask = os.path.join(folder, "i.jpg"), os.path.join(folder, "m.png")
    picture("RGB", 40, 24).save(image, exif=exif_of(6))
    spot = Image.new("L", (24, 40))
    spot.paste(255, (3, 4, 9, 9))
    spot.save(mask)
    common = ["-e", "http://127.0.0.1:9", "-b", "webui", "-p", "a", "--dry-run", "-i", image]
    code, out, err = run("inpaint", *common, "-m", mask)
    check(code == 0, "turned pair: exit", code, err)
    body = json.loads(out)
    sizes = [Image.open(io.BytesIO(base64.b64decode(text.split(",")[-1]))).size
             for text in (body["init_images"][0], body["mask"])]
    check(sizes == [(24, 40), (24, 40)], "turned pair:", sizes)
    spot.rotate(90, expand=True).save(mask)
    code, out, err = run("inpaint", *common, "-m", mask)
    check(code == 3 and "40x24" in err and "24x40" in err and "--fit" in err, "turned pair: exit",
          code, err)
    spot.save(mask)
    code, out, err = run("inpaint", *common, "-m", mask, "--grow", 2)
    body = json.loads(out)
    got = Image.open(io.BytesIO(base64.b64decode(body["mask"].split(",")[-1])))
    check(got.getbbox() == (1, 2, 11, 11), "inpaint --grow 2:", got.getbbox())
    code, out, err = run("inpaint", *common, "-m", mask, "--invert-mask", "--shrink", 2)
    body = json.loads(out)
    got = Image.open(io.BytesIO(base64.b64decode(body["mask"].split(",")[-1])))
    check(ImageOps.invert(got).getbbox() == (1, 2, 11, 11), "inpaint --shrink 2:", code, err)
    code, out, err = run("inpaint", *common, "-m", mask, "--shrink", 9)
    check(code == 3 and "--shrink" in err, "shrunk to nothing: exit", code, err)


def jpeg_segments(data):
    """[(marker, start, end)] up to the first scan."""
    at, out = 2, []
    while data[at + 1] != 0xda:
        n = struct.unpack(">H", data[at + 2:at + 4])[0]
        out.append((data[at + 1], at, at + 2 + n))
        at += 2 + n
    return out


def check_broken_jpegs():
    cmyk = Image.merge("CMYK", picture("RGBA", 16, 16).split())
    refused(saved(cmyk, "JPEG"), "CMYK", what="CMYK")
    for name, options in (("baseline", {}), ("progressive", {"progressive": True})):
        data = saved(picture("RGB", 33, 31), "JPEG", **options)
        for n in list(range(2, 700, 23)) + list(range(700, len(data) - 2, 97)):
            refused(data[:n], "", what=name + " cut at %d" % n)
        refused(data[:-2], "cut off", what=name + " without its end")
        refused(data[:len(data) // 2] + b"\xff\xd9", "usable", what=name + " with an early end")
    data = saved(picture("RGB", 64, 64), "JPEG", quality=95)
    rng = random.Random(3)
    start = jpeg_segments(data)[-1][2] + 20
    seen = 0
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(4):
            damaged[rng.randrange(start, len(data) - 2)] = 0xff
        code, out, err = run("mask-invert", data=bytes(damaged))
        check(code in (0, 3) and (out == b"") == (code == 3), "damaged: exit", code, err)
        seen += code == 3
    check(seen > 40, "damaged scans: only", seen, "of 60 are noticed")
    for _ in range(200):
        damaged = bytearray(data)
        for _ in range(3):
            damaged[rng.randrange(2, start)] = rng.randrange(256)
        code, out, err = run("mask-invert", data=bytes(damaged))
        check(code in (0, 3) and (out == b"") == (code == 3) and err.count("\n") <= 1,
              "damaged tables: exit", code, err)


def scans(data, width, height, times):
    """The file with another size in its frame and its first scan repeated."""
    for marker, start, end in jpeg_segments(data):
        if marker in (0xc0, 0xc2):
            data = data[:start + 5] + struct.pack(">HH", height, width) + data[start + 9:]
        last = end
    return data[:last] + data[last:-2] * times + b"\xff\xd9"


def check_large_jpegs():
    """What would take memory or time without end is refused at once."""
    data = saved(picture("RGB", 16, 16), "JPEG", progressive=True)
    refused(scans(data, 65000, 65000, 1), "too large", what="65000x65000")
    refused(scans(data, 12000, 12000, 1), "progressive", what="12000x12000 progressive")
    grey = saved(picture("L", 16, 16), "JPEG", progressive=True)
    refused(scans(grey, 1600, 1600, 400), "", what="scans without end")


def check_broken_webps():
    for name, mode, options in WEBPS:
        data = saved(picture(mode, 33, 31), "WEBP", **options)
        for n in list(range(0, len(data), max(1, len(data) // 40))):
            refused(data[:n], "", "--from", "luma", what=name + " cut at %d" % n)
        rng = random.Random(4)
        for _ in range(60):
            damaged = bytearray(data)
            for _ in range(3):
                damaged[rng.randrange(12, len(data))] = rng.randrange(256)
            code, out, err = run("mask-invert", "--from", "luma", data=bytes(damaged))
            check(code in (0, 3) and (out == b"") == (code == 3) and err.count("\n") <= 1, name,
                  "damaged: exit", code, err)
    out = io.BytesIO()
    frames = [picture("RGB", 20, 20, seed) for seed in (1, 2, 3)]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=50)
    refused(out.getvalue(), "animation", what="animation")
    large = saved(Image.new("L", (16383, 16383)).convert("RGB"), "WEBP", lossless=True, method=0)
    refused(large, "too large", what="16383x16383")


def without(data, word):
    code, out, err = run("mask-invert", data=data)
    if code == 3 and "built without" in err:
        check(err.count("\n") == 1 and word in err and "convert it first" in err, err)
        return True
    return False


def main():
    no_jpeg = without(saved(picture("RGB", 8, 8), "JPEG"), "libjpeg")
    no_webp = not features.check("webp") or without(saved(picture("RGB", 8, 8), "WEBP"), "libwebp")
    if not no_jpeg:
        check_jpeg_masks()
        check_broken_jpegs()
        check_large_jpegs()
        with tempfile.TemporaryDirectory() as folder:
            check_turned_pair(folder)
    if not no_webp:
        check_webp_masks()
        check_broken_webps()
    if not no_jpeg and not no_webp:
        check_init_images()
    skipped = no_jpeg + no_webp
    print("mask-decode: %d passed, %d failed%s" %
          (passed, failed, ", %d skipped" % skipped if skipped else ""))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
