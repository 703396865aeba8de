"""A home with very many made-up posts and both models trained on them, and photos of posts that are new to it.

Hashtag lists and embeddings are made as in `learning`; the pictures of these posts are nowhere, as no run opens them.
"""

import json
import os
import random
import secrets
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from predictor.ml.contract import Matrix
from tests.benchmarks.learning import Lists, drawn, hashtag_lists, pictures
from tests.benchmarks.photos import NAMES, data_folder
from tests.benchmarks.speed import manage, setup_django

if TYPE_CHECKING:
    from corpus.models import Post

DEV_SHARE = 20  # one post of the dev split for so many that are learned from
BATCH = 2000  # posts a transaction
TILES, TILE = (3, 2), 360  # of a new photo: so many, and their side


def fill(posts: int, data: Path | None) -> None:
    """Fill a fresh home with this many posts to learn from, and a twentieth of that for the gate."""
    from tag4pic_site import home

    home.prepare()
    setup_django()
    from corpus import statistics
    from corpus.ingest import open_source
    from corpus.models import Source
    from tag4pic_site.commands import migrate

    migrate()
    lists, source = hashtag_lists(data), open_source("made-up", Source.Kind.FOLDER)
    for split, number in (("train", posts), ("dev", posts // DEV_SHARE)):
        _store(source.pk, split, lists, drawn(lists, number), _backbones())
    statistics.refresh()
    manage("train", "als", "w2v", "--full", environment=dict(os.environ))


def _backbones() -> list[str]:
    """Names and hashes of the backbones of both kinds, exported."""
    from django.conf import settings

    from predictor.learning import embeddings

    return [embeddings.open_embedder(id).full_name for id in settings.KIND_BACKBONES.values()]


def _store(source: int, split: str, lists: Lists, chosen: Lists, backbones: list[str]) -> None:
    """Write approved posts with hashtags, and an embedding by each backbone."""
    from django.db import transaction

    from corpus.hashtags import Tag
    from corpus.ingest import ensure_hashtags
    from corpus.models import Post, Tagging

    known = ensure_hashtags(Tag(tag, tag) for tag in sorted({tag for tags in chosen for tag in tags}))
    seen = {name: pictures(lists, chosen, 2 * len(chosen) + place) for place, name in enumerate(backbones)}
    for start in range(0, len(chosen), BATCH):
        part = chosen[start : start + BATCH]
        with transaction.atomic():
            posts = Post.objects.bulk_create(_post(source, split, start + place) for place in range(len(part)))
            Tagging.objects.bulk_create(
                Tagging(post=post, hashtag=known[tag], position=place, source_id=source, origin="made-up")
                for post, tags in zip(posts, part, strict=True)
                for place, tag in enumerate(tags)
            )
            ids = [post.pk for post in posts]
            for name, vectors in seen.items():
                _embed(name, ids, vectors[start : start + BATCH])


def _post(source: int, split: str, number: int) -> "Post":
    from corpus.models import Post

    sha256 = secrets.token_hex(32)
    return Post(
        source_id=source,
        external_id=f"{split}-{number}",
        split=split,
        status=Post.Status.APPROVED,
        sha256=sha256,
        image=f"posts/{sha256[:2]}/{sha256}.jpg",
        average_hash=secrets.token_hex(8),
        difference_hash=secrets.token_hex(8),
    )


def _embed(backbone: str, ids: list[int], vectors: Matrix) -> None:
    from predictor.learning import embeddings
    from predictor.models import PostEmbedding

    PostEmbedding.objects.bulk_create(
        PostEmbedding(post_id=id, backbone=backbone, vector=embeddings.to_blob(vector))
        for id, vector in zip(ids, vectors, strict=True)
    )


def write_new(folder: Path, number: int, data: Path | None) -> Path:
    """Write posts with photos of 1080 x 720 pixels, none like another, in the layout of `import_posts`.

    Each shows parts of one of a few real photos, and carries the list of hashtags that belongs to that one.
    """
    chance = random.Random(number)
    photos = [Image.open(data_folder() / name).convert("RGB") for name in NAMES]
    shown = cycle(zip(photos, drawn(hashtag_lists(data), len(photos)), strict=True))
    folder.mkdir(parents=True)
    with (folder / "posts.jsonl").open("w") as file:
        for place, (photo, tags) in zip(range(number), shown, strict=False):
            patchwork(photo, chance).save(folder / f"{place}.jpg", quality=90)
            file.write(json.dumps({"image": f"{place}.jpg", "tags": tags, "split": "train"}) + "\n")
    return folder


def patchwork(photo: Image.Image, chance: random.Random) -> Image.Image:
    """A picture of parts of a photo, chosen at random."""
    columns, rows = TILES
    picture = Image.new("RGB", (TILE * columns, TILE * rows))
    for left, top in np.ndindex(columns, rows):
        side = chance.randrange(100, min(photo.size))
        x, y = chance.randrange(photo.width - side), chance.randrange(photo.height - side)
        picture.paste(photo.resize((TILE, TILE), box=(x, y, x + side, y + side)), (TILE * left, TILE * top))
    return picture
