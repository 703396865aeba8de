"""The plots of a report: they can be drawn, say in words what they show, and are the same for the same report."""

import io
import xml.etree.ElementTree as ET
from html import unescape

import pytest
from PIL import Image

from predictor import evaluation
from predictor.evaluation import plots
from predictor.evaluation.plots import Plot
from tests.predictor.conftest import serve, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("toy_backbone", "no_baselines")]


@pytest.fixture
def drawn() -> dict[str, Plot]:
    store(30)
    store(9, split="dev")
    for kind in ("als", "w2v"):
        serve(kind)
    return {plot.name: plot for plot in plots.draw(evaluation.evaluate("dev"))}


def test_it_works(drawn: dict[str, Plot]) -> None:
    assert {"rows", "frequency", "control"} <= set(drawn)
    for plot in drawn.values():
        root = ET.fromstring(plot.svg)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"] == unescape(plot.alt)
        with Image.open(io.BytesIO(plot.png)) as picture:
            assert min(picture.size) > 300
            assert picture.info["Description"] == plot.alt
            assert picture.convert("RGBA").getpixel((2, 2)) == (0xFB, 0xFB, 0xF8, 255), "a card, not transparent"


def test_each_says_what_it_shows(drawn: dict[str, Plot]) -> None:
    assert "popularity" in drawn["rows"].alt and "blend" in drawn["rows"].alt
    assert "training posts: als" in drawn["frequency"].alt
    assert "blend at 0.5: R@5" in drawn["control"].alt


def test_the_same_report_gives_the_same_drawing(drawn: dict[str, Plot]) -> None:
    again = {plot.name: plot for plot in plots.draw(evaluation.evaluate("dev"))}
    assert {name: plot.svg for name, plot in again.items()} == {name: plot.svg for name, plot in drawn.items()}
