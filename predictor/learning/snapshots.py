"""Consistent reading of the corpus for training and evaluation: posts with their hashtags, and their embeddings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from corpus.models import Hashtag, Post, Source, Tagging
from predictor.learning import embeddings
from predictor.ml.contract import Embeddings, TaggedPost
from predictor.models import Contribution


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Posts as they were at one moment, and what a backbone sees in their photos."""

    posts: list[TaggedPost]
    embeddings: Embeddings

    @property
    def watermark(self) -> int:
        """The highest post id."""
        return max((post.id for post in self.posts), default=0)

    def thinned(self, photos: int) -> Snapshot:
        """Return the same posts with the embeddings of this many of them, spread evenly over all: the rest is large."""
        seen = self.embeddings
        rows = np.unique(np.linspace(0, len(seen.ids) - 1, min(photos, len(seen.ids))).astype(int))
        return Snapshot(self.posts, Embeddings(seen.backbone, seen.ids[rows], seen.vectors[rows]))


def take(posts: QuerySet[Post], backbone: str, width: int) -> Snapshot:
    """Read these posts with their hashtags, and their embeddings by a backbone named "id@sha256.views"."""
    with transaction.atomic():
        tagged = read_posts(posts)
        return Snapshot(tagged, embeddings.load(backbone, (post.id for post in tagged), width))


def read_posts(posts: QuerySet[Post]) -> list[TaggedPost]:
    """Return posts with the keys of their hashtags; aliases count as what they stand for, banned ones not at all."""
    rows = (
        Tagging.objects.filter(post__in=posts)
        .exclude(Q(hashtag__status=Hashtag.Status.BANNED) | Q(hashtag__alias_of__status=Hashtag.Status.BANNED))
        .order_by("post_id", "position")
        .values_list("post_id", Coalesce("hashtag__alias_of__key", "hashtag__key"))
    )
    return [
        TaggedPost(id, tuple(dict.fromkeys(key for _, key in group)))
        for id, group in groupby(rows.iterator(chunk_size=5000), key=lambda row: row[0])
    ]


def training_posts(sources: Iterable[str] = ()) -> QuerySet[Post]:
    """Return the approved posts of the train split that a version is to learn from.

    Starter posts count only while fewer than STARTER_UNTIL other posts have a photo, unless they are asked for by name.
    Contributions count once `admitting` has taken them up.
    """
    left_out = Contribution.objects.filter(admitted=None).exclude(post=None).values("post")
    posts = Post.objects.approved().filter(split=Post.Split.TRAIN).exclude(pk__in=left_out)
    if names := list(sources):
        return posts.filter(source__name__in=names)
    others = posts.exclude(source__kind=Source.Kind.STARTER)
    return others if others.with_photo().count() >= settings.STARTER_UNTIL else posts


def evaluation_posts(split: str, sources: Iterable[str] = ()) -> QuerySet[Post]:
    """Return the approved posts of a split that have a photo."""
    posts = Post.objects.approved().with_photo().filter(split=split)
    return posts.filter(source__name__in=names) if (names := list(sources)) else posts
