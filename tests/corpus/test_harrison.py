"""The source HARRISON: which lines of its lists are posts, which picture belongs to them, and what is refused."""

import os
import zipfile
from pathlib import Path

import pytest

from corpus.raw import Raw, RawPost, SourceError, Unreadable
from corpus.sources import harrison, harrison_fixed
from corpus.sources.harrison import count_lines, read, vocabulary
from corpus.sources.harrison_fixed import fixed_pictures
from tests.corpus.sources import picture

OWN = Path(os.environ.get("TAG4PIC_TEST_DATA") or Path(__file__).parents[3] / "shared") / "data" / "harrison"
PATHS = ["instagram_dataset/sea/image_50.jpg", "instagram_dataset/sun/image_99.jpg"]
TAGS = ["sea instapic travel ", "sun "]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, PATHS, TAGS)
    return tmp_path


def write(folder: Path, paths: list[str], tags: list[str]) -> None:
    (folder / "data_list.txt").write_text("".join(f"{path}\n" for path in paths))
    (folder / "tag_list.txt").write_text("".join(f"{line}\n" for line in tags))


def refusal(folder: Path, path: str = PATHS[0], tags: str = TAGS[0]) -> Unreadable:
    """Read a list of two lines, of which the first is refused and the second is not."""
    write(folder, [path, PATHS[1]], [tags, TAGS[1]])
    first, second = read(folder, without_photos=True)
    assert isinstance(first, Unreadable)
    assert isinstance(second, RawPost)
    return first


def images(raws: list[Raw]) -> list[Path | None]:
    return [raw.image for raw in raws if isinstance(raw, RawPost)]


def archive(folder: Path, **pictures: bytes) -> None:
    with zipfile.ZipFile(folder / "HARRISON_fixed.zip", "w", zipfile.ZIP_DEFLATED) as entries:
        for name, content in pictures.items():
            entries.writestr(name, content)


def test_it_works(folder: Path) -> None:
    assert count_lines(folder) == 2
    assert list(read(folder, without_photos=False)) == [
        RawPost("line 1", PATHS[0], ("sea", "instapic", "travel"), folder / PATHS[0], None),
        RawPost("line 2", PATHS[1], ("sun",), folder / PATHS[1], None),
    ]


def test_posts_may_come_without_the_pictures_that_are_missing(folder: Path) -> None:
    (folder / PATHS[1]).parent.mkdir(parents=True)
    picture(folder / PATHS[1], seed=1)
    assert images(list(read(folder, without_photos=True))) == [None, folder / PATHS[1]]
    assert images(list(read(folder, without_photos=False))) == [folder / PATHS[0], folder / PATHS[1]]


@pytest.mark.parametrize("name", ["data_list.txt", "tag_list.txt"])
def test_both_lists_are_needed(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(SourceError, match=rf"There is no {name} in .*\. Name the folder that holds"):
        count_lines(folder)


def test_lists_of_different_lengths_are_refused(folder: Path) -> None:
    write(folder, PATHS, [*TAGS, "love "])
    for reading in (lambda: count_lines(folder), lambda: list(read(folder, without_photos=True))):
        with pytest.raises(SourceError, match=r"data_list\.txt has 2 lines and tag_list\.txt has 3"):
            reading()


def test_a_last_line_without_an_end_counts(folder: Path) -> None:
    (folder / "tag_list.txt").write_text("sea \nsun ")
    assert count_lines(folder) == 2
    assert len(list(read(folder, without_photos=True))) == 2


@pytest.mark.parametrize(
    "path",
    ["", "x", "/etc/passwd", "instagram_dataset/../../image_1.jpg", "instagram_dataset/sea/../image_1.jpg"]
    + ["instagram_dataset/sea/image_1.png", "instagram_dataset/sea/image_.jpg", "instagram_dataset/sea/image_1.jpg\0"]
    + ["instagram_dataset/sea/b/image_1.jpg", "instagram_dataset/<b>/image_1.jpg", f"instagram_dataset/{'s' * 10_000}"],
)
def test_other_paths_are_refused(folder: Path, path: str) -> None:
    found = refusal(folder, path=path)
    assert (found.place, found.why) == (
        "line 1",
        "of data_list.txt is no path like instagram_dataset/sea/image_1.jpg",
    )


def test_a_line_of_tags_that_is_too_long_is_refused(folder: Path) -> None:
    assert refusal(folder, tags="love " * 1_000_000).why == "of tag_list.txt is too long or not UTF-8 text"


def test_a_line_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "tag_list.txt").write_bytes(b"caf\xe9 \nsun \n")
    first, second = read(folder, without_photos=True)
    assert isinstance(first, Unreadable)
    assert isinstance(second, RawPost)


def test_lines_are_read_one_by_one(folder: Path) -> None:
    raws = read(folder, without_photos=True)
    assert isinstance(next(raws), RawPost)
    (folder / "tag_list.txt").unlink()
    assert len(list(raws)) == 1


