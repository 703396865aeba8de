"""Near-duplicate photos: which earlier post shows the same picture, by average hash and difference hash together."""

import numpy as np
from numpy.typing import NDArray

from corpus import images
from corpus.models import Post


class HashIndex:
    """The hashes of all photo posts in memory, searched exactly. Posts are added as they are stored."""

    def __init__(self) -> None:
        rows = list(
            Post.objects.exclude(average_hash="").order_by("id").values_list("id", "average_hash", "difference_hash")
        )
        self.size = len(rows)
        self.ids: NDArray[np.int64] = np.array([row[0] for row in rows], dtype=np.int64)
        self.average = np.array([int(row[1], 16) for row in rows], dtype=np.uint64)
        self.difference = np.array([int(row[2], 16) for row in rows], dtype=np.uint64)

    def find(self, hashes: images.PhotoHashes) -> int | None:
        """Return the id of the nearest post within both thresholds, or None. Flat pictures match nothing."""
        if hashes.flat or not self.size:
            return None
        average = np.bitwise_count(self.average[: self.size] ^ np.uint64(int(hashes.average, 16)))
        near = np.flatnonzero(average <= images.AVERAGE_HASH_DISTANCE)
        difference = np.bitwise_count(self.difference[near] ^ np.uint64(int(hashes.difference, 16)))
        near = near[difference <= images.DIFFERENCE_HASH_DISTANCE]
        if not len(near):
            return None
        distance = average[near].astype(int) + np.bitwise_count(
            self.difference[near] ^ np.uint64(int(hashes.difference, 16))
        )
        return int(self.ids[near[np.argmin(distance)]])

    def add(self, id: int, hashes: images.PhotoHashes) -> None:
        """Remember a stored post."""
        if hashes.flat:
            return
        if self.size == len(self.ids):
            room = max(1024, self.size)
            self.ids = np.concatenate([self.ids, np.zeros(room, np.int64)])
            self.average = np.concatenate([self.average, np.zeros(room, np.uint64)])
            self.difference = np.concatenate([self.difference, np.zeros(room, np.uint64)])
        self.ids[self.size] = id
        self.average[self.size] = int(hashes.average, 16)
        self.difference[self.size] = int(hashes.difference, 16)
        self.size += 1
