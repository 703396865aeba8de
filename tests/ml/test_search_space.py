"""What `tune` may change, and models made with other settings than their own."""

import numpy as np
import pytest

from predictor.ml import kinds, search_space
from predictor.ml.als import AlsModel
from predictor.ml.contract import ModelError
from predictor.ml.search_space import SPACES, Setting
from tests.ml import toys


def test_it_works() -> None:
    made = search_space.make("als", {"factors": 33, "kernel.ridge": 0.5})
    assert isinstance(made, AlsModel)
    assert (made.options.factors, made.options.kernel.ridge) == (33, 0.5)
    assert made.options.alpha == AlsModel().options.alpha


@pytest.mark.parametrize("kind", kinds.IDS)
def test_every_setting_is_an_option_and_its_default_is_allowed(kind: str) -> None:
    defaults = search_space.defaults(kind)
    assert list(defaults) == [setting.name for setting in SPACES[kind]]
    for setting in SPACES[kind]:
        assert setting.within(defaults[setting.name]) == defaults[setting.name]
        assert setting.whole == isinstance(defaults[setting.name], int)
        assert setting.low < setting.high and (setting.low > 0 or not setting.log)


@pytest.mark.parametrize("kind", kinds.IDS)
@pytest.mark.parametrize("end", ["low", "high"])
def test_the_ends_of_the_space_make_a_model(kind: str, end: str) -> None:
    settings = {setting.name: getattr(setting, end) for setting in SPACES[kind]}
    model = search_space.make(kind, settings).fit(*toys.corpus())
    assert np.isfinite([item.score for item in model.suggest(toys.photo(0, 77), 9)]).all()


def test_values_are_brought_within_the_bounds() -> None:
    setting = Setting("alpha", 2.0, 80.0)
    assert [setting.within(value) for value in (1, 5.5, 100)] == [2.0, 5.5, 80.0]


@pytest.mark.parametrize("name", ["colour", "kernel.colour", "factors.ridge"])
def test_settings_that_the_kind_does_not_have_are_refused(name: str) -> None:
    with pytest.raises(ModelError, match="Run `manage.py tune als` again"):
        search_space.make("als", {name: 1})


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ModelError, match="no kind of model called 'bert'"):
        search_space.make("bert", {})
