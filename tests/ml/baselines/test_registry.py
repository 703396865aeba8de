"""Every baseline and every published recipe keeps the light contract; each test runs for all of them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from predictor.ml import kinds
from predictor.ml.baselines import registry
from predictor.ml.baselines.contract import Baseline
from predictor.ml.contract import ModelError, TaggedPost
from tests.ml import toys

ENTRIES = {entry.name: entry for entry in [*registry.baselines(), *registry.recipes()]}
PICTURED = sorted(set(ENTRIES) - {"popularity"})
TAGS = sorted(tag for tags in toys.THEMES.values() for tag in tags)
QUERIES = np.stack([toys.photo(theme, 77) for theme in range(len(toys.THEMES))])
_fitted: dict[str, Baseline] = {}

everyone = pytest.mark.parametrize("name", ENTRIES)
those_that_look = pytest.mark.parametrize("name", PICTURED)


def make(name: str) -> Baseline:
    return ENTRIES[name].factory()


def fitted(name: str) -> Baseline:
    """A fitted baseline, to be asked only."""
    if name not in _fitted:
        _fitted[name] = make(name).fit(*toys.corpus())
    return _fitted[name]


@those_that_look
def test_it_works(name: str) -> None:
    answers = fitted(name).suggest(QUERIES, 3)
    for tags, best in zip(toys.THEMES.values(), answers, strict=True):
        assert {suggestion.tag for suggestion in best} == set(tags)


def test_names_are_unique_and_kinds_are_known() -> None:
    assert len(ENTRIES) == len(registry.baselines()) + len(registry.recipes())
    assert {entry.kind for entry in ENTRIES.values()} == {None, *kinds.IDS}


def test_the_published_experiments_are_there() -> None:
    wanted = {f"w2v window {window}, size {size}" for window in (2, 3, 5) for size in (150, 500)}
    assert wanted < {entry.name for entry in registry.recipes()}


@everyone
def test_answers_are_sorted_and_as_many_as_asked_for(name: str) -> None:
    for count in (0, 1, 5, 9):
        for answer in fitted(name).suggest(QUERIES, count):
            scores = [suggestion.score for suggestion in answer]
            assert len(scores) == count
            assert scores == sorted(scores, reverse=True)
    for answer in fitted(name).suggest(QUERIES, 100):
        assert sorted(suggestion.tag for suggestion in answer) == TAGS


@everyone
def test_priors_are_shares_of_posts(name: str) -> None:
    priors = {suggestion.tag: suggestion.prior for suggestion in fitted(name).suggest(QUERIES, 9)[0]}
    assert priors["sea"] == pytest.approx(1 / 3)
    assert priors["beach"] == pytest.approx(1 / 6)


@everyone
def test_no_photo_in_question_gives_no_answer(name: str) -> None:
    assert fitted(name).suggest(QUERIES[:0], 5) == []


@everyone
def test_the_same_seed_learns_the_same(name: str) -> None:
    assert make(name).fit(*toys.corpus()).suggest(QUERIES, 9) == fitted(name).suggest(QUERIES, 9)


@everyone
def test_progress_is_reported(name: str) -> None:
    seen: list[float] = []
    make(name).fit(*toys.corpus(), lambda stage, done: seen.append(done))
    assert seen[-1] == 1
    assert all(0 <= done <= 1 for done in seen)


@those_that_look
def test_tag_only_posts_teach_nothing(name: str) -> None:
    posts, embeddings = toys.corpus()
    lists = [TaggedPost(1000 + number, ("beach", "travel")) for number in range(60)]
    bare = [TaggedPost(90 + number, ()) for number in range(5)]
    taught = make(name).fit([*posts, *lists, *bare], embeddings).suggest(QUERIES, 9)
    assert taught == fitted(name).suggest(QUERIES, 9)


@those_that_look
@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_posts_are_refused(name: str, count: int) -> None:
    posts, embeddings = toys.corpus()
    with pytest.raises(ModelError, match="at least 5 posts with pictures"):
        make(name).fit(posts[:count], embeddings)


@those_that_look
def test_a_single_tag_is_refused(name: str) -> None:
    posts, embeddings = toys.corpus()
    with pytest.raises(ModelError, match="2 different hashtags"):
        make(name).fit([TaggedPost(post.id, ("sea",)) for post in posts], embeddings)


@everyone
@pytest.mark.parametrize("count", [5, 20])
def test_few_posts_are_enough(name: str, count: int) -> None:
    posts, embeddings = toys.corpus()
    answer = make(name).fit(posts[:count], embeddings).suggest(QUERIES, 5)[0]
    assert len(answer) == 5
    assert all(np.isfinite(suggestion.score) for suggestion in answer)


@everyone
def test_identical_pictures_do_not_break_it(name: str) -> None:
    posts, embeddings = toys.corpus()
    same = toys.embedded(embeddings.ids.tolist(), np.ones_like(embeddings.vectors))
    answer = make(name).fit(posts, same).suggest(QUERIES, 9)[0]
    assert all(np.isfinite(suggestion.score) for suggestion in answer)


@everyone
def test_the_same_tags_on_every_post_do_not_break_it(name: str) -> None:
    posts, embeddings = toys.corpus()
    answer = make(name).fit([TaggedPost(post.id, ("sea", "sun")) for post in posts], embeddings).suggest(QUERIES, 9)[0]
    assert {suggestion.tag for suggestion in answer} == {"sea", "sun"}
    assert all(np.isfinite(suggestion.score) for suggestion in answer)


@everyone
def test_a_repeated_tag_counts_once(name: str) -> None:
    posts, embeddings = toys.corpus()
    twice = [TaggedPost(post.id, (*post.tags, post.tags[0])) for post in posts]
    priors = {item.tag: item.prior for item in make(name).fit(twice, embeddings).suggest(QUERIES, 9)[0]}
    assert priors["sea"] == pytest.approx(1 / 3)


@those_that_look
@pytest.mark.parametrize(
    ("value", "complaint"), [(np.nan, "not numbers"), (np.inf, "not numbers"), (3e38, "too large")]
)
def test_embeddings_that_cannot_be_computed_with_are_refused(name: str, value: float, complaint: str) -> None:
    posts, embeddings = toys.corpus()
    embeddings.vectors[3, 3] = value
    with pytest.raises(ModelError, match=complaint):
        make(name).fit(posts, embeddings)


@those_that_look
def test_queries_that_are_no_embeddings_of_this_kind_are_refused(name: str) -> None:
    with pytest.raises(ModelError, match="expects"):
        fitted(name).suggest(np.ones((2, toys.WIDTH + 1), np.float32), 3)
    with pytest.raises(ModelError, match="not numbers"):
        fitted(name).suggest(np.full((2, toys.WIDTH), np.nan, np.float32), 3)


def test_listing_the_baselines_needs_numpy_alone() -> None:
    script = """
import sys
from predictor.ml.baselines import registry
[entry.factory() for entry in [*registry.baselines(), *registry.recipes()]]
heavy = {"torch", "gensim", "implicit", "scipy", "django", "onnxruntime", "PIL"} & set(sys.modules)
assert not heavy, heavy
"""
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
