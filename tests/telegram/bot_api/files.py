"""Files that people and the bot sent. A file is known by an id; its path is told by getFile alone."""

import io
import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from tests.telegram.bot_api.fields import Json, bad_request

DOWNLOAD_LIMIT = 20 * 1024 * 1024
SMALLER_SIDES = (90, 320, 800)  # a photo comes in these sizes too, where it is larger


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a request carries it."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class File:
    """A file that is kept. Its size is what it says, so that a test needs no 20 MB to send a file of 20 MB."""

    id: str
    unique_id: str
    path: str
    upload: Upload
    size: int

    @property
    def json(self) -> Json:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


class Files:
    """All files of one bot's account."""

    def __init__(self) -> None:
        self._kept: dict[str, File] = {}
        self._told: dict[str, File] = {}
        self._numbers = itertools.count(1)

    def keep(self, upload: Upload, folder: str = "documents", size: int | None = None) -> File:
        number = next(self._numbers)
        path = f"{folder}/file_{number}.{upload.name.rpartition('.')[2]}"
        size = len(upload.content) if size is None else size
        kept = File(f"AgACAgIAAxk{secrets.token_urlsafe(24)}", f"AQAD{number:08}", path, upload, size)
        self._kept[kept.id] = kept
        return kept

    def attached(self, values: Mapping[str, str], uploads: Mapping[str, Upload]) -> dict[str, str]:
        """Keep the files of a request, and return its fields with file ids where they named these files."""
        named = dict(values)
        for part, upload in uploads.items():
            kept, told = self.keep(upload), f"attach://{part}"
            if not any(told in value for value in values.values()):
                named[part] = kept.id
            named = {name: value.replace(told, kept.id) for name, value in named.items()}
        return named

    def sent(self, file_id: str, kind: str) -> Upload:
        """Return what the bot sends, anew or once more."""
        if not file_id:
            raise bad_request(f"there is no {kind} in the request")
        if file_id not in self._kept:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if not self._kept[file_id].size:
            raise bad_request("file must be non-empty")
        return self._kept[file_id].upload

    def photo(self, content: bytes) -> list[Json]:
        """Return a photo in its sizes, the smallest first. The largest is the very picture that was sent."""
        try:
            picture = Image.open(io.BytesIO(content))
            sizes = [*_smaller(picture.convert("RGB")), (*picture.size, content)]
        except (UnidentifiedImageError, OSError):
            raise bad_request("IMAGE_PROCESS_FAILED") from None
        return [
            {**self.keep(Upload("photo.jpg", "image/jpeg", data), "photos").json, "width": width, "height": height}
            for width, height, data in sizes
        ]

    def document(self, upload: Upload, size: int | None = None) -> Json:
        return {**self.keep(upload, size=size).json, "file_name": upload.name, "mime_type": upload.mime}

    def tell(self, file_id: str) -> Json:
        """Return what getFile says, and let the file be fetched from then on."""
        kept = self._kept.get(file_id)
        if kept is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if kept.size > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        self._told[kept.path] = kept
        return {**kept.json, "file_path": kept.path}

    def content(self, path: str) -> bytes | None:
        """Return a file whose path was told."""
        return self._told[path].upload.content if path in self._told else None


def _smaller(picture: Image.Image) -> list[tuple[int, int, bytes]]:
    """Return the smaller sizes of a photo, with width and height, the smallest first."""
    made: list[tuple[int, int, bytes]] = []
    for side in reversed([side for side in SMALLER_SIDES if side < max(picture.size)]):
        picture.thumbnail((side, side))
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=80)
        made.insert(0, (*picture.size, file.getvalue()))
    return made
