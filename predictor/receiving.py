"""Photo in: check what came, put it on disk, write its row, and ask the queue for an answer."""

import hashlib
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.http import HttpRequest

from corpus import images
from predictor import queue
from predictor.learning import versions
from predictor.models import Upload, UploadQuerySet
from predictor.people import visitors
from predictor.people.visitors import Visitor

REFUSAL_STATUS = {"too_large_bytes": 413, "unsupported_format": 415}  # by reason; 422 for any other


def receive(file: TemporaryUploadedFile, visitor: Visitor) -> Upload:
    """Return the upload for a photo that was just sent: the owner's same photo as answered before, or a new row.

    Raises ImageRefused where the header shows that the file cannot be taken, and OSError where the disk is full.
    """
    header = images.check_header(file)
    digest = _sha256(file)
    if known := _same_photo(visitor, digest):
        return known
    upload = Upload(
        owner=visitor.user,
        owner_token=visitor.token,
        sent_name=printable(file.name or "")[:255],
        sha256=digest,
        width=header.width,
        height=header.height,
    )
    upload.original = f"uploads/{upload.pk.hex[:2]}/{upload.pk}.original"
    try:
        _move_into_place(file, upload.original_path)
        upload.save(force_insert=True)
    except (OSError, DatabaseError):
        upload.original_path.unlink(missing_ok=True)  # without its row, nobody would ever delete it
        raise
    queue.enqueue_upload(upload.pk)
    return upload


def try_again(upload: Upload) -> None:
    """Send a failed upload through the queue once more, if its photo is still there."""
    if upload.retry():
        queue.enqueue_upload(upload.pk)


def owned_by(request: HttpRequest) -> UploadQuerySet:
    """Return the uploads of whoever sent a request."""
    return Upload.objects.of(visitors.of(request))


def printable(text: str) -> str:
    """Return a sent text without characters that no database or page should see."""
    return "".join(char for char in text if char.isprintable())


def _same_photo(visitor: Visitor, digest: str) -> Upload | None:
    """Return this owner's upload of the very same bytes, if it is on its way or the present versions answered it."""
    present = Q(state=Upload.State.DONE, answered_by=versions.active_names())
    return (
        Upload.objects.of(visitor)
        .filter(present | Q(state__in=[Upload.State.NEW, Upload.State.WORKING]), sha256=digest)
        .order_by("-created")
        .first()
    )


def _sha256(file: Any) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _move_into_place(file: TemporaryUploadedFile, place: Path) -> None:
    """Make the photo durable under its final name before its row is written."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.flush()
    os.fsync(file.fileno())
    Path(file.temporary_file_path()).rename(place)
    place.chmod(0o600)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def discard(upload: Upload) -> None:
    """Delete an upload with its files; a worker that is at it just now throws away what it has made."""
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload.pk).first()  # it may have been answered meanwhile
        if row is not None:
            for name in filter(None, (row.original, row.display, row.display_name)):
                (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)
            row.delete()
