"""All that is stored of a person, as one zip file: a JSON file for each kind of thing, and the photos."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext_lazy

from predictor.models import ApiToken, Copying, Explanation, Upload, owned_tables
from predictor.people.visitors import Visitor

CHUNK = 100  # rows in memory at once
PHOTOS = ("original", "display", "image")  # columns that name files under media
INNER = {
    "owner",
    "owner_token",
    "user",
    "token",
    "lease_until",
    "digest",
    "http_accept",
    "get_data",
    "post_data",
    "decided_by",
}
README = gettext_lazy(
    """This is all that tag4pic stores of you.

uploads.json          your photos, what was suggested for them, and what you copied
contributions.json    what you gave the models to learn from
media/                the photos of both, under the names that these files say
account.json          your account, if you have one
and one file each for sets, muted hashtags, votes, tokens and log-ins
"""
)


def write(visitor: Visitor, file: IO[bytes]) -> None:
    """Write the zip file. Raises OSError where the disk is full."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        archive.writestr("README.txt", str(README))
        for table in owned_tables():
            rows = table._default_manager.filter(visitor.owns()).order_by("pk")
            with translation.override(None):  # files are called alike in every language
                name = str(table._meta.verbose_name_plural)
            _write_list(archive, name, rows.iterator(CHUNK))
            for row in rows.iterator(CHUNK):
                _put_photos(archive, row)
        if visitor.user is not None:
            _write_account(archive, visitor.user)


def _write_account(archive: zipfile.ZipFile, user: User) -> None:
    names = ("username", "first_name", "last_name", "email", "date_joined", "last_login")
    account = {name: getattr(user, name) for name in names}
    account["groups"] = list(user.groups.values_list("name", flat=True))
    archive.writestr("account.json", _json(account))
    _write_list(archive, "tokens", ApiToken.objects.filter(user=user))
    _write_list(archive, "log-ins", AccessLog.objects.filter(username=user.username).iterator(CHUNK))
    _write_list(archive, "failed log-ins", AccessAttempt.objects.filter(username=user.username))


def _write_list(archive: zipfile.ZipFile, name: str, rows: Iterable[Model]) -> None:
    """Write rows one after the other, so that they are never all in memory."""
    with archive.open(f"{name.replace(' ', '-')}.json", "w") as file:
        between = "[\n"
        for row in rows:
            file.write((between + _json(_plain(row))).encode())
            between = ",\n"
        file.write(b"[]" if between.startswith("[") else b"\n]")


def _put_photos(archive: zipfile.ZipFile, row: Model) -> None:
    for name in filter(None, (getattr(row, column, "") for column in PHOTOS)):
        with suppress(FileNotFoundError):  # it has just been deleted
            archive.write(Path(settings.MEDIA_ROOT) / name, f"media/{name}", zipfile.ZIP_STORED)


def _plain(row: Model) -> dict[str, Any]:
    """Return what a row says, without what only the site's inside needs."""
    fields = (field for field in row._meta.concrete_fields if field.name not in INNER)
    plain = {field.name: getattr(row, field.attname) for field in fields}
    return plain | _answer(row) if isinstance(row, Upload) else plain


def _answer(upload: Upload) -> dict[str, Any]:
    """Return what was suggested for an upload, what was copied of that, and what the models saw where in it."""
    columns = ("version__kind", "version", "rank", "tag", "score")
    suggested = upload.suggestions.order_by("version", "rank").values_list(*columns)
    copied = Copying.objects.filter(upload=upload).first()
    looked_again = Explanation.objects.filter(upload=upload).values("asked", "seen", "evidence")
    return {
        "suggestions": [
            {"version": f"{kind}:{version}", "rank": rank, "tag": tag, "score": score}
            for kind, version, rank, tag, score in suggested
        ],
        "copied": copied.tags if copied else [],
        "looked_again": list(looked_again),
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
