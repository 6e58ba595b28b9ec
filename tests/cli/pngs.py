"""PNG files of every legal form, made and read sample by sample with nothing but zlib.

A plain reference for tests: slow, exact at every depth, and strict about what it is given."""

import random
import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16),
          RGBA: (8, 16)}
FORMS = [(colour, depth) for colour in DEPTHS for depth in DEPTHS[colour]]
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2))


class Picture:
    """rows: lists of ints, samples in file order; palette: list of (r, g, b); trns: bytes for a
    palette, a tuple of samples for grey and RGB, else None."""

    def __init__(self, width, height, colour, depth, rows, palette=None, trns=None):
        self.width, self.height, self.colour, self.depth = width, height, colour, depth
        self.rows, self.palette, self.trns = rows, palette, trns

    def rgba8(self, x, y):
        """The pixel in 8 bits: 16-bit samples by their high byte, smaller ones spread."""
        n = SAMPLES[self.colour]
        raw = self.rows[y][x * n:(x + 1) * n]
        if self.colour == PALETTE:
            alpha = self.trns[raw[0]] if self.trns and raw[0] < len(self.trns) else 255
            return self.palette[raw[0]] + (alpha,)
        eight = [v >> 8 if self.depth == 16 else v * 255 // ((1 << self.depth) - 1) for v in raw]
        if self.colour in (GREY_ALPHA, RGBA):
            return tuple(eight[:-1] * (3 if n == 2 else 1)) + (eight[-1],)
        alpha = 0 if self.trns is not None and tuple(raw) == tuple(self.trns) else 255
        return tuple(eight * (3 if n == 1 else 1)) + (alpha,)

    def luma(self):
        """All rows as 8-bit grey, as Pillow's convert("L")."""
        grey = self.colour in (GREY, GREY_ALPHA)
        out = bytearray()
        for y in range(self.height):
            for x in range(self.width):
                r, g, b, _ = self.rgba8(x, y)
                out.append(r if grey else (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16)
        return bytes(out)

    def alpha(self):
        return bytes(self.rgba8(x, y)[3] for y in range(self.height) for x in range(self.width))

    def inverse(self):
        """Colour samples, palette and the transparent colour inverted; alpha and indices kept."""
        top = (1 << self.depth) - 1
        n = SAMPLES[self.colour]
        if self.colour == PALETTE:
            palette = [tuple(255 - v for v in entry) for entry in self.palette]
            return Picture(self.width, self.height, PALETTE, self.depth, self.rows, palette,
                           self.trns)
        colours = n - 1 if self.colour in (GREY_ALPHA, RGBA) else n
        rows = [[top - v if i % n < colours else v for i, v in enumerate(row)] for row in self.rows]
        trns = tuple(top - v for v in self.trns) if self.trns is not None else None
        return Picture(self.width, self.height, self.colour, self.depth, rows, None, trns)

    def same_as(self, other):
        return (vars(self).keys() == vars(other).keys() and
                all(getattr(self, k) == getattr(other, k) for k in vars(self)))


def made(colour, depth, width, height, seed, trns=None, opaque=False):
    """A picture of noise. trns: None, "unused" (no pixel is transparent) or "used"."""
    rng = random.Random(seed)
    top = (1 << depth) - 1
    n = SAMPLES[colour]
    palette = trns_value = None
    if colour == PALETTE:
        palette = [tuple(rng.randrange(256) for _ in range(3)) for _ in range(min(top + 1, 200))]
        values = len(palette)
    else:
        values = top + 1
    rows = [[rng.randrange(values) for _ in range(width * n)] for _ in range(height)]
    if colour in (GREY_ALPHA, RGBA):
        for row in rows:
            for i in range(n - 1, len(row), n):
                row[i] = top if opaque else row[i]
        if not opaque:
            rows[-1][-1] = top // 3
    if trns and colour == PALETTE:
        trns_value = bytes([255] if trns == "unused" else [rng.randrange(255) for _ in range(len(palette))])
    elif trns and colour in (GREY, RGB):
        trns_value = tuple(rows[0][:n])
        if trns == "unused":
            trns_value = tuple([top] * n)
            rows = [[v - 1 if v == top else v for v in row] for row in rows]
    return Picture(width, height, colour, depth, rows, palette, trns_value)


def chunk(kind, data, crc=None):
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def ihdr(width, height, depth, colour, compression=0, filtering=0, interlace=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, compression,
                                      filtering, interlace))


def pack(samples, depth):
    if depth == 16:
        return struct.pack(">%dH" % len(samples), *samples)
    out = bytearray((len(samples) * depth + 7) // 8)
    for i, v in enumerate(samples):
        out[i * depth // 8] |= v << (8 - depth - i * depth % 8)
    return bytes(out)


def unpack(data, count, depth):
    if depth == 16:
        return list(struct.unpack(">%dH" % count, data))
    return [data[i * depth // 8] >> (8 - depth - i * depth % 8) & ((1 << depth) - 1)
            for i in range(count)]


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def predict(kind, row, i, before, step):
    a = row[i - step] if i >= step else 0
    b = before[i]
    c = before[i - step] if i >= step else 0
    return (0, a, b, (a + b) // 2, paeth(a, b, c))[kind]


def passes(picture_width, picture_height, interlaced):
    """(x, y, dx, dy, columns, rows) of every pass that has pixels."""
    for x, y, dx, dy in ADAM7 if interlaced else ((0, 0, 1, 1),):
        columns = (picture_width - x + dx - 1) // dx
        rows = (picture_height - y + dy - 1) // dy
        if columns > 0 and rows > 0:
            yield x, y, dx, dy, columns, rows


def scanlines(p, interlaced):
    """The image data before compression; every filter type is used in turn."""
    n = SAMPLES[p.colour]
    step = max(1, n * p.depth // 8)
    out = bytearray()
    for x0, y0, dx, dy, columns, rows in passes(p.width, p.height, interlaced):
        before = None
        for j in range(rows):
            full = p.rows[y0 + j * dy]
            samples = [v for i in range(columns) for v in full[(x0 + i * dx) * n:][:n]]
            row = pack(samples, p.depth)
            before = before or bytes(len(row))
            kind = (j + x0) % 5
            out.append(kind)
            out += bytes((row[i] - predict(kind, row, i, before, step)) & 255
                         for i in range(len(row)))
            before = row
    return bytes(out)


def encode(p, interlaced=False, extra=b"", idat=None, tail=b""):
    """extra goes before PLTE, tail before IEND; idat is the size of an IDAT chunk."""
    out = SIGNATURE + ihdr(p.width, p.height, p.depth, p.colour, interlace=int(interlaced)) + extra
    if p.palette is not None:
        out += chunk(b"PLTE", bytes(v for entry in p.palette for v in entry))
    if p.trns is not None:
        out += chunk(b"tRNS", p.trns if p.colour == PALETTE else
                     struct.pack(">%dH" % len(p.trns), *p.trns))
    data = zlib.compress(scanlines(p, interlaced))
    for i in range(0, len(data), idat or len(data)):
        out += chunk(b"IDAT", data[i:i + (idat or len(data))])
    return out + tail + chunk(b"IEND", b"")


def chunks(data):
    """[(type, bytes)], CRCs checked, IEND last."""
    assert data[:8] == SIGNATURE
    out, at = [], 8
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + n]
        assert struct.unpack(">I", data[at + 8 + n:at + 12 + n])[0] == zlib.crc32(kind + body)
        out.append((kind, body))
        at += 12 + n
    assert out[0][0] == b"IHDR" and out[-1] == (b"IEND", b"")
    return out


def decode(data):
    parts = chunks(data)
    first = dict(reversed(parts))
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", first[b"IHDR"])
    n = SAMPLES[colour]
    step = max(1, n * depth // 8)
    raw = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    rows = [[None] * (width * n) for _ in range(height)]
    at = 0
    for x0, y0, dx, dy, columns, count in passes(width, height, interlaced):
        size = (columns * n * depth + 7) // 8
        before = bytes(size)
        for j in range(count):
            kind = raw[at]
            row = bytearray(raw[at + 1:at + 1 + size])
            for i in range(size):
                row[i] = (row[i] + predict(kind, row, i, before, step)) & 255
            at += 1 + size
            before = bytes(row)
            samples = unpack(before, columns * n, depth)
            for i in range(columns):
                rows[y0 + j * dy][(x0 + i * dx) * n:(x0 + i * dx + 1) * n] = samples[i * n:i * n + n]
    assert at == len(raw)
    palette = trns = None
    if colour == PALETTE:
        plte = first[b"PLTE"]
        palette = [tuple(plte[i:i + 3]) for i in range(0, len(plte), 3)]
    if b"tRNS" in first:
        trns = first[b"tRNS"]
        trns = trns if colour == PALETTE else struct.unpack(">%dH" % (len(trns) // 2), trns)
    return Picture(width, height, colour, depth, rows, palette, trns)
