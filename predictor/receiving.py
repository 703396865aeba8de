"""Photo in: check what came, put it on disk, write its row, and ask the queue for an answer."""

import hashlib
import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from corpus import images
from predictor import queue, versions
from predictor.models import Upload


def receive(file: TemporaryUploadedFile, request: HttpRequest) -> Upload:
    """Return the upload for a photo that was just sent: the owner's same photo as answered before, or a new row.

    Raises ImageRefused where the header shows that the file cannot be taken, and OSError where the disk is full.
    """
    header = images.check_header(file)
    digest = _sha256(file)
    if known := _same_photo(request, digest):
        return known
    upload = Upload(
        owner=request.user if isinstance(request.user, User) else None,
        owner_token=owner_token(request),
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


def owned_by(request: HttpRequest) -> QuerySet[Upload]:
    """Return the uploads of this visitor: of the account, and of this browser session."""
    mine = Q(pk=None)
    if token := request.session.get("owner"):
        mine |= Q(owner_token=token)
    if request.user.is_authenticated:
        mine |= Q(owner=request.user)
    return Upload.objects.filter(mine)


def owner_token(request: HttpRequest) -> str:
    """Return the secret that ties uploads to this browser session, made at its first upload."""
    return str(request.session.setdefault("owner", uuid.uuid4().hex))


def printable(text: str) -> str:
    """Return a sent text without characters that no database or page should see."""
    return "".join(char for char in text if char.isprintable())


def _same_photo(request: HttpRequest, digest: str) -> Upload | None:
    """Return this owner's upload of the very same bytes, if it is on its way or the present versions answered it."""
    present = Q(state=Upload.State.DONE, answered_by=versions.active_names())
    return (
        owned_by(request)
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
    """Delete an upload with its files."""
    for name in filter(None, (upload.original, upload.display)):
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)
    upload.delete()
