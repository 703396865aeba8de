"""Photos as the site takes them: limits, the cheap check of a header, refusals, display copies, and hashes."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from PIL import Image

from corpus.headers import Header, Unreadable, read_header

DISPLAY_SIDE = 1024  # pixels of a display copy's longest side
THUMBNAIL_SIDE = 512  # of the copy that curators see
DISPLAY_QUALITY = 85
AVERAGE_HASH_DISTANCE = 3  # bits of 64 in which two copies of a photo may differ
DIFFERENCE_HASH_DISTANCE = 8
FLAT_SPREAD = 3.0  # grey levels: a picture whose 8 x 8 cells deviate less has nothing to compare


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken."""

    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 50_000_000
    min_side: int = 16  # pixels
    max_aspect: int = 50  # long side to short side
    max_scans: int = 100  # of a JPEG


LIMITS = Limits()


def _(sentence: str) -> str:
    """Mark a sentence for the catalogues of the site, which this module cannot read itself."""
    return sentence


SENTENCES = {
    "empty": _("The file is empty. Please choose the photo again."),
    "not_an_image": _("This file is not a picture. Please send a JPEG, PNG, WebP, GIF, AVIF or HEIC photo."),
    "unsupported_format": _(
        "This kind of file is not taken. Please save the photo as JPEG, PNG, WebP, GIF, AVIF or HEIC and send that."
    ),
    "corrupt": _(
        "The photo is damaged or was cut off on its way. Please send it again, or save a new copy of it first."
    ),
    "too_many_pixels": _(
        "The photo has more than {megapixels:g} million pixels. Please make it smaller and send it again."
    ),
    "too_large_bytes": _("The file is larger than {megabytes:g} MB. Please make the photo smaller and send it again."),
    "too_small": _("The picture is too small: each side needs {min_side} pixels or more. Please send a larger one."),
    "extreme_aspect": _(
        "The picture is too long and thin: more than {max_aspect} times as long as wide. Please crop it and try again."
    ),
    "too_complex": _("Reading this file would take too long. Please save the photo as a plain JPEG and send that."),
}
REASONS = tuple(SENTENCES)


class ImageRefused(Exception):
    """A photo that is not taken: `reason` is one of REASONS, the text a sentence for the person who sent it."""

    def __init__(self, reason: str, limits: Limits = LIMITS) -> None:
        self.reason, self.limits = reason, limits
        super().__init__(self.sentence())

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """Say why, in the language that `translate` leads to."""
        return translate(SENTENCES[self.reason]).format(
            megapixels=self.limits.max_pixels / 1_000_000,
            megabytes=self.limits.max_bytes / 1024 / 1024,
            min_side=self.limits.min_side,
            max_aspect=self.limits.max_aspect,
        )


def check_header(file: IO[bytes], limits: Limits = LIMITS) -> Header:
    """Return what an open file's header says, after the cheap checks; no pixel is decoded. Moves the file's position.

    Raises ImageRefused. A file that passes may still be damaged: only `corpus.decoder` finds that out.
    """
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise ImageRefused("empty", limits)
    if size > limits.max_bytes:
        raise ImageRefused("too_large_bytes", limits)
    try:
        header = read_header(file, limits.max_scans)
    except Unreadable as unreadable:
        raise ImageRefused(str(unreadable), limits) from unreadable
    check_size(header.width, header.height, limits)
    return header


def check_size(width: int, height: int, limits: Limits = LIMITS) -> None:
    """Raise ImageRefused where a picture has too many or too few pixels, or is too thin."""
    short, long = sorted((width, height))
    if short == 0:
        raise ImageRefused("corrupt", limits)
    if short * long > limits.max_pixels:
        raise ImageRefused("too_many_pixels", limits)
    if short < limits.min_side:
        raise ImageRefused("too_small", limits)
    if long > short * limits.max_aspect:
        raise ImageRefused("extreme_aspect", limits)


def display_copy(image: Image.Image, side: int = DISPLAY_SIDE) -> bytes:
    """Return an upright RGB photo as the JPEG that pages show: `side` pixels at most, and without any metadata."""
    copy = image.copy()
    copy.thumbnail((side, side), Image.Resampling.HAMMING, reducing_gap=2.0)
    copy.info = {}  # else Pillow writes the comment, colour profile and EXIF that it read
    buffer = io.BytesIO()
    copy.save(buffer, "JPEG", quality=DISPLAY_QUALITY)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class PhotoHashes:
    """Two 64-bit perceptual hashes of a photo, as 16 hexadecimal digits each."""

    average: str
    difference: str
    flat: bool  # too even to be compared: all black, white or red, a night sky


def photo_hashes(image: Image.Image) -> PhotoHashes:
    """Return the hashes of an upright photo, computed by the ImageHash library."""
    import imagehash
    import numpy as np

    grey = image.convert("L")
    average, difference = imagehash.average_hash(grey), imagehash.dhash(grey)
    cells = np.asarray(grey.resize((8, 8), Image.Resampling.BOX), dtype=np.float32)
    flat = cells.std() < FLAT_SPREAD or average.hash.all() or not average.hash.any()
    return PhotoHashes(str(average), str(difference), bool(flat))
