"""Every kind of model keeps the contract; each test runs for each kind of the registry."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from predictor.ml import kinds
from predictor.ml.contract import Embeddings, Model, ModelError, TaggedPost
from tests.ml import toys

pytestmark = pytest.mark.parametrize("kind", kinds.IDS)
_fitted: dict[str, Model] = {}


def fit(kind: str) -> Model:
    posts, embeddings = toys.corpus()
    return kinds.get(kind).model_class()().fit(posts, embeddings)


@pytest.fixture
def model(kind: str) -> Model:
    """A fitted model, to be asked only."""
    if kind not in _fitted:
        _fitted[kind] = fit(kind)
    return _fitted[kind]


def test_it_works(model: Model) -> None:
    for theme, tags in enumerate(toys.THEMES.values()):
        best = model.suggest(toys.photo(theme, 77), 3)
        assert best[0].tag == tags[0]
        assert {suggestion.tag for suggestion in best} == set(tags)


def test_answers_are_sorted_and_as_many_as_asked_for(model: Model) -> None:
    for count in (0, 1, 5, 9):
        scores = [suggestion.score for suggestion in model.suggest(toys.photo(0, 77), count)]
        assert len(scores) == count
        assert scores == sorted(scores, reverse=True)
    everything = [suggestion.tag for suggestion in model.suggest(toys.photo(0, 77), 100)]
    assert sorted(everything) == sorted(tag for tags in toys.THEMES.values() for tag in tags)


def test_many_photos_are_ranked_as_each_alone_is(model: Model) -> None:
    photos = np.stack([toys.photo(theme, 77) for theme in range(3)])
    for photo, many in zip(photos, model.rank(photos, 5), strict=True):
        alone = model.suggest(photo, 5)
        assert [(item.tag, item.prior, item.usual) for item in many] == [
            (item.tag, item.prior, item.usual) for item in alone
        ]
        assert [item.score for item in many] == pytest.approx([item.score for item in alone], abs=1e-4)
    assert model.rank(photos[:0], 5) == []
    with pytest.raises(ModelError, match="expects"):
        model.rank(photos[:, 1:], 5)


def test_priors_are_shares_of_posts(model: Model) -> None:
    priors = {suggestion.tag: suggestion.prior for suggestion in model.suggest(toys.photo(0, 77), 9)}
    assert priors["sea"] == pytest.approx(1 / 3)
    assert priors["beach"] == pytest.approx(1 / 6)


def test_only_the_first_are_explained_by_posts_that_carry_them(model: Model) -> None:
    carried = {post.id: post.tags for post in toys.corpus()[0]}
    suggestions = model.suggest(toys.photo(1, 77), 5, explain=2)
    assert [bool(suggestion.evidence) for suggestion in suggestions] == [True, True, False, False, False]
    for evidence in suggestions[0].evidence:
        assert evidence.post is not None
        assert suggestions[0].tag in carried[evidence.post]
        assert -1 <= evidence.similarity <= 1
        assert 0 <= evidence.share <= 1


def test_saved_and_loaded_it_answers_the_same(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = type(model).load(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".json"}
    for theme in range(3):
        query = toys.photo(theme, 77)
        assert loaded.suggest(query, 9, explain=3) == model.suggest(query, 9, explain=3)
    assert loaded.summary() == model.summary()


def test_the_same_seed_learns_the_same(kind: str, model: Model) -> None:
    assert fit(kind).suggest(toys.photo(2, 77), 9, explain=3) == model.suggest(toys.photo(2, 77), 9, explain=3)


def test_update_learns_what_is_new_and_keeps_what_is_old(kind: str) -> None:
    posts, embeddings = toys.with_new_theme(*toys.corpus())
    model = fit(kind).update(posts, embeddings)
    best = model.suggest(toys.photo(3, 77), 2, explain=1)
    assert {suggestion.tag for suggestion in best} == {"cat", "pet"}
    assert all(evidence.post is not None and evidence.post > 90 for evidence in best[0].evidence)
    for theme, tags in enumerate(toys.THEMES.values()):
        assert model.suggest(toys.photo(theme, 77), 1)[0].tag == tags[0]


def test_update_forgets_posts_and_tags_that_are_gone(kind: str) -> None:
    posts, embeddings = toys.corpus()
    left = [post for post in posts if "food" not in post.tags]
    model = fit(kind).update(left, embeddings)
    suggestions = model.suggest(toys.photo(2, 77), 100, explain=100)
    assert {suggestion.tag for suggestion in suggestions} == {"sea", "beach", "wave", "city", "street", "night"}
    ids = {post.id for post in left}
    assert {evidence.post for suggestion in suggestions for evidence in suggestion.evidence} <= ids


def test_attach_replaces_the_photos_and_keeps_what_was_learned(kind: str) -> None:
    posts, embeddings = toys.corpus()
    model = fit(kind)
    before = model.suggest(toys.photo(1, 77), 9, explain=2)
    assert model.attach(posts, embeddings).suggest(toys.photo(1, 77), 9, explain=2) == before
    moved = [TaggedPost(post.id + 500, post.tags) for post in posts]
    model.attach(moved, Embeddings(embeddings.backbone, embeddings.ids + 500, embeddings.vectors))
    evidence = model.suggest(toys.photo(1, 77), 1, explain=1)[0].evidence
    assert evidence and all(item.post is not None and item.post > 500 for item in evidence)


def test_tags_of_tag_only_posts_are_known_but_do_not_crowd_out(kind: str) -> None:
    posts, embeddings = toys.corpus()
    lists = [TaggedPost(1000 + number, ("beach", "wave", "travel")) for number in range(60)]
    model = kinds.get(kind).model_class()().fit([*posts, *lists], embeddings)
    tags = [suggestion.tag for suggestion in model.suggest(toys.photo(0, 77), 10)]
    assert tags[0] == "sea"
    assert set(tags[:3]) == {"sea", "beach", "wave"}
    assert "travel" in tags


def test_progress_is_reported(kind: str) -> None:
    seen: list[float] = []
    posts, embeddings = toys.corpus()
    kinds.get(kind).model_class()().fit(posts, embeddings, lambda stage, done: seen.append(done))
    assert seen[-1] == 1
    assert seen == sorted(seen) and seen[0] >= 0


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_posts_are_refused(kind: str, count: int) -> None:
    posts, embeddings = toys.corpus()
    with pytest.raises(ModelError, match="at least 5 posts with pictures"):
        kinds.get(kind).model_class()().fit(posts[:count], embeddings)


def test_a_single_tag_is_refused(kind: str) -> None:
    posts, embeddings = toys.corpus()
    with pytest.raises(ModelError, match="2 different hashtags"):
        kinds.get(kind).model_class()().fit([TaggedPost(post.id, ("sea",)) for post in posts], embeddings)


def test_twenty_posts_are_enough(kind: str) -> None:
    posts, embeddings = toys.corpus()
    model = kinds.get(kind).model_class()().fit(posts[:20], embeddings)
    assert len(model.suggest(toys.photo(0, 77), 5)) == 5


def test_identical_pictures_do_not_break_it(kind: str) -> None:
    posts, embeddings = toys.corpus()
    same = toys.embedded(embeddings.ids.tolist(), np.ones_like(embeddings.vectors))
    suggestions = kinds.get(kind).model_class()().fit(posts, same).suggest(toys.photo(0, 77), 9)
    assert all(np.isfinite(suggestion.score) for suggestion in suggestions)


def test_embeddings_that_are_not_numbers_are_refused(kind: str) -> None:
    posts, embeddings = toys.corpus()
    embeddings.vectors[3, 3] = np.nan
    with pytest.raises(ModelError, match="not numbers"):
        kinds.get(kind).model_class()().fit(posts, embeddings)


def test_repeated_ids_are_refused(kind: str) -> None:
    posts, embeddings = toys.corpus()
    embeddings.ids[1] = embeddings.ids[0]
    with pytest.raises(ModelError, match="exactly one row"):
        kinds.get(kind).model_class()().fit(posts, embeddings)


def test_a_query_that_is_no_embedding_of_this_kind_is_refused(model: Model) -> None:
    with pytest.raises(ModelError, match="expects"):
        model.suggest(np.ones(toys.WIDTH + 1, np.float32), 3)
    with pytest.raises(ModelError, match="not numbers"):
        model.suggest(np.full(toys.WIDTH, np.nan, np.float32), 3)


def test_another_backbone_is_refused(model: Model) -> None:
    posts, embeddings = toys.corpus()
    other = Embeddings("other@1", embeddings.ids, embeddings.vectors)
    for learn in (model.update, model.attach):
        with pytest.raises(ModelError, match="another backbone"):
            learn(posts, other)


@pytest.mark.parametrize("damage", ["cut", "missing", "nan", "longer", "objects", "facts"])
def test_damaged_files_are_refused(model: Model, tmp_path: Path, damage: str) -> None:
    model.save(tmp_path)
    path = tmp_path / "prior.npy"
    array = np.load(path)
    match damage:
        case "cut":
            path.write_bytes(path.read_bytes()[:-40])
        case "missing":
            path.unlink()
        case "nan":
            np.save(path, array * np.nan)
        case "longer":
            np.save(path, np.concatenate([array, array]))
        case "objects":
            np.save(path, np.array([{}], dtype=object), allow_pickle=True)
        case "facts":
            (tmp_path / "model.json").write_text(json.dumps({"tags": ["sea"]}))
    with pytest.raises(ModelError, match="this model"):
        type(model).load(tmp_path)


def test_loading_and_suggesting_needs_numpy_alone(kind: str, model: Model, tmp_path: Path) -> None:
    model.save(tmp_path)
    script = f"""
import sys
from pathlib import Path
import numpy as np
from predictor.ml import kinds
model = kinds.get({kind!r}).model_class().load(Path({str(tmp_path)!r}))
assert model.suggest(np.ones({toys.WIDTH}, np.float32), 3, explain=3)
heavy = {{"torch", "gensim", "implicit", "scipy", "django", "onnxruntime", "PIL"}} & set(sys.modules)
assert not heavy, heavy
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
