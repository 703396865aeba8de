"""The command `import_harrison`: what it says, and when it fails."""

import re
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from corpus.models import Post, Source
from tests.corpus.sources import picture

pytestmark = pytest.mark.django_db

PATHS = [f"instagram_dataset/sea/image_{number}.jpg" for number in range(3)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """HARRISON with three rows, one of them with its picture."""
    folder = tmp_path / "HARRISON"
    (folder / PATHS[0]).parent.mkdir(parents=True)
    picture(folder / PATHS[0], seed=1)
    (folder / "data_list.txt").write_text("".join(f"{path}\n" for path in PATHS))
    (folder / "tag_list.txt").write_text("love sea \nlove \nlove sea sun \n")
    (folder / "vocab_index.txt").write_text("love      0\nsea       1\nsun       2\n")
    return folder


def run(folder: Path, *options: str) -> tuple[str, str]:
    """Run the command and return what it wrote to standard output and standard error."""
    out, err = StringIO(), StringIO()
    call_command("import_harrison", str(folder), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_works(folder: Path) -> None:
    out, err = run(folder, "--without-photos")
    assert out.splitlines()[-3:] == [
        "Imported 3 new posts into the source HARRISON.",
        "The source HARRISON holds 3 rows, 3 tags and 6 taggings.",
        "vocab_index.txt agrees with it: the same 3 words in the same order of frequency.",
    ]
    assert err == ""
    assert Source.objects.get().kind == Source.Kind.HARRISON
    assert Post.objects.filter(status=Post.Status.APPROVED).count() == 3
    assert Post.objects.exclude(image="").get().external_id == PATHS[0]


def test_posts_without_their_picture_are_refused_unless_asked_for(folder: Path) -> None:
    out, err = run(folder)
    assert re.search(r"^refused: missing picture\.+2$", out, re.MULTILINE)
    assert f"refused: line 2 names a picture that cannot be read: {Path(PATHS[1]).name!r}" in err
    assert Post.objects.get().external_id == PATHS[0]


def test_a_second_import_brings_the_rest(folder: Path) -> None:
    run(folder)
    out, _ = run(folder, "--without-photos")
    assert "Imported 2 new posts into the source HARRISON." in out
    assert "holds 3 rows, 3 tags and 6 taggings" in out


def test_the_fixed_pictures_are_used(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(folder / "HARRISON_fixed.zip", "w") as entries:
        entries.write(picture(tmp_path / "fixed.jpg", seed=2), PATHS[2])
        entries.writestr(PATHS[1], "damaged too")
    _, err = run(folder, "--without-photos")
    assert set(Post.objects.exclude(image="").values_list("external_id", flat=True)) == {PATHS[0], PATHS[2]}
    assert err.strip() == f"not used: {PATHS[1]} of HARRISON_fixed.zip is no sound picture itself (not_an_image)"


def test_posts_may_wait_for_a_curator(folder: Path) -> None:
    run(folder, "--without-photos", "--pending")
    assert Post.objects.filter(status=Post.Status.PENDING).count() == 3


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("love 0\nsea 1\nsky 2\n", "1 of its 3 words are on no row, and 1 tags are not among them."),
        ("sun 0\nsea 1\nlove 2\n", "has the same 3 words, but in another order of frequency."),
    ],
)
def test_another_vocabulary_is_said(folder: Path, text: str, verdict: str) -> None:
    (folder / "vocab_index.txt").write_text(text)
    out, _ = run(folder, "--without-photos")
    assert out.splitlines()[-1].endswith(verdict)


def test_without_a_vocabulary_nothing_is_said_of_it(folder: Path) -> None:
    (folder / "vocab_index.txt").unlink()
    assert "vocab" not in run(folder, "--without-photos")[0]


@pytest.mark.parametrize("name", ["data_list.txt", "tag_list.txt", "vocab_index.txt", "HARRISON_fixed.zip"])
def test_a_broken_file_fails_with_a_sentence(folder: Path, name: str) -> None:
    (folder / name).write_text("broken\n\n\n\n")
    with pytest.raises(CommandError, match=name):
        run(folder)
    assert not Source.objects.exists()
