"""Reads a photo's format and size from its first bytes, in plain Python, without decoding and without any library."""

import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

CHUNK = 1 << 16
MAX_JPEG_SEGMENTS = 5_000  # real photos have under 200
MAX_BOXES = 10_000
MAX_META = 1 << 22  # bytes of the box that describes an AVIF or HEIF picture
JPEG_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # neither stuffed zeros, nor restarts, nor fill bytes
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
WITHOUT_LENGTH = frozenset({0x01, 0xD8})

HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})
# What is recognised only to say that it is not taken.
OTHER_SIGNATURES = (
    b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"8BPS", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51", b"\xff\x0a",
    b"\0\0\0\x0cJXL ", b"SIMPLE  =", b"%!PS", b"%PDF", b"\0\0\1\0", b"DDS ", b"v/1\1", b"PK\3\4", b"\x1f\x8b",
)  # fmt: skip
NETPBM = re.compile(rb"P[1-7]\s")
SVG = re.compile(rb"\s*(<\?xml|<!--|<!DOCTYPE\s+svg|<svg)", re.IGNORECASE)


class Unreadable(Exception):
    """The first bytes do not tell a size: the argument is one of the reasons of `corpus.images.ImageRefused`."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself: its format as Pillow calls it, and its size as stored, not yet turned upright."""

    format: str
    width: int
    height: int


def read_header(file: IO[bytes], max_scans: int) -> Header:
    """Return the header of an open file of any size; reading stops at a JPEG's scan number `max_scans` + 1.

    Raises Unreadable("not_an_image", "unsupported_format", "corrupt" or "too_complex").
    """
    file.seek(0)
    start = file.read(4096)
    if start.startswith(b"\xff\xd8\xff"):
        return _jpeg(file, max_scans)
    for signature, format, size in SIZES:
        if start.startswith(signature):
            return Header(format, *_sized(size, start))
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return Header("WEBP", *_sized(_webp_size, start))
    if start[4:8] == b"ftyp":
        return Header(_iso_format(start), *_iso_size(file))
    if start.startswith(OTHER_SIGNATURES) or NETPBM.match(start) or (SVG.match(start) and b"<svg" in start.lower()):
        raise Unreadable("unsupported_format")
    raise Unreadable("not_an_image")


def _sized(size: Callable[[bytes], tuple[int, int]], start: bytes) -> tuple[int, int]:
    try:
        return size(start)
    except struct.error as error:
        raise Unreadable("corrupt") from error


def _png_size(start: bytes) -> tuple[int, int]:
    if start[12:16] != b"IHDR":
        raise Unreadable("corrupt")
    width, height = struct.unpack_from(">II", start, 16)
    return width, height


def _gif_size(start: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", start, 6)
    return width, height


def _webp_size(start: bytes) -> tuple[int, int]:
    kind = start[12:16]
    if kind == b"VP8X" and len(start) >= 30:
        return int.from_bytes(start[24:27], "little") + 1, int.from_bytes(start[27:30], "little") + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<xI", start, 20)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", start, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise Unreadable("corrupt")


SIZES = (
    (b"\x89PNG\r\n\x1a\n", "PNG", _png_size),
    (b"GIF87a", "GIF", _gif_size),
    (b"GIF89a", "GIF", _gif_size),
)


def _jpeg(file: IO[bytes], max_scans: int) -> Header:
    """Walk a JPEG's segments up to its end; later pictures in the file (MPO) do not count."""
    file.seek(2)
    size, scans = None, 0
    for _ in range(MAX_JPEG_SEGMENTS):
        marker = _next_marker(file)
        if marker is None or marker == END_OF_IMAGE:
            break
        if marker in WITHOUT_LENGTH:
            continue
        body = file.read(7)
        if len(body) < 7:
            break
        (length,) = struct.unpack_from(">H", body)
        if marker in START_OF_FRAME and size is None:
            size = struct.unpack_from(">HH", body, 3)
        scans += marker == START_OF_SCAN
        if scans > max_scans:
            raise Unreadable("too_complex")
        file.seek(max(length, 2) - 7, os.SEEK_CUR)
    else:
        raise Unreadable("too_complex")
    if size is None:
        raise Unreadable("corrupt")
    return Header("JPEG", size[1], size[0])


def _next_marker(file: IO[bytes]) -> int | None:
    """Move behind the next marker and return its code, or None at the end; coded picture data before it is skipped."""
    kept, wanted = b"", 16
    while chunk := file.read(wanted):
        data = kept + chunk
        if found := JPEG_MARKER.search(data):
            file.seek(found.end() - len(data), os.SEEK_CUR)
            return data[found.start() + 1]
        kept, wanted = data[-1:], CHUNK
    return None


def _iso_format(start: bytes) -> str:
    """Tell AVIF, HEIF and what only shares their container (films, say) apart by the brands of the first box."""
    length = min(int.from_bytes(start[:4], "big"), len(start))
    brands = {start[8:12]} | {start[at : at + 4] for at in range(16, length - 3, 4)}
    if start[8:12] in AVIF_BRANDS or (start[8:12] in HEIF_BRANDS and brands & AVIF_BRANDS):
        return "AVIF"
    if start[8:12] in HEIF_BRANDS:
        return "HEIF"
    raise Unreadable("not_an_image")


def _iso_size(file: IO[bytes]) -> tuple[int, int]:
    """Return the largest picture size (`ispe`) that an AVIF or HEIF file declares: thumbnails are smaller."""
    for name, start, end in _boxes(file, 0, file.seek(0, os.SEEK_END)):
        if name == b"meta" and end - start <= MAX_META:
            sizes = list(_declared_sizes(file, start + 4, end))
            if sizes:
                return max(sizes, key=lambda size: size[0] * size[1])
    raise Unreadable("corrupt")


def _declared_sizes(file: IO[bytes], start: int, end: int) -> list[tuple[int, int]]:
    sizes = []
    for name, first, last in _boxes(file, start, end):
        if name in (b"iprp", b"ipco"):
            sizes += _declared_sizes(file, first, last)
        elif name == b"ispe" and last - first >= 12:
            file.seek(first + 4)
            width, height = struct.unpack(">II", file.read(8))
            sizes.append((width, height))
    return sizes


def _boxes(file: IO[bytes], start: int, end: int) -> list[tuple[bytes, int, int]]:
    """Return name, start and end of the content of the boxes that follow each other from `start` to `end`."""
    found: list[tuple[bytes, int, int]] = []
    while start + 8 <= end and len(found) < MAX_BOXES:
        file.seek(start)
        length, name = struct.unpack(">I4s", file.read(8))
        content = start + 8
        if length == 1:
            length, content = int.from_bytes(file.read(8), "big"), start + 16
        elif length == 0:
            length = end - start
        if length < content - start or start + length > end:
            break
        found.append((name, content, start + length))
        start += length
    return found
