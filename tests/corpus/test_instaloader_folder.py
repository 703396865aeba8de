"""The source `instaloader`: folders that Instaloader itself wrote, which picture is whose, and what is skipped."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from instaloader import Instaloader, Post, save_structure_to_file

from corpus.raw import Raw, RawPost, Skipped, SourceError, Unreadable
from corpus.sources import instaloader_file
from corpus.sources.instaloader_folder import count, read
from tests.corpus.instaloader_posts import STEM, download, graphql, loader, phone, sidecar

CAPTION = "At the #Sea with #sun and #summer☀️ https://x.y/page/#part &#39;"
TAGS = ("Sea", "sun", "summer☀️")
TIME = datetime(2024, 5, 1, 10, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    (folder / "#sea").mkdir(parents=True)
    return folder


def told(folder: Path) -> list[Raw]:
    return list(read(folder))


def only(folder: Path) -> RawPost:
    (found,) = told(folder)
    assert isinstance(found, RawPost), found
    return found


def test_it_works(folder: Path) -> None:
    download(loader(folder), graphql("Cabc_-1", CAPTION))
    assert {file.name for file in (folder / "#sea").iterdir()} == {
        f"{STEM}{end}" for end in (".jpg", ".json.xz", ".txt")
    }
    assert only(folder) == RawPost(
        place=f"#sea/{STEM}.json.xz",
        external_id="Cabc_-1",
        tags=TAGS,
        image=folder / "#sea" / f"{STEM}.jpg",
        split=None,
        caption=CAPTION,
        taken=TIME,
    )


def test_posts_of_the_phone(folder: Path) -> None:
    download(loader(folder), phone("Cabc", CAPTION))
    found = only(folder)
    assert (found.external_id, found.tags, found.taken) == ("Cabc", TAGS, TIME)
    assert found.image == folder / "#sea" / f"{STEM}.jpg"


def test_json_need_not_be_compressed(folder: Path) -> None:
    download(loader(folder, compress_json=False), graphql("Cabc", CAPTION))
    assert (folder / "#sea" / f"{STEM}.json").is_file()
    assert (only(folder).external_id, only(folder).tags) == ("Cabc", TAGS)


@pytest.mark.parametrize(
    "pattern", ["{shortcode}", "{profile}_{date_utc}_{shortcode}", "{caption}", "{typename}_{mediaid}"]
)
def test_names_of_other_patterns(folder: Path, pattern: str) -> None:
    download(loader(folder, filename_pattern=pattern), graphql("Cabc_1", "#sea <b>/../x.json\n", **sidecar("a", False)))
    found = only(folder)
    assert (found.external_id, found.tags) == ("Cabc_1", ("sea",))
    assert found.image is not None
    assert found.image.is_file()


def test_of_several_pictures_the_first_counts(folder: Path) -> None:
    download(loader(folder), graphql("Cabc", CAPTION, **sidecar("a", *[False] * 11)))
    assert (folder / "#sea" / f"{STEM}_11.jpg").is_file()
    assert only(folder).image == folder / "#sea" / f"{STEM}_1.jpg"


def test_of_some_of_several_pictures_the_first_counts(folder: Path) -> None:
    download(loader(folder, slide="9-last"), graphql("Cabc", CAPTION, **sidecar("a", *[False] * 11)))
    assert only(folder).image == folder / "#sea" / f"{STEM}_9.jpg"


def test_a_picture_belongs_to_the_post_of_its_very_name(folder: Path) -> None:
    made = loader(folder, filename_pattern="{shortcode}")
    download(made, graphql("abc_1", "#sun"))
    download(made, graphql("abc", "#sea", **sidecar("a", True, False)))
    first, second = told(folder)
    assert isinstance(first, RawPost)
    assert isinstance(second, RawPost)
    assert (first.external_id, first.image) == ("abc", folder / "#sea" / "abc_2.jpg")
    assert (second.external_id, second.image) == ("abc_1", folder / "#sea" / "abc_1.jpg")


@pytest.mark.parametrize("ending", ["webp", "png", "heic", "jpeg", "JPG"])
def test_pictures_of_other_formats(folder: Path, ending: str) -> None:
    (folder / "a.json").write_text(json.dumps(graphql("Cabc", CAPTION)))
    (folder / f"a_2.{ending}").touch()
    (folder / f"a_1.{ending}").touch()
    assert only(folder).image == folder / f"a_1.{ending}"


def test_the_still_of_a_video_is_its_picture(folder: Path) -> None:
    video = {"__typename": "GraphVideo", "is_video": True, "video_url": "https://cdn.example/a.mp4?x=1"}
    download(loader(folder), graphql("Cabc", CAPTION, **video))
    assert (folder / "#sea" / f"{STEM}.mp4").is_file()
    assert only(folder).image == folder / "#sea" / f"{STEM}.jpg"
    (folder / "#sea" / f"{STEM}.jpg").unlink()
    assert only(folder).image is None


def test_a_post_may_come_without_its_picture(folder: Path) -> None:
    download(loader(folder, download_pictures=False), graphql("Cabc", CAPTION))
    assert only(folder).image is None


def test_a_caption_alone_is_a_post(folder: Path) -> None:
    download(loader(folder, save_metadata=False), graphql("Cabc", CAPTION))
    assert only(folder) == RawPost(
        place=f"#sea/{STEM}.txt",
        external_id=f"#sea/{STEM}",
        tags=TAGS,
        image=folder / "#sea" / f"{STEM}.jpg",
        split=None,
        caption=CAPTION,
        taken=TIME,
    )


@pytest.mark.parametrize("name", ["note.txt", "2024-13-01_10-00-00_UTC.txt"])
def test_a_caption_of_another_name_has_no_time(folder: Path, name: str) -> None:
    (folder / name).write_text("#sea")
    assert (only(folder).taken, only(folder).external_id) == (None, name.removesuffix(".txt"))


def test_folders_in_folders_are_read_in_order(folder: Path) -> None:
    for target, code in (("b", "C3"), ("a", "C2"), ("a/c", "C1")):
        download(loader(folder), graphql(code, "#sea"), target=target.replace("/", "_"))
    (folder / "a_c" / "deep" / "deeper").mkdir(parents=True)
    (folder / "a_c" / "deep" / "deeper" / "z.json").write_text(json.dumps(graphql("C0", "#sea")))
    (folder / "z.txt").write_text("#sun")
    assert [raw.place for raw in told(folder)] == [
        "z.txt",
        f"a/{STEM}.json.xz",
        f"a_c/{STEM}.json.xz",
        "a_c/deep/deeper/z.json",
        f"b/{STEM}.json.xz",
    ]
    assert count(folder) == 5


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("iterator_rHdA8a_B.json.xz", "frozen iterator"),
        ("ann_iterator_rHdA8a_B.json.xz", "frozen iterator"),
        (f"{STEM}_iterator_rHdA8a_B.json.xz", "frozen iterator"),
        (f"{STEM}_comments.json", "comments"),
        (f"{STEM}_location.txt", "location"),
        (f"{STEM}_old_01.txt", "older caption"),
        ("session-ann", "session"),
        (f"{STEM}_profile_pic.jpg", "profile picture"),
        (f"{STEM}_cover.jpg", "cover of a highlight"),
        (f"{STEM}_3.jpg", "picture or video of no post"),
        (f"{STEM}.mp4", "picture or video of no post"),
        ("id", "file of another kind"),
        ("latest-stamps.ini", "file of another kind"),
        (f"{STEM}.jpg.temp", "file of another kind"),
    ],
)
def test_other_files_are_skipped_unopened(folder: Path, name: str, what: str) -> None:
    (folder / name).write_bytes(b"\x80\x04 nothing that can be read")
    assert told(folder) == [Skipped(name, what)]


def test_an_older_caption_beside_a_newer_one(folder: Path) -> None:
    made = loader(folder, save_metadata=False, download_pictures=False)
    download(made, graphql("Cabc", "#old"))
    download(made, graphql("Cabc", "#new"))
    first, second = told(folder)
    assert isinstance(first, RawPost)
    assert (first.tags, second) == (("new",), Skipped(f"#sea/{STEM}_old_01.txt", "older caption"))


def test_strange_names_are_spelt(folder: Path) -> None:
    (folder / os.fsdecode(b"a\xff\n<b>.json")).write_text("{")
    (folder / os.fsdecode(b"b\xff.txt")).write_text("#sea")
    (folder / f"{'c' * 200}").mkdir()
    (folder / f"{'c' * 200}" / f"{'d' * 100}.txt").write_text("#sea")
    first, second, third = told(folder)
    assert first == Unreadable("a\\udcff\\n<b>.json", "is not JSON")
    for raw in (second, third):
        assert isinstance(raw, Unreadable)
        assert raw.why == "has a name that is too long or holds control characters"


def test_links_are_followed_and_each_folder_is_entered_once(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.json").write_text(json.dumps(graphql("Cabc", "#sea")))
    (folder / "link").symlink_to(elsewhere)
    (folder / "again").symlink_to(elsewhere)
    (elsewhere / "loop").symlink_to(folder)
    (folder / "b.json").symlink_to(elsewhere / "a.json")
    (folder / "nowhere.json").symlink_to(folder / "missing")
    (folder / "itself").symlink_to(folder / "itself")
    found = told(folder)
    assert [raw.place for raw in found if isinstance(raw, RawPost)] == ["b.json", "again/a.json"]
    assert [raw for raw in found if not isinstance(raw, RawPost)] == [
        Skipped("itself", "special file"),
        Skipped("nowhere.json", "special file"),
    ]


def test_special_files_are_never_opened(folder: Path) -> None:
    os.mkfifo(folder / "a.json")
    (folder / "b.json").mkdir()
    assert list(read(folder)) == [Skipped("a.json", "special file")]


def test_what_may_not_be_opened_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.json").write_text("{}")
    (folder / "shut").mkdir()
    opened = os.scandir

    def scandir(path: Path) -> Any:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    def shut(file: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(instaloader_file, "read", shut)
    places = [raw.place for raw in read(folder) if raw == Unreadable(raw.place, "cannot be opened (Permission denied)")]
    assert places == ["a.json", "shut"]


def test_of_two_files_for_one_post_both_are_told_of(folder: Path) -> None:
    for ending in (".json", ".json.xz"):
        save_structure_to_file(Post(Instaloader().context, graphql("Cabc", "#sea")), str(folder / f"a{ending}"))
    (folder / "a.txt").write_text("#other")
    (folder / "a.jpg").touch()
    found = told(folder)
    assert [raw.external_id for raw in found if isinstance(raw, RawPost)] == ["Cabc", "Cabc"]


def test_a_folder_without_posts_cannot_be_read(folder: Path) -> None:
    (folder / "a.jpg").touch()
    for missing in (folder, folder / "nowhere", folder / "a.jpg"):
        with pytest.raises(SourceError, match=r"There is nothing of Instaloader's in .*\. Name the folder into which"):
            count(missing)
