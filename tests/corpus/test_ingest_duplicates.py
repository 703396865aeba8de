"""The door into the corpus: pictures that come twice, and the split of each post."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from corpus.ingest import ingest, open_run
from corpus.models import ImportRun, Post, Source
from corpus.raw import Raw
from tests.corpus.sources import picture, raw


def test_it_works(run: ImportRun, tmp_path: Path) -> None:
    photo = picture(tmp_path / "a.jpg", 1)
    counts = ingest(run, [raw("a", image=photo, split=None), raw("b", "sun", image=photo, split=None)])
    first, second = Post.objects.order_by("pk")
    assert (counts.new, counts.duplicates) == (2, 1)
    assert (first.duplicate_of, second.duplicate_of) == (None, first)
    assert second.taggings.get().hashtag.key == "sun"
    assert list(Post.objects.approved()) == [first]


def test_the_same_picture_in_other_bytes_is_a_duplicate(run: ImportRun, tmp_path: Path) -> None:
    good, poor = picture(tmp_path / "a.png", 1), picture(tmp_path / "b.jpg", 1, quality=40)
    counts = ingest(run, [raw("a", image=good, split=None), raw("b", image=poor, split=None)])
    assert counts.duplicates == 1
    assert Post.objects.get(external_id="b").duplicate_of == Post.objects.get(external_id="a")


def test_a_duplicate_of_a_duplicate_points_to_the_first(run: ImportRun, tmp_path: Path) -> None:
    photos = [picture(tmp_path / f"{quality}.jpg", 1, quality=quality) for quality in (90, 60, 40)]
    ingest(run, [raw(photo.stem, image=photo, split=None) for photo in photos])
    ingest(open_run("theirs", Source.Kind.FOLDER), [raw("x", image=photos[1], split=None)])
    first = Post.objects.get(external_id="90")
    assert {post.duplicate_of for post in Post.objects.exclude(pk=first.pk)} == {first}


def test_other_pictures_are_no_duplicates(run: ImportRun, tmp_path: Path) -> None:
    photos = [picture(tmp_path / f"{seed}.jpg", seed) for seed in range(8)]
    counts = ingest(run, [raw(photo.stem, image=photo, split=None) for photo in photos])
    assert (counts.new, counts.duplicates) == (8, 0)


def test_flat_pictures_are_duplicates_only_byte_for_byte(run: ImportRun, tmp_path: Path) -> None:
    photos = []
    for colour in ("black", "white", "red", "#010101"):
        photos.append(tmp_path / f"{colour.strip('#')}.png")
        Image.new("RGB", (64, 64), colour).save(photos[-1])
    counts = ingest(run, [raw(photo.stem, image=photo, split=None) for photo in photos])
    assert (counts.new, counts.duplicates) == (4, 0)
    assert set(Post.objects.values_list("average_hash", flat=True)) == {""}
    assert ingest(run, [raw("again", image=photos[0], split=None)]).duplicates == 1


def test_earlier_imports_are_searched_too(run: ImportRun, tmp_path: Path) -> None:
    ingest(run, [raw("a", image=picture(tmp_path / "a.png", 1))])
    other = open_run("theirs", Source.Kind.FOLDER)
    assert ingest(other, [raw("b", image=picture(tmp_path / "b.jpg", 1))]).duplicates == 1


def test_given_splits_are_kept_and_duplicates_inside_them_only_listed(run: ImportRun, tmp_path: Path) -> None:
    photo = picture(tmp_path / "a.jpg", 1)
    counts = ingest(run, [raw("a", image=photo, split="train"), raw("b", image=photo, split="test")])
    assert dict(Post.objects.values_list("external_id", "split")) == {"a": "train", "b": "test"}
    assert Post.objects.filter(duplicate_of=None).count() == 2
    assert (counts.duplicates, counts.listed, counts.pairs) == (
        0,
        1,
        ["b = a (both are kept, as their split is given)"],
    )
    first, second = Post.objects.order_by("pk")
    assert (first.looks_like, second.looks_like) == (None, first)


def test_a_given_split_takes_the_place_of_one_that_was_drawn(run: ImportRun, tmp_path: Path) -> None:
    photos = [picture(tmp_path / f"{quality}.jpg", 1, quality=quality) for quality in (90, 60)]
    ingest(run, [raw("drawn", image=photos[0], split=None), raw("again", image=photos[1], split=None)])
    published = open_run("published", Source.Kind.FOLDER)
    counts = ingest(published, [raw("given", image=photos[0], split="test"), raw("later", image=photos[1], split=None)])
    posts = {post.external_id: post for post in Post.objects.all()}
    assert counts.duplicates == 2
    assert (posts["given"].duplicate_of, posts["given"].split) == (None, "test")
    for name in ("drawn", "again", "later"):
        assert (posts[name].duplicate_of, posts[name].split) == (posts["given"], "test")
        assert name == "drawn" or posts[name].looks_like == posts["drawn"]


def test_a_given_split_in_the_middle_of_a_batch_takes_all_along(run: ImportRun, tmp_path: Path) -> None:
    photo = picture(tmp_path / "a.jpg", 1)
    ingest(run, [raw(str(place), image=photo, split="test" if place == 3 else None) for place in range(1, 5)])
    rows = Post.objects.values_list("external_id", "duplicate_of__external_id", "looks_like__external_id", "split")
    assert set(rows) == {
        ("1", "3", None, "test"),
        ("2", "3", "1", "test"),
        ("3", None, "1", "test"),
        ("4", "3", "1", "test"),
    }


def test_a_post_that_counts_takes_the_place_of_one_that_waits(run: ImportRun, tmp_path: Path) -> None:
    photo = picture(tmp_path / "a.jpg", 1)
    ingest(run, [raw("waits", image=photo, split=None)], status=Post.Status.PENDING)
    ingest(run, [raw("counts", image=photo, split=None)])
    waits, counts = Post.objects.order_by("pk")
    assert (waits.duplicate_of, counts.duplicate_of, counts.looks_like) == (counts, None, waits)
    assert waits.split == counts.split
    assert list(Post.objects.approved()) == [counts]


def test_what_was_rejected_stays_so_where_it_comes_again(run: ImportRun, tmp_path: Path) -> None:
    photo = picture(tmp_path / "a.jpg", 1)
    ingest(run, [raw("rejected", image=photo, split=None)], status=Post.Status.REJECTED)
    ingest(run, [raw("again", image=photo, split=None)])
    assert not Post.objects.approved().exists()


def test_a_finding_stays_where_a_curator_decides_otherwise(run: ImportRun, tmp_path: Path) -> None:
    photo = picture(tmp_path / "a.jpg", 1)
    ingest(run, [raw("a", image=photo, split=None), raw("b", image=photo, split=None)])
    Post.objects.update(duplicate_of=None)
    ingest(open_run("mine", Source.Kind.FOLDER), [raw("a", image=photo), raw("b", image=photo)])
    first, second = Post.objects.order_by("pk")
    assert (second.duplicate_of, second.looks_like) == (None, first)


def test_two_imports_at_once_find_each_other(run: ImportRun, tmp_path: Path) -> None:
    photo, poor = picture(tmp_path / "a.jpg", 1), picture(tmp_path / "b.jpg", 1, quality=40)
    other = open_run("theirs", Source.Kind.FOLDER)

    def interleaved() -> Iterator[Raw]:
        yield raw("a", image=photo, split=None)
        ingest(other, [raw("x", image=poor, split=None)])
        yield raw("b")

    ingest(run, interleaved(), batch=1)
    assert Post.objects.get(external_id="x").duplicate_of == Post.objects.get(external_id="a")
    assert ingest(run, [raw("c", image=poor, split=None)]).duplicates == 1


def test_splits_of_ours_are_90_5_5_and_stay_what_they_are(run: ImportRun) -> None:
    posts = [raw(str(number), f"tag{number}", split=None) for number in range(2000)]
    ingest(run, posts)
    shares = {split: Post.objects.filter(split=split).count() / 2000 for split in ("train", "dev", "test")}
    assert shares == {
        "train": pytest.approx(0.9, abs=0.02),
        "dev": pytest.approx(0.05, abs=0.015),
        "test": pytest.approx(0.05, abs=0.015),
    }
    before = dict(Post.objects.values_list("external_id", "split"))
    Post.objects.all().delete()
    ingest(open_run("mine", Source.Kind.FOLDER), reversed(posts))
    assert dict(Post.objects.values_list("external_id", "split")) == before


def test_pictures_that_look_alike_get_one_split(run: ImportRun, tmp_path: Path) -> None:
    posts = []
    for seed in range(25):
        for quality in (90, 40):
            photo = picture(tmp_path / f"{seed}-{quality}.jpg", seed, quality=quality)
            posts.append(raw(photo.stem, image=photo, split=None))
    ingest(run, posts)
    splits = dict(Post.objects.values_list("external_id", "split"))
    assert len(set(splits.values())) > 1
    assert all(splits[f"{seed}-90"] == splits[f"{seed}-40"] for seed in range(25))


def test_posts_without_a_picture_and_with_equal_tags_get_one_split(run: ImportRun) -> None:
    sets = [("sea", f"tag{number}") for number in range(60)]
    ingest(run, [raw(f"{number}-1", *tags, split=None) for number, tags in enumerate(sets)])
    other = open_run("theirs", Source.Kind.FOLDER)
    ingest(other, [raw(f"{number}-2", *reversed(tags), split=None) for number, tags in enumerate(sets)])
    splits = dict(Post.objects.values_list("external_id", "split"))
    assert len(set(splits.values())) > 1
    assert all(splits[f"{number}-1"] == splits[f"{number}-2"] for number in range(60))
