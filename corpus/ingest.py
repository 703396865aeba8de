"""The one door into the corpus: raw posts of any source are checked, de-duplicated and stored here."""

import hashlib
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from corpus import hashtags, images
from corpus.decoder import Decoder
from corpus.dedup import HashIndex
from corpus.models import Hashtag, ImportRun, Post, Source, Tagging
from corpus.raw import Raw, RawPost, SourceError

BATCH = 500  # posts a transaction
NAMED = 20  # refusals that are kept word for word


@dataclass(slots=True)
class Counts:
    """What an import read, and what became of it."""

    read: int = 0
    new: int = 0
    known: int = 0
    duplicates: int = 0
    tags_refused: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    named: list[str] = field(default_factory=list)
    given_duplicates: list[str] = field(default_factory=list)

    def refuse(self, place: str, reason: str, why: str) -> None:
        self.refused[reason] += 1
        if len(self.named) < NAMED:
            self.named.append(f"{place} {why}")

    def as_dict(self) -> dict[str, object]:
        return {
            "read": self.read,
            "new": self.new,
            "known": self.known,
            "duplicates": self.duplicates,
            "tags_refused": self.tags_refused,
            "refused": dict(self.refused),
        }


@dataclass(frozen=True, slots=True)
class _Photo:
    """A picture of a raw post that was opened and found sound."""

    path: Path
    sha256: str
    suffix: str
    size: tuple[int, int]
    hashes: images.PhotoHashes


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A raw post that may be stored."""

    raw: RawPost
    tags: list[hashtags.Tag]
    photo: _Photo | None


def ingest(run: ImportRun, raws: Iterable[Raw], progress: Callable[[int], None] = lambda done: None) -> Counts:
    """Store the posts of a source, and return what was counted.

    Posts that the source brought before (by their own id) are left as they are, so that an import can be repeated, and
    taken up again after it was stopped: every batch is stored whole or not at all.
    """
    counts, index = Counts(), HashIndex()
    with Decoder() as decoder:
        for batch in _batches(raws):
            counts.read += len(batch)
            candidates = [item for raw in _unknown(run.source, batch, counts) if (item := _check(raw, decoder, counts))]
            with transaction.atomic():
                _store(run, candidates, index, counts)
            run.counts = counts.as_dict()
            run.save(update_fields=["counts"])
            progress(len(batch))
    run.finished = timezone.now()
    run.save(update_fields=["finished"])
    return counts


def _batches(raws: Iterable[Raw]) -> Iterator[list[Raw]]:
    source = iter(raws)
    while batch := list(islice(source, BATCH)):
        yield batch


def _unknown(source: Source, batch: list[Raw], counts: Counts) -> Iterator[RawPost]:
    """Yield the posts of a batch that are not stored yet, each once."""
    ids = [raw.external_id for raw in batch if isinstance(raw, RawPost)]
    seen = set(Post.objects.filter(source=source, external_id__in=ids).values_list("external_id", flat=True))
    for raw in batch:
        if not isinstance(raw, RawPost):
            counts.refuse(raw.place, "unreadable line", raw.why)
        elif raw.external_id in seen:
            counts.known += 1
        else:
            seen.add(raw.external_id)
            yield raw


def _check(raw: RawPost, decoder: Decoder, counts: Counts) -> _Candidate | None:
    """Read a post's tags and open its picture; count and return None where it cannot be taken."""
    tags, refused = hashtags.parse_list(raw.tags)
    counts.tags_refused += refused
    if not tags:
        counts.refuse(raw.place, "no hashtag", "has no usable tag")
        return None
    if raw.image is None:
        return _Candidate(raw, tags, None)
    try:
        return _Candidate(raw, tags, _read_photo(raw.image, decoder))
    except OSError:
        counts.refuse(raw.place, "missing picture", f"names a picture that cannot be read: {raw.image.name}")
    except images.ImageRefused as error:
        counts.refuse(raw.place, f"picture {error.reason}", f"({raw.image.name}): {error}")
    return None


