"""One file of Instaloader's: unpacked within limits, and read as a post of Instagram, in either of its shapes."""

import json
import lzma
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LARGEST = 4_000_000  # bytes of JSON, unpacked; Instaloader writes some 10,000 a post
LONGEST_CAPTION = 50_000  # characters; Instagram takes 2,200
MEMORY = 64 * 1024 * 1024  # bytes for unpacking; Instaloader's files need 9 MB
_CHUNK = 65_536  # bytes
_LAST_SECOND = 4_102_444_800  # the year 2100
_SHORTCODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KINDS = {  # the classes that Instaloader saves, beside posts
    "StoryItem": "story",
    "Profile": "profile",
    "Hashtag": "page of a hashtag",
    "FrozenNodeIterator": "frozen iterator",
}
_TIMES = ("date", "taken_at_timestamp", "taken_at")
_MORE_THAN_A_SHORTCODE = {"edge_media_to_caption", "caption", "iphone_struct", *_TIMES}


class FileError(ValueError):
    """A file that cannot be read as one of Instaloader's; says why."""


class NoPost(Exception):
    """A file of Instaloader's that holds something else than a post; says what."""


@dataclass(frozen=True, slots=True)
class Node:
    """What is taken over of a post. `id` is its shortcode."""

    id: str
    caption: str
    taken: datetime | None


def read(file: Path) -> Node:
    """Return the post that a file holds. Raises NoPost, FileError and OSError."""
    if file.stat().st_size > LARGEST:
        raise FileError(f"is larger than {LARGEST:,} bytes")
    content = _unpacked(file) if file.suffix == ".xz" else _plain(file, LARGEST)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FileError("is not JSON") from error
    if not isinstance(found, dict):
        raise FileError("is not a JSON object")
    return _post(_node(found))


def read_caption(file: Path) -> str:
    """Return the caption that a text file holds. Raises FileError and OSError."""
    try:
        return _caption_text(_plain(file, 4 * LONGEST_CAPTION).decode())  # no character has more than four bytes
    except UnicodeDecodeError as error:
        raise FileError("is not UTF-8 text") from error


def _plain(file: Path, largest: int) -> bytes:
    with file.open("rb") as data:
        content = data.read(largest + 1)
    if len(content) > largest:
        raise FileError(f"is larger than {largest:,} bytes")
    return content


def _unpacked(file: Path) -> bytes:
    """Return what an xz file holds; never more is unpacked than is taken."""
    unpacking = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)
    content = bytearray()
    with file.open("rb") as data:
        try:
            while not unpacking.eof:
                chunk = data.read(_CHUNK) if unpacking.needs_input else b""
                if unpacking.needs_input and not chunk:
                    raise FileError("was cut off")
                content += unpacking.decompress(chunk, LARGEST + 1 - len(content))
                if len(content) > LARGEST:
                    raise FileError(f"unpacks to more than {LARGEST:,} bytes")
        except lzma.LZMAError as error:
            raise FileError("cannot be unpacked") from error
    return bytes(content)


def _node(found: dict[str, Any]) -> dict[str, Any]:
    """Return the node of a saved post, or a bare one."""
    about = found.get("instaloader")
    if about is None:
        return found
    kind = about.get("node_type") if isinstance(about, dict) else None
    node = found.get("node")
    if not isinstance(kind, str) or not isinstance(node, dict):
        raise FileError("is not as Instaloader writes it")
    if kind != "Post":
        raise NoPost(_KINDS.get(kind, "another thing than a post"))
    return node


def _post(node: dict[str, Any]) -> Node:
    """Read a node of GraphQL, of the iPhone, or of both; what stands in the first counts."""
    phone = _part(node, "iphone_struct")
    shortcode = node.get("shortcode", node.get("code", phone.get("code")))
    if shortcode is None:
        raise FileError("holds no post of Instagram")
    if not isinstance(shortcode, str) or not _SHORTCODE.fullmatch(shortcode):
        raise FileError("has a strange shortcode")
    if not _MORE_THAN_A_SHORTCODE & node.keys():
        raise NoPost("shortcode alone")
    caption = _caption(node)
    if caption is None:
        caption = _caption(phone)
    times = (part.get(key) for part in (node, phone) for key in _TIMES)
    taken = next((time for time in times if time is not None), None)
    return Node(shortcode, _caption_text(caption or ""), None if taken is None else _moment(taken))


def _caption(node: dict[str, Any]) -> str | None:
    """Return a caption from wherever a node has it: in the edges of GraphQL, as an object, or as a text."""
    edges = _part(node, "edge_media_to_caption").get("edges") or []
    if not isinstance(edges, list):
        raise FileError("has a caption that is no text")
    caption = edges[0] if edges else node.get("caption")
    if isinstance(caption, dict):
        caption = caption.get("text", _part(caption, "node").get("text"))
    if caption is not None and not isinstance(caption, str):
        raise FileError("has a caption that is no text")
    return caption


def _caption_text(text: str) -> str:
    """Return a caption without NUL and halves of characters, which no database holds."""
    if len(text) > LONGEST_CAPTION:
        raise FileError("has a caption longer than any on Instagram")
    return text.replace("\0", " ").encode(errors="replace").decode().strip()


def _part(node: dict[str, Any], key: str) -> dict[str, Any]:
    """Return an object in an object, empty where there is none."""
    part = node.get(key)
    if part is not None and not isinstance(part, dict):
        raise FileError(f"has no object as its {key}")
    return part or {}


def _moment(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < _LAST_SECOND:
        raise FileError("has a time that is none")
    return datetime.fromtimestamp(seconds, UTC)
