"""Puts the starter into a home: its posts with their embeddings, and a version of each kind that serves at once."""

import fcntl
import hashlib
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction

from corpus import statistics
from corpus.hashtags import Tag
from corpus.ingest import ensure_hashtags
from corpus.models import Post, Source, Tagging
from predictor.learning import embeddings, versions
from predictor.ml import kinds
from predictor.ml.contract import Embeddings, Matrix, TaggedPost
from predictor.models import ModelVersion, PostEmbedding
from predictor.starter import shipped
from predictor.starter.shipped import Shipped

NAME = "starter"
BATCH = 1000  # rows written at once


def load(folder: Path = shipped.FILES) -> str:
    """Load what this home lacks of the starter, and return a sentence about it.

    Posts of another starter, which an older program has left, give way to this one's.
    """
    with (Path(settings.HOME) / "run" / "starter.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two commands in a fresh home, one loads and the other finds it done
        starter = shipped.read(folder)
        posts = _stored(starter)
        if not posts:
            posts = _store_posts(starter)
            statistics.refresh()  # hashtags are proposed by their numbers from the first moment on
        made = [str(_publish(folder, kind, starter, posts)) for kind in kinds.IDS if kind not in versions.active()]
    return f"The starter is loaded: {len(posts):,} posts and {' and '.join(made) or 'no version that was missing'}."


def _names(starter: Shipped) -> list[str]:
    """What the starter's posts are called in the corpus: by their place in it, and alike in no other starter."""
    mark = hashlib.sha256(repr(starter.lists).encode()).hexdigest()[:8]
    return [f"{mark}-{number:05}" for number in range(len(starter.lists))]


def _stored(starter: Shipped) -> dict[int, int]:
    """Return the ids of this very starter's posts that are in the corpus, by their places in the starter."""
    stored = Post.objects.filter(source__kind=Source.Kind.STARTER).values_list("external_id", "id")
    ids = dict(stored.iterator())
    return {place: ids[name] for place, name in enumerate(_names(starter)) if name in ids}


def _store_posts(starter: Shipped) -> dict[int, int]:
    """Write posts, hashtags and embeddings, all or nothing, and return the posts' ids by their places in it."""
    with transaction.atomic():
        Post.objects.filter(source__kind=Source.Kind.STARTER).delete()
        source, _ = Source.objects.get_or_create(name=NAME, defaults={"kind": Source.Kind.STARTER})
        known = ensure_hashtags(Tag(key=tag, display=tag) for tags in starter.lists for tag in tags)
        posts = Post.objects.bulk_create(
            (Post(source=source, external_id=name, status=Post.Status.APPROVED) for name in _names(starter)),
            batch_size=BATCH,
        )
        Tagging.objects.bulk_create(
            (
                Tagging(post=post, hashtag=known[tag], position=place, source=source, origin=NAME)
                for post, tags in zip(posts, starter.lists, strict=True)
                for place, tag in enumerate(tags)
            ),
            batch_size=BATCH,
        )
        ids = [post.pk for post in posts]
        for backbone, compact in starter.embeddings.items():
            _store_embeddings(backbone, ids, compact.rebuilt())
    return dict(enumerate(ids))


def _store_embeddings(backbone: str, ids: list[int], vectors: Matrix) -> None:
    for start in range(0, len(vectors), BATCH):
        rows = zip(ids[start : start + BATCH], vectors[start : start + BATCH], strict=False)
        PostEmbedding.objects.bulk_create(
            PostEmbedding(post_id=id, backbone=backbone, vector=embeddings.to_blob(vector)) for id, vector in rows
        )


def _publish(folder: Path, kind: str, starter: Shipped, ids: dict[int, int]) -> ModelVersion:
    """Give a shipped model the starter's posts, and let it serve."""
    backbone = next(name for name in starter.embeddings if name.split("@")[0] == kinds.get(kind).backbone)
    vectors = starter.embeddings[backbone].rebuilt()
    posts = [TaggedPost(id, starter.lists[place]) for place, id in ids.items()]
    places = [place for place in ids if place < len(vectors)]
    seen = Embeddings(backbone, np.array([ids[place] for place in places], np.int64), vectors[places])
    model = shipped.read_model(folder, kind).attach(posts, seen)
    version = ModelVersion(
        kind=kind,
        backbone=backbone,
        watermark=max(ids.values()),
        posts=len(ids),
        hashtags=int(model.summary()["hashtags"]),
        parameters={"summary": model.summary(), "sources": [], "full": True, "starter": True},
    )
    versions.publish(model, version, vectors.shape[1])
    versions.activate(version, None)
    return version
