"""The command `evaluate`: its arguments, its table, its JSON and its plots, how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from predictor.models import Evaluation, ModelVersion
from tests.predictor.conftest import run_command, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone", "no_baselines")]

ROW = {"name": str, "P1": float, "R5": float, "A5": float, "R10": float, "microR10": float, "F1": float, "Nplus": int}
ROW |= {"twins": float}
PLOTS = ["rows", "frequency", "calibration", "control"]


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


@pytest.mark.usefixtures("no_plots")
def test_it_works(measured: dict[str, ModelVersion]) -> None:
    found = report()
    assert (found["split"], found["posts"]) == ("dev", 6)
    assert [row["name"] for row in found["rows"]][:5] == ["popularity", "als", "w2v", "blend", "the five (blend)"]
    for row in found["rows"]:
        assert {name: type(row[name]) for name in ROW} == ROW
        for figure in ("R5", "R10", "F1"):
            low, high = row[f"{figure}_ci"]
            assert 0 <= low <= row[figure] <= high <= 1
    assert [row["version"] for row in found["rows"]][:4] == [None, str(measured["als"]), str(measured["w2v"]), None]
    assert len(found["control"]) == 3 * 11
    assert found["tags"] and found["by_frequency"] and found["comparisons"] and found["notes"] == []


@pytest.mark.usefixtures("no_plots")
def test_evaluate_limits_split_source_and_words(measured: dict[str, ModelVersion], tmp_path: Path) -> None:
    assert (report("--split", "test")["split"], report("--split", "test")["posts"]) == ("test", 3)
    store(1, split="dev", name="theirs")
    assert report("--source", "theirs")["posts"] == 1
    words = tmp_path / "words.txt"
    words.write_text("#Sea\n\nbeach\nnot a word\n")
    found = report("--vocab", words)
    assert (found["posts"], found["words"]) == (3, 2)


@pytest.mark.usefixtures("no_plots")
def test_evaluate_at_settings_of_the_control(measured: dict[str, ModelVersion]) -> None:
    names = [row["name"] for row in report("--specific", "0.25", "1")["rows"]]
    assert names[5:] == [f"{name}, specific {at}" for name in ("als", "w2v", "blend") for at in ("0.25", "1")]


@pytest.mark.usefixtures("no_plots")
def test_evaluate_as_a_table(measured: dict[str, ModelVersion]) -> None:
    out, _ = run_command("evaluate")
    lines = out.splitlines()
    assert lines[0].startswith("6 photos of the dev split")
    assert [line.split()[0] for line in lines[3:7]] == ["popularity", "als", "w2v", "blend"]
    assert str(measured["w2v"]) in lines[5]
    assert max(map(len, lines)) <= 120
    assert lines[2].endswith(" twins") and lines[7].startswith("the five (blend)")
    assert any(line.startswith("blend - als") for line in lines)
    assert any(line.startswith("the five (blend) - blend") for line in lines)
    assert [line[:3] for line in lines[-11:]] == [f"{step / 10:.1f}" for step in range(11)]


def test_evaluate_stores_what_it_found(measured: dict[str, ModelVersion]) -> None:
    found = report()
    (row,) = Evaluation.objects.all()
    assert row.report == found
    assert (row.split, row.posts, row.versions) == ("dev", 6, f"{measured['als']} {measured['w2v']}")
    assert list(row.recalls) == ["als", "w2v", "blend"]
    assert {plot["name"] for plot in row.plots} <= set(PLOTS)


def test_evaluate_writes_plots(measured: dict[str, ModelVersion], tmp_path: Path) -> None:
    _, err = run_command("evaluate", "--plot", tmp_path / "plots")
    assert "Wrote rows, frequency" in err
    for suffix in (".svg", ".png", ".txt"):
        assert (tmp_path / "plots" / f"rows{suffix}").stat().st_size > 0
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be written to"):
        run_command("evaluate", "--plot", tmp_path / "file" / "plots")


def test_evaluate_refuses_what_it_cannot_measure(serving: dict[str, ModelVersion], tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("\n")
    for arguments, sentence in (
        ((), "no photo posts in the dev split"),
        (("--split", "train"), "invalid choice"),
        (("--source", "nobody"), "no source called 'nobody'"),
        (("--vocab", words), "holds no words"),
        (("--vocab", tmp_path / "none.txt"), "cannot be read"),
        (("--specific", "1.5"), "'1.5' is not a number from 0"),
        (("--specific", "nan"), "'nan' is not a number from 0"),
        (("--specific", "x"), "'x' is not a number from 0"),
    ):
        with pytest.raises(CommandError, match=sentence):
            run_command("evaluate", *arguments)
    words.write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(CommandError, match="is not a text file in UTF-8"):
        run_command("evaluate", "--vocab", words)
    assert not Evaluation.objects.exists()


@pytest.mark.usefixtures("no_plots")
def test_evaluate_names_a_damaged_version_and_measures_the_others(measured: dict[str, ModelVersion]) -> None:
    (measured["als"].folder / "items.npy").write_bytes(b"")
    out, _ = run_command("evaluate")
    assert "was not measured: items.npy" in out.splitlines()[-1]
    assert [line.split()[0] for line in out.splitlines()[3:6]] == ["popularity", "w2v", "blend"]
    (measured["w2v"].folder / "mean.npy").write_bytes(b"")
    with pytest.raises(CommandError, match=r"items\.npy .*mean\.npy .* was changed after it was published"):
        run_command("evaluate")
