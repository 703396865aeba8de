"""A home that has learned three things, made once for all tests that need one."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end import tiny


@pytest.fixture(scope="session")
def _trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.end_to_end.test_learning import manage

    home = tmp_path_factory.mktemp("trained") / "home"
    manage(home, "import_posts", tiny.write(tmp_path_factory.mktemp("sets") / "tiny"))
    manage(home, "train", "als", "w2v")
    return home


@pytest.fixture(scope="session")
def trained_home(_trained: Path) -> Callable[[Path], Path]:
    """Return a function that makes a copy, with one version of each kind, and returns it."""
    return lambda place: Path(shutil.copytree(_trained, place))
