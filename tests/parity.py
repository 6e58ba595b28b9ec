#!/usr/bin/env python3
"""Compares lib/image with Pillow and OpenCV: crop rectangles exactly, pixels within one level.

usage: parity.py IMGTOOL [WORK_FOLDER]
Skips, with one line, when Pillow, NumPy or OpenCV is missing. (Debian: python3-pil,
python3-numpy, python3-opencv.) The reference side is written from the documented behaviour of
those libraries and of the server's image preparation.
"""
import os
import random
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import cv2
    from PIL import Image, ImageFilter, ImageOps
except ImportError as missing:
    print(f"parity: skipped: {missing}")
    sys.exit(0)

TOOL = os.path.abspath(sys.argv[1])
DIR = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()
passed = failed = 0
worst = {}


def tool(*arguments, stdin=None):
    done = subprocess.run([TOOL, *map(str, arguments)], input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def file(name):
    return os.path.join(DIR, name)


def check(good, what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"not ok {what}")


def compare(what, kind, image, path, limit=1):
    ours = np.asarray(Image.open(path)).astype(int)
    theirs = np.asarray(image).astype(int)
    if ours.ndim == 2 and theirs.ndim == 3:
        theirs = theirs[:, :, 0]
    if ours.shape != theirs.shape:
        return check(False, f"{what}: shape {ours.shape}, expected {theirs.shape}")
    off = int(abs(ours - theirs).max())
    worst[kind] = max(worst.get(kind, 0), off)
    check(off <= limit, f"{what}: off by {off}")


def photo(width, height, mode="RGB", seed=1):
    """Smooth shapes plus noise plus hard edges, so that all filters are put to work."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    bands = []
    for band in range(len(mode)):
        value = 127 + 90 * np.sin(x / (7 + 3 * band)) * np.cos(y / (11 - 2 * band))
        value += rng.normal(0, 20, (height, width))
        value[height // 4:height // 2, width // 3:width // 2] = 255 * (band % 2)
        bands.append(np.clip(value, 0, 255).astype(np.uint8))
    return Image.fromarray(np.squeeze(np.stack(bands, -1)), mode)


def mask_image(width, height, seed):
    rng = random.Random(seed)
    mask = np.zeros((height, width), np.uint8)
    for _ in range(rng.randint(1, 3)):
        x, y = rng.randrange(width), rng.randrange(height)
        w, h = rng.randint(1, width // 3), rng.randint(1, height // 3)
        mask[y:y + h, x:x + w] = rng.choice([255, 255, 1, 128])
    return Image.fromarray(mask, "L")


def server_fit(mode, image, width, height):
    lanczos = Image.Resampling.LANCZOS
    if mode == 0:
        return image.resize((width, height), resample=lanczos)
    wide, ratio = width / height, image.width / image.height
    by_height, by_width = image.width * height // image.height, image.height * width // image.width
    if mode == 1:
        size = (width if wide > ratio else by_height, height if wide <= ratio else by_width)
    else:
        size = (width if wide < ratio else by_height, height if wide >= ratio else by_width)
    piece = image.resize(size, resample=lanczos)
    result = Image.new("RGB", (width, height))
    left, top = width // 2 - size[0] // 2, height // 2 - size[1] // 2
    result.paste(piece, box=(left, top))
    if mode == 2 and wide < ratio and top > 0:
        for edge, at in ((0, 0), (piece.height, top + size[1])):
            result.paste(piece.resize((width, top), box=(0, edge, width, edge)), box=(0, at))
    elif mode == 2 and wide > ratio and left > 0:
        for edge, at in ((0, 0), (piece.width, left + size[0])):
            result.paste(piece.resize((left, height), box=(edge, 0, edge, height)), box=(at, 0))
    return result


def server_expand(box, width, height, image_width, image_height):
    x1, y1, x2, y2 = box
    wanted = width / height
    if (x2 - x1) / (y2 - y1) > wanted:
        more = int((x2 - x1) / wanted - (y2 - y1))
        y1, y2 = fit_line(y1, y2, more, image_height)
    else:
        more = int((y2 - y1) * wanted - (x2 - x1))
        x1, x2 = fit_line(x1, x2, more, image_width)
    return x1, y1, x2, y2


def fit_line(a, b, more, limit):
    a -= more // 2
    b += more - more // 2
    if b >= limit:
        a -= b - limit
        b = limit
    if a < 0:
        b -= a
        a = 0
    return a, min(b, limit)


def premultiplied(image, mask):
    result = Image.new("RGBa", image.size)
    result.paste(image.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask))
    return result


def server_fill(image, mask):
    result = Image.new("RGBA", image.size)
    masked = premultiplied(image, mask)
    for radius, repeats in ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1)):
        layer = masked.filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
        for _ in range(repeats):
            result.alpha_composite(layer)
    return result.convert("RGB")


def server_apply(image, at, overlay):
    if at:
        base = Image.new("RGBA", overlay.size)
        base.paste(server_fit(1, image, at[2] - at[0], at[3] - at[1]), at[:2])
        image = base
    image = image.convert("RGBA")
    image.alpha_composite(overlay)
    return image.convert("RGB")


def test_resize():
    sizes = [(512, 512), (768, 512), (200, 331), (97, 64), (33, 400), (8, 8), (1, 1)]
    for mode in ("RGB", "L"):
        source = photo(301, 173, mode)
        source.save(file("in.png"))
        for name, kind in (("lanczos", Image.Resampling.LANCZOS), ("bicubic", Image.Resampling.BICUBIC)):
            for size in sizes:
                tool("resize", file("in.png"), file("out.png"), name, *size)
                compare(f"resize {mode} {name} {size}", f"resize {name}",
                        source.resize(size, resample=kind), file("out.png"), 0)
        for resize_mode in (0, 1, 2):
            for size in sizes[:-1]:
                tool("fit", file("in.png"), file("out.png"), resize_mode, *size)
                compare(f"fit {mode} mode {resize_mode} {size}", f"resize mode {resize_mode}",
                        server_fit(resize_mode, source, *size), file("out.png"), 0)


def test_blur():
    for seed, size in enumerate([(300, 200), (64, 17), (5, 90), (1, 40)]):
        mask = mask_image(*size, seed) if min(size) > 8 else photo(*size, "L", seed)
        mask.save(file("mask.png"))
        for sx, sy in [(4, 4), (1, 0), (0, 1), (2, 7), (16, 3), (33, 64), (64, 64)]:
            np_mask = np.array(mask)
            if sx > 0:
                np_mask = cv2.GaussianBlur(np_mask, (2 * int(2.5 * sx + 0.5) + 1, 1), sx)
            if sy > 0:
                np_mask = cv2.GaussianBlur(np_mask, (1, 2 * int(2.5 * sy + 0.5) + 1), sy)
            tool("blur-opencv", file("mask.png"), file("out.png"), sx, sy)
            compare(f"OpenCV blur {size} {sx},{sy}", "OpenCV blur", np_mask.reshape(size[1], size[0]),
                    file("out.png"))
    for mode in ("RGB", "L"):
        source = photo(150, 91, mode)
        source.save(file("in.png"))
        for radius in (0, 0.3, 1, 2, 4, 16, 64, 256):
            tool("blur-pillow", file("in.png"), file("out.png"), radius)
            compare(f"Pillow blur {mode} {radius}", "Pillow blur",
                    source.filter(ImageFilter.GaussianBlur(radius)), file("out.png"), 0)


def test_crop():
    rng = random.Random(7)
    for seed in range(60):
        size = rng.randint(20, 400), rng.randint(20, 400)
        mask = mask_image(*size, seed)
        mask.save(file("mask.png"))
        pad = rng.choice([0, 0, 1, 7, 32, 200])
        target = rng.choice([(512, 512), (768, 512), (512, 768), (640, 360), (1, 512), (513, 64)])
        box = mask.getbbox()
        if pad:
            box = (max(box[0] - pad, 0), max(box[1] - pad, 0), min(box[2] + pad, size[0]),
                   min(box[3] + pad, size[1]))
        expected = [box, server_expand(box, *target, *size)]
        ours = [tuple(map(int, line.split())) for line in
                tool("crop", file("mask.png"), pad, *target).splitlines()]
        check(ours == expected, f"crop {size} pad {pad} for {target}: {ours}, expected {expected}")
    Image.new("L", (30, 20)).save(file("mask.png"))
    check(tool("crop", file("mask.png"), 8, 512, 512) == "none\n", "a blank mask has no crop")
    cases = []
    for _ in range(5000):
        w, h = rng.randint(1, 3000), rng.randint(1, 3000)
        x1, y1 = rng.randrange(w), rng.randrange(h)
        cases.append((x1, y1, rng.randint(x1 + 1, w), rng.randint(y1 + 1, h),
                      rng.randint(1, 2048), rng.randint(1, 2048), w, h))
    lines = tool("expand", stdin="\n".join(" ".join(map(str, c)) for c in cases)).splitlines()
    wrong = [c for c, line in zip(cases, lines)
             if tuple(map(int, line.split())) != server_expand(c[:4], *c[4:])]
    check(not wrong, f"expand: {len(wrong)} of {len(cases)} differ, such as {wrong[:1]}")


def test_channels():
    rgba = photo(120, 70, "RGBA")
    rgba.save(file("in.png"))
    white = Image.new("RGBA", rgba.size, "#ffffff")
    white.paste(rgba, mask=rgba)
    tool("flatten", file("in.png"), file("out.png"))
    compare("flatten", "flatten", white.convert("RGB"), file("out.png"), 0)
    tool("grey", file("in.png"), file("out.png"))
    compare("grey", "grey", rgba.convert("L"), file("out.png"), 0)


def test_compose():
    for seed in range(4):
        image = photo(257, 190, "RGB", seed)
        mask = mask_image(257, 190, seed).filter(ImageFilter.GaussianBlur(seed * 3))
        image.save(file("image.png"))
        mask.save(file("mask.png"))
        tool("fill", file("image.png"), file("out.png"), file("mask.png"))
        compare(f"fill {seed}", "fill", server_fill(image, mask), file("out.png"), 0)
        tool("overlay", file("image.png"), file("overlay.png"), file("mask.png"))
        overlay = premultiplied(image, mask).convert("RGBA")
        compare(f"overlay {seed}", "overlay", overlay, file("overlay.png"), 0)
        painted = photo(256, 256, "RGB", seed + 40)
        painted.save(file("painted.png"))
        for at in ((10, 20, 110, 150), (0, 0, 257, 190), (200, 3, 257, 60)):
            tool("apply", file("painted.png"), file("out.png"), file("overlay.png"), *at)
            compare(f"apply {seed} {at}", "apply", server_apply(painted, at, overlay),
                    file("out.png"), 0)
        tool("apply", file("image.png"), file("out.png"), file("overlay.png"), 0, 0, 0, 0)
        compare(f"apply whole {seed}", "apply", server_apply(image, None, overlay), file("out.png"), 0)


for test in (test_resize, test_blur, test_crop, test_channels, test_compose):
    test()
print("parity: worst difference in levels: " +
      ", ".join(f"{kind} {off}" for kind, off in sorted(worst.items())))
print(f"parity: {passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
