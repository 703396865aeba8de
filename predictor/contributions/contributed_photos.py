"""The photos of contributions: a copy that outlives the upload, and the post that it becomes."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from corpus import ingest, pictures
from corpus.decoder import Decoder, DecoderError
from corpus.hash_index import HashIndex
from corpus.images import ImageRefused
from corpus.models import Post, Source
from corpus.raw import RawPost, SourceError
from predictor.contributions.contributed_tags import ContributionError
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
    """Make a contribution a post of the corpus with these hashtags.

    Raises ContributionError where an import has taken the name of the source, or the disk is full.
    """
    try:
        source = ingest.open_source(SOURCE, Source.Kind.CONTRIBUTION)
        raw = RawPost("", str(row.pk), tuple(tags), row.image_path, Post.Split.TRAIN)
        return ingest.store_photo(source, raw, picture, row.origin, index)
    except SourceError as error:
        raise ContributionError(str(error)) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sentence = _("The site has no room for more photos right now. Please try again later.")
        raise ContributionError(sentence) from error


def discard(image: Path, post: Post | None) -> None:
    """Delete the pictures of the post that a contribution was, unless another post has the same, then its own copy.

    A copy that is still there says to `clean` that this was not finished.
    """
    if sha256 := post.sha256 if post else _sha256(image):
        pictures.discard(pictures.of(sha256))
    image.unlink(missing_ok=True)


def clean(oldest: float) -> int:
    """Finish what died in the middle: delete copies last changed before `oldest` that no open contribution names, with
    the pictures that were made of them; return how many.
    """
    named = set(Contribution.objects.open().values_list("image", flat=True))
    media, deleted = Path(settings.MEDIA_ROOT), 0
    for file in media.glob("contributions/*/*"):
        with suppress(FileNotFoundError):  # somebody else has just deleted it
            if str(file.relative_to(media)) not in named and file.stat().st_mtime < oldest:
                discard(file, None)
                deleted += 1
    return deleted


def _sha256(file: Path) -> str:
    """Return the sha256 of a file; nothing where it is gone."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
