"""The hostile set: every awkward file gets the verdict that its manifest expects, in an upload's order of checks."""

import io
import json
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from corpus.decoder import Decoder
from corpus.images import ImageRefused, Limits, check_header, display_copy, photo_hashes
from tests.corpus.sources import are_duplicates

DATA = Path(os.environ.get("TAG4PIC_TEST_DATA") or Path(__file__).parents[3] / "shared") / "hostile"
MANIFEST: dict[str, Any] = (
    json.loads((DATA / "manifest.json").read_text()) if DATA.is_dir() else {"cases": [], "relations": [], "policy": {}}
)
CASES = {case["id"]: case for case in MANIFEST["cases"]}
pytestmark = pytest.mark.skipif(not CASES, reason=f"the hostile set is not there: no {DATA}; set TAG4PIC_TEST_DATA")


def with_rule(rule: str) -> list[str]:
    return [id for id, case in CASES.items() if any(must.startswith(rule) for must in case["expected"]["must"])]


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as made:
        yield made


def path(id: str) -> Path:
    return DATA / str(CASES[id]["file"])


def opened(decoder: Decoder, id: str) -> Image.Image:
    with path(id).open("rb") as file:
        check_header(file)
    return decoder.decode(path(id))


def verdict(decoder: Decoder, id: str) -> str:
    try:
        opened(decoder, id)
    except ImageRefused as refused:
        return refused.reason
    return "ok"


def peak_mb(pid: int) -> float:
    """Return a process's greatest resident memory so far, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def test_it_works(decoder: Decoder) -> None:
    assert opened(decoder, "jpeg_ok").mode == "RGB"


def test_the_policy_is_ours() -> None:
    policy, ours = MANIFEST["policy"], Limits()
    assert policy["max_bytes"] == ours.max_bytes
    assert policy["max_pixels"] == ours.max_pixels
    assert policy["min_side"] == ours.min_side
    assert policy["max_aspect"] == ours.max_aspect
    assert policy["max_jpeg_scans"] == ours.max_scans


@pytest.mark.parametrize("id", CASES)
def test_verdict(decoder: Decoder, id: str) -> None:
    expected = CASES[id]["expected"]
    found = verdict(decoder, id)
    if "any_reject" in expected["must"]:
        assert found != "ok"
    elif "any_verdict" not in expected["must"]:
        assert found == expected["reason"]


@pytest.mark.parametrize("id", with_rule("time<"))
def test_time(decoder: Decoder, id: str) -> None:
    limit = next(float(must[5:-1]) for must in CASES[id]["expected"]["must"] if must.startswith("time<"))
    decoder.start()
    before = time.monotonic()
    verdict(decoder, id)
    assert time.monotonic() - before < limit


@pytest.mark.parametrize("id", with_rule("rss<"))
def test_memory(id: str) -> None:
    limit = next(float(must[4:-2]) for must in CASES[id]["expected"]["must"] if must.startswith("rss<"))
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with Decoder() as decoder:
        decoder.start()
        assert decoder._child is not None
        child = decoder._child.pid
        before = peak_mb(child)
        verdict(decoder, id)
        assert peak_mb(child) - before < limit
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - ours < limit


@pytest.mark.parametrize("id", with_rule("orientation_applied"))
def test_orientation(decoder: Decoder, id: str) -> None:
    image = opened(decoder, id)
    assert image.size == (96, 64)
    expected = {(8, 8): (255, 0, 0), (88, 8): (0, 255, 0), (8, 56): (0, 0, 255), (88, 56): (255, 255, 255)}
    for (x, y), colour in expected.items():
        assert np.abs(np.subtract(np.asarray(image)[y, x], colour)).max() < 60, (x, y)


@pytest.mark.parametrize("id", with_rule("first_frame_only"))
def test_first_frame(decoder: Decoder, id: str) -> None:
    image = np.asarray(opened(decoder, id), dtype=np.float32)
    with Image.open(path(id)) as file:
        frames = [np.asarray(frame.convert("RGB"), dtype=np.float32) for frame in ImageSequence.Iterator(file)]
    assert len(frames) > 1
    assert np.abs(image - frames[0]).mean() < 1
    assert frames[1].shape != frames[0].shape or np.abs(image - frames[1]).mean() > 1


@pytest.mark.parametrize("id", with_rule("no_"))
def test_nothing_but_pixels_is_shown(decoder: Decoder, id: str) -> None:
    """The rules no_metadata_in_output, no_gps_in_output, no_trailing_bytes_in_output and no_crash."""
    copy = display_copy(opened(decoder, id))
    with Image.open(io.BytesIO(copy)) as file:
        assert set(file.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not file.getexif()
    assert copy.endswith(b"\xff\xd9") and copy.count(b"\xff\xd9") == 1
    for trace in (b"Exif", b"ICC_PROFILE", b"GPS", b"<script", b"<?php", b"xmp", b"alert("):
        assert trace not in copy


@pytest.mark.parametrize(
    "relation", MANIFEST["relations"], ids=lambda relation: f"{relation['a']}-{relation['b']}-{relation['expect']}"
)
def test_duplicates(decoder: Decoder, relation: dict[str, Any]) -> None:
    a, b = (photo_hashes(opened(decoder, relation[side])) for side in "ab")
    assert are_duplicates(a, b) == (relation["expect"] == "duplicate")
