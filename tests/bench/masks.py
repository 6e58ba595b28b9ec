#!/usr/bin/python3
"""Measures sdctl mask-invert beside other image tools, file to file.

usage: masks.py [GROUP...]     one of the masks below, or start; all of them when none is named

BIN is where sdctl is, BUILD where bench/ with measure, start and png_rows is; ROUNDS scales how often each
row runs. All rows of a group run in turn, round after round, and the medians count; only the ratios
mean anything on another machine. Masks are drawn and files judged with Pillow.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

SDCTL = os.path.join(os.environ.get("BIN", "."), "sdctl")
TOOLS = os.path.join(os.environ.get("BUILD", "build"), "bench")
ROUNDS = float(os.environ.get("ROUNDS", "1"))
PYTHON = sys.executable
# ImageMagick 6 or 7
MAGICK = next((p for p in ("/usr/bin/convert", "/usr/local/bin/magick", "/usr/bin/magick")
               if os.path.exists(p)), "convert")
PILLOW = """
import sys
from PIL import Image, ImageOps
picture = Image.open(sys.argv[1])
if picture.mode == "P":
    picture.putpalette(bytes(255 - v for v in picture.getpalette()))
elif picture.mode == "RGBA":
    bands = picture.split()
    picture = Image.merge("RGBA", [*map(ImageOps.invert, bands[:3]), bands[3]])
else:
    picture = ImageOps.invert(picture)
