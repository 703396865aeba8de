"""Embeddings of posts: computed once for each post and backbone, stored as rows, read back as one matrix."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from PIL import Image

from corpus.decoder import Decoder
from corpus.images import ImageRefused
from corpus.models import Post
from predictor.ml import backbones
from predictor.ml.contract import Embeddings, Matrix, Progress, Vector
from predictor.ml.embedder import Embedder
from predictor.ml.export import ensure_exported
from predictor.models import PostEmbedding

Item = TypeVar("Item")

BATCH = 64  # posts a transaction
READ = 2000  # rows read at once
BYTES = 2  # of a number in a stored vector


def open_embedder(id: str, threads: int | None = None) -> Embedder:
    """Return a backbone of the registry, ready to embed; it is exported first if this home has no export yet.

    `threads` are as many as embed one photo of a visitor, unless it is told.
    """
    backbone = backbones.get(id)
    weights = Path(settings.WEIGHTS_DIR) if settings.WEIGHTS_DIR else None
    ensure_exported(backbone, Path(settings.BACKBONES_ROOT), weights)
    return Embedder(backbone, Path(settings.BACKBONES_ROOT), threads=threads or settings.INFERENCE_THREADS)


def embed_missing(
    embedder: Embedder, progress: Progress = lambda stage, done: None, among: QuerySet[Post] | None = None
) -> tuple[int, int]:
    """Embed the photo posts that this backbone has not seen yet; return how many were embedded and how many failed.
    `among` limits them.

    Embeddings that a broken disk has damaged are deleted first, and so made anew. Every batch is stored as it is done,
    so the work can be stopped and taken up again.
    """
    posts = Post.objects.all() if among is None else among
    _delete_damaged(embedder, posts)
    missing = posts.exclude(image="").exclude(embeddings__backbone=embedder.full_name).order_by("id")
    waiting = list(missing.values_list("id", "image"))
    embedded = done = 0
    for chunk, pictures in _opened_ahead(waiting):
        vectors = embedder.embed(list(pictures.values()))
        _keep(embedder.full_name, dict(zip(pictures, vectors, strict=True)))
        embedded += len(pictures)
        done += chunk
        progress(f"Embedding with {embedder.backbone.label}", done / len(waiting))
    return embedded, len(waiting) - embedded


def _keep(backbone: str, vectors: dict[int, Vector]) -> None:
    """Store embeddings by post; a contribution that was withdrawn meanwhile has no post any more."""
    with transaction.atomic():
        there = Post.objects.select_for_update().filter(pk__in=vectors).order_by("pk").values_list("pk", flat=True)
        PostEmbedding.objects.bulk_create(
            (PostEmbedding(post_id=id, backbone=backbone, vector=to_blob(vectors[id])) for id in there),
            ignore_conflicts=True,
        )


def _delete_damaged(embedder: Embedder, posts: QuerySet[Post]) -> None:
    """Delete embeddings of these posts that are not as many numbers as the backbone gives."""
    stored = PostEmbedding.objects.filter(backbone=embedder.full_name, post__in=posts)
    damaged = [
        pk
        for pk, blob in stored.values_list("pk", "vector").iterator(chunk_size=READ)
        if len(blob) != BYTES * embedder.backbone.width or not np.isfinite(from_blobs([bytes(blob)], -1)).all()
    ]
    for chunk in _chunks(damaged, READ):
        stored.filter(pk__in=chunk).delete()


def load(backbone: str, posts: Iterable[int], width: int) -> Embeddings:
    """Return the stored embeddings of these posts by a backbone, named "id@sha256.views"; others are left out."""
    wanted, filled = list(posts), 0
    ids, vectors = np.empty(len(wanted), np.int64), np.empty((len(wanted), width), np.float32)
    for chunk in _chunks(wanted, READ):
        rows = PostEmbedding.objects.filter(backbone=backbone, post__in=chunk).order_by("post_id")
        pairs = list(rows.values_list("post_id", "vector"))
        place = slice(filled, filled + len(pairs))
        ids[place] = [id for id, _ in pairs]
        vectors[place] = from_blobs([bytes(blob) for _, blob in pairs], width)
        filled += len(pairs)
    return Embeddings(backbone, ids[:filled], vectors[:filled])


def to_blob(vector: Vector) -> bytes:
    """Pack an embedding [width] as PostEmbedding.vector stores it: float16, little-endian."""
    return vector.astype("<f2").tobytes()


def from_blobs(blobs: list[bytes], width: int) -> Matrix:
    """Unpack n stored vectors into float32 [n, width]."""
    return np.frombuffer(b"".join(blobs), dtype="<f2").astype(np.float32).reshape(len(blobs), width)


def _opened_ahead(waiting: list[tuple[int, str]]) -> Iterator[tuple[int, dict[int, Image.Image]]]:
    """Yield batches of posts: how many, and the pictures of those that open. The next batch opens meanwhile."""
    with Decoder() as decoder, ThreadPoolExecutor(max_workers=1) as ahead:
        opening = deque[tuple[int, Future[dict[int, Image.Image]]]]()
        for chunk in _chunks(waiting, BATCH):
            opening.append((len(chunk), ahead.submit(_open_pictures, chunk, decoder)))
            if len(opening) > 1:
                number, pictures = opening.popleft()
                yield number, pictures.result()
        for number, pictures in opening:
            yield number, pictures.result()


def _open_pictures(posts: list[tuple[int, str]], decoder: Decoder) -> dict[int, Image.Image]:
    """Open the pictures of posts (id, path under media); those that cannot be opened any more are left out."""
    opened = {}
    for id, image in posts:
        try:
            opened[id] = decoder.decode(Path(settings.MEDIA_ROOT) / image)
        except (ImageRefused, OSError):
            continue
    return opened


def _chunks(items: list[Item], size: int) -> Iterator[list[Item]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk
