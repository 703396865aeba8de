"""The golden photos: every version is asked about the same five."""

import pytest

from predictor.learning import golden
from tests.ml import toys
from tests.predictor.conftest import fitted

pytestmark = pytest.mark.usefixtures("toy_backbone")


def test_it_works() -> None:
    assert list(golden.files()) == ["cat", "coffee", "astronaut", "rocket", "horse"]
    seen = golden.seen("toy")
    assert {vector.shape for vector in seen.values()} == {(toys.WIDTH,)}
    answers = golden.ask(fitted("als"), seen)
    assert list(answers) == list(seen)
    assert [tag for tag, _ in answers["cat"]][0] in toys.THEMES
    assert answers["cat"] == [
        (item.tag, round(item.score, 4)) for item in fitted("als").suggest(seen["cat"], golden.ANSWERS)
    ]


def test_without_their_wheel_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "find_spec", lambda name: None)
    assert golden.files() == {}
