"""What leaves the corpus as CSV or JSON, and the lists of popular hashtags that come in."""

import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import tablib
from django.db.models import QuerySet
from import_export import fields, resources
from import_export.formats import base_formats

from corpus import popular
from corpus.models import Hashtag, PopularHashtag, Post, Tagging

SIGNS = "=+-@|%＝＋－＠"  # that spreadsheets calculate with
FORMULA = (*SIGNS, "\t", "\r", "\n")
# What another list separator, or a line break, makes a new cell of; blanks and quotes before a sign do not hide it.
INNER = re.compile(rf"""([;,\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029][\s"']*)(?=[{re.escape(SIGNS)}])""")
CHUNK = 2000  # posts in memory at once

POST_COLUMNS = ["id", "source", "external_id", "status", "split", "hashtags", "caption", "taken", "created"]
POST_COLUMNS += ["width", "height", "sha256", "looks_like", "duplicate_of"]
HASHTAG_COLUMNS = ["key", "display", "status", "status_source", "status_date", "status_until", "alias_of"]
HASHTAG_COLUMNS += ["posts_number", "partners_number", "genericness", "tier"]
LIST_COLUMNS = ["key", "listed_by", "listed_on", "wanted"]
MOST_LINES = 5000  # of a list that a page takes
IN_PARTS = "Bring it in in parts, or with manage.py import_popular."
REFUSED = "refused"  # the column that holds why a line of a list is not taken


class DefusedCSV(base_formats.CSV):  # type: ignore[misc]
    """CSV in which no cell is a formula: an apostrophe before it makes it text, and the text stays whole.

    The library's own way covers = alone, and takes it away. Quoting every cell is not enough: where semicolons or tabs
    separate cells, a quote counts at the beginning of a line alone, so that "a;=1" falls into two cells.
    """

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> str:
        rows = ([defused(cell) for cell in row] for row in dataset)
        return str(tablib.Dataset(*rows, headers=dataset.headers).export("csv"))


class ListCSV(base_formats.CSV):  # type: ignore[misc]
    """A list of popular hashtags, read line by line as the command `import_popular` reads it."""

    def create_dataset(self, in_stream: str, **kwargs: Any) -> tablib.Dataset:
        dataset = tablib.Dataset(headers=[*LIST_COLUMNS, REFUSED])
        for number, row in enumerate(popular.each_line(io.StringIO(in_stream, newline=""))):
            if number == MOST_LINES:
                raise popular.PopularError(f"The list has more than {MOST_LINES:,} lines. {IN_PARTS}")
            if isinstance(row, str):
                dataset.append(["", "", None, None, row])
            else:
                dataset.append([row.key, row.source, row.on, row.wanted, ""])
        return dataset


FORMATS = [DefusedCSV, base_formats.JSON]  # no spreadsheet calculates with JSON: there, every text is as it was


def defused(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula, or for several cells of which one is."""
    if isinstance(cell, list):
        cell = " ".join(cell)
    if not isinstance(cell, str):
        return cell
    text = INNER.sub(r"\1'", cell)
    return f"'{text}" if cell.lstrip(" ").startswith(FORMULA) else text


class Resource(resources.ModelResource):  # type: ignore[misc]
    """Rows whose values leave as they are, each written by the format in its own way; previews show texts."""

    def export_field(self, field: fields.Field, instance: Any, **kwargs: Any) -> Any:
        if kwargs.get("force_native_type"):
            return field.get_value(instance)
        return super().export_field(field, instance, **kwargs)

    class Meta:
        abstract = True


class PostResource(Resource):
    """One post a row, with a list of its hashtags; CSV has them between blanks."""

    source = fields.Field(attribute="source__name")
    hashtags = fields.Field(attribute="keys")
    looks_like = fields.Field(attribute="looks_like_id")
    duplicate_of = fields.Field(attribute="duplicate_of_id")

    class Meta:
        model = Post
        fields = POST_COLUMNS
        export_order = POST_COLUMNS

    def iter_queryset(self, queryset: QuerySet[Any]) -> Iterator[Post]:
        """Read in chunks, the hashtags of each in one query, and as plain texts: rows take twice as long."""
        posts = queryset.select_related("source").prefetch_related(None).iterator(chunk_size=CHUNK)
        while chunk := list(islice(posts, CHUNK)):
            keys: dict[int, list[str]] = {post.pk: [] for post in chunk}
            tagged = Tagging.objects.filter(post__in=keys).order_by("post", "position")
            for id, key in tagged.values_list("post_id", "hashtag__key"):
                keys[id].append(key)
            for post in chunk:
                post.keys = keys[post.pk]
                yield post


class HashtagResource(Resource):
    """One hashtag a row, with its standing in the corpus."""

    alias_of = fields.Field(attribute="alias_of__key")

    class Meta:
        model = Hashtag
        fields = HASHTAG_COLUMNS
        export_order = HASHTAG_COLUMNS

    def iter_queryset(self, queryset: QuerySet[Any]) -> Iterator[Hashtag]:
        yield from queryset.select_related("alias_of").prefetch_related(None).iterator(chunk_size=CHUNK)


class PopularHashtagResource(Resource):
    """The list of popular hashtags, as `ListCSV` reads it."""

    class Meta:
        model = PopularHashtag
        fields = LIST_COLUMNS
        import_id_fields = ("key",)
        skip_unchanged = True
        report_skipped = True

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Refuse a line with its sentence, and leave out what it leaves empty, so that it stays as it is."""
        if row[REFUSED]:
            raise popular.PopularError(row[REFUSED])
        for name in [name for name, cell in row.items() if cell in ("", None)]:
            del row[name]
