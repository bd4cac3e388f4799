"""Screenshots with at most 256 colours: a third of the size, and pages have few colours anyway. Standard library only."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST = 256
Colour = tuple[int, int, int]


def small_png(png: bytes) -> bytes:
    """The same picture with a palette. Takes what Chromium writes: 8 bits, RGB or RGBA, not interlaced."""
    width, height, pixels = read(png)
    palette = choose(Counter(pixels))
    number: dict[Colour, int] = {}
    for pixel in set(pixels):
        number[pixel] = min(range(len(palette)), key=lambda i, p=pixel: _distance(palette[i], p))
    rows = (bytes([0, *(number[p] for p in pixels[y * width : (y + 1) * width])]) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", b"".join(bytes(c) for c in palette)), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _distance(a: Colour, b: Colour) -> int:
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))


def read(png: bytes) -> tuple[int, int, list[Colour]]:
    """Width, height and every pixel. Raises ValueError for another kind of PNG."""
    if not png.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    at, data, head = 8, b"", b""
    while at < len(png):
        size, name = struct.unpack_from(">I4s", png, at)
        body = png[at + 8 : at + 8 + size]
        head, data = (body, data) if name == b"IHDR" else (head, data + body if name == b"IDAT" else data)
        at += 12 + size
    width, height, depth, kind, _method, _filter, interlaced = struct.unpack(">IIBBBBB", head)
    if (depth, interlaced) != (8, 0) or kind not in (2, 6):
        raise ValueError("8 bits a channel, RGB or RGBA, not interlaced is expected")
    step = 3 if kind == 2 else 4
    raw, line, pixels = zlib.decompress(data), bytearray(width * step), []
    for y in range(height):
        begin = y * (width * step + 1)
        line = _unfilter(raw[begin], bytearray(raw[begin + 1 : begin + 1 + width * step]), line, step)
        pixels += [(line[i], line[i + 1], line[i + 2]) for i in range(0, len(line), step)]
    return width, height, pixels


def _unfilter(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        line[i] = (line[i] + (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[kind]) & 255
    return line


def _paeth(a: int, b: int, c: int) -> int:
    p = a + b - c
    return min((a, b, c), key=lambda v: abs(p - v))


def choose(counts: Counter[Colour]) -> list[Colour]:
    """A palette by median cut: the box with the most weight times spread is divided until there are enough."""
    boxes = [list(counts)]
    while len(boxes) < MOST and any(len(box) > 1 for box in boxes):
        box = max(boxes, key=lambda b: (len(b) > 1, _spread(b) * sum(counts[c] for c in b) ** 0.5))
        boxes.remove(box)
        axis = max(range(3), key=lambda i: max(c[i] for c in box) - min(c[i] for c in box))
        box.sort(key=lambda c: c[axis])
        # At the widest gap: flat areas of one colour keep exactly that colour.
        cut = max(range(1, len(box)), key=lambda i: box[i][axis] - box[i - 1][axis]) if len(box) < 40 else len(box) // 2
        boxes += [box[:cut], box[cut:]]
    return [max(box, key=lambda c: counts[c]) for box in boxes]


def _spread(box: list[Colour]) -> int:
    return sum(max(c[i] for c in box) - min(c[i] for c in box) for i in range(3))

