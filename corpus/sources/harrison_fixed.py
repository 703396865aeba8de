"""HARRISON_fixed.zip: pictures that take the place of damaged ones of HARRISON, unpacked while an import runs."""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from corpus.decoder import Decoder, DecoderError
from corpus.images import LIMITS, ImageRefused, check_header
from corpus.raw import SourceError
from corpus.sources import harrison

NAME = "HARRISON_fixed.zip"
LARGEST_ARCHIVE = 10_000_000  # bytes; HARRISON's has 115,088
MOST_PICTURES = 100
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack all at once, whatever is asked for
_NO_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


@dataclass(slots=True)
class Fixed:
    """The pictures of the archive: where the sound ones lie now, and why others are not used, by path in the list."""

    sound: dict[str, Path] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)


@contextmanager
def fixed_pictures(folder: Path) -> Iterator[Fixed]:
    """Unpack the archive, if the folder has one, into a temporary folder that is gone at the end. Raises SourceError.

    A picture that is damaged itself is not used: then the folder's own counts. No name in the archive becomes a path.
    """
    archive = folder / NAME
    fixed = Fixed()
    if not archive.is_file():
        yield fixed
        return
    with tempfile.TemporaryDirectory(prefix="tag4pic-") as directory:
        try:
            _unpack(archive, Path(directory), fixed)
        except _NO_ARCHIVE as error:
            raise SourceError(f"{NAME} cannot be unpacked ({error}). Fetch it again, or take it away.") from error
        except DecoderError as error:
            raise SourceError(str(error)) from error
        yield fixed


def _unpack(archive: Path, directory: Path, fixed: Fixed) -> None:
    if archive.stat().st_size > LARGEST_ARCHIVE:
        raise ValueError(f"it has more than {LARGEST_ARCHIVE:,} bytes")
    with zipfile.ZipFile(archive) as entries, Decoder() as decoder:
        pictures = [entry for entry in entries.infolist() if harrison.is_path(entry.filename)]
        if len(pictures) > MOST_PICTURES:
            raise ValueError(f"it has more than {MOST_PICTURES} pictures")
        for number, entry in enumerate(pictures):
            if entry.compress_type not in PACKED:
                raise ValueError("it is packed in a way that cannot be unpacked piece by piece")
            with entries.open(entry) as packed:
                content = packed.read(LIMITS.max_bytes + 1)  # the size that the archive states may be a lie
            file = directory / f"{number}.jpg"
            file.write_bytes(content)
            try:
                with file.open("rb") as picture:
                    check_header(picture)
                decoder.decode(file)
            except ImageRefused as error:
                fixed.damaged[entry.filename] = error.reason
                file.unlink()
            else:
                fixed.sound[entry.filename] = file
