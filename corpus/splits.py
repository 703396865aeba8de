"""The split of a post whose source gives none: 90 % train, 5 % dev, 5 % test, fixed for ever by a hash."""

import hashlib
from collections.abc import Iterable

from corpus.hashtags import Tag
from corpus.models import Post


def drawn(name: str) -> str:
    """Return the split that a name falls into: the sha256 of a picture, or `tag_name` where there is none."""
    place = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 100
    return Post.Split.TRAIN if place < 90 else Post.Split.DEV if place < 95 else Post.Split.TEST


def tag_name(tags: Iterable[Tag]) -> str:
    """Return the name by which a post without a picture is drawn, so that equal lists stand on one side."""
    return " ".join(sorted(tag.key for tag in tags))
