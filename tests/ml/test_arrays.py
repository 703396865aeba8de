"""Learned arrays on the disk: what stands in the way of writing them is told, and what is none is refused."""

import errno
import json
import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from predictor.ml import arrays
from predictor.ml.contract import ModelError

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


@pytest.fixture
def written(tmp_path: Path) -> Path:
    arrays.save(tmp_path, {"prior": np.array([0.5, 0.25])}, {"tags": ["sea", "sun"]}, frozenset({"prior"}))
    return tmp_path


def test_an_archive_of_arrays_is_no_array(written: Path) -> None:
    np.savez(written / "archive.npz", prior=np.array([0.5, 0.25]))
    (written / "archive.npz").rename(written / "prior.npy")
    with pytest.raises(ModelError, match=r"prior\.npy of this model is missing or damaged"):
        arrays.load(written, {"prior": "f tags"})


def test_an_array_that_says_it_is_larger_than_any_memory_is_refused(written: Path) -> None:
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d,)}\n" % 2**50
    (written / "prior.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    with pytest.raises(ModelError, match=r"prior\.npy of this model is missing or damaged"):
        arrays.load(written, {"prior": "f tags"})


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "1" * 5_000, json.dumps({"tags": []})[:-1]], ids=["deep", "long", "cut"]
)
def test_facts_that_cannot_be_read_are_refused(written: Path, text: str) -> None:
    (written / arrays.FACTS).write_text(text)
    with pytest.raises(ModelError, match="model.json of this model is missing or damaged"):
        arrays.load(written, {"prior": "f tags"})
