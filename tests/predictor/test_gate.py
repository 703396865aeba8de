"""The gate: what may serve, what may not, and the sentence that says why."""

from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from predictor import jobs
from predictor.learning import gate, holdout, runs, snapshots, training, versions
from predictor.learning.holdout import Measured
from predictor.learning.snapshots import Snapshot
from predictor.ml.als import AlsModel
from predictor.ml.contract import Embeddings, Matrix, Model, SuggestedTag, TaggedPost, Vector
from predictor.ml.rankings import Rankings
from predictor.models import Contribution, ModelVersion, PostEmbedding, TrainingRun
from tests.ml import toys
from tests.predictor.conftest import fitted, serve, store, train
from tests.predictor.test_holdout import PHOTOS, TRAINING, answers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]
KNOWN = Snapshot(*toys.corpus())
DEV = Snapshot(*toys.corpus(each=80))
FEW = Snapshot(DEV.posts[:60], DEV.embeddings)


class SameForAll:
    """Answers as a model does, without looking."""

    def suggest(self, embedding: Vector, k: int, explain: int = 0) -> list[SuggestedTag]:
        return [SuggestedTag("sea", 0.5, 0.3), SuggestedTag("city", 0.4, 0.3)]

    def rank(self, embeddings: Matrix, k: int) -> list[list[SuggestedTag]]:
        return [self.suggest(embedding, k) for embedding in embeddings]


def confused() -> Model:
    """A model that learned each theme's hashtags on the photos of the next one."""
    posts, seen = toys.corpus()
    return AlsModel().fit(posts, Embeddings(seen.backbone, seen.ids, np.roll(seen.vectors, 1, axis=0)))


def row(full: bool = True, **fields: Any) -> ModelVersion:
    return ModelVersion(kind="als", backbone=toys.BACKBONE, parameters={"full": full}, **fields)


def stored(measured: Measured, **fields: Any) -> ModelVersion:
    """A version of which nothing but its measurement is left."""
    found = {"passed": True, "holdout": measured.as_dict()}
    return ModelVersion.objects.create(kind="als", backbone=toys.BACKBONE, gate=found, **fields)


def test_it_works() -> None:
    champion = serve()
    verdict = gate.examine(fitted("als"), row(), champion, DEV, KNOWN)
    assert verdict.passed and verdict.reason == ""
    assert verdict.metrics["R5"] > 0.9 and verdict.agreement == 1.0 and verdict.notes == []
    (one,) = verdict.report["against"]
    assert (one["version"], one["role"]) == (champion.pk, "serves")
    assert one["differences"]["R5"] == [0, 0, 0]
    champion.refresh_from_db()
    assert champion.golden == {name: [list(item) for item in found] for name, found in verdict.golden.items()}
    assert champion.gate["holdout"]["photos"] == 240, "a champion that was never measured is measured beside it"


def test_the_first_of_a_kind_has_no_rival() -> None:
    verdict = gate.examine(fitted("w2v"), ModelVersion(kind="w2v", backbone=toys.BACKBONE), None, DEV, KNOWN)
    assert verdict.passed and verdict.against == [] and verdict.agreement is None


def test_a_worse_one_is_rejected() -> None:
    champion = serve()
    verdict = gate.examine(confused(), row(), champion, DEV, KNOWN)
    assert not verdict.passed and verdict.sound
    assert verdict.reason.startswith("Its R@5 is ") and f"below that of {champion}" in verdict.reason
    assert verdict.metrics["R5"] < 0.5 and verdict.golden


def test_what_holds_a_withdrawn_contribution_is_followed_by_a_worse_one() -> None:
    champion = serve()
    ModelVersion.objects.filter(pk=champion.pk).update(watermark=7)
    champion.refresh_from_db()
    Contribution.objects.create(state="withdrawn", post_number=5, admitted=timezone.now())
    without = row(watermark=7)
    without.parameters["withdrawn"] = [5]
    verdict = gate.examine(confused(), without, champion, DEV, KNOWN)
    assert verdict.passed and "holds what was withdrawn" in verdict.notes[-1]
    assert not gate.examine(confused(), row(watermark=7), champion, DEV, KNOWN).passed, "it would win nothing"