def test_the_vocabulary_has_a_word_and_its_rank_a_line(folder: Path) -> None:
    assert vocabulary(folder) is None
    (folder / "vocab_index.txt").write_text("love                  0\nfriend                1\n")
    assert vocabulary(folder) == ["love", "friend"]


@pytest.mark.parametrize("text", ["love 1\n", "love\n", " 0\n", "love 0\n\n", "love zero\n", "love 0 0\n"])
def test_another_vocabulary_is_refused(folder: Path, text: str) -> None:
    (folder / "vocab_index.txt").write_text(text)
    with pytest.raises(SourceError, match=r"Line \d of vocab_index\.txt is not a word with its rank"):
        vocabulary(folder)


def test_a_fixed_picture_takes_the_place_of_the_folders(folder: Path) -> None:
    (folder / PATHS[0]).parent.mkdir(parents=True)
    (folder / PATHS[0]).write_bytes(b"damaged")
    sound = picture(folder / "sound.jpg", seed=1).read_bytes()
    archive(folder, **{PATHS[0]: sound})
    with fixed_pictures(folder) as fixed:
        (first, second) = images(list(read(folder, without_photos=True, fixed=fixed.sound)))
        assert first is not None
        assert first.read_bytes() == sound
        assert second is None
        assert folder not in first.parents
    assert not first.parent.exists()


def test_there_need_be_no_archive(folder: Path) -> None:
    with fixed_pictures(folder) as fixed:
        assert (fixed.sound, fixed.damaged) == ({}, {})


def test_a_picture_that_is_damaged_itself_is_not_used(folder: Path) -> None:
    sound = picture(folder / "sound.jpg", seed=1).read_bytes()
    archive(folder, **{PATHS[0]: sound[:-200], PATHS[1]: b"<html>"})
    with fixed_pictures(folder) as fixed:
        assert (fixed.sound, fixed.damaged) == ({}, {PATHS[0]: "corrupt", PATHS[1]: "not_an_image"})


def test_a_picture_that_unpacks_without_an_end_is_not_used(folder: Path) -> None:
    sound = picture(folder / "sound.jpg", seed=1).read_bytes()
    archive(folder, **{PATHS[0]: sound + bytes(30_000_000)})
    with fixed_pictures(folder) as fixed:
        assert fixed.damaged == {PATHS[0]: "too_large_bytes"}


@pytest.mark.parametrize("name", ["../../evil.jpg", "/tmp/evil.jpg", "instagram_dataset/../image_1.jpg", "read.me"])
def test_no_name_in_the_archive_becomes_a_path(folder: Path, name: str) -> None:
    archive(folder, **{name: picture(folder / "sound.jpg", seed=1).read_bytes()})
    with fixed_pictures(folder) as fixed:
        assert (fixed.sound, fixed.damaged) == ({}, {})
    assert not (folder.parent.parent / "evil.jpg").exists()


def test_a_broken_archive_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "HARRISON_fixed.zip"
    archive(folder, **{PATHS[0]: picture(folder / "sound.jpg", seed=1).read_bytes()})
    content = file.read_bytes()
    for broken in (b"no archive", content[:200], content[:100] + bytes(100) + content[200:]):
        file.write_bytes(broken)
        with pytest.raises(SourceError, match=r"cannot be unpacked \(.*\)\. Fetch it again"), fixed_pictures(folder):
            pass
    monkeypatch.setattr(harrison_fixed, "LARGEST_ARCHIVE", 100)
    with pytest.raises(SourceError, match="more than 100 bytes"), fixed_pictures(folder):
        pass


def test_an_archive_of_too_many_pictures_is_refused(folder: Path) -> None:
    archive(folder, **{f"instagram_dataset/sea/image_{number}.jpg": b"" for number in range(101)})
    with pytest.raises(SourceError, match="more than 100 pictures"), fixed_pictures(folder):
        pass


@pytest.mark.skipif(not OWN.is_dir(), reason=f"HARRISON's lists are not there: no {OWN}; set TAG4PIC_TEST_DATA")
def test_harrisons_own_lists() -> None:
    posts = [raw for raw in read(OWN, without_photos=True) if isinstance(raw, RawPost)]
    tags = [tag for post in posts for tag in post.tags]
    assert (count_lines(OWN), len(posts), len(set(tags)), len(tags)) == (57_383, 57_383, 997, 260_759)
    assert set(harrison.vocabulary(OWN) or ()) == set(tags)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_would_unpack_all_at_once_is_refused(folder: Path, packing: int) -> None:
    with zipfile.ZipFile(folder / "HARRISON_fixed.zip", "w", packing) as entries:
        entries.writestr(PATHS[0], bytes(1000))
    with pytest.raises(SourceError, match="packed in a way"), fixed_pictures(folder):
        pass
