"""A toy corpus with one obvious right answer: each theme lights its own part of the embedding."""

import numpy as np

from predictor.ml.contract import Embeddings, Matrix, TaggedPost, Vector

WIDTH = 24
THEMES = {"sea": ("sea", "beach", "wave"), "city": ("city", "street", "night"), "food": ("food", "cake", "yummy")}
BACKBONE = "toy@0"


def photo(theme: int, seed: int) -> Vector:
    """The embedding of a photo of one theme, with some noise."""
    vector = np.random.default_rng(seed).random(WIDTH) * 0.2
    vector[theme * 6 : theme * 6 + 6] += 2
    return vector.astype(np.float32)


def corpus(each: int = 30) -> tuple[list[TaggedPost], Embeddings]:
    """Posts of the three themes, each with the first hashtag of its theme and one of the two others."""
    posts, rows = [], []
    for number in range(each * len(THEMES)):
        theme = number % len(THEMES)
        tags = list(THEMES.values())[theme]
        posts.append(TaggedPost(number + 1, (tags[0], tags[1 + number // len(THEMES) % 2])))
        rows.append(photo(theme, number))
    return posts, embedded([post.id for post in posts], np.stack(rows))


def embedded(ids: list[int], vectors: Matrix) -> Embeddings:
    """Embeddings by the toy backbone."""
    return Embeddings(BACKBONE, np.array(ids, np.int64), vectors)


def with_new_theme(posts: list[TaggedPost], known: Embeddings, count: int = 10) -> tuple[list[TaggedPost], Embeddings]:
    """The corpus with a fourth theme, `cat`, added to it."""
    first = posts[-1].id + 1
    new = [TaggedPost(first + number, ("cat", "pet")) for number in range(count)]
    rows = np.stack([photo(3, 1000 + number) for number in range(count)])
    ids = [*known.ids.tolist(), *(post.id for post in new)]
    return [*posts, *new], embedded(ids, np.concatenate([known.vectors, rows]))
