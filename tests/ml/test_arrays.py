"""Learned arrays on the disk: what stands in the way of writing them is told."""

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from predictor.ml import arrays

BYTES = 1000


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_it_works(tmp_path: Path) -> None:
    arrays.save(tmp_path, {"prior": np.array([0.5, 0.25])}, {"tags": ["sea", "sun"]}, frozenset({"prior"}))
    loaded, facts = arrays.load(tmp_path, {"prior": "f tags"})
    assert loaded["prior"].tolist() == [0.5, 0.25] and facts == {"tags": ["sea", "sun"]}


def test_a_disk_that_is_full_in_the_middle_of_an_array_is_named(tmp_path: Path) -> None:
    with room_for(BYTES), pytest.raises(OSError, match="No space left") as raised:
        arrays.save(tmp_path, {"prior": np.zeros(BYTES)}, {}, frozenset())
    assert raised.value.errno == errno.ENOSPC


def test_another_error_of_the_disk_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        arrays.save(tmp_path / "nowhere", {"prior": np.zeros(1)}, {}, frozenset())
