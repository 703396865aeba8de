"""The command `suggest`: photos in argument order, as text and as JSON, and which of them failed."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from corpus.models import Hashtag
from predictor.models import ModelVersion
from tests.predictor.conftest import run_command, serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


def test_it_works(serving: dict[str, ModelVersion], photo_file: Path) -> None:
    out, err = run_command("suggest", photo_file, "--json", "--top", "3")
    (line,) = out.splitlines()
    found = json.loads(line)
    assert list(found) == ["image", "als", "w2v", "blend", "five"]
    assert found["image"] == str(photo_file)
    for kind in ("als", "w2v", "blend"):
        assert [set(item) for item in found[kind]] == [{"tag", "score"}] * 3
        assert found[kind][0]["tag"] == "food"
        scores = [item["score"] for item in found[kind]]
        assert scores == sorted(scores, reverse=True)
    assert [set(item) for item in found["five"]] == [{"tag", "score", "why"}] * 5
    assert found["five"][0]["tag"] == "food" and found["five"][0]["why"].startswith("Most likely (")
    assert err == ""


def test_suggest_keeps_the_order_and_names_what_failed(
    serving: dict[str, ModelVersion], photo_file: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    names = [tmp_path / "none.jpg", photo_file, text, photo_file]
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("suggest", *map(str, names), "--json", stdout=out, stderr=err)
    assert ended.value.code == 1
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["image"] for row in rows] == [str(name) for name in names]
    assert [set(row) for row in rows[::2]] == [{"image", "error"}] * 2
    assert rows[0]["error"] == "No such file or directory"
    assert "not a picture" in rows[2]["error"]
    assert err.getvalue().strip() == "2 of 4 photos could not be read."


def test_suggest_as_text(serving: dict[str, ModelVersion], photo_file: Path) -> None:
    out, _ = run_command("suggest", photo_file, "--top", "2")
    lines = out.splitlines()
    assert lines[0] == str(photo_file)
    assert [line.split()[0] for line in lines[1:]] == ["als", "w2v", "blend", "five"]
    assert all(line.split()[1] == "#food" for line in lines[1:])
    assert [len(line.split()) - 1 for line in lines[1:]] == [2, 2, 2, 5]


def test_suggest_takes_a_name_whose_bytes_are_no_text(serving: dict[str, ModelVersion], photo_file: Path) -> None:
    odd = photo_file.with_name("caf\udce9.jpg")
    photo_file.rename(odd)
    out, _ = run_command("suggest", odd, "--json")
    assert out.isascii() and json.loads(out)["image"] == str(odd)
    out, _ = run_command("suggest", odd)
    assert out.encode().splitlines()[0].endswith(b"caf?.jpg")


def test_suggest_gives_as_many_as_there_are(serving: dict[str, ModelVersion], photo_file: Path) -> None:
    out, _ = run_command("suggest", photo_file, "--json", "--top", "5000")
    assert len(json.loads(out)["als"]) == 9


@pytest.mark.parametrize(("n", "expected"), [(1, 1), (3, 3), (5000, 9)])
def test_suggest_with_a_set_of_another_size(
    serving: dict[str, ModelVersion], photo_file: Path, n: int, expected: int
) -> None:
    found = json.loads(run_command("suggest", photo_file, "--json", "--top", "2", "--n", str(n))[0])
    assert len({item["tag"] for item in found["five"]}) == len(found["five"]) == expected
    assert len(found["blend"]) == 2


def test_suggest_keeps_out_what_its_status_keeps_out(serving: dict[str, ModelVersion], photo_file: Path) -> None:
    Hashtag.objects.create(key="food", display="food", status="banned")
    found = json.loads(run_command("suggest", photo_file, "--json", "--n", "9")[0])
    assert found["blend"][0]["tag"] == "food"
    assert "food" not in [item["tag"] for item in found["five"]] and len(found["five"]) == 8


def test_suggest_with_the_control(serving: dict[str, ModelVersion], photo_file: Path) -> None:
    popular, specific = (
        json.loads(run_command("suggest", photo_file, "--json", "--specific", setting)[0]) for setting in ("0", "1")
    )
    assert json.loads(run_command("suggest", photo_file, "--json")[0]) == popular
    for column in ("als", "w2v", "blend"):
        assert popular[column] != specific[column]
        assert sorted(popular[column], key=str) == sorted(specific[column], key=str)
    assert specific["five"][0]["tag"] == specific["blend"][0]["tag"] != "food"


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5"])
@pytest.mark.parametrize("option", ["--top", "--n"])
def test_suggest_refuses_a_number_that_is_none(photo_file: Path, option: str, value: str) -> None:
    with pytest.raises(CommandError, match="not a number of at least 1"):
        run_command("suggest", photo_file, option, value)


@pytest.mark.parametrize("value", ["-0.1", "1.1", "nan", "x"])
def test_suggest_refuses_a_setting_that_is_none(photo_file: Path, value: str) -> None:
    with pytest.raises(CommandError, match="not a number from 0"):
        run_command("suggest", photo_file, "--specific", value)


def test_suggest_with_one_kind(photo_file: Path) -> None:
    serve("als")
    found = json.loads(run_command("suggest", photo_file, "--json")[0])
    assert found["w2v"] == []
    assert [item["tag"] for item in found["blend"]] == [item["tag"] for item in found["als"]]
