"""The pure parts that the starter is made with."""

from pathlib import Path

import numpy as np
import pytest

from corpus.hashtags import parse
from predictor.starter import gathering, shipped, teaching, words
from predictor.starter.compact import compress
from predictor.starter.prototypes import SURE, prototypes, translated
from predictor.starter.tag_model import TagModel
from predictor.starter.teaching import ClassHead

LISTS = [("sea", "beach", "love"), ("cake", "food", "yummy")] * 50


def head() -> ClassHead:
    """A class head of three classes over 12 numbers: each class looks at four of them."""
    weights = np.zeros((3, 12), np.float32)
    for number in range(3):
        weights[number, number * 4 : number * 4 + 4] = 2
    return ClassHead(weights, np.zeros(3, np.float32), {0: ("cat", "pets"), 2: ("coffee",)})


def photos(count: int = 60) -> np.ndarray:
    return np.random.default_rng(1).random((count, 12)).astype(np.float32)


def test_it_works() -> None:
    """The word table maps, drops, and lets a line for one set come first."""
    table = words.WordTable(shipped.FILES / "words.csv")
    assert table.hashtags("flickr8k", ["dog", "wear", "stand"]) == ("dog", "dogsofinstagram")
    assert table.hashtags("corel5k", ["cat"]) == ("bigcat", "wildlife")
    assert table.hashtags("flickr8k", ["cat"])[0] == "cat"
    assert table.hashtags("flickr8k", ["close-up", "no such word"]) == ()
    assert table.hashtags("flickr8k", ["bike", "bicycle"]) == ("cycling", "bike")


def test_every_hashtag_of_the_tables_is_one() -> None:
    rows = [*words._rows(shipped.FILES / "words.csv"), *words._rows(shipped.FILES / "classes.csv")]
    hashtags = {tag for row in rows for tag in row["hashtags"].split()}
    for tag in hashtags.union(words.social_hashtags(shipped.FILES / "social.txt")):
        assert parse(tag).key == tag


def test_class_numbers_are_imagenets() -> None:
    assert all(0 <= number < 1000 for number in words.class_hashtags(shipped.FILES / "classes.csv"))


def test_compact_embeddings_come_back_nearly_the_same() -> None:
    vectors = photos(500) ** 2
    rebuilt = compress(vectors).rebuilt()
    cosines = (vectors * rebuilt).sum(axis=1) / np.linalg.norm(vectors, axis=1) / np.linalg.norm(rebuilt, axis=1)
    assert cosines.min() > 0.999
    assert (rebuilt >= 0).all()


def test_prototypes_are_what_the_class_head_is_sure_of() -> None:
    classes, places = prototypes(head(), photos())
    assert set(classes.tolist()) == {0, 2}
    chances = head().probabilities(places)[np.arange(len(classes)), classes]
    assert (chances >= SURE).all()
    assert (places >= 0).all()


def test_translation_follows_the_photos_that_both_backbones_saw() -> None:
    own = photos(40_000)
    other = own[:, ::-1].copy()
    found = translated(own[:5], own, other)
    assert np.corrcoef(found.ravel(), other[:5].ravel())[0, 1] > 0.9


def test_teachers_are_believed_where_they_are_sure() -> None:
    tags = ["cat", "coffee", "sea"]
    models = np.array([[0.1, 0.0, 0.9], [0.1, 0.1, 0.2], [0.5, 0.0, 0.4]], np.float32)
    classes = np.array([[0.0, 0.0, 0.0], [0.2, 0.3, 0.0], [0.0, 0.6, 0.0]], np.float32)
    assert teaching.believed(models, classes, tags) == [("sea",), (), ("coffee", "cat", "sea")]


def test_class_head_adds_up_classes_of_one_hashtag() -> None:
    embedding = np.zeros((1, 12), np.float32)
    embedding[0, :4] = 5
    assert head().scores(embedding, ["cat", "coffee", "pets"])[0] == pytest.approx([1, 0, 1], abs=1e-4)


def test_social_hashtags_go_with_what_is_on_the_photo() -> None:
    model = TagModel(LISTS)
    with_social = model.with_social([("sea", "beach")] * 20 + [("cake",)] * 20 + [()], ["love", "yummy"])
    assert {tag for tags in with_social[:20] for tag in tags} == {"sea", "beach", "love"}
    assert {tag for tags in with_social[20:40] for tag in tags} == {"cake", "yummy"}
    assert with_social[40] == ()


def test_sampled_lists_read_like_those_learned_from() -> None:
    lists = TagModel(LISTS).sample(50)
    assert all(len(set(tags)) == len(tags) >= 2 for tags in lists)
    assert not any({"sea", "cake"} <= set(tags) for tags in lists)


def test_only_train_rows_are_read(tmp_path: Path) -> None:
    for source in gathering.TAGGED_SETS:
        (tmp_path / source).mkdir()
        rows = [f'{{"image": "images/{split}.jpg", "tags": ["sea"], "split": "{split}"}}' for split in ("train", "dev")]
        (tmp_path / source / "posts.jsonl").write_text("\n".join(rows))
    found = gathering.read_photos(tmp_path)
    assert [photo.path.name for photo in found] == ["train.jpg", "train.jpg"]
    assert found[0].words == ("sea",)
