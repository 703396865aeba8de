"""One file of Instaloader's: the shapes of a post, what is no post, and what cannot be read, a sentence each."""

import json
import lzma
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from instaloader import FrozenNodeIterator, Hashtag, Instaloader, Post, Profile, StoryItem, save_structure_to_file

from corpus.raw import RawPost, Skipped, Unreadable
from corpus.sources import instaloader_file
from corpus.sources.instaloader_folder import MOST_TAGS, read
from tests.corpus.instaloader_posts import OWNER, STEM, TAKEN, download, graphql, loader, phone

CAPTION = "At the #Sea with #sun"
TAGS = ("Sea", "sun")
TIME = datetime(2024, 5, 1, 10, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    (folder / "#sea").mkdir(parents=True)
    return folder


def only(folder: Path) -> RawPost:
    (found,) = read(folder)
    assert isinstance(found, RawPost), found
    return found


def why(folder: Path, content: object, name: str = "a.json") -> str:
    """Write a file and return why it is refused."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / name).write_bytes(text)
    (found,) = read(folder)
    assert isinstance(found, Unreadable), found
    assert found.place == name
    return found.why


def saved(node: dict[str, Any], kind: str = "Post") -> dict[str, Any]:
    return {"node": node, "instaloader": {"version": "4.16", "node_type": kind}}


def test_it_works(folder: Path) -> None:
    save_structure_to_file(Post(Instaloader().context, graphql("Cabc", CAPTION)), str(folder / "a.json.xz"))
    assert only(folder) == RawPost("a.json.xz", "Cabc", TAGS, None, None, CAPTION, TIME)


@pytest.mark.parametrize(
    "node",
    [
        phone("Cabc", CAPTION),
        {"iphone_struct": phone("Cabc", CAPTION)},
        {"shortcode": "Cabc", "iphone_struct": phone("Cother", CAPTION)},
        {**graphql("Cabc", None), "iphone_struct": phone("Cabc", CAPTION)},
        {"shortcode": "Cabc", "caption": CAPTION, "date": TAKEN},
        Post._normalize_post_data({**phone("Cabc", CAPTION), "user": {"pk": 7}}),
        graphql("Cabc", CAPTION, taken_at_timestamp=TAKEN + 0.25),
    ],
)
def test_shapes_of_other_versions(folder: Path, node: dict[str, Any]) -> None:
    for content in (saved(node), node):
        (folder / "a.json").write_text(json.dumps(content))
        found = only(folder)
        assert (found.external_id, found.tags, found.caption) == ("Cabc", TAGS, CAPTION)
        assert found.taken is not None
        assert found.taken.replace(microsecond=0) == TIME


def structures(made: Instaloader) -> dict[str, Any]:
    """Return what Instaloader saves beside posts, by what it is skipped as."""
    frozen = FrozenNodeIterator("hash", {}, None, "ann", 1, None, None, None, None)
    return {
        "frozen iterator": frozen,
        "story": StoryItem(made.context, {"id": "1", "date": TAKEN}),
        "profile": Profile(made.context, OWNER),
        "page of a hashtag": Hashtag(made.context, {"name": "sea"}),
        "shortcode alone": Post(made.context, {"shortcode": "Cabc"}),
    }


@pytest.mark.parametrize("what", list(structures(Instaloader())))
@pytest.mark.parametrize("ending", [".json", ".json.xz"])
def test_what_instaloader_saves_beside_posts_is_skipped(folder: Path, what: str, ending: str) -> None:
    save_structure_to_file(structures(Instaloader())[what], str(folder / f"name{ending}"))
    assert list(read(folder)) == [Skipped(f"name{ending}", what)]


def test_a_shortcode_alone_is_skipped(folder: Path) -> None:
    (folder / "a.json").write_text('{"shortcode": "Cabc"}')
    assert list(read(folder)) == [Skipped("a.json", "shortcode alone")]


def test_a_post_need_have_no_caption(folder: Path) -> None:
    for node in (graphql("Cabc", None), phone("Cabc", None)):
        (folder / "a.json").write_text(json.dumps(saved(node)))
        assert (only(folder).tags, only(folder).caption) == ((), "")


def test_what_no_database_holds_is_taken_out_of_captions(folder: Path) -> None:
    (folder / "a.json").write_text(json.dumps(graphql("Cabc", "a\0 \ud800 <b>#sea</b> \u202e\U0001f3d6")))
    assert only(folder).caption == "a  ? <b>#sea</b> \u202e\U0001f3d6"
    assert only(folder).tags == ("sea",)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"<a>", b"[" * 1_000_000, b'{"a":' * 600_000, b"1" * 5000])
def test_broken_json_is_refused(folder: Path, content: bytes) -> None:
    assert why(folder, content) in ("is not JSON", "is not a JSON object")
    (folder / "a.json").unlink()
    assert why(folder, lzma.compress(content), "a.json.xz") in ("is not JSON", "is not a JSON object")


def test_a_file_that_was_cut_off_is_refused_and_the_rest_goes_on(folder: Path) -> None:
    download(loader(folder), graphql("Cabc", CAPTION))
    whole = (folder / "#sea" / f"{STEM}.json.xz").read_bytes()
    (folder / "cut.json.xz").write_bytes(whole[:-40])
    (folder / "empty.json.xz").touch()
    (folder / "plain.json.xz").write_bytes(b"{}" * 100)
    *refused, post = read(folder)
    assert [raw.why for raw in refused if isinstance(raw, Unreadable)] == [
        "was cut off",
        "was cut off",
        "cannot be unpacked",
    ]
    assert isinstance(post, RawPost)


def test_what_unpacks_without_an_end_is_refused(folder: Path) -> None:
    packer = lzma.LZMACompressor()
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    assert len(bomb) < 100_000
    assert why(folder, bomb, "a.json.xz") == "unpacks to more than 4,000,000 bytes"


def test_what_needs_too_much_memory_to_unpack_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instaloader_file, "MEMORY", 1_000_000)
    assert why(folder, lzma.compress(b"{}"), "a.json.xz") == "cannot be unpacked"


@pytest.mark.parametrize("name", ["a.json", "a.json.xz"])
def test_a_file_that_is_too_large_is_refused(folder: Path, name: str) -> None:
    with (folder / name).open("wb") as file:
        file.truncate(10_000_000_000)  # a hole: it takes no room
    (found,) = read(folder)
    assert found == Unreadable(name, "is larger than 4,000,000 bytes")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([], "is not a JSON object"),
        ({}, "holds no post of Instagram"),
        ({"instaloader": 1, "node": {}}, "is not as Instaloader writes it"),
        ({"instaloader": {"node_type": 1}, "node": {}}, "is not as Instaloader writes it"),
        ({"instaloader": {"node_type": "Post"}, "node": []}, "is not as Instaloader writes it"),
        ({**graphql("Cabc", ""), "shortcode": 7}, "has a strange shortcode"),
        (graphql("../../etc", ""), "has a strange shortcode"),
        (graphql("x" * 65, ""), "has a strange shortcode"),
        (graphql("Cabc", "", edge_media_to_caption=[]), "has no object as its edge_media_to_caption"),
        (graphql("Cabc", "", edge_media_to_caption={"edges": 7}), "has a caption that is no text"),
        (graphql("Cabc", "", edge_media_to_caption={"edges": [[]]}), "has a caption that is no text"),
        (graphql("Cabc", "", edge_media_to_caption={"edges": [{"node": []}]}), "has no object as its node"),
        (
            graphql("Cabc", "", edge_media_to_caption={"edges": [{"node": {"text": 7}}]}),
            "has a caption that is no text",
        ),
        (graphql("Cabc", "", iphone_struct="x"), "has no object as its iphone_struct"),
        ({**phone("Cabc", ""), "caption": 7}, "has a caption that is no text"),
        ({**phone("Cabc", ""), "caption": {"text": ["#sea"]}}, "has a caption that is no text"),
        (graphql("Cabc", "", taken_at_timestamp="now"), "has a time that is none"),
        (graphql("Cabc", "", taken_at_timestamp=True), "has a time that is none"),
        (graphql("Cabc", "", taken_at_timestamp=10**4000), "has a time that is none"),
        (graphql("Cabc", "", taken_at_timestamp=float("nan")), "has a time that is none"),
        (graphql("Cabc", "", taken_at_timestamp=float("inf")), "has a time that is none"),
        (graphql("Cabc", "", taken_at_timestamp=-1), "has a time that is none"),
        (graphql("Cabc", "x" * 50_001), "has a caption longer than any on Instagram"),
        (graphql("Cabc", " ".join(f"#a{n}" for n in range(MOST_TAGS + 1))), "has more than 1000 hashtags"),
    ],
)
def test_other_content_is_refused(folder: Path, content: object, reason: str) -> None:
    assert why(folder, content) == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"caf\xe9", "is not UTF-8 text"), (b"x" * 200_001, "is larger than 200,000 bytes")]
    + [(b"x" * 50_001, "has a caption longer than any on Instagram")],
)
def test_a_caption_that_is_none_is_refused(folder: Path, content: bytes, reason: str) -> None:
    assert why(folder, content, "a.txt") == reason
