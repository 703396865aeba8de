"""The one door into the corpus: raw posts of any source are checked, de-duplicated and stored here."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, transaction

from corpus import dedup, hashtags, images, pictures, splits
from corpus.counts import Counts
from corpus.decoder import Decoder, DecoderError
from corpus.hash_index import HashIndex
from corpus.models import Hashtag, ImportRun, Post, Source, Tagging
from corpus.raw import Raw, RawPost, Skipped, SourceError, Unreadable

BATCH = 500  # posts a transaction
PICTURES = 50  # of these, with a picture: they take longer, and a run should be heard of


class ImportStopped(Exception):
    """An import that broke off in the middle; the text is a sentence for the operator. What is stored is whole."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """Whence posts come, as they and their taggings remember it."""

    source: Source
    origin: str
    run: ImportRun | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A raw post that may be stored."""

    raw: RawPost
    tags: list[hashtags.Tag]
    picture: pictures.Picture | None


def ingest(
    run: ImportRun,
    raws: Iterable[Raw],
    progress: Callable[[int], object] = lambda done: None,
    status: str = Post.Status.APPROVED,
    batch: int = BATCH,
) -> Counts:
    """Store the posts of a source, and return what was counted.

    Posts that the source brought before (by their own id) are left as they are, so that an import can be repeated, and
    taken up again after it was stopped: every batch is stored whole or not at all. After each one `progress` is told
    how many raw posts it had, and `raws` has not been asked for more. A run that went on counts on.

    Raises ImportStopped where the disk is full, the database cannot be written, or the source cannot be read on.
    """
    counts, index = Counts.of(run.counts, run.refusals), HashIndex()
    run.begin()
    try:
        with Decoder() as decoder:
            for group in _batches(raws, batch):
                if run.is_unwanted():
                    run.end(run.State.CANCELLED, "It was cancelled; what it had stored stays.")
                    return counts
                started = time.monotonic()
                _take(run, group, status, decoder, index, counts)
                counts.seconds += time.monotonic() - started
                run.report(counts.as_dict(), counts.named)
                progress(len(group))
    except KeyboardInterrupt:
        run.end(run.State.CANCELLED, "It was stopped from the keyboard; what it had stored stays.")
        raise
    except (OSError, DatabaseError, DecoderError, SourceError) as error:
        sentence = (
            f"The import stopped: {str(error).rstrip('.')}. What it had stored stays; run it again, and it goes on."
        )
        with suppress(DatabaseError):  # on a full disk not even that can be written
            run.end(run.State.FAILED, sentence)
        raise ImportStopped(sentence) from error
    run.end(run.State.DONE, f"{counts.new:,} new posts.")
    return counts


def _batches(raws: Iterable[Raw], size: int) -> Iterator[list[Raw]]:
    group: list[Raw] = []
    opened = 0
    for raw in raws:
        group.append(raw)
        opened += isinstance(raw, RawPost) and raw.image is not None
        if len(group) == size or opened == PICTURES:
            yield group
            group, opened = [], 0
    if group:
        yield group


def _take(run: ImportRun, group: list[Raw], status: str, decoder: Decoder, index: HashIndex, counts: Counts) -> None:
    """Check a batch, and store it in one transaction. The pictures of a batch that was not stored go."""
    counts.read += len(group)
    candidates = [item for raw in _unknown(run.source, group, counts) if (item := _check(raw, decoder, counts))]
    written: list[Path] = []
    try:
        with transaction.atomic():
            _store(_Arrival(run.source, run.origin, run), candidates, status, index, counts, written)
    except BaseException:
        with suppress(DatabaseError):  # files that no post names do no harm
            pictures.discard(written)
        raise


def _unknown(source: Source, group: list[Raw], counts: Counts) -> Iterator[RawPost]:
    """Yield the posts of a batch that are not stored yet, each once."""
    seen = _stored(source, [raw for raw in group if isinstance(raw, RawPost)])
    for raw in group:
        if isinstance(raw, Unreadable):
            counts.refuse(raw.place, "unreadable", raw.why)
        elif isinstance(raw, Skipped):
            counts.skipped[raw.what] += 1
        elif raw.external_id in seen:
            counts.known += 1
        else:
            seen.add(raw.external_id)
            yield raw


def _stored(source: Source, raws: Iterable[RawPost]) -> set[str]:
    ids = [raw.external_id for raw in raws]
    return set(Post.objects.filter(source=source, external_id__in=ids).values_list("external_id", flat=True))


