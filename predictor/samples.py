"""Photos to try the site with: the golden ones, with the credit and the licence that scikit-image states."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from predictor.learning import golden

PICTURE = (240, 180)  # pixels of the small picture on the start page, twice what it is shown at
QUALITY = 70
PUBLIC_DOMAIN = _("public domain")


@dataclass(frozen=True, slots=True)
class Sample:
    """One photo to try the site with."""

    name: str
    label: Promise
    credit: str
    licence: str | Promise


SAMPLES = (
    Sample("cat", _("Cat"), "Stefan van der Walt", "CC0"),
    Sample("coffee", _("Coffee"), "Rachel Michetti", "CC0"),
    Sample("astronaut", _("Astronaut"), "NASA", PUBLIC_DOMAIN),
    Sample("rocket", _("Rocket"), "SpaceX", PUBLIC_DOMAIN),
    Sample("horse", _("Horse"), "Andreas Preuss", "CC0"),
)


@cache
def present() -> tuple[Sample, ...]:
    """Return the samples that are there: none without scikit-image's wheel."""
    found = golden.files()
    return tuple(sample for sample in SAMPLES if sample.name in found)


@cache
def picture(name: str) -> bytes:
    """Return the small picture of a sample, WebP. Raises KeyError where there is no such sample."""
    buffer = io.BytesIO()
    with Image.open(golden.files()[name]) as photo:
        ImageOps.fit(photo.convert("RGB"), PICTURE).save(buffer, "WEBP", quality=QUALITY)
    return buffer.getvalue()


@contextmanager
def sent(name: str) -> Iterator[TemporaryUploadedFile]:
    """Open a copy of a sample as if somebody had just sent it. Raises KeyError where there is no such sample."""
    path = golden.files()[name]
    with TemporaryUploadedFile(path.name, "", path.stat().st_size, None) as copy:
        copy.write(path.read_bytes())
        yield copy
