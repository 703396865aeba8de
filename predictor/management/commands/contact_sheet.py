"""Writes photos with what each model and the blend suggest, and the five, as one HTML page to look at and print."""

import base64
import sys
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.template.loader import render_to_string
from PIL import Image

from corpus.images import THUMBNAIL_SIDE, display_copy
from predictor.five import Pick
from predictor.learning import versions
from predictor.management import asking
from predictor.ml.contract import SuggestedTag
from tag4pic_site.commands import HomeCommand

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".heif"}  # of the photos of a folder


@dataclass(frozen=True, slots=True)
class Cell:
    """One photo on the sheet."""

    folder: str  # the heading that it stands under
    name: str
    error: str  # why it has no suggestions; else empty
    picture: str  # a data URL, so that the page needs no other file
    columns: dict[str, list[tuple[str, str]]]  # hashtags with their probabilities, for each ranking
    five: list[Pick]


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("photos", nargs="+", metavar="PHOTO", help="a folder stands for all photos below it")
        parser.add_argument("--output", type=page, required=True, metavar="FILE", help="the page, FILE.html")
        asking.add_ranking_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        output = options["output"]
        if not output.parent.is_dir():
            raise CommandError(f"There is no folder {output.parent}. Make it first, or choose another --output.")
        photos = [photo for name in options["photos"] for photo in photos_of(name)]
        answers = asking.answers(photos, self._notice, options["top"], options["specific"])
        cells = [cell_of(answer) for answer in answers]
        sheet = {"cells": cells, "versions": versions.active_names(), "specific": options["specific"]}
        try:  # names of files may hold bytes that are no text
            output.write_text(render_to_string("contact_sheet.html", sheet), "utf-8", errors="replace")
        except OSError as error:
            raise CommandError(f"The sheet cannot be written to {output}: {error.strerror}.") from error
        failed = sum(bool(cell.error) for cell in cells)
        self.stdout.write(f"Wrote {output} with hashtags for {len(cells) - failed} of {len(cells)} photos.")
        if failed:
            self.stderr.write(f"{failed} of {len(cells)} photos could not be read; the sheet says why.")
            sys.exit(1)

    def _notice(self, text: str) -> None:
        self.stderr.write(text, self.style.NOTICE)


def page(text: str) -> Path:
    """Parse the name of the page; another suffix may be a slip, and that of a photo would cost the photo."""
    if Path(text).suffix.lower() not in {".html", ".htm"}:
        raise ArgumentTypeError(f"{text!r} does not end in .html, and the sheet is an HTML page")
    return Path(text)


def photos_of(name: str) -> list[str]:
    """Return a photo as it is, and of a folder the photos in it and in its folders, sorted."""
    if not Path(name).is_dir():
        return [name]
    found = sorted(file for file in Path(name).rglob("*") if file.suffix.lower() in SUFFIXES)
    if not found:
        raise CommandError(f"There is no photo in the folder {name}.")
    return [str(file) for file in found]


def cell_of(answer: asking.Answer) -> Cell:
    """Return what the sheet shows of an answer."""
    path = Path(answer.name).absolute()
    picture = data_url(answer.image) if answer.image else ""
    columns = {id: [(item.tag, percent(item)) for item in tags] for id, tags in answer.columns.items()}
    return Cell(path.parent.name, path.name, answer.error, picture, columns, answer.five)


def data_url(image: Image.Image) -> str:
    """Return a small copy of a photo as an address that holds all of it."""
    return "data:image/jpeg;base64," + base64.b64encode(display_copy(image, THUMBNAIL_SIDE)).decode()


def percent(item: SuggestedTag) -> str:
    """Return a probability as people read it."""
    return f"{100 * item.score:.0f} %" if item.score >= 0.005 else "< 1 %"
