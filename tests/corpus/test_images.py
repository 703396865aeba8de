"""Photos at the door: the cheap check of headers, refusals, display copies and duplicates."""

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from corpus.headers import Header
from corpus.images import (
    REASONS,
    ImageRefused,
    Limits,
    PhotoHashes,
    check_header,
    display_copy,
    photo_hashes,
)
from tests.corpus.sources import are_duplicates


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def photo(width: int = 96, height: int = 64, seed: int = 1) -> Image.Image:
    """Soft patches of colour, like a photo seen from afar."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize((width, height), Image.Resampling.BICUBIC)


def png_header(width: int, height: int) -> bytes:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def reason(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(ImageRefused) as refused:
        check_header(io.BytesIO(content), limits or Limits())
    return refused.value.reason


def test_it_works() -> None:
    assert check_header(io.BytesIO(encoded(photo(96, 64), "JPEG"))) == Header("JPEG", 96, 64)


@pytest.mark.parametrize("format", ["PNG", "GIF", "WEBP", "AVIF", "MPO"])
@pytest.mark.parametrize("size", [(96, 64), (301, 1023)])
def test_formats(format: str, size: tuple[int, int]) -> None:
    expected = Header("JPEG" if format == "MPO" else format, *size)
    options = {"save_all": True, "append_images": [photo(60, 60)]} if format == "MPO" else {}
    assert check_header(io.BytesIO(encoded(photo(*size), format, **options))) == expected


def test_lossless_and_transparent_webp() -> None:
    for image, options in ((photo(301, 222), {"lossless": True}), (photo(301, 222).convert("RGBA"), {"exif": b"x"})):
        assert check_header(io.BytesIO(encoded(image, "WEBP", **options))) == Header("WEBP", 301, 222)


def test_large_webp_canvas() -> None:
    canvas = b"\0\0\0\0" + (16_382).to_bytes(3, "little") + (16_381).to_bytes(3, "little")
    start = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + canvas
    assert reason(start) == "too_many_pixels"
    assert check_header(io.BytesIO(start), Limits(max_pixels=10**9)) == Header("WEBP", 16_383, 16_382)


def test_heif() -> None:
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(photo(200, 120)).save(buffer, format="HEIF")
    assert check_header(buffer) == Header("HEIF", 200, 120)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"x", "not_an_image"),
        (b"\0" * 4096, "not_an_image"),
        (b"<html><body>no</body></html>", "not_an_image"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", "not_an_image"),
        (b"BM" + b"\0" * 60, "unsupported_format"),
        (b"II*\0" + b"\0" * 60, "unsupported_format"),
        (b"P6\n9 9\n255\n", "unsupported_format"),
        (b"PK\3\4" + b"\0" * 60, "unsupported_format"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported_format"),
        (b"\x89PNG\r\n\x1a\n", "corrupt"),
        (b"RIFF\x04\0\0\0WEBP", "corrupt"),
        (b"GIF89a", "corrupt"),
        (b"\xff\xd8\xff\xe0", "corrupt"),
        (b"\xff\xd8\xff\xda\0\x02" + b"x" * 100, "corrupt"),
        (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", "corrupt"),
        (png_header(0, 0), "corrupt"),
        (png_header(13_000, 13_000), "too_many_pixels"),
        (png_header(2**31 - 1, 2**31 - 1), "too_many_pixels"),
        (png_header(15, 15), "too_small"),
        (png_header(20, 1001), "extreme_aspect"),
        (png_header(1, 20_000), "too_small"),
        (b"GIF89a\xff\xff\xff\xff\0\0\0", "too_many_pixels"),
    ],
)
def test_refused(content: bytes, expected: str) -> None:
    assert reason(content) == expected


def test_edges_of_the_limits_are_taken() -> None:
    for width, height in ((16, 16), (20, 1000), (10_000, 5_000)):
        assert check_header(io.BytesIO(png_header(width, height))) == Header("PNG", width, height)


def test_too_many_bytes() -> None:
    content = encoded(photo(), "PNG")
    assert reason(content, Limits(max_bytes=len(content) - 1)) == "too_large_bytes"
    check_header(io.BytesIO(content), Limits(max_bytes=len(content)))


def jpeg_with_scans(count: int) -> bytes:
    """A JPEG whose one scan is repeated, with coded data in which a stuffed zero follows each 0xFF."""
    content = encoded(photo(), "JPEG")
    scan = content.index(b"\xff\xda")
    return content[:scan] + (content[scan:-2] + b"\xff\x00\xff\xd0") * count + b"\xff\xd9"


def test_too_many_scans() -> None:
    check_header(io.BytesIO(jpeg_with_scans(100)))
    assert reason(jpeg_with_scans(101)) == "too_complex"


def test_scans_behind_the_end_do_not_count() -> None:
    content = encoded(photo(), "JPEG")
    check_header(io.BytesIO(content + content[content.index(b"\xff\xda") :] * 200))


def test_too_many_segments() -> None:
    assert reason(b"\xff\xd8" + b"\xff\xfe\0\2" * 6_000 + b"\xff\xd9") == "too_complex"


def test_every_reason_has_a_sentence_with_advice() -> None:
    for name in REASONS:
        text = str(ImageRefused(name))
        assert text.endswith(".") and "{" not in text
        assert any(
            word in text for word in ("Please send", "Please choose", "Please make", "Please save", "Please crop")
        )
    assert "more than 50 million pixels" in str(ImageRefused("too_many_pixels"))
    assert "larger than 20 MB" in str(ImageRefused("too_large_bytes"))


def test_display_copy_is_small_and_bare() -> None:
    image = photo(2000, 1500)
    image.info = {"comment": b"hidden words", "exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0", "icc_profile": b"profile"}
    copy = display_copy(image)
    opened = Image.open(io.BytesIO(copy))
    assert (opened.format, opened.mode, opened.size) == ("JPEG", "RGB", (1024, 768))
    assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"hidden words" not in copy and b"Exif" not in copy and b"profile" not in copy
    assert image.size == (2000, 1500) and "comment" in image.info


def test_display_copy_never_enlarges() -> None:
    assert Image.open(io.BytesIO(display_copy(photo(96, 64)))).size == (96, 64)


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "smaller": lambda image: image.resize((240, 160)),
    "recompressed": lambda image: Image.open(io.BytesIO(encoded(image, "JPEG", quality=30))),
    "brighter": lambda image: image.point(lambda value: min(255, value * 1.05)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_copies_are_duplicates(change: str) -> None:
    image = photo(480, 320)
    assert are_duplicates(photo_hashes(image), photo_hashes(CHANGES[change](image)))


def test_other_photos_are_none() -> None:
    image, other = photo(480, 320), photo(480, 320, seed=2)
    assert not are_duplicates(photo_hashes(image), photo_hashes(other))
    assert not are_duplicates(photo_hashes(image), photo_hashes(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))


def test_flat_pictures_are_no_duplicates() -> None:
    for colour in ("black", "white", "red"):
        hashes = photo_hashes(Image.new("RGB", (64, 64), colour))
        assert hashes.flat
        assert not are_duplicates(hashes, hashes)
    assert not photo_hashes(photo()).flat


def test_both_hashes_must_be_near() -> None:
    base = PhotoHashes("0" * 15 + "f", "0" * 16, flat=False)
    assert are_duplicates(base, PhotoHashes("0" * 15 + "1", "0" * 14 + "ff", flat=False))
    assert not are_duplicates(base, PhotoHashes("0" * 16, "0" * 16, flat=False))
    assert not are_duplicates(base, PhotoHashes("0" * 15 + "f", "0" * 13 + "1ff", flat=False))


def test_import_is_light() -> None:
    code = "import sys, corpus.images; assert not {'numpy', 'pillow_heif', 'imagehash', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
