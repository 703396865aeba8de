"""Tuning: what trials learn from and are measured on, how a search goes on, what is stored, and what training uses."""

import fcntl

import numpy as np
import pytest
from django.conf import settings as site

from corpus.models import Post, Source
from predictor import tuning
from predictor.learning import runs
from predictor.ml import search_space
from predictor.ml.contract import Progress
from predictor.ml.metrics import Values
from predictor.ml.search_space import Settings
from predictor.models import TrainingRun, Tuning
from predictor.tuning import ground, outcome, search
from predictor.tuning.ground import Ground
from predictor.tuning.search import Limits
from tests.ml import toys
from tests.predictor.conftest import store, train

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


def silent(stage: str, done: float) -> None:
    pass


def prepare(kind: str = "als") -> Ground:
    return ground.prepare(kind, [], silent)


def ids(of: object) -> set[int]:
    return {post.id for post in of.posts}  # type: ignore[attr-defined]


def keep(settings: Settings) -> Tuning:
    """Store settings of `als` as if they had been found."""
    numbers = dict.fromkeys(["trials", "posts", "photos", "default_score", "score", "low", "high"], 1)
    return Tuning.objects.create(kind="als", backbone=toys.BACKBONE, settings=settings, **numbers)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few dev posts be enough."""
    monkeypatch.setattr(ground, "LEAST_DEV", 30)


@pytest.fixture
def steep(monkeypatch: pytest.MonkeyPatch, few: None) -> list[Settings]:
    """A corpus, and models that are the better the higher alpha is; returns what was tried."""
    store(60)
    store(40, split="dev")
    asked: list[Settings] = []

    def measure(settings: Settings, ground: Ground, progress: Progress) -> Values:
        asked.append(settings)
        luck = np.random.default_rng(1).random(len(ground.measured.posts)) / 100
        return np.asarray(settings["alpha"] / 100 + luck)

    monkeypatch.setattr(search, "measure", measure)
    return asked


@pytest.mark.parametrize("kind", ["als", "w2v"])
def test_it_works(kind: str, few: None) -> None:
    store(60)
    store(40, split="dev")
    seen: list[float] = []
    found = tuning.tune(kind, [], Limits(2), lambda stage, done: seen.append(done) if "Trying" in stage else None)
    row = Tuning.objects.get()
    assert (found.tuning, found.stopped) == (row, False)
    assert (row.kind, row.trials, row.posts, row.split, row.photos) == (kind, 2, 60, "dev", 40)
    assert row.score >= row.default_score > 0.9
    assert row.settings == {} and "the defaults" in row.message
    assert seen[-1] == 1 and all(0 <= done <= 1 for done in seen)


def test_the_defaults_come_first_and_only_what_is_surely_better_replaces_them(steep: list[Settings]) -> None:
    row = tuning.tune("als", [], Limits(6)).tuning
    defaults = search_space.defaults("als")
    assert steep[0] == defaults and len(steep) == row.trials == 6
    best = max(steep, key=lambda settings: settings["alpha"])
    assert row.settings == best != defaults
    assert 0 < row.low <= row.score - row.default_score <= row.high
    assert "uses the best settings from now on" in row.message


def test_luck_does_not_replace_the_defaults(monkeypatch: pytest.MonkeyPatch, few: None) -> None:
    store(60)
    store(40, split="dev")

    def measure(settings: Settings, ground: Ground, progress: Progress) -> Values:
        luck = np.random.default_rng(round(1000 * settings["alpha"])).random(len(ground.measured.posts))
        return np.asarray(luck)

    monkeypatch.setattr(search, "measure", measure)
    row = tuning.tune("als", [], Limits(4)).tuning
    assert row.score > row.default_score and row.low < 0
    assert row.settings == {} and "cannot tell" in row.message


def test_measured_on_the_dev_split_and_never_on_test(few: None) -> None:
    train_posts, dev = store(60), store(40, split="dev")
    store(50, split="test")
    on = prepare()
    assert on.split == "dev"
    assert (ids(on.learned), ids(on.measured)) == ({post.pk for post in train_posts}, {post.pk for post in dev})
    assert on.measured.embeddings.ids.tolist() == [post.id for post in on.measured.posts]


def test_few_dev_posts_leave_a_tenth_of_train(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "LEAST_MEASURED", 10)
    posts = [post for name in ("one", "two", "three") for post in store(90, name=name)]
    dev = store(40, split="dev")
    on = prepare()
    assert on.split == "train"
    assert 10 <= len(on.measured.posts) <= 45
    assert ids(on.learned) | ids(on.measured) == {post.pk for post in posts}
    assert not ids(on.learned) & ids(on.measured)
    assert not ids(on.measured) & {post.pk for post in dev}
    assert ids(prepare().measured) == ids(on.measured)


def test_a_picture_that_comes_twice_stays_on_one_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "LEAST_MEASURED", 1)
    posts = store(90)
    Post.objects.filter(pk__in=[post.pk for post in posts[:45]]).update(looks_like=posts[89])
    Post.objects.filter(pk=posts[89].pk).update(sha256="ab")
    held = ids(prepare().measured)
    twins = {post.pk for post in [*posts[:45], posts[89]]}
    assert held and (twins <= held or not twins & held)


def test_starter_posts_are_learned_from_and_not_measured_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "LEAST_MEASURED", 1)
    starter, posts = store(90, kind=Source.Kind.STARTER, name="starter"), store(90)
    on = prepare()
    assert ids(on.measured) <= {post.pk for post in posts}
    assert {post.pk for post in starter} <= ids(on.learned)


def test_large_corpora_are_drawn_from_photos_and_lists_apart(monkeypatch: pytest.MonkeyPatch, few: None) -> None:
    monkeypatch.setattr(ground, "MOST_LEARNED", 20)
    monkeypatch.setattr(ground, "MOST_MEASURED", 15)
    store(60)
    lists = store(60, name="lists")
    Post.objects.filter(pk__in=[post.pk for post in lists]).update(image="")
    for post in lists:
        post.embeddings.all().delete()
    store(40, split="dev")
    on = prepare()
    assert (len(on.learned.posts), len(on.learned.embeddings.ids), len(on.measured.posts)) == (40, 20, 15)


def test_a_search_that_broke_off_goes_on_as_if_it_had_not(
    steep: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [search_space.defaults("als")]
    whole, _ = search.search(prepare(), first, Limits(8), silent)
    for file in search.folder().iterdir():
        file.unlink()
    measure = search.measure

    def break_off(settings: Settings, ground: Ground, progress: Progress) -> Values:
        if len(steep) == 12:
            raise RuntimeError
        return measure(settings, ground, progress)

    monkeypatch.setattr(search, "measure", break_off)
    with pytest.raises(RuntimeError):
        search.search(prepare(), first, Limits(8), silent)
    monkeypatch.setattr(search, "measure", measure)
    resumed, _ = search.search(prepare(), first, Limits(8), silent)
    assert len(steep) == 8 + 8
    assert [one.settings for one in resumed] == [one.settings for one in whole]
    assert search.search(prepare(), first, Limits(8), silent)[0] and len(steep) == 16


def test_ctrl_c_keeps_what_was_found(steep: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    measure = search.measure

    def interrupt(settings: Settings, ground: Ground, progress: Progress) -> Values:
        if len(steep) == 4:
            raise KeyboardInterrupt
        return measure(settings, ground, progress)

    monkeypatch.setattr(search, "measure", interrupt)
    found = tuning.tune("als", [], Limits(20))
    assert (found.stopped, found.tuning.trials) == (True, 4)


def test_ctrl_c_before_the_defaults_stores_nothing(few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    store(60)
    store(40, split="dev")
    monkeypatch.setattr(search, "measure", interrupt)
    with pytest.raises(tuning.TuningError, match="before the defaults were measured"):
        tuning.tune("als", [], Limits(3))
    assert not Tuning.objects.exists()


def test_time_that_is_up_ends_it(steep: list[Settings]) -> None:
    assert tuning.tune("als", [], Limits(9, minutes=0)).tuning.trials == 1


def test_another_corpus_is_another_search_that_tries_the_earlier_settings(steep: list[Settings]) -> None:
    earlier = tuning.tune("als", [], Limits(5)).tuning
    store(20, name="new")
    steep.clear()
    later = tuning.tune("als", [], Limits(2)).tuning
    assert steep == [search_space.defaults("als"), earlier.settings]
    assert later.settings == earlier.settings


def test_training_uses_what_was_found_for_its_sources(few: None) -> None:
    store(60)
    first = train()
    assert (first.parameters["tuned"], first.parameters["tuning"]) == ({}, None)
    found = keep({"factors": 33, "kernel.ridge": 0.5})
    second, third = train(), train()
    assert [run.full for run in TrainingRun.objects.order_by("id")] == [True, True, False]
    for version in (second, third):
        assert (version.parameters["tuned"], version.parameters["tuning"]) == (found.settings, found.pk)
        assert version.parameters["options"]["factors"] == 33
        assert version.parameters["options"]["kernel"]["ridge"] == 0.5
    Tuning.objects.update(sources=["elsewhere"])
    assert train().parameters["options"] == first.parameters["options"]


def test_forgotten(steep: list[Settings]) -> None:
    tuning.tune("als", [], Limits(3))
    tuning.forget("w2v")
    assert Tuning.objects.exists() and list(search.folder().iterdir())
    tuning.forget("als")
    assert not Tuning.objects.exists() and not list(search.folder().iterdir())


def test_too_few_photos_are_refused() -> None:
    store(60)
    with pytest.raises(tuning.TuningError, match="at least 20 photo posts to measure on"):
        tuning.tune("als", [], Limits(2))


def test_a_model_that_cannot_learn_is_a_sentence(few: None) -> None:
    store(2)
    store(40, split="dev")
    with pytest.raises(tuning.TuningError, match="at least 5 posts with pictures"):
        tuning.tune("als", [], Limits(2))


def test_stored_settings_that_fit_no_more_stop_training_with_a_sentence() -> None:
    store(60)
    keep({"colour": 1})
    with pytest.raises(runs.TrainingError, match="--forget"):
        train()


def test_damaged_trials_are_named(steep: list[Settings]) -> None:
    tuning.tune("als", [], Limits(1))
    for file in search.folder().iterdir():
        file.write_bytes(b"nonsense" * 1000)
    with pytest.raises(tuning.TuningError, match="delete the file"):
        tuning.tune("als", [], Limits(2))


def test_another_process_tunes() -> None:
    with (site.HOME / "run" / "tune-als.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for act in (lambda: outcome.tune("als", [], Limits(1)), lambda: outcome.forget("als")):
            with pytest.raises(tuning.TuningError, match="right now"):
                act()
