"""The photos of contributions: a copy that outlives the upload, and the post that it becomes."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from corpus import ingest, pictures
from corpus.decoder import Decoder, DecoderError
from corpus.hash_index import HashIndex
from corpus.images import ImageRefused
from corpus.models import Post, Source
from corpus.raw import RawPost
from predictor.contributed_tags import ContributionError
from predictor.models import Contribution

SOURCE = "contributions"


def copy(file: Path, place: Path) -> None:
    """Copy a photo durably, so that its place holds all of it or nothing. Raises OSError."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = Path(settings.FILE_UPLOAD_TEMP_DIR) / uuid.uuid4().hex
    try:
        with file.open("rb") as source, part.open("wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        part.chmod(0o600)
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)


def read(contribution: Contribution, decoder: Decoder) -> pictures.Picture:
    """Open the photo of a contribution. Raises ContributionError."""
    try:
        return pictures.read(contribution.image_path, decoder)
    except (OSError, ImageRefused) as error:
        raise ContributionError(_("The photo of this contribution cannot be read any more; reject it.")) from error
    except DecoderError as error:
        raise ContributionError(str(error)) from error


def store(row: Contribution, tags: Sequence[str], picture: pictures.Picture, index: HashIndex) -> Post:
    """Make a contribution a post of the corpus with these hashtags. Raises OSError where the disk is full."""
    source = ingest.open_source(SOURCE, Source.Kind.CONTRIBUTION)
    raw = RawPost("", str(row.pk), tuple(tags), row.image_path, Post.Split.TRAIN)
    return ingest.store_photo(source, raw, picture, row.origin, index)


def discard(image: Path | None, post: Post | None) -> None:
    """Delete a contribution's copy, and the pictures of the post that it was, unless another post has the same."""
    if image is not None:
        image.unlink(missing_ok=True)
    if post is not None:
        pictures.discard([post.image_path, post.thumbnail_path])
