"""Lists of popular hashtags: read from CSV, stored as targets of scrapes, and compared with the corpus."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path

from django.db import transaction

from corpus.hashtags import HashtagRefused, parse
from corpus.models import Hashtag, PopularHashtag

SHIPPED = Path(__file__).parent / "data" / "popular.csv"
COLUMNS = ("hashtag", "source", "date", "wanted")
ALSO = {"key": "hashtag", "listed_by": "source", "listed_on": "date"}  # as the admin's export names them
EXTRA = "more cells than columns"
NOT_UTF_8 = "is not a text in UTF-8. Save it as CSV in UTF-8 and try again."
MOST_BYTES = 5 * 1024 * 1024  # of a file: some 100,000 lines
LONGEST = 200  # characters of a source
MOST_WANTED = 1_000_000  # posts


class PopularError(Exception):
    """A list, or a line of one, that cannot be read; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list. What the line does not say is empty, and stays as it is where the hashtag is known."""

    key: str
    source: str = ""
    on: date | None = None
    wanted: int | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well the corpus covers a popular hashtag."""

    popular: PopularHashtag
    posts: int  # approved ones with this hashtag or an alias, as they were last counted
    hashtag: Hashtag | None  # the one that counts for it; None where the corpus has never seen it

    @property
    def missing(self) -> int:
        """Posts that are wanted and not there."""
        return max(0, self.popular.wanted - self.posts)

    @property
    def share(self) -> float:
        """The part of the wanted posts that is there, 0 to 1."""
        return min(1.0, self.posts / self.popular.wanted) if self.popular.wanted else 1.0


def read(path: Path, source: str = "", on: date | None = None) -> tuple[list[Listed], list[str]]:
    """Return the lines of a CSV file, and a sentence for each bad one. Raises PopularError where it is no such file.

    `source` and `on` hold for the lines that name none themselves.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise PopularError(f"{path.name} is larger than {MOST_BYTES // 1024**2} MB. Split it into smaller lists.")
        return parse_lines(io.StringIO(content.decode("utf-8-sig"), newline=""), source, on)
    except UnicodeDecodeError as error:
        raise PopularError(f"{path.name} {NOT_UTF_8}") from error
    except OSError as error:
        raise PopularError(f"{path} cannot be read: {error.strerror}.") from error


def parse_lines(lines: Iterable[str], source: str = "", on: date | None = None) -> tuple[list[Listed], list[str]]:
    """Return the rows of a CSV text with a line of column names, and a sentence for each bad line.

    Raises PopularError where the columns are not `hashtag` and, as wanted, `source`, `date` and `wanted`.
    """
    found = list(each_line(lines, source, on))
    return [row for row in found if isinstance(row, Listed)], [row for row in found if isinstance(row, str)]


def each_line(lines: Iterable[str], source: str = "", on: date | None = None) -> Iterator[Listed | str]:
    """Yield each line of a CSV text as a row, or as the sentence that refuses it; raises as `parse_lines` does."""
    known = set[str]()
    for line, cells in _cells(lines):
        try:
            row = _row(cells, source, on)
            if row.key in known:
                raise PopularError(f"names #{row.key}, which the list names before.")
        except PopularError as error:
            yield f"Line {line} {error}"
        else:
            known.add(row.key)
            yield row


def store(rows: Iterable[Listed]) -> tuple[int, int]:
    """Write the rows of a list, all or nothing; return how many hashtags were new, and how many changed.

    A second time changes nothing. What a row leaves empty stays as it is; when it was scraped is never touched.
    """
    listed = {row.key: row for row in rows}
    with transaction.atomic():
        known = PopularHashtag.objects.select_for_update().in_bulk(list(listed), field_name="key")
        changed = [popular for key, popular in known.items() if _fill(popular, listed[key])]
        new = [PopularHashtag(key=key) for key in listed if key not in known]
        for popular in new:
            _fill(popular, listed[popular.key])
        PopularHashtag.objects.bulk_create(new, batch_size=500)
        PopularHashtag.objects.bulk_update(changed, ["listed_by", "listed_on", "wanted"], batch_size=500)
    return len(new), len(changed)


def coverage() -> list[Coverage]:
    """Return how well the corpus covers each popular hashtag, in alphabetical order, by two queries."""
    watched = PopularHashtag.objects.all()
    seen = Hashtag.objects.filter(key__in=watched.order_by().values("key")).select_related("alias_of")
    meant = {hashtag.key: hashtag.alias_of or hashtag for hashtag in seen}
    found = ((popular, meant.get(popular.key)) for popular in watched)
    return [Coverage(popular, hashtag.posts_number if hashtag else 0, hashtag) for popular, hashtag in found]


def is_name(text: str) -> bool:
    """Whether a text can say where a list is from: it is short, and holds no control or bidi characters."""
    return len(text) <= LONGEST and text.isprintable()


def _cells(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the lines of a CSV text with their numbers, as cells by column; blank lines are passed over."""
    reader = csv.reader(lines)
    try:
        heads = [name.strip().lower() for name in next(reader, [])]
        names = [ALSO.get(name, name) for name in heads]
        if "hashtag" not in names or not set(names) <= set(COLUMNS) or len(set(names)) < len(names):
            raise PopularError(
                f"The first line must name the columns: {COLUMNS[0]}, and as wanted {', '.join(COLUMNS[1:])}."
            )
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, dict(zip_longest([*names, EXTRA], cells[: len(names) + 1], fillvalue=""))
    except csv.Error as error:
        raise PopularError(f"Line {reader.line_num} is not CSV: {error}.") from error


def _row(cells: dict[str, str], source: str, on: date | None) -> Listed:
    if cells[EXTRA]:
        raise PopularError("has more cells than the first line has columns.")
    try:
        key = parse(cells.get("hashtag", "")).key
    except HashtagRefused as error:
        raise PopularError(f"names no hashtag: {error}") from error
    named = cells.get("source") or source
    if not is_name(named):
        raise PopularError(f"needs another source: at most {LONGEST} printable characters.")
    return Listed(key, named, _date(cells.get("date", "")) or on, _wanted(cells.get("wanted", "")))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise PopularError(f"has a date that is none: {text[:40]!r}. Write it as 2026-01-31.") from error


def _wanted(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and int(text) <= MOST_WANTED):
        raise PopularError(f"wants {text[:40]!r} posts. Write a number from 0 to {MOST_WANTED:,}, without separators.")
    return int(text)


def _fill(popular: PopularHashtag, row: Listed) -> bool:
    """Write what a row says on a popular hashtag that is not saved yet; return whether that changes it."""
    before = (popular.listed_by, popular.listed_on, popular.wanted)
    wanted = popular.wanted if row.wanted is None else row.wanted
    after = (row.source or popular.listed_by, row.on or popular.listed_on, wanted)
    popular.listed_by, popular.listed_on, popular.wanted = after
    return after != before
