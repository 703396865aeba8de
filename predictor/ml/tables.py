"""What a model is fitted on, as numbers: checked embeddings, the vocabulary, and the post x hashtag table."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.ml.contract import Embeddings, Ids, Matrix, ModelError, TaggedPost, Vector

Rows = NDArray[np.int64]  # row numbers
LEAST_PHOTOS, LEAST_TAGS = 5, 2  # that a model can be made of


@dataclass(frozen=True, slots=True)
class TagTable:
    """Which post carries which hashtag: the columns of row i are `columns[starts[i]:starts[i + 1]]`."""

    starts: NDArray[np.int64]  # [posts + 1]
    columns: NDArray[np.int32]  # [occurrences]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many hashtags each post carries, [posts]."""
        return np.diff(self.starts)

    def fits(self, posts: int, tags: int) -> bool:
        """Whether this is a sound table of so many posts and hashtags."""
        starts, columns = self.starts, self.columns
        return (
            len(starts) == posts + 1
            and starts[0] == 0
            and starts[-1] == len(columns)
            and bool((np.diff(starts) >= 0).all())
            and bool(((columns >= 0) & (columns < tags)).all())
        )

    def by_tag(self, tags: int) -> "TagTable":
        """Which hashtag is on which posts: those of hashtag i, ascending, are `columns[starts[i]:starts[i + 1]]`."""
        order = np.argsort(self.columns, kind="stable")
        posts = np.repeat(np.arange(len(self.sizes), dtype=np.int32), self.sizes)[order]
        counts = np.bincount(self.columns, minlength=tags)
        return TagTable(np.concatenate(([0], np.cumsum(counts))), posts)

    def rows(self, rows: Rows) -> "TagTable":
        """The table of these posts alone."""
        parts = [self.columns[self.starts[row] : self.starts[row + 1]] for row in rows]
        starts = np.concatenate(([0], np.cumsum(self.sizes[rows])))
        return TagTable(starts, np.concatenate(parts) if parts else self.columns[:0])

    def only(self, columns: Rows) -> "TagTable":
        """The table with these columns alone, ascending, numbered anew."""
        kept = np.isin(self.columns, columns)
        starts = np.concatenate(([0], np.cumsum(kept)))[self.starts]
        return TagTable(starts, np.searchsorted(columns, self.columns[kept]).astype(np.int32))

    def dense(self, rows: Rows, width: int) -> Matrix:
        """The table's rows as 0 and 1, [rows, width]."""
        full = np.zeros((len(rows), width), np.float32)
        for place, row in enumerate(rows):
            full[place, self.columns[self.starts[row] : self.starts[row + 1]]] = 1
        return full


def tag_table(posts: Sequence[TaggedPost], tags: Sequence[str]) -> TagTable:
    """Number the hashtags of each post by their place in `tags`; others are left out, repeats count once."""
    place = {tag: column for column, tag in enumerate(tags)}
    lists = [[place[tag] for tag in dict.fromkeys(post.tags) if tag in place] for post in posts]
    starts = np.concatenate(([0], np.cumsum([len(columns) for columns in lists], dtype=np.int64)))
    columns = np.fromiter((column for columns in lists for column in columns), np.int32, int(starts[-1]))
    return TagTable(starts.astype(np.int64), columns)


def vocabulary(posts: Iterable[TaggedPost]) -> list[str]:
    """Every hashtag of the posts, in alphabetical order."""
    return sorted({tag for post in posts for tag in post.tags})


def priors(posts: Sequence[TaggedPost], tags: Sequence[str]) -> Vector:
    """Share of the posts that carry each of the tags, [tags], 0 to 1."""
    counts = Counter(tag for post in posts for tag in set(post.tags))
    return np.array([counts[tag] / max(len(posts), 1) for tag in tags], np.float32)


def most_frequent(shares: Vector, most: int) -> Ids:
    """Columns of the `most` hashtags of which the largest shares of posts are [tags], ascending; none that has none."""
    chosen = np.argsort(-shares, kind="stable")[:most]
    return np.sort(chosen[shares[chosen] > 0]).astype(np.int64)


def check_columns(columns: Ids, tags: int) -> None:
    """Refuse column numbers that a vocabulary of so many hashtags does not have. Raises ModelError."""
    if len(columns) and (columns.min() < 0 or columns.max() >= tags or (np.diff(columns) <= 0).any()):
        raise ModelError("The hashtags that a part of this model knows do not fit its vocabulary.")


def check_backbone(embeddings: Embeddings, expected: str) -> None:
    """Refuse embeddings that a trained model cannot compare with its own. Raises ModelError."""
    if embeddings.backbone != expected:
        raise ModelError("The embeddings were made by another backbone than this model was trained on.")


def photo_posts(posts: Sequence[TaggedPost], embeddings: Embeddings) -> tuple[list[TaggedPost], Matrix]:
    """Return the posts that have both hashtags and an embedding, and their embeddings in the same order.

    Raises ModelError where the embeddings are not one finite row for each id.
    """
    ids, vectors = embeddings.ids, embeddings.vectors
    if vectors.ndim != 2 or len(ids) != len(vectors) or len(np.unique(ids)) != len(ids):
        raise ModelError("The embeddings do not have exactly one row for each post.")
    if not np.isfinite(vectors).all():
        raise ModelError("Some embeddings hold values that are not numbers; embed those posts again.")
    row = {int(id): place for place, id in enumerate(ids)}
    photos = [post for post in posts if post.tags and post.id in row]
    rows = np.array([row[post.id] for post in photos], np.int64)
    if not np.array_equal(rows, np.arange(len(vectors))):  # else there is no need of a second copy
        vectors = vectors[rows]
    return photos, vectors.astype(np.float32, copy=False)


def damped(vectors: Matrix) -> Matrix:
    """Signed square root of embeddings: tames the few large activations that would rule every distance."""
    return np.sign(vectors) * np.sqrt(np.abs(vectors))


def require(photos: int, tags: int) -> None:
    """Refuse a corpus that is too small to learn anything from. Raises ModelError."""
    if photos < LEAST_PHOTOS or tags < LEAST_TAGS:
        raise ModelError(
            f"A model needs at least {LEAST_PHOTOS} posts with pictures and {LEAST_TAGS} different hashtags on them; "
            f"there are {photos} and {tags}. Import more posts, or approve some that wait."
        )


def check_query(embedding: Vector, width: int) -> Vector:
    """Return the embedding of the photo in question as float32, [width]. Raises ModelError where it cannot be one."""
    if embedding.shape != (width,):
        raise ModelError(f"The photo's embedding has the shape {embedding.shape}; this model expects ({width},).")
    checked: Vector = check_queries(embedding[None], width)[0]
    return checked


def check_queries(embeddings: Matrix, width: int) -> Matrix:
    """The same for many photos, [n, width]. Raises ModelError."""
    if embeddings.ndim != 2 or embeddings.shape[1] != width:
        raise ModelError(f"The photos' embeddings have the shape {embeddings.shape}; this model expects (n, {width}).")
    if not np.isfinite(embeddings).all():
        raise ModelError("The photo's embedding holds values that are not numbers.")
    return embeddings.astype(np.float32, copy=False)


def ids_of(posts: Sequence[TaggedPost]) -> Ids:
    """The posts' ids, [posts]."""
    return np.array([post.id for post in posts], np.int64)
