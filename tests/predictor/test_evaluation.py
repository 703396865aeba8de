"""Evaluation: figures that can be computed by hand, beside popularity, for every version that serves."""

import pytest

from corpus.models import Hashtag, Post
from predictor import evaluation
from predictor.evaluation import NothingToMeasure, Report, Row
from predictor.learning import embeddings, snapshots, versions
from predictor.ml.artefact import ArtefactError
from predictor.ml.contract import Matrix, SuggestedTag, Vector
from predictor.ml.weights import BackboneError
from predictor.models import ActiveVersion, ModelVersion, PostEmbedding, VersionHashtag
from tests.ml import toys
from tests.predictor.conftest import serve, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone", "no_baselines")]


USUAL = {"cake": 0.001}


class Parrot:
    """A model that says the same of every photo."""

    def __init__(self, *tags: str) -> None:
        self.tags = tags

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        return [
            SuggestedTag(tag, 1 / rank, 0.3, usual=USUAL.get(tag, 0.3))
            for rank, tag in enumerate(self.tags[:k], start=1)
        ]

    def rank(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        return [self.suggest(embedding, k) for embedding in embeddings]


@pytest.fixture
def parrots(monkeypatch: pytest.MonkeyPatch) -> dict[str, Parrot]:
    """Two serving versions, whose answers a test chooses."""
    said = {"als": Parrot("sea"), "w2v": Parrot("city")}
    for kind in said:
        serve(kind)

    def open_version(version: ModelVersion) -> Parrot:
        return said[version.kind]

    monkeypatch.setattr(versions, "open_version", open_version)
    return said


def named(report: Report) -> dict[str, Row]:
    return {row.name: row for row in report.rows}


def test_it_works(parrots: dict[str, Parrot]) -> None:
    store(9)  # sea beach, city street, food cake, ...
    store(3, split="dev")  # sea beach, city street, food cake
    parrots["als"] = Parrot("sea", "beach", "x", "y", "z", "city")
    parrots["w2v"] = Parrot("city")
    report = evaluation.evaluate("dev")
    rows = named(report)
    assert (report.split, report.posts) == ("dev", 3)
    assert list(rows)[:5] == ["popularity", "als", "w2v", "blend", "the five (blend)"]
    assert list(rows)[5:] == [f"{name}, specific {at}" for name in ("als", "w2v", "blend") for at in ("0.5", "1")]
    als = rows["als"].metrics
    assert als.P1 == als.A5 == als.R5 == pytest.approx(1 / 3)
    assert als.R10 == als.microR10 == pytest.approx(1 / 2)
    assert als.Nplus == 2
    assert pytest.approx(1 / 6) == rows["w2v"].metrics.R5
    assert rows["als"].contestant.version == str(versions.active()["als"])
    assert rows["popularity"].contestant.version is rows["blend"].contestant.version is None


def test_per_hashtag_figures(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(3, split="dev")
    parrots["als"] = Parrot("sea", "city")
    als = named(evaluation.evaluate("dev"))["als"].metrics
    # Six hashtags are true; sea and city are given three times each and right once; the others are never given.
    assert als.precision == pytest.approx((1 / 3 + 1 / 3) / 6)
    assert als.recall == pytest.approx(2 / 6)
    assert pytest.approx(2 * (1 / 9) * (1 / 3) / (1 / 9 + 1 / 3)) == als.F1
    assert als.Nplus == 2


def test_popularity_is_of_the_training_posts(parrots: dict[str, Parrot]) -> None:
    store(7)  # three of the sea, two of the city, two of the food
    store(3, split="dev")
    popular = named(evaluation.evaluate("dev"))["popularity"].metrics
    assert pytest.approx(1 / 3) == popular.P1, "the first is sea"
    assert popular.R10 == 1.0


def test_the_blend_is_of_both(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(3, split="dev")
    parrots["als"], parrots["w2v"] = Parrot("sea", "food"), Parrot("city", "food")
    blend = named(evaluation.evaluate("dev"))["blend"].metrics
    assert blend.A5 == 1.0
    assert pytest.approx(1 / 3) == blend.P1, "food is second in both, and first in the blend"


def test_the_five_are_chosen_out_of_the_blend(parrots: dict[str, Parrot]) -> None:
    """Beach says the same as sea, so the five leave it out, and city comes in."""
    store(3)
    store(3, split="dev")  # sea beach, city street, food cake
    near = {"sea": [["beach", 0.9]], "beach": [["sea", 0.9]]}
    VersionHashtag.objects.all().delete()
    VersionHashtag.objects.bulk_create(
        VersionHashtag(version=version, tag=tag, neighbours=near.get(tag, []))
        for version in versions.active().values()
        for tag in ("sea", "beach", "x", "y", "z", "city")
    )
    parrots["als"] = parrots["w2v"] = Parrot("sea", "beach", "x", "y", "z", "city")
    rows = named(evaluation.evaluate("dev", specific=[1]))
    blend, five = rows["blend"], rows["the five (blend)"]
    assert (blend.twins, five.twins, rows["als, specific 1"].twins) == (1.0, 0.0, 1.0)
    assert (blend.metrics.Nplus, five.metrics.Nplus) == (2, 2)
    assert pytest.approx(1 / 3) == blend.metrics.A5 and pytest.approx(2 / 3) == five.metrics.A5
    assert blend.metrics.R10 == five.metrics.R10, "the next five of the set are all that is left"
    assert five.reliability is not None and five.contestant.version is None


def test_words_limit_truth_and_answers(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(3, split="dev")
    parrots["als"] = Parrot("x", "y", "z", "beach", "w", "sea")
    report = evaluation.evaluate("dev", words={"sea", "city"})
    rows = named(report)
    assert report.posts == 2, "the photo of food has no word left"
    assert (rows["als"].metrics.P1, rows["als"].metrics.R5) == (0.5, 0.5)
    assert rows["popularity"].metrics.R5 == 1.0
    with pytest.raises(NothingToMeasure, match="None of the given words"):
        evaluation.evaluate("dev", words={"x"})


def test_real_versions_beat_popularity() -> None:
    store(90)
    store(30, split="test")
    for kind in ("als", "w2v"):
        serve(kind)
    rows = named(evaluation.evaluate("test"))
    for name in ("als", "w2v", "blend"):
        assert rows[name].metrics.P1 > 0.9 > rows["popularity"].metrics.P1
        assert rows[name].metrics.R5_ci[0] <= rows[name].metrics.R5 <= rows[name].metrics.R5_ci[1]


def test_the_control_lifts_rare_hashtags(parrots: dict[str, Parrot]) -> None:
    """Cake is said sixth, too late for the first five, but it is hardly ever said so clearly."""
    store(3)
    store(3, split="dev")
    parrots["als"] = parrots["w2v"] = Parrot("sea", "x", "y", "z", "v", "cake")
    report = evaluation.evaluate("dev", specific=[0, 0.9, 0.9])
    rows = named(report)
    assert "als, specific 1" not in rows
    assert rows["als"].metrics.Nplus == rows["als, specific 0"].metrics.Nplus == 1
    assert rows["als, specific 0.9"].metrics.Nplus == 2
    curve = [setting for setting in report.control if setting.name == "als"]
    assert [setting.specificity for setting in curve] == [step / 10 for step in range(11)]
    assert [setting.Nplus for setting in curve][:: len(curve) - 1] == [1, 2]
    assert curve[9].F1 == rows["als, specific 0.9"].metrics.F1


def test_any_two_rows_are_compared(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(30, split="dev")
    parrots["als"] = Parrot("sea", "city", "food", "beach")
    report = evaluation.evaluate("dev")
    assert len(report.comparisons) == len(report.rows) * (len(report.rows) - 1) // 2
    found = {(one.name, one.than): one for one in report.comparisons}
    difference = found["w2v", "als"].differences["R5"]
    rows = named(report)
    assert difference.measured == pytest.approx(rows["w2v"].metrics.R5 - rows["als"].metrics.R5)
    assert difference.low <= difference.measured <= difference.high < 0
    telling = {("blend", "als"), ("blend", "w2v"), ("the five (blend)", "blend")}
    assert {(one.name, one.than) for one in report.telling()} == telling


def test_by_hashtag_and_by_frequency(parrots: dict[str, Parrot]) -> None:
    """Of four posts two are of the sea; sea is said of all three photos, and right once."""
    store(4)
    store(3, split="dev")
    parrots["als"] = Parrot("sea", "x")
    report = evaluation.evaluate("dev")
    place = report.tag_rows.index("als")
    lines = {line.tag: line for line in report.tags}
    assert next(iter(lines)) == "sea", "the most common in training"
    assert (lines["sea"].train, lines["sea"].truth) == (2, 1)
    assert (lines["sea"].given[place], lines["sea"].right[place]) == (3, 1)
    assert (lines["x"].train, lines["x"].truth, lines["x"].given[place], lines["x"].right[place]) == (0, 0, 3, 0)
    (band,) = report.bands
    assert (band.label, band.tags) == ("1 to 2", 6)
    assert band.recall["als"] == pytest.approx(1 / 6)


def test_probabilities_are_held_to_their_word(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(4, split="dev")  # the sea twice, the city, food
    parrots["als"] = Parrot("sea")
    rows = named(evaluation.evaluate("dev"))
    calibration = rows["als"].reliability
    assert calibration is not None and calibration.error == pytest.approx(0.5), (
        "it says 100 % and is right half the time"
    )
    assert rows["popularity"].reliability is rows["als, specific 1"].reliability is None


def test_a_version_that_cannot_be_loaded_is_a_note(parrots: dict[str, Parrot], monkeypatch: pytest.MonkeyPatch) -> None:
    store(3)
    store(3, split="dev")

    def open_version(version: ModelVersion) -> Parrot:
        if version.kind == "als":
            raise ArtefactError("Its file is gone.")
        return parrots[version.kind]

    monkeypatch.setattr(versions, "open_version", open_version)
    report = evaluation.evaluate("dev")
    assert list(named(report))[:3] == ["popularity", "w2v", "blend"]
    assert report.notes == [f"{versions.active()['als']} was not measured: Its file is gone."]
    ActiveVersion.objects.filter(kind="w2v").delete()
    with pytest.raises(NothingToMeasure, match="Its file is gone"):
        evaluation.evaluate("dev")


def test_a_backbone_that_cannot_be_opened_is_a_note(
    parrots: dict[str, Parrot], monkeypatch: pytest.MonkeyPatch
) -> None:
    store(3)
    store(3, split="dev")
    ModelVersion.objects.filter(kind="w2v").update(backbone="other@0")
    opened = embeddings.open_embedder

    def open_embedder(id: str) -> object:
        if id == "other":
            raise BackboneError("Its weights are not there.")
        return opened(id)

    monkeypatch.setattr(embeddings, "open_embedder", open_embedder)
    report = evaluation.evaluate("dev")
    assert list(named(report))[:3] == ["popularity", "als", "blend"]
    assert "Its weights are not there." in report.notes[0]


def test_only_photos_that_every_backbone_has_seen_are_measured(parrots: dict[str, Parrot]) -> None:
    store(3)
    posts = store(3, split="dev")
    ModelVersion.objects.filter(kind="w2v").update(backbone="other@0")
    for post in posts[1:]:
        vector = embeddings.to_blob(toys.photo(0, 1))
        PostEmbedding.objects.create(post=post, backbone="other@0", vector=vector)
    assert evaluation.evaluate("dev").posts == 2


def test_other_sources_than_the_baselines_are_noted(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(3, split="dev")
    (note, _) = evaluation.evaluate("dev", ["mine"]).notes
    assert note.endswith("learned from all sources, the baselines from mine.")


def test_the_splits_do_not_mix(parrots: dict[str, Parrot]) -> None:
    store(3)
    store(2, split="dev")
    store(1, split="test")
    assert evaluation.evaluate("dev").posts == 2
    assert evaluation.evaluate("test").posts == 1


def test_without_a_version_or_photos_there_is_nothing_to_measure(parrots: dict[str, Parrot]) -> None:
    store(3)
    with pytest.raises(NothingToMeasure, match="no photo posts in the dev split"):
        evaluation.evaluate("dev")
    ActiveVersion.objects.all().delete()
    with pytest.raises(NothingToMeasure, match="no trained version"):
        evaluation.evaluate("dev")


def test_banned_hashtags_are_no_truth(parrots: dict[str, Parrot]) -> None:
    store(3)
    dev = store(3, split="dev")
    Hashtag.objects.filter(key__in=["sea", "beach"]).update(status=Hashtag.Status.BANNED)
    assert evaluation.evaluate("dev").posts == len(dev) - 1
    assert Post.objects.filter(split="dev").count() == len(dev)


def test_a_new_model_is_measured_on_dev() -> None:
    store(90)
    store(9, split="dev")
    store(1, split="dev", name="unseen")
    PostEmbedding.objects.filter(post__source__name="unseen").delete()
    training, dev = (
        snapshots.take(posts, toys.BACKBONE, toys.WIDTH)
        for posts in (snapshots.training_posts(), snapshots.evaluation_posts("dev"))
    )
    found = evaluation.measure_model(versions.open_version(serve("w2v")), dev, training.posts)
    assert found["posts"] == 9
    assert found["R5_ci"][0] <= found["R5"] <= found["R5_ci"][1]
    assert found["popularity_R5"] < found["R5"]
    assert found["tail_recall"] is None and found["head_recall"] > 0, "all nine hashtags are among the most common"
    assert 0 < found["coverage"] <= 1
    assert found["ECE"] < 0.5
    nothing = snapshots.take(snapshots.evaluation_posts("test"), toys.BACKBONE, toys.WIDTH)
    assert evaluation.measure_model(versions.open_version(serve("w2v")), nothing, training.posts) == {}