picture.save(sys.argv[2], **({"compress_level": 1} if len(sys.argv) > 3 else {}))
"""


def fail(text):
    sys.exit(f"bench: {text}")


def installed(commands):
    missing = [name for name, argv in commands if not shutil.which(argv[0])]
    if missing:
        print(f"({', '.join(missing)} left out: not installed)")
    return [row for row in commands if row[0] not in missing]


def draw(n):
    """Brush strokes, an outline filled and a box, as people paint masks."""
    mask = Image.new("L", (n, n), 0)
    pen = ImageDraw.Draw(mask)
    unit = n / 4096
    at = lambda *numbers: [round(v * unit) for v in numbers]
    pen.ellipse(at(600, 500, 2300, 2600), fill=255)
    pen.polygon(at(2600, 400, 3800, 900, 3500, 2300, 2500, 1700), fill=255)
    pen.rectangle(at(100, 100, 450, 2500), fill=255)
    for i in range(7):
        x, y = 900 + 430 * i, 3900 - 300 * (i % 2)
        pen.line(at(300 + 400 * i, 2900 + 200 * (i % 3), x, y), fill=255,
                 width=max(1, *at(20 + 15 * i)))
        r = 40 + 12 * i
        pen.ellipse(at(x - r, y - r, x + r, y + r), fill=255)
    return mask


def draw_lines(n):
    """The same under thin diagonal lines, which repeat from row to row, moved."""
    mask = draw(n)
    pen = ImageDraw.Draw(mask)
    for i in range(0, n, n // 24):
        pen.line([i, 0, n - 1 - i // 2, n - 1], fill=255 if i % 2 else 200, width=3)
        pen.line([n - i, 0, i // 3, n - 1], fill=0, width=2)
    return mask


def draw_soft(n):
    return draw(n).filter(ImageFilter.GaussianBlur(n / 170))


def draw_rgba(n):
    mask = draw(n).filter(ImageFilter.GaussianBlur(1))
    return Image.merge("RGBA", [mask, mask, mask, Image.new("L", (n, n), 255)])


def draw_palette(n):
    mask = draw(n).point(lambda v: v // 255)
    mask.putpalette([0, 0, 0, 255, 255, 255])
    return mask


def draw_bits(n):
    return draw(n).convert("1")


def draw_photo(n):
    """A photograph as a mask: hardly a run in it."""
    wide = Image.linear_gradient("L").resize((n, n))
    return ImageChops.add(wide.rotate(20), Image.effect_noise((n, n), 12), scale=2)


# name: how it is drawn, its side in pixels, how often each row runs
MASKS = {
    "hard": (draw, 4096, 7),
    "hard-1024": (draw, 1024, 15),
    "soft": (draw_soft, 4096, 5),
    "soft-1024": (draw_soft, 1024, 15),
    "lines": (draw_lines, 4096, 5),
    "lines-1024": (draw_lines, 1024, 15),
    "rgba": (draw_rgba, 4096, 5),
    "palette": (draw_palette, 4096, 7),
    "1-bit": (draw_bits, 4096, 7),
    "photo": (draw_photo, 2048, 5),
}


def rows(name, source, out):
    """The rows of a group: name and command, of the programs that are installed."""
    to_grey = "| ppmtopgm " if name == "palette" else ""
    found = [
        ("sdctl", [SDCTL, "mask-invert", source, "--force", "-o", out]),
        ("libpng fast", [f"{TOOLS}/png_rows", "fast", source, out]),
        ("libpng", [f"{TOOLS}/png_rows", "default", source, out]),
        # inverts alpha too, and makes RGB of a palette
        ("vips level 1", ["vips", "invert", source, f"{out}[compression=1]"]),
        ("Pillow level 1", [PYTHON, "-c", PILLOW, source, out, "1"]),
        ("Pillow", [PYTHON, "-c", PILLOW, source, out]),
        ("GraphicsMagick", ["gm", "convert", source, "-negate", out]),
        ("ImageMagick", [MAGICK, source, "-negate", out]),
    ]
    if shutil.which("pnminvert"):
        pipe = f"pngtopam {source} {to_grey}| pnminvert | pnmtopng -quiet >{out}"
        found.append(("netpbm", ["sh", "-c", pipe]))
    return installed(found)


class Bench:
    """A folder with masks and outputs on a memory file system."""

    def __init__(self):
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.dir = tempfile.mkdtemp(prefix="sdctl-masks-", dir=place)
        self.out = f"{self.dir}/out.png"

    def close(self):
        shutil.rmtree(self.dir)

    def mask(self, name):
        path = f"{self.dir}/{name}.png"
        if not os.path.exists(path):
            paint, side, _ = MASKS[name]
            paint(side).save(path)
        return path

    def run(self, argv):
        """Wall ms, CPU ms, peak MiB, and the size of what came out."""
        if os.path.exists(self.out):
            os.unlink(self.out)
        figures = f"{self.dir}/figures"
        done = subprocess.run([f"{TOOLS}/measure", figures, *argv], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            fail(f"{' '.join(argv)[:200]} ended with {done.returncode}: {done.stderr.strip()}")
        with open(figures) as f:
            wall, cpu, peak = map(int, f.read().split())
        size = os.path.getsize(self.out) if os.path.exists(self.out) else 0
        return wall / 1000, cpu / 1000, peak / 1024, size

    def measure(self, commands, rounds):
        """Medians by name; all commands in turn."""
        taken = {name: [] for name, _ in commands}
        for turn in range(1 + max(3, round(rounds * ROUNDS))):
            for name, argv in commands:
                figures = self.run(argv)
                if turn > 0:  # the first brings the programs into memory
                    taken[name].append(figures)
        return {name: [statistics.median(f) for f in zip(*all_of)]
                for name, all_of in taken.items()}

    def check(self, source, name):
        """That what sdctl writes is the inverse, in the mask's own form."""
        before, after = Image.open(source), Image.open(self.out)
        if before.mode != after.mode:
            fail(f"{name} comes out as {after.mode}")
        if before.mode == "RGBA":
            before.putalpha(ImageOps.invert(before.getchannel("A")))
        colour = "RGBA" if before.mode == "RGBA" else "RGB"
        if ImageChops.invert(before.convert(colour)).tobytes() != after.convert(colour).tobytes():
            fail(f"{name} is not inverted")


def aim(met, what, ratio, most):
    good = ratio <= most
    met.append(good)
    print(f"  {'met   ' if good else 'MISSED'} {what}: {ratio:.2f}, aim {most:g}")


def table(title, medians):
    ours = medians["sdctl"]
    print(f"\n{title}\n  {'':16}{'wall ms':>9}{'CPU ms':>9}{'MiB':>7}{'bytes':>10}"
          f"{'sdctl/it: wall':>16}{'CPU':>6}{'size':>6}")
    for name, (wall, cpu, peak, size) in medians.items():
        ratios = f"{ours[0] / wall:16.2f}{ours[1] / cpu:6.2f}"
        ratios += f"{ours[3] / size:6.2f}" if size else ""
        print(f"  {name:16}{wall:9.1f}{cpu:9.1f}{peak:7.1f}{size:10.0f}{ratios}")


