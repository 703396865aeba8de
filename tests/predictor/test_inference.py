"""Answering an upload: both rankings and the outcome are written together, and what goes wrong is said."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from predictor import receiving
from predictor.inference import Engine, NoVersion, Ranking, answer
from predictor.learning import versions
from predictor.models import ModelVersion, Suggestion, Upload
from tests.ml import toys
from tests.predictor.conftest import serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


@pytest.fixture
def upload() -> Upload:
    """A claimed upload of a blue photo, stored lying on its side with a place in its metadata."""
    row = Upload(sha256="0" * 64, width=90, height=60, original="uploads/x.original")
    row.original_path.parent.mkdir()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera with a name"
    Image.new("RGB", (90, 60), "blue").save(row.original_path, "JPEG", exif=exif)
    row.save()
    assert row.claim()
    return row


def test_it_works(upload: Upload, serving: dict[str, ModelVersion]) -> None:
    original = upload.original_path
    answer(Engine(), upload)
    upload.refresh_from_db()
    assert (upload.state, upload.answered_by) == ("done", versions.names(list(serving.values())))
    assert set(upload.timings) == {"open", "copy", "embed", "rank", "store"}
    for version in serving.values():
        rows = list(Suggestion.objects.filter(upload=upload, version=version))
        assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
        assert rows[0].tag == "food"
        assert rows[0].evidence and 0 < rows[0].prior < 1
        asked = versions.open_version(version).suggest(toys.photo(2, 5), len(rows))
        assert [(row.tag, row.usual) for row in rows] == [(item.tag, item.usual) for item in asked]
    assert not original.exists() and upload.original == ""
    copy = upload.display_path
    assert b"a camera" not in copy.read_bytes()
    assert Image.open(copy).size == (60, 90) == (upload.width, upload.height)


def test_a_damaged_photo(upload: Upload, serving: dict[str, ModelVersion]) -> None:
    upload.original_path.write_bytes(upload.original_path.read_bytes()[:300])
    answer(Engine(), upload)
    upload.refresh_from_db()
    assert (upload.state, upload.reason) == ("failed", "corrupt")
    assert "damaged" in upload.message
    assert upload.original_path.exists(), "a retry needs it"


def test_a_photo_that_is_gone(upload: Upload, serving: dict[str, ModelVersion]) -> None:
    upload.original_path.unlink()
    answer(Engine(), upload)
    upload.refresh_from_db()
    assert (upload.state, upload.reason, upload.original) == ("failed", "gone", "")
    assert "send it again" in upload.message
    assert not upload.retry(), "there is nothing to try again with"


def test_no_version(upload: Upload) -> None:
    with pytest.raises(NoVersion):
        Engine().rank(Image.new("RGB", (9, 9)), 5)
    answer(Engine(), upload)
    upload.refresh_from_db()
    assert (upload.state, upload.reason) == ("failed", "no_model")


def test_a_lost_claim_leaves_no_suggestions(upload: Upload, serving: dict[str, ModelVersion]) -> None:
    Upload.objects.filter(pk=upload.pk).update(token="00000000-0000-4000-8000-000000000000")
    answer(Engine(), upload)
    assert not Suggestion.objects.exists()
    assert Upload.objects.get().state == "working"


def test_a_new_version_is_taken_over(upload: Upload, serving: dict[str, ModelVersion]) -> None:
    engine = Engine()
    engine.refresh()
    newer = serve("als")
    answer(engine, upload)
    upload.refresh_from_db()
    assert str(newer) in upload.answered_by.split()


def test_no_photo_of_a_stream_waits_for_a_new_version(upload: Upload, serving: dict[str, ModelVersion]) -> None:
    engine, hold = Engine(), Event()
    answer(engine, upload)
    before = engine.names
    newer = serve("als")
    engine._loader.submit(hold.wait)  # what is behind this takes its time
    engine.refresh()
    assert engine.names == before, "the version before answers meanwhile"
    hold.set()
    engine.refresh(idle=True)
    assert str(newer) in engine.names.split()


def test_a_version_that_was_loading_when_its_turn_was_over(upload: Upload, serving: dict[str, ModelVersion]) -> None:
    engine, hold = Engine(), Event()
    answer(engine, upload)
    before = engine.names
    newer = serve("als")
    engine._loader.submit(hold.wait)
    engine.refresh()
    assert versions.activate(serving["als"], newer)
    hold.set()
    engine.refresh()
    assert engine.names == before and engine._coming == {}


def test_a_damaged_version_gives_way_to_the_last_good_one(upload: Upload, serving: dict[str, ModelVersion]) -> None:
    damaged = serve("als")
    (damaged.folder / "items.npy").write_bytes(b"")
    answer(Engine(), upload)
    upload.refresh_from_db()
    assert str(serving["als"]) in upload.answered_by.split()
    damaged.refresh_from_db()
    assert damaged.state == "broken" and "items.npy" in damaged.reason
    assert versions.active()["als"] == serving["als"]


def test_without_any_good_version_the_other_kind_still_answers(
    upload: Upload, serving: dict[str, ModelVersion]
) -> None:
    (Path(settings.VERSIONS_ROOT) / str(serving["als"].pk) / "manifest.json").unlink()
    answer(Engine(), upload)
    upload.refresh_from_db()
    assert upload.answered_by == str(serving["w2v"])


def test_a_photo_that_is_deleted_while_it_is_answered(
    upload: Upload, serving: dict[str, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    rank = Engine.rank

    def rank_late(self: Engine, *args: Any) -> list[Ranking]:
        found = rank(self, *args)
        receiving.discard(upload)
        return found

    monkeypatch.setattr(Engine, "rank", rank_late)
    answer(Engine(), Upload.objects.get(pk=upload.pk))
    assert not Upload.objects.exists() and not Suggestion.objects.exists()
    assert [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()] == []
