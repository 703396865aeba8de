"""The door into the corpus: what is stored of a source, what is refused, and what happens the second time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError

from corpus import ingest as door
from corpus.ingest import Counts, ingest, open_run
from corpus.models import Hashtag, ImportRun, Post, Source, Tagging
from corpus.raw import Raw, Unreadable
from tests.corpus.sources import picture, raw


def tags_of(post: Post) -> list[str]:
    return list(post.taggings.values_list("hashtag__key", flat=True))


def test_it_works(run: ImportRun, tmp_path: Path) -> None:
    photo = picture(tmp_path / "x.jpg", 1)
    counts = ingest(run, [raw("a", "#Sea", "SUN", "ｓｕｎ", image=photo)])
    assert (counts.read, counts.new, counts.refused.total()) == (1, 1, 0)
    post = Post.objects.get()
    assert (post.source.name, post.external_id, post.split, post.status) == ("mine", "a", "train", "approved")
    assert (post.width, post.height, post.duplicate_of) == (96, 64, None)
    assert tags_of(post) == ["sea", "sun"]
    assert post.image == f"posts/{post.sha256[:2]}/{post.sha256}.jpeg"
    assert post.image_path.read_bytes() == photo.read_bytes()
    assert Hashtag.objects.get(key="sea").display == "Sea"


def test_every_tagging_carries_where_it_came_from(run: ImportRun) -> None:
    ingest(run, [raw("a", "sea", "sun"), raw("b", "sea")])
    later = open_run("mine", Source.Kind.FOLDER)
    ingest(later, [raw("c", "sea")])
    origins = Tagging.objects.order_by("post__external_id").values_list("post__external_id", "origin", "source__name")
    assert set(origins) == {(id, f"import:{run.pk}", "mine") for id in "ab"} | {("c", f"import:{later.pk}", "mine")}


def test_a_second_import_changes_nothing(run: ImportRun, tmp_path: Path) -> None:
    posts = [raw("a", "sea", image=picture(tmp_path / "a.jpg", 1)), raw("b", "sun")]
    ingest(run, posts)
    before = list(Post.objects.order_by("pk").values())
    counts = ingest(open_run("mine", Source.Kind.FOLDER), [raw("a", "other"), *posts, raw("c", "sky")])
    assert (counts.read, counts.new, counts.known) == (4, 1, 3)
    assert list(Post.objects.exclude(external_id="c").order_by("pk").values()) == before
    assert Source.objects.count() == 1


def test_an_id_that_comes_twice_is_stored_once(run: ImportRun) -> None:
    counts = ingest(run, [raw("a", "first"), raw("a", "second")])
    assert (counts.new, counts.known) == (1, 1)
    assert tags_of(Post.objects.get()) == ["first"]


def test_the_same_id_of_another_source_is_another_post(run: ImportRun) -> None:
    ingest(run, [raw("a")])
    assert ingest(open_run("theirs", Source.Kind.FOLDER), [raw("a")]).new == 1


def test_a_failure_in_the_middle_of_a_batch_leaves_whole_batches_and_can_be_repeated(
    run: ImportRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "BATCH", 2)
    posts = [raw(id, id, image=picture(tmp_path / f"{id}.jpg", ord(id))) for id in "abcde"]
    store, calls = door._store_post, 0

    def failing(*args: object) -> Post:
        nonlocal calls
        calls += 1
        if calls == 4:  # the second post of the second batch
            raise DatabaseError("gone")
        return store(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(door, "_store_post", failing)
    with pytest.raises(DatabaseError):
        ingest(run, posts)
    assert set(Post.objects.values_list("external_id", flat=True)) == {"a", "b"}
    assert Tagging.objects.count() == 2
    run.refresh_from_db()
    assert (run.finished, run.counts["new"]) == (None, 2)
    monkeypatch.setattr(door, "_store_post", store)
    counts = ingest(open_run("mine", Source.Kind.FOLDER), posts)
    assert (counts.new, counts.known, counts.duplicates) == (3, 2, 0)
    assert Post.objects.count() == Tagging.objects.count() == 5
    assert all(post.image_path.is_file() for post in Post.objects.all())


def test_a_source_that_breaks_in_the_middle_keeps_what_was_stored(
    run: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "BATCH", 2)

    def breaking() -> Iterator[Raw]:
        yield from (raw("a"), raw("b"), raw("c"))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        ingest(run, breaking())
    assert set(Post.objects.values_list("external_id", flat=True)) == {"a", "b"}


def test_progress_and_counts_are_kept(run: ImportRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BATCH", 2)
    done: list[int] = []
    counts = ingest(run, [raw("a"), raw("b", "x y"), Unreadable("line 3", "is not JSON")], done.append)
    assert done == [2, 1]
    run.refresh_from_db()
    assert run.finished is not None
    assert run.counts == counts.as_dict()
    assert run.counts["refused"] == {"no hashtag": 1, "unreadable line": 1}


def test_refusals_are_counted_and_the_first_ones_named(run: ImportRun, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jpg"
    damaged.write_bytes(picture(tmp_path / "x.jpg", 1).read_bytes()[:400])
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    counts = ingest(
        run,
        [
            Unreadable("line 1", "is not JSON"),
            raw("2", "a b", "", "="),
            raw("3", image=tmp_path / "missing.jpg"),
            raw("4", image=tmp_path),
            raw("5", image=damaged),
            raw("6", image=text),
            raw("7", "good", "b c"),
        ],
    )
    assert counts.refused == {
        "unreadable line": 1,
        "no hashtag": 1,
        "missing picture": 2,
        "picture corrupt": 1,
        "picture not_an_image": 1,
    }
    assert counts.named[0] == "line 1 is not JSON"
    assert counts.named[1] == "line 2 has no usable tag"
    assert counts.named[2] == "line 3 names a picture that cannot be read: missing.jpg"
    assert [line.split(" (")[0] for line in counts.named[4:]] == ["line 5", "line 6"]
    assert (counts.new, counts.tags_refused) == (1, 4)
    assert Post.objects.get().external_id == "7"


def test_no_more_than_twenty_refusals_are_named(run: ImportRun) -> None:
    counts = ingest(run, [Unreadable(f"line {number}", "is not JSON") for number in range(50)])
    assert (counts.refused.total(), len(counts.named)) == (50, 20)


def test_posts_without_a_picture_are_posts(run: ImportRun) -> None:
    ingest(run, [raw("a", "sea", "sun")])
    post = Post.objects.get()
    assert (post.image, post.sha256, post.average_hash, post.width) == ("", "", "", None)
    assert tags_of(post) == ["sea", "sun"]


def test_no_half_picture_is_left_where_copying_fails(
    run: ImportRun, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", half)
    with pytest.raises(OSError, match="No space left"):
        ingest(run, [raw("a", image=picture(tmp_path / "a.jpg", 1))])
    assert not Post.objects.exists()
    assert [file for file in (home / "media" / "posts").rglob("*") if file.is_file()] == []


def test_ensure_hashtags_keeps_the_first_display(run: ImportRun) -> None:
    ingest(run, [raw("a", "NewYork"), raw("b", "newyork"), raw("c", "NEWYORK")])
    assert Hashtag.objects.get().display == "NewYork"


def test_counts_name_what_they_count() -> None:
    counts = Counts()
    counts.refuse("line 7", "no hashtag", "has no usable tag")
    assert counts.as_dict()["refused"] == {"no hashtag": 1}
