"""Near-duplicate photos: which earlier post shows the same picture, by average hash and difference hash together."""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import images
from corpus.models import Post

READ = 10_000  # rows read at once


class HashIndex:
    """The hashes of all photo posts in memory, searched exactly: FAISS finds near average hashes, numpy does the rest.

    It is filled by `refresh`, and again as others store posts. FAISS is imported with the first look: posts without
    pictures need none.
    """

    def __init__(self) -> None:
        self._last = 0  # the highest post id that was read
        self._ids = array("q")
        self._differences = array("Q")
        self._averages: Any = None  # faiss.IndexBinaryFlat

    def __len__(self) -> int:
        return len(self._ids)

    def refresh(self, before: int) -> None:
        """Read the posts that others stored since the last time, with ids below `before`."""
        rows = Post.objects.filter(pk__gt=self._last, pk__lt=before).exclude(average_hash="").order_by("pk")
        fields = rows.values_list("pk", "average_hash", "difference_hash")
        chunk = []
        for row in fields.iterator(chunk_size=READ):
            chunk.append(row)
            if len(chunk) == READ:
                self._extend(chunk)
                chunk = []
        self._extend(chunk)

    def add(self, id: int, hashes: images.PhotoHashes) -> None:
        """Remember a stored post."""
        if not hashes.flat:
            self._extend([(id, hashes.average, hashes.difference)])

    def find(self, hashes: images.PhotoHashes) -> int | None:
        """Return the id of the nearest post within both thresholds, or None. Flat pictures match nothing."""
        if hashes.flat or not self._ids:
            return None
        # FAISS finds what is nearer than its radius.
        _, average, places = self._averages.range_search(_bits([hashes.average]), images.AVERAGE_HASH_DISTANCE + 1)
        difference = np.bitwise_count(
            np.frombuffer(self._differences, np.uint64)[places] ^ np.uint64(int(hashes.difference, 16))
        )
        near = np.flatnonzero(difference <= images.DIFFERENCE_HASH_DISTANCE)
        if not len(near):
            return None
        nearest = min(near, key=lambda row: (average[row] + difference[row], places[row]))
        return int(self._ids[places[nearest]])

    def _extend(self, rows: Sequence[tuple[int, str, str]]) -> None:
        if not rows:
            return
        if self._averages is None:
            import faiss

            faiss.omp_set_num_threads(
                1
            )  # a look takes less time than waking a second thread, on a busy machine far less
            self._averages = faiss.IndexBinaryFlat(64)
        self._averages.add(_bits([average for _, average, _ in rows]))
        self._ids.extend(id for id, _, _ in rows)
        self._differences.extend(int(difference, 16) for _, _, difference in rows)
        self._last = max(self._last, self._ids[-1])


def _bits(hashes: list[str]) -> NDArray[np.uint8]:
    """Return n hashes of 16 hexadecimal digits as bytes [n, 8]."""
    return np.frombuffer(bytes.fromhex("".join(hashes)), np.uint8).reshape(len(hashes), 8)
