"""The command `import_posts`: what it says, and when it fails."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from corpus import counts, pictures
from corpus.models import ImportRun, Post, Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of posts: two good ones, one of them with a picture, and three that are refused."""
    folder = tmp_path / "holiday"
    (folder / "images").mkdir(parents=True)
    Image.linear_gradient("L").convert("RGB").save(folder / "images" / "a.jpg")
    write(
        folder,
        {"image": "images/a.jpg", "tags": ["Sea", "sun", "no good"], "split": "train"},
        "{broken",
        {"image": "images/missing.jpg", "tags": ["sea"]},
        {"image": None, "tags": ["sun"], "split": None, "likes": 7},
        {"id": "tag-only", "tags": ["love"]},
    )
    return folder


def write(folder: Path, *lines: str | dict[str, Any]) -> None:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / "posts.jsonl").write_text("\n".join(texts))


def run(folder: Path, *options: str) -> tuple[str, str]:
    """Run the command and return what it wrote to standard output and standard error."""
    out, err = StringIO(), StringIO()
    call_command("import_posts", str(folder), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def row(text: str, label: str) -> int:
    """Return the number of a line such as `new........2`."""
    (line,) = (line for line in text.splitlines() if line.startswith(label + "."))
    return int(line.removeprefix(label).strip("."))


def test_it_works(folder: Path) -> None:
    out, err = run(folder)
    assert {label: row(out, label) for label in ("read", "new", "known already", "duplicates", "tags refused")} == {
        "read": 5,
        "new": 2,
        "known already": 0,
        "duplicates": 0,
        "tags refused": 1,
    }
    assert row(out, "refused: unreadable") == 2
    assert row(out, "refused: missing picture") == 1
    assert out.splitlines()[-1] == "Imported 2 new posts into the source holiday."
    assert [line.strip() for line in err.splitlines()] == [
        "refused: line 2 is not JSON",
        "refused: line 3 names a picture that cannot be read: 'missing.jpg'",
        "refused: line 4 has unknown keys: 'likes'",
    ]
    assert set(Post.objects.values_list("external_id", flat=True)) == {"images/a.jpg", "tag-only"}
    assert Source.objects.get().kind == Source.Kind.FOLDER


def test_a_second_import_brings_nothing_new(folder: Path) -> None:
    run(folder)
    out, _ = run(folder)
    assert (row(out, "new"), row(out, "known already")) == (0, 2)
    assert (Post.objects.count(), ImportRun.objects.count()) == (2, 2)


def test_the_source_can_be_named(folder: Path) -> None:
    out, _ = run(folder, "--source", "My photos")
    assert out.splitlines()[-1] == "Imported 2 new posts into the source My photos."
    assert Source.objects.get().name == "My photos"


@pytest.mark.parametrize("name", ["x" * 101, "a\nb"])
def test_a_name_that_no_table_can_hold_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(CommandError, match="needs another name"):
        run(folder, "--source", name)
    assert not Source.objects.exists()


def test_posts_of_another_kind_are_not_mixed_in(folder: Path) -> None:
    Source.objects.create(name="starter", kind=Source.Kind.STARTER)
    with pytest.raises(CommandError, match=r"The source starter holds starter posts; choose another name"):
        run(folder, "--source", "starter")
    assert not Post.objects.exists()


def test_strict_fails_after_importing_the_rest(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"^3 posts were refused, and --strict was given\.$"):
        run(folder, "--strict")
    assert Post.objects.count() == 2


def test_strict_is_content_with_a_sound_folder(folder: Path) -> None:
    write(folder, {"tags": ["sea"]})
    out, err = run(folder, "--strict")
    assert (row(out, "new"), err) == (1, "")


def test_a_folder_without_posts_fails(tmp_path: Path) -> None:
    for missing in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CommandError, match=r"There is no posts\.jsonl in"):
            run(missing)
    assert not Source.objects.exists()


def test_of_many_refusals_the_first_are_named_and_the_others_counted(folder: Path) -> None:
    write(folder, *["{"] * 30)
    out, err = run(folder)
    assert len(err.splitlines()) == counts.NAMED + 1
    assert err.splitlines()[-1].strip() == "and 10 more"
    assert row(out, "refused: unreadable") == 30


def test_pictures_that_stand_in_two_given_splits_are_listed(folder: Path) -> None:
    lines = [{"id": split, "image": "images/a.jpg", "tags": ["sea"], "split": split} for split in ("train", "test")]
    write(folder, *lines)
    out, _ = run(folder)
    assert "the same picture twice: test = train (both are kept, as their split is given)" in out
    assert row(out, "duplicates") == 0


def test_a_full_disk_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pictures, "_sync", full)
    with pytest.raises(CommandError, match="The import stopped: .*No space left on device"):
        run(folder)
    assert ImportRun.objects.get().state == "failed"


def test_posts_can_wait_for_a_curator(folder: Path) -> None:
    out, _ = run(folder, "--pending")
    assert out.splitlines()[-2] == "2 posts wait for a curator; with --approve they would count at once."
    assert set(Post.objects.values_list("status", flat=True)) == {"pending"}


def test_a_cancelled_import_fails_with_what_it_stored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImportRun, "is_unwanted", lambda self: True)
    with pytest.raises(CommandError, match="It was cancelled; what it had stored stays"):
        run(folder)


def test_it_says_what_opening_pictures_took(folder: Path) -> None:
    out, _ = run(folder)
    (line,) = (line for line in out.splitlines() if line.startswith("Opening pictures took "))
    assert 0 < int(line.removeprefix("Opening pictures took ").split("%")[0]) <= 100