def _store(run: ImportRun, candidates: list[_Candidate], index: HashIndex, counts: Counts) -> None:
    """Write a batch of posts with their tags."""
    known = ensure_hashtags(tag for candidate in candidates for tag in candidate.tags)
    taggings = []
    for candidate in candidates:
        post = _store_post(run.source, candidate, index, counts)
        taggings += [
            Tagging(post=post, hashtag=known[tag.key], position=place, source=run.source, origin=run.origin)
            for place, tag in enumerate(candidate.tags)
        ]
    Tagging.objects.bulk_create(taggings)


def _store_post(source: Source, candidate: _Candidate, index: HashIndex, counts: Counts) -> Post:
    raw, photo = candidate.raw, candidate.photo
    post = Post(source=source, external_id=raw.external_id, status=Post.Status.APPROVED)
    if photo is not None:
        _attach_photo(post, photo, raw, index, counts)
        _keep_picture(photo.path, post.image_path)
    post.split = raw.split or _split_of(post, candidate.tags)
    post.save(force_insert=True)
    if photo is not None:
        index.add(post.pk, photo.hashes)
    counts.new += 1
    return post


def _read_photo(path: Path, decoder: Decoder) -> _Photo:
    with path.open("rb") as file:
        header = images.check_header(file)
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    picture = decoder.decode(path)
    hashes = images.photo_hashes(picture)
    return _Photo(path, sha256, header.format.lower(), (header.width, header.height), hashes)


def _attach_photo(post: Post, photo: _Photo, raw: RawPost, index: HashIndex, counts: Counts) -> None:
    """Write what is known of the picture on the post, and whose duplicate it is.

    A split that the source gives is honoured untouched: duplicates inside such a set are listed, not set aside.
    """
    post.sha256, (post.width, post.height) = photo.sha256, photo.size
    post.image = f"posts/{photo.sha256[:2]}/{photo.sha256}.{photo.suffix}"
    if not photo.hashes.flat:
        post.average_hash, post.difference_hash = photo.hashes.average, photo.hashes.difference
    exact = Post.objects.filter(sha256=photo.sha256).order_by("id").first()
    near = index.find(photo.hashes)
    twin = exact or (Post.objects.get(pk=near) if near is not None else None)
    if twin is None:
        return
    if raw.split and twin.source_id == post.source_id:
        counts.given_duplicates.append(f"{raw.external_id} = {twin.external_id}")
    else:
        post.duplicate_of = twin.duplicate_of or twin
        counts.duplicates += 1


def _split_of(post: Post, tags: list[hashtags.Tag]) -> str:
    """Return the split of a post whose source gives none: that of the post it duplicates, else 90 / 5 / 5 by hash.

    Posts without a picture are hashed by their tags, so that equal lists stand on one side.
    """
    if post.duplicate_of is not None:
        return post.duplicate_of.split
    name = post.sha256 or " ".join(sorted(tag.key for tag in tags))
    place = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 100
    return Post.Split.TRAIN if place < 90 else Post.Split.DEV if place < 95 else Post.Split.TEST


def _keep_picture(source: Path, target: Path) -> None:
    """Copy a picture into the home, whole or not at all."""
    if target.exists():
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f".{uuid.uuid4().hex}")
    try:
        shutil.copyfile(source, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def ensure_hashtags(tags: Iterable[hashtags.Tag]) -> dict[str, Hashtag]:
    """Return the hashtags of these keys, made where they are new."""
    wanted: dict[str, str] = {}
    for tag in tags:
        wanted.setdefault(tag.key, tag.display)
    known = Hashtag.objects.in_bulk(list(wanted), field_name="key")
    missing = [Hashtag(key=key, display=display) for key, display in wanted.items() if key not in known]
    Hashtag.objects.bulk_create(missing, ignore_conflicts=True)
    if missing:
        known |= Hashtag.objects.in_bulk([row.key for row in missing], field_name="key")
    return known


def open_run(name: str, kind: str) -> ImportRun:
    """Start an import into the source of this name, which is made if it is new. Raises SourceError for a bad name."""
    longest = Source._meta.get_field("name").max_length or 0
    if not name.isprintable() or len(name) > longest:
        raise SourceError(f"The source needs another name (--source): at most {longest} printable characters.")
    source, _ = Source.objects.get_or_create(name=name, defaults={"kind": kind})
    return ImportRun.objects.create(source=source)
