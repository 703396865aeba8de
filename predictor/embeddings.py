"""Embeddings of posts: computed once for each post and backbone, stored as rows, read back as one matrix."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from django.conf import settings
from PIL import Image

from corpus.decoder import Decoder
from corpus.images import ImageRefused
from corpus.models import Post
from predictor.ml import backbones
from predictor.ml.contract import Embeddings, Matrix, Progress, Vector
from predictor.ml.embedder import Embedder
from predictor.ml.export import ensure_exported
from predictor.models import PostEmbedding

BATCH = 64  # posts a transaction
READ = 2000  # rows read at once


def open_embedder(id: str) -> Embedder:
    """Return a backbone of the registry, ready to embed; it is exported first if this home has no export yet."""
    backbone = backbones.get(id)
    weights = Path(settings.WEIGHTS_DIR) if settings.WEIGHTS_DIR else None
    ensure_exported(backbone, Path(settings.BACKBONES_ROOT), weights)
    return Embedder(backbone, Path(settings.BACKBONES_ROOT), threads=settings.INFERENCE_THREADS)


def embed_missing(embedder: Embedder, progress: Progress = lambda stage, done: None) -> tuple[int, int]:
    """Embed the photo posts that this backbone has not seen yet; return how many were embedded and how many failed.

    Every batch is stored as it is done, so the work can be stopped and taken up again.
    """
    missing = Post.objects.exclude(image="").exclude(embeddings__backbone=embedder.full_name).order_by("id")
    ids = list(missing.values_list("id", flat=True))
    embedded = done = 0
    with Decoder() as decoder:
        for chunk in _chunks(ids, BATCH):
            pictures = _open_pictures(chunk, decoder)
            vectors = embedder.embed(list(pictures.values()))
            PostEmbedding.objects.bulk_create(
                (
                    PostEmbedding(post_id=id, backbone=embedder.full_name, vector=to_blob(vector))
                    for id, vector in zip(pictures, vectors, strict=True)
                ),
                ignore_conflicts=True,
            )
            embedded += len(pictures)
            done += len(chunk)
            progress(f"Embedding with {embedder.backbone.label}", done / len(ids))
    return embedded, len(ids) - embedded


def load(backbone: str, posts: Iterable[int], width: int) -> Embeddings:
    """Return the stored embeddings of these posts by a backbone, named "id@sha256". Posts without one are left out."""
    wanted = np.fromiter(posts, dtype=np.int64)
    ids: list[int] = []
    vectors = [np.zeros((0, width), np.float32)]
    for chunk in _chunks(wanted.tolist(), READ):
        rows = PostEmbedding.objects.filter(backbone=backbone, post__in=chunk).order_by("post_id")
        pairs = list(rows.values_list("post_id", "vector"))
        ids += [id for id, _ in pairs]
        vectors.append(from_blobs([bytes(blob) for _, blob in pairs], width))
    return Embeddings(backbone, np.array(ids, dtype=np.int64), np.concatenate(vectors))


def to_blob(vector: Vector) -> bytes:
    """Pack an embedding [width] as PostEmbedding.vector stores it: float16, little-endian."""
    return vector.astype("<f2").tobytes()


def from_blobs(blobs: list[bytes], width: int) -> Matrix:
    """Unpack n stored vectors into float32 [n, width]."""
    return np.frombuffer(b"".join(blobs), dtype="<f2").astype(np.float32).reshape(len(blobs), width)


def _open_pictures(ids: list[int], decoder: Decoder) -> dict[int, Image.Image]:
    """Open the pictures of these posts; those that cannot be opened any more are left out."""
    opened = {}
    for post in Post.objects.filter(pk__in=ids).order_by("id"):
        try:
            opened[post.pk] = decoder.decode(post.image_path)
        except (ImageRefused, FileNotFoundError):
            continue
    return opened


def _chunks(items: list[int], size: int) -> Iterator[list[int]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk
