"""The command `import_instaloader`: what it says, and when it fails."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from corpus.models import Post, Source
from tests.corpus.instaloader_posts import STEM, TAKEN, download, graphql, loader, phone, sidecar

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A download of three posts, one of them twice, with a broken file, one without hashtags, and one to skip."""
    folder = tmp_path / "downloads"
    made = loader(folder)
    download(made, graphql("Cone", "At the #Sea with #summer☀️", **sidecar("a", False, False)), "#sea")
    download(made, phone("Ctwo", "#sun", taken_at=TAKEN + 60), "#sea")
    download(made, graphql("Cone", "At the #Sea with #summer☀️", **sidecar("a", False, False)), "#summer")
    download(made, graphql("Cthree", "no hashtag", taken_at_timestamp=TAKEN + 120), "#summer")
    (folder / "broken.json.xz").write_bytes(b"no xz file at all")
    (folder / "iterator_rHdA8a_B.json.xz").write_bytes(b"frozen")
    return folder


def run(folder: Path, *options: str) -> tuple[str, str]:
    """Run the command and return what it wrote to standard output and standard error."""
    out, err = StringIO(), StringIO()
    call_command("import_instaloader", str(folder), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_works(folder: Path) -> None:
    out, err = run(folder)
    rows = dict(re.findall(r"^(.*?)\.{3,}(\d+)$", out, re.MULTILINE))
    assert rows == {
        "read": "6",
        "new": "2",
        "known already": "1",
        "duplicates": "0",
        "tags refused": "0",
        "skipped: frozen iterator": "1",
        "refused: no hashtag": "1",
        "refused: unreadable": "1",
    }
    assert [line.strip() for line in err.splitlines()] == [
        "refused: broken.json.xz cannot be unpacked",
        "refused: #summer/2024-05-01_10-02-00_UTC.json.xz has no usable tag",
    ]
    assert out.splitlines()[-1] == "Imported 2 new posts into the source downloads."
    assert Source.objects.get().kind == Source.Kind.INSTALOADER
    post = Post.objects.get(external_id="Cone")
    assert post.image_path.read_bytes() == (folder / "#sea" / f"{STEM}_1.jpg").read_bytes()
    assert set(post.hashtags.values_list("key", "display")) == {("sea", "Sea"), ("summer☀", "summer☀️")}
    assert post.caption == "At the #Sea with #summer☀️"
    assert post.taken is not None
    assert post.taken.timestamp() == TAKEN


def test_posts_wait_for_a_curator_unless_approved(folder: Path) -> None:
    out, _ = run(folder)
    assert "2 posts wait for a curator" in out
    assert Post.objects.filter(status=Post.Status.PENDING).count() == 2
    run(folder, "--source", "trusted", "--approve")
    assert Post.objects.filter(source__name="trusted", status=Post.Status.APPROVED).count() == 2


def test_a_second_import_brings_nothing_new(folder: Path) -> None:
    run(folder)
    assert "Imported 0 new posts" in run(folder)[0]


def test_strict_fails_after_importing_the_rest(folder: Path) -> None:
    with pytest.raises(CommandError, match="2 posts were refused, and --strict was given"):
        run(folder, "--strict")
    assert Post.objects.count() == 2


def test_a_folder_without_posts_fails(tmp_path: Path) -> None:
    for missing in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CommandError, match="There is nothing of Instaloader's in"):
            run(missing)
    assert not Source.objects.exists()