def _check(raw: RawPost, decoder: Decoder, counts: Counts) -> _Candidate | None:
    """Read a post's tags and open its picture; count and return None where it cannot be taken."""
    tags, refused = hashtags.parse_list(raw.tags)
    counts.tags_refused += refused
    if not tags:
        counts.refuse(raw.place, "no hashtag", "has no usable tag")
        return None
    if raw.image is None:
        return _Candidate(raw, tags, None)
    started = time.monotonic()
    try:
        return _Candidate(raw, tags, pictures.read(raw.image, decoder))
    except OSError:
        counts.refuse(raw.place, "missing picture", f"names a picture that cannot be read: {raw.image.name!r}")
    except images.ImageRefused as error:
        counts.refuse(raw.place, f"picture {error.reason}", f"({raw.image.name!r}): {error}")
    finally:
        counts.opening_seconds += time.monotonic() - started
    return None


def _store(
    arrival: _Arrival,
    candidates: list[_Candidate],
    status: str,
    index: HashIndex,
    counts: Counts,
    written: list[Path],
) -> None:
    """Write a batch of posts with their tags and pictures; `written` gets the files that are new."""
    Source.objects.lock()
    stored = _stored(
        arrival.source, (candidate.raw for candidate in candidates)
    )  # by another import, since the last look
    counts.known += sum(candidate.raw.external_id in stored for candidate in candidates)
    candidates = [candidate for candidate in candidates if candidate.raw.external_id not in stored]
    known = ensure_hashtags(tag for candidate in candidates for tag in candidate.tags)
    posts = Post.objects.bulk_create(_post(arrival, candidate, status) for candidate in candidates)
    Tagging.objects.bulk_create(
        Tagging(post=post, hashtag=known[tag.key], position=place, source=arrival.source, origin=arrival.origin)
        for post, candidate in zip(posts, candidates, strict=True)
        for place, tag in enumerate(candidate.tags)
    )
    photos = [
        (post, candidate.picture)
        for post, candidate in zip(posts, candidates, strict=True)
        if candidate.picture is not None
    ]
    dedup.settle([(post, picture.hashes) for post, picture in photos], index, counts)
    written += pictures.keep(photos)
    counts.new += len(posts)


def _post(arrival: _Arrival, candidate: _Candidate, status: str) -> Post:
    raw = candidate.raw
    post = Post(
        source=arrival.source,
        import_run=arrival.run,
        external_id=raw.external_id,
        caption=raw.caption,
        taken=raw.taken,
        status=status,
        split_given=raw.split is not None and arrival.run is not None,  # a person gives none: a twin's counts instead
    )
    if candidate.picture is not None:
        pictures.describe(post, candidate.picture)
    post.split = raw.split or splits.drawn(post.sha256 or splits.tag_name(candidate.tags))
    return post


def store_photo(source: Source, raw: RawPost, picture: pictures.Picture, origin: str, index: HashIndex) -> Post:
    """Store the photo that a person gave as an approved post, and return it; the stored one where it is there already.

    It comes into the split of `raw`. Where it shows the picture of another post it is set aside, in that one's split.
    Raises OSError where the disk is full.
    """
    tags, _ = hashtags.parse_list(raw.tags)
    written: list[Path] = []
    try:
        with transaction.atomic():
            candidate = _Candidate(raw, tags, picture)
            _store(_Arrival(source, origin), [candidate], Post.Status.APPROVED, index, Counts(), written)
            return Post.objects.get(source=source, external_id=raw.external_id)
    except BaseException:
        with suppress(DatabaseError):
            pictures.discard(written)
        raise


def ensure_hashtags(tags: Iterable[hashtags.Tag]) -> dict[str, Hashtag]:
    """Return the hashtags of these keys, made where they are new."""
    wanted: dict[str, str] = {}
    for tag in tags:
        wanted.setdefault(tag.key, tag.display)
    known = Hashtag.objects.in_bulk(list(wanted), field_name="key")
    # In order of their keys, so that two writers at once wait for each other in one direction only.
    missing = [Hashtag(key=key, display=display) for key, display in sorted(wanted.items()) if key not in known]
    Hashtag.objects.bulk_create(missing, ignore_conflicts=True)
    if missing:
        known |= Hashtag.objects.in_bulk([row.key for row in missing], field_name="key")
    return known


def open_run(name: str, kind: str, total: int | None = None) -> ImportRun:
    """Start an import into the source of this name. Raises SourceError, see `open_source`."""
    return ImportRun.objects.create(source=open_source(name, kind), total=total)


def open_source(name: str, kind: str) -> Source:
    """Return the source of this name, which is made if it is new. Raises SourceError for a bad name or another kind."""
    longest = Source._meta.get_field("name").max_length or 0
    if not name or not name.isprintable() or len(name) > longest:
        raise SourceError(f"The source needs another name (--source): at most {longest} printable characters.")
    source, _ = Source.objects.get_or_create(name=name, defaults={"kind": kind})
    if source.kind != kind:
        raise SourceError(f"The source {name} holds {source.get_kind_display()} posts; choose another name (--source).")
    return source
