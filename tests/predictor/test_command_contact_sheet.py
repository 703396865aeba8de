"""The command `contact_sheet`: photos and folders on one page, with what failed, and what it refuses."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from predictor.models import ModelVersion
from tests.predictor.conftest import run_command, serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


@pytest.fixture
def kinds(tmp_path: Path) -> Path:
    """A folder with a folder of photos for each kind."""
    for name in ("food/second.jpg", "food/first.PNG", "cars/red.jpg"):
        file = tmp_path / "kinds" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 48), "red" if "cars" in name else "blue").save(file)
    (tmp_path / "kinds" / "food" / "notes.txt").write_text("no photo")
    return tmp_path / "kinds"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "sheet.html"


def test_it_works(serving: dict[str, ModelVersion], photo_file: Path, page: Path) -> None:
    out, err = run_command("contact_sheet", photo_file, "--output", page, "--top", "3")
    assert out == f"Wrote {page} with hashtags for 1 of 1 photos.\n" and err == ""
    text = page.read_text()
    assert re.findall(r"<h3.*?>(.*?)</h3>", text) == ["als", "w2v", "blend", "five"]
    shown = re.findall(r"<b>#(.*?)</b> <span>(.*?)</span>", text)
    assert len(shown) == 9 and all(re.fullmatch(r"\d+ %|&lt; 1 %", percent) for _, percent in shown)
    assert [tag for tag, _ in shown[::3]] == ["food"] * 3
    best = re.findall(r'<b>#(.*?)</b> <span class="small">(.*?)</span>', text)
    assert len(best) == 5 and best[0][0] == "food" and re.fullmatch(r"Most likely \(\d+\s%\)\.", best[0][1])
    assert all(str(version) in text for version in serving.values())
    assert re.findall(r'src="(.{23})', text) == ["data:image/jpeg;base64,"] and "http" not in text


def test_a_folder_stands_for_its_photos(serving: dict[str, ModelVersion], kinds: Path, page: Path) -> None:
    run_command("contact_sheet", kinds, kinds / "food" / "second.jpg", "--output", page)
    found = re.findall(r"<(?:h2|figcaption)>(.*?)</", page.read_text())
    assert found == ["cars", "red.jpg", "food", "first.PNG", "second.jpg", "second.jpg"]


def test_the_control(serving: dict[str, ModelVersion], photo_file: Path, page: Path) -> None:
    run_command("contact_sheet", photo_file, "--output", page, "--specific", "1")
    assert re.findall(r"<b>#(.*?)</b>", page.read_text())[0] != "food"


def test_a_kind_that_does_not_serve(photo_file: Path, page: Path) -> None:
    serve("als")
    run_command("contact_sheet", photo_file, "--output", page)
    text = page.read_text()
    assert text.count("no version serves") == 1 and len(re.findall(r"<b>#food</b> <span>", text)) == 2


def test_a_photo_that_cannot_be_read_has_its_reason(
    serving: dict[str, ModelVersion], photo_file: Path, page: Path
) -> None:
    (page.parent / "<b>.jpg").write_text("no picture")
    out, err = StringIO(), StringIO()
    names = [str(page.parent / "none.jpg"), str(photo_file), str(page.parent / "<b>.jpg")]
    with pytest.raises(SystemExit) as ended:
        call_command("contact_sheet", *names, "--output", str(page), stdout=out, stderr=err)
    assert ended.value.code == 1
    assert out.getvalue() == f"Wrote {page} with hashtags for 1 of 3 photos.\n"
    assert err.getvalue() == "2 of 3 photos could not be read; the sheet says why.\n"
    text = page.read_text()
    assert re.findall(r"<figcaption>(.*?)</", text) == ["none.jpg", "blue.jpg", "&lt;b&gt;.jpg"]
    missing, no_picture = re.findall(r'<p class="error">(.*?)</p>', text)
    assert missing == "No such file or directory" and "not a picture" in no_picture


def test_a_name_whose_bytes_are_no_text(serving: dict[str, ModelVersion], photo_file: Path, page: Path) -> None:
    odd = photo_file.with_name("caf\udce9.jpg")
    photo_file.rename(odd)
    run_command("contact_sheet", odd, "--output", page)
    assert "<figcaption>caf?.jpg</figcaption>" in page.read_text()


def test_it_refuses_a_folder_without_photos(tmp_path: Path, page: Path) -> None:
    with pytest.raises(CommandError, match="no photo in the folder"):
        run_command("contact_sheet", tmp_path, "--output", page)


def test_it_refuses_a_page_that_is_no_html(photo_file: Path) -> None:
    before = photo_file.read_bytes()
    with pytest.raises(CommandError, match="does not end in .html"):
        run_command("contact_sheet", photo_file, "--output", photo_file)
    assert photo_file.read_bytes() == before


def test_it_refuses_a_folder_that_is_not_there(photo_file: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder .*gone. Make it first"):
        run_command("contact_sheet", photo_file, "--output", tmp_path / "gone" / "sheet.html")


def test_it_says_why_the_page_cannot_be_written(serving: dict[str, ModelVersion], photo_file: Path, page: Path) -> None:
    page.mkdir()
    with pytest.raises(CommandError, match="cannot be written to .*: Is a directory."):
        run_command("contact_sheet", photo_file, "--output", page)
