"""The ground of a tuning: the posts that every trial learns from, and the photos that it is measured on."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from corpus.models import Post
from predictor.learning import embeddings, snapshots
from predictor.learning.snapshots import Snapshot
from predictor.ml.contract import Progress, TaggedPost
from predictor.ml.embedder import Embedder
from predictor.models import PostEmbedding

LEAST_DEV = 200  # photos in the dev split; below, a part of the train split is held out
HELD_OUT = 0.1  # of the train split
LEAST_MEASURED = 20  # photos; fewer tell nothing
MOST_LEARNED = 20_000  # photos, and as many posts without one, so that a trial takes a minute at most
MOST_MEASURED = 2_000


class TuningError(Exception):
    """A tuning that cannot be done; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What trials learn from and are measured on; the test split is never in it."""

    kind: str
    learned: Snapshot
    measured: Snapshot
    split: str  # dev, or train where the measured photos were held out of it

    @property
    def backbone(self) -> str:
        return self.learned.embeddings.backbone


@dataclass(frozen=True, slots=True)
class _Candidate:
    post: TaggedPost
    place: float  # 0 to 1, a hash of the picture, alike for all posts that show it
    own: bool  # has a picture, as starter posts do not
    seen: bool  # has an embedding


def prepare(kind: str, sources: Collection[str], progress: Progress) -> Ground:
    """Embed what is not embedded yet, and choose posts by the hashes of their pictures. Raises TuningError."""
    embedder = embeddings.open_embedder(settings.KIND_BACKBONES[kind])
    embeddings.embed_missing(embedder, progress)
    progress("Reading the corpus", 0.0)
    with transaction.atomic():
        train = _candidates(snapshots.training_posts(sources), embedder)
        measured = [one for one in _candidates(snapshots.evaluation_posts("dev", sources), embedder) if one.seen]
        split = Post.Split.DEV
        if len(measured) < LEAST_DEV:
            split = Post.Split.TRAIN
            measured = [one for one in train if one.own and one.seen and one.place < HELD_OUT]
            train = [one for one in train if one.place >= HELD_OUT or not one.own]
        if len(measured) < LEAST_MEASURED:
            raise TuningError(
                f"Tuning needs at least {LEAST_MEASURED} photo posts to measure on, a tenth of the train split or "
                f"{LEAST_DEV} of the dev split; there are {len(measured)}. Import more posts, or train with the "
                "defaults, which need no tuning."
            )
        photos, lists = [one for one in train if one.seen], [one for one in train if not one.seen]
        learned = [*photos[:MOST_LEARNED], *lists[:MOST_LEARNED]]
        return Ground(kind, _snapshot(learned, embedder), _snapshot(measured[:MOST_MEASURED], embedder), split)


def _candidates(posts: QuerySet[Post], embedder: Embedder) -> list[_Candidate]:
    """The posts that have hashtags, in the order of their places."""
    seen = set(PostEmbedding.objects.filter(backbone=embedder.full_name).values_list("post_id", flat=True))
    pictures = {
        id: (image, first or own or f"post {id}")  # of posts that look alike, the first one's name
        for id, image, own, first in posts.values_list("pk", "image", "sha256", "looks_like__sha256")
    }
    found = [
        _Candidate(post, _place(pictures[post.id][1]), bool(pictures[post.id][0]), post.id in seen)
        for post in snapshots.read_posts(posts)
    ]
    return sorted(found, key=lambda one: (one.place, one.post.id))


def _place(name: str) -> float:
    """Where a name falls between 0 and 1; another hash than the one that draws splits."""
    return int(hashlib.sha256(f"tuning {name}".encode()).hexdigest()[:8], 16) / 16**8


def _snapshot(candidates: Iterable[_Candidate], embedder: Embedder) -> Snapshot:
    posts = sorted((one.post for one in candidates), key=lambda post: post.id)
    ids = (post.id for post in posts)
    return Snapshot(posts, embeddings.load(embedder.full_name, ids, embedder.backbone.width))
