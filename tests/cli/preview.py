#!/usr/bin/python3
"""Sketches, erased parts, outpainting and --crop-preview, held against Pillow and OpenCV.

usage: preview.py [SDCTL]        (default: $SDCTL, else ./sdctl)

What would be sent is taken from --dry-run and must be, pixel for pixel, what Pillow makes of the
same files; crop rectangles and scales must be exactly those that the server's documented steps give
with OpenCV's blur; the pictures drawn must show these. Skips, with one line, when Pillow, NumPy or
OpenCV is missing."""

import base64
import io
import json
import os
import random
import subprocess
import sys
import tempfile

try:
    import cv2
    import numpy as np
    from PIL import Image, ImageDraw, ImageOps
except ImportError as missing:
    print(f"preview: skipped: {missing}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)

SDCTL = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SDCTL", "./sdctl"))
DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")
PHOTO, PHOTO_MASK = os.path.join(DATA, "photo.png"), os.path.join(DATA, "photo-mask.png")
MARGIN, GAP = 16, 64  # of a preview, lib/image/preview.c
SANITIZED = "__asan_init" in subprocess.run(["nm", "-D", SDCTL], capture_output=True, text=True).stdout
passed = failed = 0


def check(good, *what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("not ok preview:", *what)


def sdctl(*arguments, stdin=b""):
    done = subprocess.run([SDCTL, *map(str, arguments)], input=stdin, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stderr.decode().strip()}")
    return json.loads(done.stdout)


def picture(text):
    return Image.open(io.BytesIO(base64.b64decode(text)))


def sent(command, *arguments, stdin=b""):
    """What would be sent: the first image, the mask, everything."""
    body = sdctl(command, "--dry-run", "-p", "x", *arguments, stdin=stdin)
    return picture(body["init_images"][0]), picture(body["mask"]), body


def off(ours, theirs):
    ours, theirs = np.asarray(ours).astype(int), np.asarray(theirs).astype(int)
    return int(abs(ours - theirs).max()) if ours.shape == theirs.shape else 999


def photo(width, height, mode="RGB", seed=1):
    """Smooth shapes, noise and hard edges."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    bands = []
    for band in range(len(mode)):
        value = 127 + 90 * np.sin(x / (7 + 3 * band)) * np.cos(y / (11 - 2 * band))
        value += rng.normal(0, 20, (height, width))
        value[height // 4:height // 2, width // 3:width // 2] = 255 * (band % 2)
        bands.append(np.clip(value, 0, 255).astype(np.uint8))
    return Image.fromarray(np.stack(bands, -1) if len(bands) > 1 else bands[0], mode)


def over_white(image):
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGBA", image.size, "white")
    ground.paste(image, mask=image)
    return ground.convert("RGB")


# --- outpainting -------------------------------------------------------------------------------


def extended(image, left, top, right, bottom):
    """Edges as the server's "resize and fill" stretches them: a box without width or height."""
    w, h = image.size
    wide = Image.new(image.mode, (left + w + right, h))
    wide.paste(image, (left, 0))
    if left:
        wide.paste(image.resize((left, h), box=(0, 0, 0, h)), (0, 0))
    if right:
        wide.paste(image.resize((right, h), box=(w, 0, w, h)), (left + w, 0))
    w = wide.width
    canvas = Image.new(image.mode, (w, top + h + bottom))
    canvas.paste(wide, (0, top))
    if top:
        canvas.paste(wide.resize((w, top), box=(0, 0, w, 0)), (0, 0))
    if bottom:
        canvas.paste(wide.resize((w, bottom), box=(0, h, w, h)), (0, top + h))
    return canvas


def new_area(size, left, top, right, bottom, inside=0):
    mask = Image.new("L", (size[0] + left + right, size[1] + top + bottom), 255)
    mask.paste(inside, (left, top, left + size[0], top + size[1]))
    return mask


def test_outpaint(folder):
    path = os.path.join(folder, "in.png")
    for i, (size, mode, sides) in enumerate([
            ((64, 48), "RGB", (8, 0, 0, 0)), ((64, 48), "RGB", (0, 9, 0, 0)),
            ((64, 48), "RGB", (0, 0, 7, 0)), ((64, 48), "RGB", (0, 0, 0, 6)),
            ((37, 23), "RGB", (5, 6, 7, 8)), ((37, 23), "L", (5, 6, 7, 8)),
            ((1, 1), "RGB", (3, 3, 3, 3)), ((2, 1), "L", (4, 0, 1, 2)), ((1, 2), "RGB", (0, 4, 3, 0)),
            ((2, 2), "RGB", (1, 1, 1, 1)), ((31, 20), "RGBA", (16, 0, 0, 24)),
            ((300, 200), "RGB", (212, 0, 0, 56)), ((3, 5), "L", (0, 0, 0, 1))]):
        image = photo(*size, mode, i)
        image.save(path)
        text = ",".join(f"{name}={n}" for name, n in zip(("left", "top", "right", "bottom"), sides) if n)
        small = min(size) < 8  # the canvas is too small to be worked on at its own size
        for command in "img2img", "inpaint":
            made, mask, body = sent(command, "-i", path, "--outpaint", text, *(["--size", "64x64"] if small else []))
            what = f"{command} --outpaint {text} of {mode} {size}"
            check(off(made, extended(over_white(image), *sides)) == 0, what, "the canvas")
            check(mask.mode == "L" and off(mask, new_area(size, *sides)) == 0, what, "the mask")
            check((body["width"], body["height"]) == ((64, 64) if small else made.size), what, "the size sent")
    image = photo(96, 64)
    image.save(path)
    fit = Image.new("RGB", (160, 64))  # what the server makes of 96x64 for 160x64
    fit.paste(image, (32, 0))
    fit.paste(image.resize((32, 64), box=(0, 0, 0, 64)), (0, 0))
    fit.paste(image.resize((32, 64), box=(96, 0, 96, 64)), (128, 0))
    made, _, body = sent("img2img", "-i", path, "--outpaint", "left=32,right=32", "--width", 320)
    check(off(made, fit) == 0, "the canvas is the server's resize and fill")
    check((body["width"], body["height"]) == (320, 64), "a side that is set stays")
    made, _, body = sent("img2img", "-i", "-", "--outpaint", "top=8", "--set", "height=512",
                         stdin=open(path, "rb").read())
    check(made.size == (96, 72) and (body["width"], body["height"]) == (96, 512), "from a pipe")


def test_outpaint_with_mask(folder):
    path, mask_path = os.path.join(folder, "in.png"), os.path.join(folder, "mask.png")
    image = photo(60, 40)
    image.save(path)
    mask = photo(60, 40, "L", 5)
    mask.save(mask_path)
    sides = (4, 0, 11, 2)
    made, sent_mask, _ = sent("inpaint", "-i", path, "-m", mask_path, "--outpaint", "left=4,right=11,bottom=2")
    check(off(made, extended(image, *sides)) == 0, "outpaint and mask: the canvas")
    check(off(sent_mask, new_area(mask.size, *sides, mask)) == 0, "outpaint and mask: both are marked")
    _, sent_mask, _ = sent("inpaint", "-i", path, "-m", mask_path, "--invert-mask", "--threshold", 99,
                           "--outpaint", "left=4,right=11,bottom=2")
    turned = mask.point(lambda v: 0 if v > 99 else 255)
    check(off(sent_mask, new_area(mask.size, *sides, turned)) == 0, "the new area is not inverted")


# --- sketches and erased parts -----------------------------------------------------------------


def strokes(size, seed):
    drawing = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(drawing)
    rng = random.Random(seed)
    for alpha in (255, 128, rng.randrange(1, 255)):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        colour = tuple(rng.randrange(256) for _ in range(3)) + (alpha,)
        draw.ellipse((x - 9, y - 7, x + 9, y + 7), fill=colour)
    return drawing


def test_sketch(folder):
    path, drawn = os.path.join(folder, "in.png"), os.path.join(folder, "strokes.png")
    for seed, (mode, opacity) in enumerate([("RGB", None), ("RGB", 0.5), ("L", 0.8), ("RGBA", 1),
                                            ("RGB", 0.501), ("RGB", 0.07)]):
        image, drawing = photo(61, 43, mode, seed), strokes((61, 43), seed)
        image.save(path)
        drawing.save(drawn)
        options = [] if opacity is None else ["--sketch-opacity", opacity]
        made, mask, _ = sent("inpaint", "-i", path, "--sketch", drawn, *options)
        factor = 1 if opacity is None else opacity
        alpha = drawing.getchannel("A").point([int(v * factor + 0.5) for v in range(256)])
        drawing.putalpha(alpha)
        under = over_white(image).convert("RGBA")
        what = f"sketch on {mode} at {opacity}"
        check(made.mode == "RGB" and off(made, Image.alpha_composite(under, drawing).convert("RGB")) <= 1,
              what, "the image")
        check(mask.mode == "L" and off(mask, alpha) == 0, what, "the mask")
        _, mask, _ = sent("inpaint", "-i", path, "--sketch", drawn, *options, "--threshold", 10, "--invert-mask")
        check(off(mask, alpha.point(lambda v: 0 if v > 10 else 255)) == 0, what, "threshold, invert")
        made, mask, _ = sent("inpaint", "-i", path, "--sketch", drawn, *options, "--outpaint", "left=8")
        check(made.size == (69, 43) and off(mask, new_area(alpha.size, 8, 0, 0, 0, alpha)) == 0,
              what, "with a larger canvas")


def test_erased(folder):
    path = os.path.join(folder, "erased.png")
    image = photo(50, 30, "RGBA", 3)
    image.save(path)
    alpha = image.getchannel("A")
    made, mask, _ = sent("inpaint", "-i", path, "--mask-from", "alpha-inverted")
    check(off(made, over_white(image)) == 0, "erased: the image over white")
    check(off(mask, ImageOps.invert(alpha)) == 0, "erased: the transparent parts are the mask")
    _, mask, _ = sent("inpaint", "-i", "-", "--mask-from", "alpha", stdin=open(path, "rb").read())
    check(off(mask, alpha) == 0, "what was left is the mask, from a pipe")
    indexed = image.convert("RGB").quantize(16)
    indexed.info["transparency"] = 3
    indexed.save(path, transparency=3)
    _, mask, _ = sent("inpaint", "-i", path, "--mask-from", "alpha-inverted")
    expected = np.where(np.asarray(Image.open(path)) == 3, 255, 0)
    check(off(mask, expected) == 0, "erased: a transparent palette colour")


# --- what the server will see ------------------------------------------------------------------


def blurred(mask, x, y):
    made = np.array(mask)
    if x:
        made = cv2.GaussianBlur(made, (2 * int(2.5 * x + 0.5) + 1, 1), x)
    if y:
        made = cv2.GaussianBlur(made, (1, 2 * int(2.5 * y + 0.5) + 1), y)
    return Image.fromarray(made.reshape(mask.size[1], mask.size[0]))


def grown(a, b, more, limit):
    a, b = a - more // 2, b + more - more // 2
    if b >= limit:
        a, b = a - (b - limit), limit
    if a < 0:
        a, b = 0, b - a
    return a, min(b, limit)


def rectangle(mask, pad, width, height):
    x1, y1, x2, y2 = mask.getbbox()
    if pad:
        x1, y1 = max(x1 - pad, 0), max(y1 - pad, 0)
        x2, y2 = min(x2 + pad, mask.width), min(y2 + pad, mask.height)
    wanted = width / height
    if (x2 - x1) / (y2 - y1) > wanted:
        y1, y2 = grown(y1, y2, int((x2 - x1) / wanted - (y2 - y1)), mask.height)
    else:
        x1, x2 = grown(x1, x2, int((y2 - y1) * wanted - (x2 - x1)), mask.width)
    return x1, y1, x2, y2


def fitted(mode, image, width, height):
    """The size of the picture itself, and the picture on width x height."""
    if mode == 0:
        return (width, height), image.resize((width, height), Image.Resampling.LANCZOS)
    wide, own = width / height, image.width / image.height
    by_height, by_width = image.width * height // image.height, image.height * width // image.width
    if mode == 1:
        size = (width if wide > own else by_height, height if wide <= own else by_width)
    else:
        size = (width if wide < own else by_height, height if wide >= own else by_width)
    piece = image.resize(size, Image.Resampling.LANCZOS)
    made = Image.new(image.mode, (width, height))
    left, top = width // 2 - size[0] // 2, height // 2 - size[1] // 2
    made.paste(piece, (left, top))
    if mode == 2 and wide < own and top > 0:
        for edge, at in ((0, 0), (piece.height, top + size[1])):
            made.paste(piece.resize((width, top), box=(0, edge, width, edge)), (0, at))
    elif mode == 2 and wide > own and left > 0:
        for edge, at in ((0, 0), (piece.width, left + size[0])):
            made.paste(piece.resize((left, height), box=(edge, 0, edge, height)), (at, 0))
    return size, made


def random_mask(size, seed):
    rng = random.Random(seed)
    mask = np.zeros((size[1], size[0]), np.uint8)
    for _ in range(rng.randint(1, 3)):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        w, h = rng.randint(1, size[0] // 3), rng.randint(1, size[1] // 3)
        mask[y:y + h, x:x + w] = rng.choice([255, 255, 128, 3, 1])
    return Image.fromarray(mask)


def test_rectangles(folder):
    path, mask_path, out = (os.path.join(folder, name) for name in ("in.png", "mask.png", "p.png"))
    rng = random.Random(11)
    for seed in range(60):
        size = rng.randint(40, 500), rng.randint(40, 500)
        mask = random_mask(size, seed)
        mask.save(mask_path)
        Image.new("RGB", size, "grey").save(path)
        x, y = rng.choice([(4, 4), (0, 0), (1, 9), (17, 0), (33, 64)])
        pad = rng.choice([0, 1, 32, 200])
        width, height = rng.choice([(512, 512), (768, 512), (512, 768), (64, 8), (504, 312)])
        said = sdctl("inpaint", "-i", path, "-m", mask_path, "--mask-blur-x", x, "--mask-blur-y", y, "--padding",
                     pad, "--area", "masked", "--size", f"{width}x{height}", "--crop-preview", out, "--force", "-q")
        soft = blurred(mask, x, y)
        expected = rectangle(soft, pad, width, height) if soft.getbbox() else None
        crop = said["crop"] and tuple(said["crop"][side] for side in ("left", "top", "right", "bottom"))
        what = f"{size} mask {seed} blur {x},{y} padding {pad} for {width}x{height}:"
        check(crop == expected, what, crop, "expected", expected)
        if expected is None:
            check("blank" in str(said["warnings"]), what, "a mask that the blur wipes out is not told")
            continue
        w, h = expected[2] - expected[0], expected[3] - expected[1]
        fit, _ = fitted(2, Image.new("L", (w, h)), width, height)
        check(abs(said["scale"]["x"] - fit[0] / w) < 1e-9 and abs(said["scale"]["y"] - fit[1] / h) < 1e-9,
              what, "scale", said["scale"])


def panel(drawn, left, size):
    return np.asarray(drawn.crop((left, MARGIN, left + size[0], MARGIN + size[1]))).astype(int)


def alike(ours, theirs):
    """The share of pixels that are within one level."""
    return float((abs(ours - np.asarray(theirs).astype(int)).max(axis=2) <= 1).mean())


def test_pictures(folder):
    out = os.path.join(folder, "p.png")
    image, mask = Image.open(PHOTO).convert("RGB"), Image.open(PHOTO_MASK).convert("L")
    base = ["-i", PHOTO, "-m", PHOTO_MASK, "--fill", "original", "--mask-blur", 4, "--crop-preview", out, "--force"]
    for number, name in enumerate(("just", "crop", "fill")):
        for size in ((512, 512), (400, 768), (768, 512), (500, 333)):
            sdctl("inpaint", *base, "--area", "whole", "--resize", name, "--size", "%dx%d" % size, "-q")
            drawn = Image.open(out)
            eights = size[0] // 8 * 8, size[1] // 8 * 8
            check(drawn.size == (2 * MARGIN + GAP + image.width + eights[0],
                                 2 * MARGIN + max(image.height, eights[1])), name, size, "size", drawn.size)
            shown = fitted(number, image, *size)[1].crop((0, 0, *eights))
            share = alike(panel(drawn, MARGIN + image.width + GAP, eights), shown)
            check(share > 0.97, f"whole, {name}, {size}: only {share:.3f} of the model's view is right")
    for size in ((512, 512), (768, 512), (384, 640)):
        said = sdctl("inpaint", *base, "--area", "masked", "--padding", 24, "--size", "%dx%d" % size)
        crop = tuple(said["crop"][side] for side in ("left", "top", "right", "bottom"))
        drawn = Image.open(out)
        share = alike(panel(drawn, MARGIN + image.width + GAP, size), fitted(2, image.crop(crop), *size)[1])
        check(share > 0.97, f"masked, {size}: only {share:.3f} of the model's view is right")
        weight = np.asarray(blurred(mask, 4, 4)).astype(int)[:, :, None] // 2
        tinted = (np.asarray(image).astype(int) * (255 - weight) + np.array([255, 32, 32]) * weight + 127) // 255
        share = alike(panel(drawn, MARGIN, image.size), tinted)
        check(share > 0.97, f"masked, {size}: only {share:.3f} of the image is right")
        frame = np.asarray(drawn)[MARGIN + crop[1], MARGIN + crop[0] + 4:MARGIN + crop[2] - 4]
        check((frame == (0, 0, 0)).all(axis=1).mean() > 0.9 or (frame == (255, 220, 0)).all(axis=1).mean() > 0.9,
              f"masked, {size}: the rectangle is not drawn where it is")


def test_defaults(folder):
    """A4: the server's own, which are not the page's."""
    out = os.path.join(folder, "p.png")
    base = ["inpaint", "-i", PHOTO, "-m", PHOTO_MASK, "--force", "--crop-preview", out]
    keys = ("area", "processing", "mask_blur_x", "mask_blur_y", "padding", "fill", "resize")
    said = sdctl(*base)
    check([said[key] for key in keys] ==
          ["masked", {"width": 512, "height": 512}, 4, 4, 0, "fill", "just"], "API defaults", said)
    said = sdctl(*base, "--ui-defaults", "--width", 640)
    check([said[key] for key in keys] ==
          ["whole", {"width": 640, "height": 512}, 4, 4, 32, "original", "just"], "page's defaults", said)
    check(said["crop"] is None and said["image"] == {"width": 768, "height": 512}, "whole has no crop")
    said = sdctl(*base, "--set", "mask_blur_y=9", "--set", "inpaint_full_res_padding=7", "--set", "resize_mode=1")
    check([said[key] for key in keys[2:]] == [4, 9, 7, "fill", "crop"], "native parameters", said)


# A process of its own, and a small one: what a child had before exec counts into its peak.
MEASURE = """
import os, sys
child = os.fork()
if child == 0:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print(status, usage.ru_maxrss)
"""


def peak(*arguments):
    """Exit status and KiB."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, SDCTL, *arguments],
                          capture_output=True, text=True)
    return map(int, done.stdout.split())


def test_memory(folder):
    """Rows stream: a large picture needs no more memory than a small one."""
    if SANITIZED:
        return
    small, large, drawn = (os.path.join(folder, name) for name in ("s.png", "l.png", "d.png"))
    Image.new("RGB", (64, 64), "teal").save(small)
    Image.new("RGB", (4096, 4096), "teal").save(large)
    most = {}
    for path, size in ((small, (64, 64)), (large, (4096, 4096))):
        Image.new("RGBA", size, (9, 9, 9, 99)).save(drawn)
        for what, options in (("outpaint", ["--outpaint", "left=64,bottom=64"]),
                              ("sketch", ["--sketch", drawn, "-q"])):
            status, most[what, size[0]] = peak("inpaint", "-i", path, *options, "--dry-run")
            check(status == 0, what, "of", path, "fails")
    for what in ("outpaint", "sketch"):
        check(most[what, 4096] < most[what, 64] + 2048, what, f"takes {most[what, 4096]} KiB, for a "
              f"small picture {most[what, 64]} KiB")


with tempfile.TemporaryDirectory() as work:
    os.environ["XDG_CONFIG_HOME"] = work
    for name in ("SDCTL_ENDPOINT", "SDCTL_BACKEND", "SDCTL_API_KEY"):
        os.environ.pop(name, None)
    for test in (test_outpaint, test_outpaint_with_mask, test_sketch, test_erased, test_rectangles,
                 test_pictures, test_defaults, test_memory):
        test(work)
print(f"preview: {passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