def test_small_losses_do_not_add_up() -> None:
    best = holdout.measure(DEV.posts, ranked(fitted("als")), KNOWN.posts)
    old = stored(best, state="pruned")
    champion = serve()
    champion.gate = {"passed": True, "holdout": holdout.measure(DEV.posts, ranked(confused()), KNOWN.posts).as_dict()}
    champion.save()
    verdict = gate.examine(confused(), row(), champion, DEV, KNOWN)
    assert [one["role"] for one in verdict.against] == ["serves", "best"]
    assert not verdict.passed and f"below that of {old}" in verdict.reason
    for _ in range(gate.REMEMBERED):
        stored(holdout.measure(DEV.posts, ranked(confused()), KNOWN.posts))
    assert gate.examine(confused(), row(), champion, DEV, KNOWN).passed, "what is long ago is forgotten"


def test_rejected_and_damaged_ones_and_those_that_hold_what_was_withdrawn_are_nobodys_measure() -> None:
    measured = holdout.measure(DEV.posts, ranked(fitted("als")), KNOWN.posts)
    for state in ("rejected", "broken"):
        stored(measured, state=state)
    Contribution.objects.create(state="withdrawn", post_number=95, admitted=timezone.now())
    stored(measured, watermark=97)
    champion = serve()
    champion.gate = {"passed": True, "holdout": holdout.measure(DEV.posts, ranked(confused()), KNOWN.posts).as_dict()}
    champion.save()
    verdict = gate.examine(confused(), row(), champion, DEV, KNOWN)
    assert verdict.passed and [one["role"] for one in verdict.against] == ["serves"]


def test_with_few_photos_quality_is_not_measured() -> None:
    verdict = gate.examine(confused(), row(full=True), serve(), FEW, KNOWN)
    assert verdict.passed
    assert verdict.notes == ["Its quality was not measured: the dev split has 60 of the 200 photos that this takes."]
    assert verdict.metrics["posts"] == 60 and verdict.against, "it is looked at all the same"


def test_what_learned_on_agrees_with_what_it_learned_on_from() -> None:
    champion = serve()
    nothing = Snapshot([], toys.embedded([], np.zeros((0, toys.WIDTH), np.float32)))
    assert gate.examine(fitted("als"), row(full=False), champion, nothing, KNOWN).passed
    spoken = {tag: f"{tag}s" for tags in toys.THEMES.values() for tag in tags}
    posts = [TaggedPost(post.id, tuple(spoken[tag] for tag in post.tags)) for post in KNOWN.posts]
    other = AlsModel().fit(posts, KNOWN.embeddings)
    verdict = gate.examine(other, row(full=False), champion, nothing, KNOWN)
    assert verdict.agreement == 0 and verdict.reason.startswith(f"It learned on from {champion} but has only 0 %")
    assert gate.examine(other, row(full=True), champion, nothing, KNOWN).passed


def test_a_champion_with_other_eyes_is_asked_through_its_own() -> None:
    store(90, split="dev")
    other = ModelVersion(kind="als", backbone="other@1", watermark=90)
    versions.publish(fitted("als"), other, toys.WIDTH)
    dev = snapshots.take(snapshots.evaluation_posts("dev"), toys.BACKBONE, toys.WIDTH)
    verdict = gate.examine(fitted("als"), row(), other, dev, KNOWN)
    assert verdict.against == [] and verdict.agreement is None
    PostEmbedding.objects.bulk_create(
        PostEmbedding(post=one.post, backbone="other@1", vector=one.vector) for one in PostEmbedding.objects.all()
    )
    assert gate.examine(fitted("als"), row(), other, dev, KNOWN).against[0]["version"] == other.pk


def test_what_gives_every_photo_the_same_answer_is_unsound() -> None:
    verdict = gate.examine(SameForAll(), row(), None, DEV, KNOWN)  # type: ignore[arg-type]
    assert (verdict.reason, verdict.sound) == ("It gives every photo the same answer.", False)
    assert verdict.metrics == {} and verdict.golden == {}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ([], "with numbers"),
        ([SuggestedTag("sea", float("nan"), 0.1)], "with numbers"),
        ([SuggestedTag("sea", 1.5, 0.1)], "no probabilities"),
        ([SuggestedTag("sea", 0.5, 0.1), SuggestedTag("sun", -0.5, 0.1)], "no probabilities"),
        ([SuggestedTag("sea", 0.1, 0.1), SuggestedTag("sun", 0.5, 0.1)], "not in order"),
        ([SuggestedTag("sea", 0.5, 0.1), SuggestedTag("sea", 0.4, 0.1)], "same hashtag twice"),
    ],
)
def test_unsound_answers(answer: list[SuggestedTag], sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SameForAll, "suggest", lambda *_: answer)
    assert sentence in gate.examine(SameForAll(), row(), None, DEV, KNOWN).reason  # type: ignore[arg-type]


