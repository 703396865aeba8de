"""The registry of kinds."""

import subprocess
import sys
from pathlib import Path

import pytest

from predictor.ml import kinds
from predictor.ml.contract import ModelError


def test_it_works() -> None:
    assert kinds.get("als").label == "ALS recommender + DNN"
    for kind in kinds.KINDS:
        assert kind.model_class().kind == kind.id


def test_unknown_kind() -> None:
    with pytest.raises(ModelError, match="'xyz'"):
        kinds.get("xyz")


def test_the_registry_imports_no_model() -> None:
    script = "import sys; from predictor.ml import kinds; assert 'predictor.ml.als' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=True)
