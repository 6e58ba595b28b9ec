"""Faults that any request can meet: broken framing, busy servers, redirects, text and keys that must
not be shown. hostile.py and hostile_tasks.py strike with them."""

import base64
import email.utils
import random
import struct
import time
import zlib

from rawserver import PNG, chunk, chunked, http, png

KEY = b"canary:s3cr3t-Zebra/9+x"
KEY64 = base64.b64encode(KEY)
EVIL = ("\x1b]0;own\x07\x1b[2J\x9b31m\u202egnp.exe\u2066\u200b\r\nsdctl: img2img: all is well\b\x7f"
        "%n%s\ufeff\U000e0041\ufffe")
EVIL_RAW = EVIL.encode() + b"\xff\xc0\x80\xed\xa0\x80\0\x9b"


def framing(good):
    """Answers that are broken below HTTP's body, by what is wrong; good: a body that is right."""
    return {
        "an empty answer": b"",
        "half a status line": b"HTTP/1.1 2",
        "a status line alone": b"HTTP/1.1 200 OK\r\n",
        "half the headers": b"HTTP/1.1 200 OK\r\nContent-Type: appl",
        "HTTP/0.9": b'[{"name":"Euler"}]',
        "HTTP/0.9 with a page": b"<html></html>",
        "an h2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "an h2 settings frame": b"\0\0\0\x04\0\0\0\0\0",
        "HTTP/3.0": b"HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "a status that is no number": b"HTTP/1.1 OK 200\r\n\r\n",
        "status 0": b"HTTP/1.1 000 x\r\nContent-Length: 0\r\n\r\n",
        "status 99999": b"HTTP/1.1 99999 x\r\nContent-Length: 0\r\n\r\n",
        "Content-Length too long": http(good, length=len(good) + 1),
        "Content-Length of 500 GB": http(good, length=500 * 10**9),
        "Content-Length of 2^63": http(good, length=2**63),
        "Content-Length of 10^40": http(good, length=10**40),
        "Content-Length negative": http(good, length=-1),
        "Content-Length junk": http(good, length="ten"),
        "Content-Length empty": http(good, length=""),
        "half a body": http(good)[:-len(good) // 2],
        "all but the last byte": http(good)[:-1],
        "a NUL in a header": http(good, headers=["X: a\0b"]),
        "a header without colon": http(good, headers=["no colon here"]),
        "chunks: no end": chunked([good], end=b""),
        "chunks: half the end": chunked([good], end=b"0\r\n"),
        "chunks: size is no number": chunked([], end=b"zz\r\nabc\r\n0\r\n\r\n"),
        "chunks: size negative": chunked([], end=b"-5\r\nabcde\r\n0\r\n\r\n"),
        "chunks: size of 2^64": chunked([], end=b"10000000000000000\r\n" + good),
        "chunks: size of 400 digits": chunked([], end=b"1" * 400 + b"\r\n" + good),
        "chunks: size too small": chunked([], end=b"5\r\n" + good + b"\r\n0\r\n\r\n"),
        "chunks: empty line": chunked([], end=b"\r\n\r\n"),
        "chunks: cut in a size": chunked([good], end=b"1"),
    }


def in_seconds(seconds):
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


def busy(status, retry_after=None):
    """retry_after: the header's value, something that gives it, or None for no header."""
    def act(conn, request, server):
        value = retry_after() if callable(retry_after) else retry_after
        conn.sendall(http(b'{"detail":"busy"}', status,
                          headers=[f"Retry-After: {value}"] if value is not None else []))
        return False
    return act


def redirect(status, to):
    """to: with {port} and {other} to be filled in."""
    def act(conn, request, server):
        other = server.other.port if server.other else 0
        where = to.format(port=server.port, other=other)
        conn.sendall(http(b"moved", f"{status} x", headers=["Location: @"]).replace(
            b"@", where.encode(), 1))
        return False
    return act


def cuts(data, seed):
    """Pieces of odd sizes."""
    r = random.Random(seed)
    pieces = []
    while data:
        n = r.choice((1, 2, 3, 7, 64, 1000))
        pieces.append(data[:n])
        data = data[n:]
    return pieces


def header(width=8, height=8, depth=8, colour=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


SOI = bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
BROKEN_PICTURES = {
    "empty": b"", "text": b"hello", "a page": b"<html><body>login</body></html>",
    "XML": b'<?xml version="1.0"?><Error/>', "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "JSON": b'{"error":"x"}', "ELF": b"\x7fELF\x02\x01\x01" + b"\0" * 100, "zeros": b"\0" * 999,
    "a script": b"#!/bin/sh\nrm -rf /\n", "BMP": b"BM" + b"\0" * 60, "TIFF": b"II*\0" + b"\0" * 60,
    "the signature": PNG[:8], "the header": PNG[:33], "all but the end": PNG[:-12],
    "all but a byte": PNG[:-1], "a byte too many": PNG + b"\0", "a second PNG": PNG + PNG,
    "a bad CRC": PNG[:30] + b"\0" + PNG[31:], "a bad CRC in IDAT": PNG[:-14] + b"\0\0" + PNG[-12:],
    "no IDAT": PNG[:33] + PNG[-12:], "no IHDR": PNG[:8] + PNG[33:],
    "width 0": PNG[:8] + header(width=0) + PNG[33:], "depth 3": PNG[:8] + header(depth=3) + PNG[33:],
    "colour 5": PNG[:8] + header(colour=5) + PNG[33:],
    "a lying chunk": PNG[:33] + b"\x7f\xff\xff\xfftEXt" + PNG[33:],
    "a chunk of 2^32 - 1": PNG[:33] + b"\xff\xff\xff\xfftEXt" + PNG[33:],
    "a chunk name of escapes": PNG[:33] + chunk(b"\x1b[2J", b"x") + PNG[33:],
    "JPEG, only the start": SOI, "JPEG, cut": SOI + b"\xff\xc0\0\x11\x08\0\x08",
    "JPEG, endless segments": SOI + b"\xff\xfe\0\x02" * 5000,
    "JPEG, a segment of 0": SOI + b"\xff\xfe\0\0", "GIF, cut": b"GIF89a\x08\0\x08\0",
    "WebP, cut": b"RIFF\x20\0\0\0WEBPVP8 ", "WebP, lying": b"RIFF\xff\xff\xff\x7fWEBPVP8L\x05\0\0\0/",
    "RIFF, no WebP": b"RIFF\x24\0\0\0WAVEfmt "}
# Whole, and what they unpack to is too much: saved as they are.
BOMBS = {
    "65535 x 65535 that are not there": PNG[:8] + header(65535, 65535) + PNG[33:],
    "a text bomb": png(extra=chunk(b"zTXt", b"parameters\0\0" + zlib.compress(b"x" * 50_000_000, 9))),
    "an iTXt bomb": png(extra=chunk(b"iTXt", b"parameters\0\1\0\0\0" + zlib.compress(b"x" * 50_000_000, 9))),
    "a profile bomb": png(extra=chunk(b"iCCP", b"p\0\0" + zlib.compress(b"\0" * 50_000_000, 9))),
    "evil text": png(extra=chunk(b"tEXt", b"parameters\0" + EVIL.encode("utf-8", "replace"))),
    "a thousand text chunks": png(extra=chunk(b"tEXt", b"a\0b") * 1000)}