def invert(bench, name):
    source = bench.mask(name)
    commands = rows(name, source, bench.out)
    bench.run(commands[0][1])
    bench.check(source, name)
    medians = bench.measure(commands, MASKS[name][2])
    table(f"{name}: {MASKS[name][1]} x {MASKS[name][1]}", medians)
    ours, met = medians["sdctl"], []
    if "vips level 1" in medians:
        aim(met, "wall, sdctl / vips", ours[0] / medians["vips level 1"][0], 0.85)
        aim(met, "CPU, sdctl / vips", ours[1] / medians["vips level 1"][1], 0.75)
    if "ImageMagick" in medians:
        aim(met, "CPU, sdctl / ImageMagick", ours[1] / medians["ImageMagick"][1], 0.15)
    aim(met, "size, sdctl / libpng", ours[3] / medians["libpng"][3], 1)
    aim(met, "peak MiB", ours[2], 4)
    return met


def start_all(commands, rounds):
    """Median wall and CPU ms by name, of small programs."""
    argv = [f"{TOOLS}/start", str(round(rounds * ROUNDS))]
    for _, command in commands:
        argv += [*command, "--"]
    done = subprocess.run(argv[:-1], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        fail("the smallest jobs cannot be measured")
    return {name: [int(v) / 1000 for v in line.split()]
            for (name, _), line in zip(commands, done.stdout.splitlines())}


def start(bench):
    """What the smallest jobs cost beside programs that do nothing, or hardly anything."""
    path, request = f"{bench.dir}/64.png", f"{bench.dir}/request.json"
    draw(64).save(path)
    with open(request, "w") as f:
        f.write('{"prompt": "a cat", "negative_prompt": "a dog"}\n')
    # the large ones apart: whatever runs after them finds the caches empty
    times = start_all(installed([
        ("mask-invert", [SDCTL, "mask-invert", path, "--force", "-o", bench.out]),
        ("convert-params", [SDCTL, "convert-params", "-q", request]),
        ("sdctl --version", [SDCTL, "--version"]),
        ("libpng", [f"{TOOLS}/png_rows", "default", path, bench.out]),
        ("true", ["true"]),
        ("jq --version", ["jq", "--version"]),
    ]), 500)
    times |= start_all(installed([
        ("jq . FILE", ["jq", ".", request]),
        ("python3 -c pass", [PYTHON, "-c", "pass"]),
        ("vips", ["vips", "invert", path, bench.out]),
        ("GraphicsMagick", ["gm", "convert", path, "-negate", bench.out]),
        ("ImageMagick", [MAGICK, path, "-negate", bench.out]),
    ]), 40)
    peer = "jq --version" if "jq --version" in times else "true"
    print(f"\nstart: a mask of 64 x 64, a request of 50 bytes\n  {'':16}{'wall ms':>9}{'CPU ms':>9}"
          f"{'it / ' + peer + ': wall':>26}")
    for name, (wall, cpu) in times.items():
        print(f"  {name:16}{wall:9.2f}{cpu:9.2f}{wall / times[peer][0]:26.2f}")
    met = []
    if peer != "true":
        for name in ("mask-invert", "convert-params"):
            aim(met, f"wall, {name} / jq --version", times[name][0] / times[peer][0], 1.1)
            aim(met, f"wall, {name} / jq . FILE", times[name][0] / times["jq . FILE"][0], 1)
    return met


def main():
    groups = {**{name: lambda bench, name=name: invert(bench, name) for name in MASKS},
              "start": start}
    wanted = sys.argv[1:] or list(groups)
    if any(name not in groups for name in wanted):
        fail(f"the groups are {', '.join(groups)}")
    bench = Bench()
    try:
        met = [good for name in wanted for good in groups[name](bench)]
    finally:
        bench.close()
    print(f"\n{met.count(True)} of {len(met)} aims met")


if __name__ == "__main__":
    main()
