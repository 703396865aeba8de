"""The door into the corpus: what is stored of a source, what is refused, and what happens the second time."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image

from corpus import pictures
from corpus.counts import Counts
from corpus.decoder import Decoder
from corpus.ingest import ImportStopped, ingest, open_run
from corpus.models import Hashtag, ImportRun, Post, Source, Tagging
from corpus.raw import Raw, Skipped, Unreadable
from tests.corpus.sources import picture, raw


def tags_of(post: Post) -> list[str]:
    return list(post.taggings.values_list("hashtag__key", flat=True))


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


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
    run: ImportRun, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [raw(id, id, image=picture(tmp_path / f"{id}.jpg", ord(id))) for id in "abcde"]
    sync, calls = pictures._sync, 0

    def failing(file: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == 7:  # the last file but one of the second batch
            raise OSError(28, "No space left on device")
        sync(file)

    monkeypatch.setattr(pictures, "_sync", failing)
    with pytest.raises(ImportStopped, match="No space left on device. What it had stored stays; run it again"):
        ingest(run, posts, batch=2)
    assert set(Post.objects.values_list("external_id", flat=True)) == {"a", "b"}
    assert Tagging.objects.count() == 2
    assert len(files(home / "media")) == 4, "the pictures and small copies of two posts"
    run.refresh_from_db()
    assert (run.state, run.counts["new"]) == ("failed", 2)
    assert run.message.startswith("The import stopped: ")
    monkeypatch.setattr(pictures, "_sync", sync)
    counts = ingest(open_run("mine", Source.Kind.FOLDER), posts)
    assert (counts.new, counts.known, counts.duplicates) == (3, 2, 0)
    assert Post.objects.count() == Tagging.objects.count() == 5
    assert all(post.image_path.is_file() for post in Post.objects.all())


def test_pictures_stay_where_a_post_names_them(run: ImportRun, tmp_path: Path, home: Path) -> None:
    """As where Ctrl-C, or the end of the connection, comes right after the commit."""
    ingest(run, [raw("a", image=picture(tmp_path / "a.jpg", 1))])
    post = Post.objects.get()
    stray = home / "media" / "posts" / "ff" / f"{'f' * 64}.jpeg"
    stray.parent.mkdir()
    stray.write_bytes(b"of nobody")
    pictures.discard([post.image_path, post.thumbnail_path, stray])
    assert post.image_path.is_file() and post.thumbnail_path.is_file() and not stray.exists()


def test_a_source_that_breaks_in_the_middle_keeps_what_was_stored(run: ImportRun) -> None:
    def breaking() -> Iterator[Raw]:
        yield from (raw("a"), raw("b"), raw("c"))
        raise OSError("the disk is gone")

    with pytest.raises(ImportStopped, match="the disk is gone"):
        ingest(run, breaking(), batch=2)
    assert set(Post.objects.values_list("external_id", flat=True)) == {"a", "b"}


def test_a_cancelled_run_stops_before_its_next_batch(run: ImportRun) -> None:
    def cancelling() -> Iterator[Raw]:
        yield raw("a")
        ImportRun.objects.update(cancel_wanted=True)
        yield raw("b")

    counts = ingest(run, cancelling(), batch=1)
    assert counts.new == 1
    run.refresh_from_db()
    assert (run.state, Post.objects.count()) == ("cancelled", 1)


def test_a_run_that_is_stopped_from_the_keyboard_says_so(run: ImportRun) -> None:
    def interrupted() -> Iterator[Raw]:
        yield raw("a")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(run, interrupted(), batch=1)
    run.refresh_from_db()
    assert (run.state, Post.objects.count()) == ("cancelled", 1)


def test_a_run_that_goes_on_counts_on(run: ImportRun) -> None:
    ingest(run, [raw("a"), Unreadable("line 2", "is not JSON")])
    counts = ingest(ImportRun.objects.get(), [raw("a"), raw("b")])
    assert (counts.read, counts.new, counts.known, counts.refused.total()) == (4, 2, 1, 1)
    assert counts.named == ["line 2 is not JSON"]


def test_what_holds_no_post_is_skipped_and_counted(run: ImportRun) -> None:
    counts = ingest(run, [Skipped("iterator_1.json.xz", "frozen iterator"), raw("a")])
    assert counts.skipped == {"frozen iterator": 1}
    assert (counts.new, counts.refused.total()) == (1, 0)


def test_posts_can_wait_for_a_curator(run: ImportRun) -> None:
    ingest(run, [raw("a")], status=Post.Status.PENDING)
    assert Post.objects.get().status == "pending"
    assert not Post.objects.approved().exists()


def test_captions_dates_and_the_run_are_kept(run: ImportRun) -> None:
    taken = datetime(2019, 7, 1, 12, tzinfo=UTC)
    ingest(run, [replace(raw("a"), caption="<b>Sea</b> #sea", taken=taken)])
    post = Post.objects.get()
    assert (post.caption, post.taken, post.import_run) == ("<b>Sea</b> #sea", taken, run)


def test_curators_get_a_small_copy_without_metadata(run: ImportRun, tmp_path: Path) -> None:
    photo = Image.linear_gradient("L").convert("RGB").resize((900, 600))
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    photo.save(tmp_path / "a.jpg", exif=exif)
    ingest(run, [raw("a", image=tmp_path / "a.jpg")])
    post = Post.objects.get()
    assert b"a secret place" in post.image_path.read_bytes()
    assert b"a secret place" not in post.thumbnail_path.read_bytes()
    with Image.open(post.thumbnail_path) as copy:
        assert (copy.format, copy.size) == ("JPEG", (512, 341))


def test_another_import_that_was_quicker_is_no_harm(run: ImportRun, tmp_path: Path) -> None:
    """The very same post is stored while its picture is being opened."""
    photo = picture(tmp_path / "a.jpg", 1)
    read, quicker = pictures.read, open_run("mine", Source.Kind.FOLDER)

    def overtaken(path: Path, decoder: Decoder) -> pictures.Picture:
        opened = read(path, decoder)
        Post.objects.get_or_create(source=quicker.source, external_id="a", defaults={"import_run": quicker})
        return opened

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pictures, "read", overtaken)
        counts = ingest(run, [raw("a", image=photo), raw("b")])
    assert (counts.new, counts.known) == (1, 1)
    assert Post.objects.get(external_id="a").import_run == quicker


def test_progress_and_counts_are_kept(run: ImportRun) -> None:
    done: list[int] = []
    counts = ingest(run, [raw("a"), raw("b", "x y"), Unreadable("line 3", "is not JSON")], done.append, batch=2)
    assert done == [2, 1]
    run.refresh_from_db()
    assert (run.state, run.finished is not None) == ("done", True)
    assert run.counts == counts.as_dict()
    assert run.counts["refused"] == {"no hashtag": 1, "unreadable": 1}


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
        "unreadable": 1,
        "no hashtag": 1,
        "missing picture": 2,
        "picture corrupt": 1,
        "picture not_an_image": 1,
    }
    assert counts.named[0] == "line 1 is not JSON"
    assert counts.named[1] == "line 2 has no usable tag"
    assert counts.named[2] == "line 3 names a picture that cannot be read: 'missing.jpg'"
    assert [line.split(" (")[0] for line in counts.named[4:]] == ["line 5", "line 6"]
    assert (counts.new, counts.tags_refused) == (1, 4)
    assert Post.objects.get().external_id == "7"


def test_a_pipe_is_no_picture(run: ImportRun, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    counts = ingest(run, [raw("a", image=tmp_path / "a.jpg")])
    assert counts.refused == {"missing picture": 1}


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
    def half(source: BinaryIO, target: BinaryIO) -> None:
        target.write(source.read(10))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", half)
    with pytest.raises(ImportStopped, match="No space left"):
        ingest(run, [raw("a", image=picture(tmp_path / "a.jpg", 1))])
    assert not Post.objects.exists()
    assert files(home / "media") == []


def test_ensure_hashtags_keeps_the_first_display(run: ImportRun) -> None:
    ingest(run, [raw("a", "NewYork"), raw("b", "newyork"), raw("c", "NEWYORK")])
    assert Hashtag.objects.get().display == "NewYork"


def test_counts_name_what_they_count() -> None:
    counts = Counts()
    counts.refuse("line 7", "no hashtag", "has no usable tag")
    assert counts.as_dict()["refused"] == {"no hashtag": 1}
