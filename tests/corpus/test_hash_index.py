"""The index of photo hashes: the nearest earlier picture within both thresholds."""

import numpy as np
import pytest

from corpus.hash_index import HashIndex
from corpus.images import AVERAGE_HASH_DISTANCE, DIFFERENCE_HASH_DISTANCE, PhotoHashes
from corpus.models import Post, Source

pytestmark = pytest.mark.django_db


def hashes(average: int, difference: int = 0, flat: bool = False) -> PhotoHashes:
    return PhotoHashes(f"{average:016x}", f"{difference:016x}", flat)


def bits(count: int) -> int:
    return (1 << count) - 1


def test_it_works() -> None:
    index = HashIndex()
    assert index.find(hashes(0b1010)) is None
    index.add(7, hashes(0b1010))
    assert index.find(hashes(0b1011)) == 7


def test_stored_posts_are_known_from_the_start() -> None:
    source = Source.objects.create(name="mine", kind=Source.Kind.FOLDER)
    known = Post.objects.create(source=source, external_id="a", average_hash="f" * 16, difference_hash="0" * 16)
    Post.objects.create(source=source, external_id="flat", image="x.png")
    index = HashIndex()
    index.refresh(before=known.pk)
    assert len(index) == 0
    index.refresh(before=known.pk + 1)
    index.refresh(before=known.pk + 1)
    assert len(index) == 1
    assert index.find(hashes(2**64 - 1)) == known.pk


def test_both_thresholds_count() -> None:
    index = HashIndex()
    index.add(1, hashes(0))
    near, far = bits(AVERAGE_HASH_DISTANCE), bits(AVERAGE_HASH_DISTANCE + 1)
    alike, other = bits(DIFFERENCE_HASH_DISTANCE), bits(DIFFERENCE_HASH_DISTANCE + 1)
    assert index.find(hashes(near, alike)) == 1
    assert index.find(hashes(far, alike)) is None
    assert index.find(hashes(near, other)) is None


def test_the_nearest_of_several_is_found() -> None:
    index = HashIndex()
    index.add(1, hashes(0b111, 0))
    index.add(2, hashes(0b1, 0b1))
    index.add(3, hashes(0, 0b111))
    assert index.find(hashes(0, 0)) == 2


def test_flat_pictures_match_nothing() -> None:
    index = HashIndex()
    index.add(1, hashes(0, flat=True))
    assert len(index) == 0
    index.add(2, hashes(0))
    assert index.find(hashes(0, flat=True)) is None
    assert index.find(hashes(0)) == 2


def differ(a: str, b: str) -> int:
    """Return in how many bits two hashes differ."""
    return (int(a, 16) ^ int(b, 16)).bit_count()


def test_it_agrees_with_the_rule_for_two_photos() -> None:
    random = np.random.default_rng(1)
    index, stored = HashIndex(), []
    for id in range(300):  # close to each other, so that some match
        stored.append(hashes(int(random.integers(0, 64)), int(random.integers(0, 1 << 12))))
        index.add(id, stored[-1])
    for _ in range(200):
        asked = hashes(int(random.integers(0, 256)), int(random.integers(0, 1 << 14)))
        matches = {
            id
            for id, known in enumerate(stored)
            if differ(known.average, asked.average) <= AVERAGE_HASH_DISTANCE
            and differ(known.difference, asked.difference) <= DIFFERENCE_HASH_DISTANCE
        }
        found = index.find(asked)
        assert found in matches if matches else found is None


def test_many_are_found_again() -> None:
    index = HashIndex()
    random = np.random.default_rng(1).integers(0, 2**63, (5000, 2)).tolist()
    for id, (average, difference) in enumerate(random):
        index.add(id, hashes(average, difference))
    assert [index.find(hashes(*random[id])) for id in range(0, 5000, 99)] == list(range(0, 5000, 99))
