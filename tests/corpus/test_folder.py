"""The source `folder`: which lines of posts.jsonl are posts, and why the others are none."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.raw import Raw, RawPost, SourceError, Unreadable
from corpus.sources.folder import LONGEST_LINE, MOST_TAGS, count_lines, read

POST = {"image": "images/x.jpg", "tags": ["sea", "sun"], "split": "train"}


def written(folder: Path, *lines: bytes | str | dict[str, Any]) -> list[Raw]:
    """Write these lines and read them back."""
    texts = [json.dumps(line) if isinstance(line, dict) else line for line in lines]
    data = b"\n".join(text.encode() if isinstance(text, str) else text for text in texts)
    (folder / "posts.jsonl").write_bytes(data + b"\n")
    return list(read(folder))


def refusal(folder: Path, line: bytes | str | dict[str, Any]) -> str:
    (found,) = written(folder, line)
    assert isinstance(found, Unreadable)
    assert found.place == "line 1"
    return found.why


def post(folder: Path, line: dict[str, Any]) -> RawPost:
    (found,) = written(folder, line)
    assert isinstance(found, RawPost), found
    return found


def test_it_works(tmp_path: Path) -> None:
    assert post(tmp_path, POST) == RawPost(
        place="line 1",
        external_id="images/x.jpg",
        tags=("sea", "sun"),
        image=tmp_path / "images" / "x.jpg",
        split="train",
    )


def test_a_folder_without_posts_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no posts\.jsonl in"):
        list(read(tmp_path))
    with pytest.raises(SourceError, match=r"no posts\.jsonl in"):
        count_lines(tmp_path)
    (tmp_path / "posts.jsonl").mkdir()
    with pytest.raises(SourceError, match=r"no posts\.jsonl in"):
        list(read(tmp_path))


def test_image_and_split_may_be_null_or_missing(tmp_path: Path) -> None:
    for line in ({"tags": ["sea"]}, {"tags": ["sea"], "image": None, "split": None}, {"tags": ["sea"], "image": ""}):
        found = post(tmp_path, line)
        assert (found.image, found.split, found.external_id) == (None, None, "1")


@pytest.mark.parametrize("split", ["train", "dev", "test", None])
def test_known_splits(tmp_path: Path, split: str | None) -> None:
    assert post(tmp_path, {**POST, "split": split}).split == split


@pytest.mark.parametrize("split", ["Train", "valid", "", 1, True, [], {}, ["train"], {"a": 1}])
def test_other_splits_are_refused(tmp_path: Path, split: object) -> None:
    assert "it must be train, dev, test or null" in refusal(tmp_path, {**POST, "split": split})


@pytest.mark.parametrize(
    ("given", "id"),
    [("a", "a"), (7, "7"), (0, "0"), ("пляж 1", "пляж 1"), ("x" * 255, "x" * 255), ("", "images/x.jpg")],
)
def test_an_id_of_its_own_counts(tmp_path: Path, given: str | int, id: str) -> None:
    assert post(tmp_path, {**POST, "id": given}).external_id == id


def test_without_an_id_the_path_counts_else_the_line_number(tmp_path: Path) -> None:
    found = written(tmp_path, POST, {"tags": ["a"]}, "", {"tags": ["b"]})
    assert [item.external_id for item in found if isinstance(item, RawPost)] == ["images/x.jpg", "2", "4"]


@pytest.mark.parametrize("id", ["x" * 256, "a\0b", "a\nb", "\u202e", "\ud800"])
def test_ids_that_no_table_can_hold_are_refused(tmp_path: Path, id: str) -> None:
    assert "too long or holds control characters" in refusal(tmp_path, {**POST, "id": id})


@pytest.mark.parametrize("id", [1.5, [], {}, ["a"], True])
def test_ids_of_other_types_are_refused(tmp_path: Path, id: object) -> None:
    assert "neither a text nor a number" in refusal(tmp_path, {**POST, "id": id})


@pytest.mark.parametrize("image", [1, True, [], {"path": "x.jpg"}, 1.5])
def test_an_image_that_is_no_path_is_refused(tmp_path: Path, image: object) -> None:
    assert "neither a path nor null" in refusal(tmp_path, {**POST, "image": image})


@pytest.mark.parametrize(
    "image", ["/etc/passwd", "../x.jpg", "images/../../x.jpg", "images/..", "..", "a\0b.jpg", "a\ud800.jpg"]
)
def test_a_picture_outside_the_folder_is_refused(tmp_path: Path, image: str) -> None:
    assert "names a picture outside the folder" in refusal(tmp_path, {**POST, "id": "1", "image": image})


@pytest.mark.parametrize("image", ["..x.jpg", "a..b/c.jpg", "./x.jpg", "a b/ü #1.jpg"])
def test_paths_that_only_look_odd_are_taken(tmp_path: Path, image: str) -> None:
    assert post(tmp_path, {**POST, "image": image}).image == tmp_path / image


def test_links_are_followed(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "set"
    elsewhere.mkdir()
    folder.mkdir()
    (elsewhere / "x.jpg").write_bytes(b"a picture")
    (folder / "images").symlink_to(elsewhere)
    image = post(folder, POST).image
    assert image is not None
    assert image.read_bytes() == b"a picture"


@pytest.mark.parametrize("tags", [None, "sea", {"sea": 1}, ["sea", 1], ["sea", None], [["sea"]], 7])
def test_tags_that_are_no_list_of_texts_are_refused(tmp_path: Path, tags: object) -> None:
    assert refusal(tmp_path, {**POST, "tags": tags}) == "has no list of tags"


def test_a_line_without_tags_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, {"image": "x.jpg"}) == "has no list of tags"


def test_a_flood_of_tags_is_refused(tmp_path: Path) -> None:
    assert len(post(tmp_path, {"tags": ["a"] * MOST_TAGS}).tags) == MOST_TAGS
    assert refusal(tmp_path, {"tags": ["a"] * (MOST_TAGS + 1)}) == f"has more than {MOST_TAGS} tags"


@pytest.mark.parametrize(
    "line", ["{", "nothing", "{'tags': []}", '{"tags": ["a"]} x', b"\xff\xfe\xfd", "[" * 100_000, "9" * 5000]
)
def test_what_is_not_json_is_refused(tmp_path: Path, line: str | bytes) -> None:
    assert refusal(tmp_path, line) == "is not JSON"


@pytest.mark.parametrize("line", ["[]", "null", "1", '"text"', "NaN"])
def test_json_of_another_kind_is_refused(tmp_path: Path, line: str) -> None:
    assert refusal(tmp_path, line) == "is not a JSON object"


def test_unknown_keys_are_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, {**POST, "likes": 3, "alt": ""}) == "has unknown keys: 'alt', 'likes'"


def test_blank_lines_are_no_posts_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    found = written(tmp_path, "", json.dumps(POST) + "\r", "   ", "\r", json.dumps({"tags": ["b"]}))
    assert [item.place for item in found] == ["line 2", "line 5"]


def test_a_last_line_without_its_end_counts(tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_text(json.dumps(POST) + "\n" + json.dumps({"tags": ["b"]}))
    assert len(list(read(tmp_path))) == count_lines(tmp_path) == 2


def test_an_endless_line_is_skipped_and_reading_goes_on(tmp_path: Path) -> None:
    long = b'{"tags": ["' + b"a" * (3 * LONGEST_LINE) + b'"]}'
    found = written(tmp_path, {"tags": ["first"]}, long, {"tags": ["last"]})
    assert found[1] == Unreadable("line 2", "is longer than a megabyte")
    assert isinstance(found[2], RawPost)
    assert (found[2].tags, found[2].place) == (("last",), "line 3")
    assert count_lines(tmp_path) == 3


def test_the_longest_line_is_read(tmp_path: Path) -> None:
    line = json.dumps({"tags": ["a"]})
    (found,) = written(tmp_path, line + " " * (LONGEST_LINE - 1 - len(line)))
    assert isinstance(found, RawPost)
