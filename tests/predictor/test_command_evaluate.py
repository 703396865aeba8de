"""The command `evaluate`: its arguments, its table and its JSON, how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from predictor.models import ModelVersion
from tests.predictor.conftest import run_command, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


ROW = {"name": str, "P1": float, "R5": float, "A5": float, "R10": float, "microR10": float, "F1": float, "Nplus": int}


@pytest.fixture
def measured(serving: dict[str, ModelVersion]) -> dict[str, ModelVersion]:
    store(30)
    store(6, split="dev")
    store(3, split="test")
    return serving


def report(*arguments: str | Path) -> dict[str, Any]:
    out, _ = run_command("evaluate", "--json", *arguments)
    found: dict[str, Any] = json.loads(out)
    return found


def test_it_works(measured: dict[str, ModelVersion]) -> None:
    found = report()
    assert set(found) == {"split", "posts", "rows"}
    assert (found["split"], found["posts"]) == ("dev", 6)
    assert [row["name"] for row in found["rows"]] == ["popularity", "als", "w2v", "blend"]
    for row in found["rows"]:
        assert {name: type(row[name]) for name in ROW} == ROW
        low, high = row["R5_ci"]
        assert 0 <= low <= row["R5"] <= high <= 1
    assert [row["version"] for row in found["rows"]] == [None, str(measured["als"]), str(measured["w2v"]), None]


def test_evaluate_limits_split_source_and_words(measured: dict[str, ModelVersion], tmp_path: Path) -> None:
    assert (report("--split", "test")["split"], report("--split", "test")["posts"]) == ("test", 3)
    store(1, split="dev", name="theirs")
    assert report("--source", "theirs")["posts"] == 1
    words = tmp_path / "words.txt"
    words.write_text("#Sea\n\nbeach\nnot a word\n")
    assert report("--vocab", words)["posts"] == 3


def test_evaluate_as_a_table(measured: dict[str, ModelVersion]) -> None:
    out, _ = run_command("evaluate")
    lines = out.splitlines()
    assert lines[0].startswith("6 photos of the dev split")
    assert [line.split()[0] for line in lines[3:]] == ["popularity", "als", "w2v", "blend"]
    assert str(measured["w2v"]) in lines[5]


def test_evaluate_refuses_what_it_cannot_measure(serving: dict[str, ModelVersion], tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("\n")
    for arguments, sentence in (
        ((), "no photo posts in the dev split"),
        (("--split", "train"), "invalid choice"),
        (("--source", "nobody"), "no source called 'nobody'"),
        (("--vocab", words), "holds no words"),
        (("--vocab", tmp_path / "none.txt"), "cannot be read"),
    ):
        with pytest.raises(CommandError, match=sentence):
            run_command("evaluate", *arguments)
    words.write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(CommandError, match="cannot be read"):
        run_command("evaluate", "--vocab", words)


def test_evaluate_names_a_damaged_version(measured: dict[str, ModelVersion]) -> None:
    (measured["als"].folder / "items.npy").write_bytes(b"")
    with pytest.raises(CommandError, match=r"items\.npy .* was changed after it was published"):
        run_command("evaluate")
