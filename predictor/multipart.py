"""Photos without a usable name: Django drops a file that is called nothing or `..`; here it is called "photo" instead.

A name is never a reason to refuse a photo. Django has no hook for this, so its one function that reads a part's headers
is wrapped. A form that was sent without a file has an empty part, which stays what it is.
"""

from typing import Any

from django.http import multipartparser

_parse_part = multipartparser.parse_boundary_stream  # type: ignore[attr-defined]


def install() -> None:
    """Let Django read parts with `parse_named_part`."""
    multipartparser.parse_boundary_stream = parse_named_part  # type: ignore[attr-defined]


def parse_named_part(stream: Any, max_header_size: int) -> tuple[str, dict[str, Any], Any]:
    """Read one part as Django does, and name a file that has content but no name."""
    kind, headers, content = _parse_part(stream, max_header_size)
    _, options = headers.get("content-disposition", ("", {}))
    if "filename" in options and not options["filename"].strip(b"./\\ "):
        start = content.read(1)
        content.unget(start)
        if start:
            options["filename"] = b"photo"
            kind = multipartparser.FILE
    return kind, headers, content
