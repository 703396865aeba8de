"""Explanations on demand in the worker: where, what else, and photos first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from predictor import jobs, queue, sweeper
from predictor.inference import Engine, answer
from predictor.ml import occlusion
from predictor.models import ActiveVersion, Explanation, ModelVersion, Upload
from predictor.why import saliency
from tests.predictor.conftest import serve

pytestmark = pytest.mark.usefixtures("toy_backbone")
FOOD, CITY = (0, 0, 255), (0, 90, 0)  # what the toy embedder sees in blue, and in green


@pytest.fixture
def engine(serving: dict[str, ModelVersion]) -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.decoder.close()


@pytest.fixture
def asked(engine: Engine, home: Path) -> Explanation:
    """An explanation that was asked for, of a green photo with a blue piece at the upper left that decides."""
    upload = Upload.objects.create(sha256="a" * 64, width=160, height=160, original="uploads/x")
    upload.original_path.parent.mkdir()
    image = Image.new("RGB", (160, 160), CITY)
    image.paste(FOOD, (0, 0, 100, 100))
    image.save(upload.original_path, "PNG")
    assert upload.claim()
    answer(engine, upload)
    upload.refresh_from_db()
    assert upload.state == "done", upload.message
    return Explanation.objects.create(upload=upload)


def test_it_works(engine: Engine, asked: Explanation) -> None:
    assert asked.claim() and saliency.go_on(engine, asked)
    asked.refresh_from_db()
    assert asked.done and asked.message == "" and asked.asked == asked.upload.answered_by
    for kind in ("als", "w2v"):
        whole, *without = asked.probabilities(kind, "food") or []
        assert len(without) == occlusion.PATCHES and whole > 0.5
        stored = asked.upload.suggestions.get(version__kind=kind, tag="food").score
        assert whole == pytest.approx(stored, abs=0.01)
        assert asked.probabilities(kind, "nobody") is None


def test_what_decides_is_hot(engine: Engine, asked: Explanation) -> None:
    image = Image.new("RGB", (160, 160), CITY)
    image.paste(FOOD, (0, 0, 85, 85))
    image.save(asked.upload.display_path, "PNG")
    assert saliency.go_on(engine, asked)
    for kind in ("als", "w2v"):
        whole, *without = asked.probabilities(kind, "food") or []
        heat = occlusion.heat(whole, without)
        assert heat[:3, :3].max() > 0.3 and heat[5:, 5:].max() < 0.01


def test_a_photo_that_waits_goes_first(engine: Engine, asked: Explanation) -> None:
    photo = Upload.objects.create(sha256="b" * 64, original="uploads/y")
    assert asked.claim() and not saliency.go_on(engine, asked)
    asked.refresh_from_db()
    assert asked.done is None and len(asked.seen["als"]["probabilities"]) == 2
    assert not saliency.go_on(engine, asked)
    photo.delete()
    assert saliency.go_on(engine, asked)
    broken_off = asked.seen
    asked.seen, asked.done = {}, None
    assert saliency.go_on(engine, asked)
    assert asked.seen == broken_off


def test_another_version_came_to_serve_meanwhile(engine: Engine, asked: Explanation) -> None:
    photo = Upload.objects.create(sha256="b" * 64, original="uploads/y")
    assert not saliency.go_on(engine, asked)
    photo.delete()
    newer = serve("als")
    assert saliency.go_on(engine, asked)
    assert str(newer) in asked.asked and asked.asked != asked.upload.answered_by
    assert {len(seen["probabilities"]) for seen in asked.seen.values()} == {1 + occlusion.PATCHES}


def test_what_speaks_for_later_hashtags(engine: Engine, asked: Explanation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saliency, "EXPLAINED", 2)
    assert saliency.go_on(engine, asked)
    first = set(asked.upload.suggestions.filter(version__kind="als", rank__lte=2).values_list("tag", flat=True))
    assert asked.evidence["als"] and not first & set(asked.evidence["als"])
    assert any(evidence for evidence in asked.evidence["w2v"].values())


def test_the_photo_is_gone(engine: Engine, asked: Explanation) -> None:
    asked.upload.display_path.unlink()
    assert saliency.go_on(engine, asked)
    asked.refresh_from_db()
    assert asked.done and "not there any more" in asked.message


def test_no_version_serves(engine: Engine, asked: Explanation) -> None:
    ActiveVersion.objects.all().delete()
    asked.seen = {}
    assert saliency.go_on(engine, asked)
    assert "try again later" in asked.message


def test_it_was_deleted_meanwhile(engine: Engine, asked: Explanation) -> None:
    Explanation.objects.all().delete()
    assert saliency.go_on(engine, asked)
    assert not Explanation.objects.exists()


def test_one_worker_at_a_time(asked: Explanation) -> None:
    assert asked.claim() and not asked.claim()
    asked.leave(done=False)
    assert asked.claim()
    asked.leave(done=True)
    assert not asked.claim()


def test_the_job_goes_on_until_all_is_done(engine: Engine, asked: Explanation, monkeypatch: pytest.MonkeyPatch) -> None:
    again: list[str] = []
    monkeypatch.setattr(jobs, "engine", lambda: engine)
    monkeypatch.setattr(queue, "enqueue_explanation", lambda id: again.append(str(id)))
    photo = Upload.objects.create(sha256="b" * 64, original="uploads/y")
    id = str(asked.upload_id)
    jobs.explain_upload(id)
    assert again == [id]
    photo.delete()
    jobs.explain_upload(id)
    jobs.explain_upload(id)  # twice does no harm
    asked.refresh_from_db()
    assert asked.done and again == [id]
    assert queue.EXPLAIN_UPLOAD in queue.ALLOWED[queue.PREDICT]


def test_the_sweeper_asks_again(asked: Explanation, monkeypatch: pytest.MonkeyPatch) -> None:
    again: list[str] = []
    monkeypatch.setattr(queue, "enqueue_lost_explanation", lambda id: again.append(str(id)))
    assert sweeper.recover_explanations() == 0
    rows = Explanation.objects.filter(pk=asked.pk)
    rows.update(changed=asked.changed - Explanation.SILENCE)
    assert sweeper.recover_explanations() == 1 and again == [str(asked.upload_id)]
    assert sweeper.recover_explanations() == 0
    rows.update(changed=asked.changed - Explanation.SILENCE, created=asked.created - Explanation.GIVEN_UP)
    assert sweeper.recover_explanations() == 0
