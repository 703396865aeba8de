"""The docs name every setting, every command and every kind of model, and say nothing of what is not there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from predictor.ml import backbones, kinds

ROOT = Path(settings.BASE_DIR)
DOCS = "\n".join(file.read_text() for file in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))])
SOURCE = (ROOT / "tag4pic_site" / "settings.py").read_text()
VARIABLES = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', SOURCE)) | {
    f"TAG4PIC_{kind.upper()}_BACKBONE" for kind in kinds.IDS
}
COMMANDS = [file.stem for file in ROOT.glob("*/management/commands/*.py") if file.stem != "__init__"]


@pytest.mark.parametrize("name", sorted(VARIABLES | {"TAG4PIC_HOME"}))
def test_it_works(name: str) -> None:
    assert f"`{name}`" in DOCS


def test_no_setting_is_described_that_is_not_read() -> None:
    described = set(re.findall(r"^\| `([A-Z0-9_]+)`", DOCS, re.MULTILINE))
    assert described - {"TAG4PIC_HOME"} == VARIABLES


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_named(name: str) -> None:
    assert re.search(rf"`{name}[ `]", DOCS)


@pytest.mark.parametrize("name", [*kinds.IDS, *backbones.IDS])
def test_every_kind_and_backbone_is_named(name: str) -> None:
    assert f"`{name}`" in DOCS


def test_every_dependency_has_a_reason() -> None:
    for file in ("requirements.txt", "requirements-data.txt"):
        for line in (ROOT / file).read_text().splitlines():
            if line and not line.startswith("#"):
                name = re.split(r"[\[=]", line)[0]
                assert re.search(rf"^\|.*\b{name}\b", DOCS, re.MULTILINE), f"docs/dependencies.md has no line on {name}"


def test_links_lead_somewhere() -> None:
    for file in [ROOT / "README.md", ROOT / "README.ru.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text()):
            assert (file.parent / target).exists(), f"{file.name} links to {target}"
