"""The command `versions`: it lists them, lets one serve, and goes back."""

import pytest
from django.core.management import CommandError

from predictor.learning import versions
from tests.predictor.conftest import run_command, serve

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone")]


def test_it_works() -> None:
    first, second, w2v = serve(), serve(), serve("w2v")
    lines = run_command("versions", "list")[0].splitlines()
    assert [line.split()[0] for line in lines] == [str(w2v), str(second), str(first)]
    assert "serves" in lines[1] and f"after {first}" in lines[1] and "serves" not in lines[2]
    assert run_command("versions")[0].splitlines() == lines
    assert run_command("versions", "roll-back", "als")[0] == f"{first} serves again.\n"
    assert run_command("versions", "activate", str(second.pk))[0] == f"{second} serves now.\n"
    assert run_command("versions", "roll-back", "als", "--to", str(first.pk))[0] == f"{first} serves again.\n"
    assert versions.active()["als"] == first


def test_there_is_none() -> None:
    assert run_command("versions")[0] == "There is no version yet.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("activate", "77"), "no version 77"),
        (("activate", "9" * 30), "no version 999"),
        (("roll-back", "als"), "no earlier version of als"),
        (("roll-back", "als", "--to", "77"), "no version 77"),
        (("roll-back", "bert"), "invalid choice"),
        (("activate", "x"), "invalid int"),
    ],
)
def test_refusals(arguments: tuple[str, ...], sentence: str) -> None:
    serve()
    with pytest.raises(CommandError, match=sentence):
        run_command("versions", *arguments)


def test_what_serves_already() -> None:
    version = serve()
    with pytest.raises(CommandError, match="serves already"):
        run_command("versions", "activate", str(version.pk))


def test_another_kind() -> None:
    serve()
    other = serve("w2v")
    with pytest.raises(CommandError, match="no version of als"):
        run_command("versions", "roll-back", "als", "--to", str(other.pk))