def test_a_champion_that_cannot_be_opened_is_named() -> None:
    champion = serve()
    (champion.folder / "manifest.json").unlink()
    verdict = gate.examine(fitted("als"), row(), champion, DEV, KNOWN)
    assert verdict.passed and "could not be asked" in verdict.notes[0]


def test_a_loss_that_the_photos_cannot_prove_may_be_one_point() -> None:
    before = holdout.measure(PHOTOS, answers(0.9, seed=1), TRAINING)
    close = nudged(before, -0.009, unsure=0.05)
    assert list(losses(close, before)) == []
    assert "R@5 is 1.1 points below" in next(iter(losses(nudged(before, -0.011, unsure=0.05), before)))
    assert "R@5 is 0.5 points below" in next(iter(losses(nudged(before, -0.005, unsure=0.0), before)))
    assert list(losses(nudged(before, -0.002, unsure=0.0), before)) == [], "a tenth of a point counts for nothing"


def test_tail_and_coverage_may_not_shrink() -> None:
    before = holdout.measure(PHOTOS, answers(0.9), TRAINING)
    for figure, words in (("tail", "rarer hashtags is 6.0 %"), ("given", "different hashtags that it gives is 6.0 %")):
        less = -0.06 * before.figures[figure]
        assert words in next(iter(losses(nudged(before, less, unsure=0.0, figure=figure), before)))
        assert list(losses(nudged(before, less / 2, unsure=0.0, figure=figure), before)) == []
        wide = 0.2 * before.figures[figure]
        assert list(losses(nudged(before, less, unsure=wide, figure=figure), before)) == []


def test_what_fails_is_kept_and_never_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    store(60)
    champion = train()

    def learn(*_: object) -> Model:
        model = AlsModel().fit(*toys.corpus())
        model.items_ = model.items_ * float("nan")
        return model

    monkeypatch.setattr(training, "_learn", learn)
    rejected = train()
    assert rejected.state == "rejected" and rejected.reason and rejected.folder.is_dir()
    assert versions.active() == {"als": champion}
    run = TrainingRun.objects.get(version=rejected)
    assert run.state == "done" and run.message.startswith("The gate rejected it, so it does not serve: It ")
    assert not versions.activate(rejected, champion)
    with pytest.raises(versions.VersionError, match="rejected by the gate"):
        versions.let_serve(rejected, None)


def test_a_trained_version_carries_what_it_was_judged_by() -> None:
    store(60)
    for split_name in ("a", "b", "c"):
        store(80, split="dev", name=split_name)
    first, second = train(), train()
    assert set(second.libraries) == {"python", "numpy", "scipy", "implicit", "gensim", "torch", "onnxruntime"}
    assert second.gate["passed"] and second.gate["against"][0]["version"] == first.pk
    assert second.metrics["R5_ci"][0] <= second.metrics["R5"] <= second.metrics["R5_ci"][1]
    assert list(second.golden) == ["cat", "coffee", "astronaut", "rocket", "horse"] and second.seconds > 0


def test_a_run_goes_on_from_the_last_good_version() -> None:
    store(60)
    first, damaged = train(), train()
    (damaged.folder / "items.npy").write_bytes(b"")
    run = runs.open_run("als", False, True, [])
    jobs.run_training(run.pk)
    run.refresh_from_db()
    assert run.state == "done" and run.version is not None
    assert run.version.parent == first and versions.active() == {"als": run.version}
    damaged.refresh_from_db()
    assert damaged.state == "broken"


def ranked(model: Model) -> Rankings:
    return Rankings.collect((model.suggest(vector, 10) for vector in DEV.embeddings.vectors), 10)


def losses(measured: Measured, before: Measured) -> Any:
    return gate._losses(row(), measured.against(before), before)


def nudged(measured: Measured, by: float, unsure: float, figure: str = "R5") -> Measured:
    """The same with one figure moved, and its draws spread by so much around that."""
    noise = unsure * np.random.default_rng(3).standard_normal(len(measured.draws[figure]))
    return Measured(
        measured.on,
        measured.photos,
        {**measured.figures, figure: measured.figures[figure] + by},
        {**measured.draws, figure: measured.draws[figure] + by + noise},
    )
