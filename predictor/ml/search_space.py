"""What `tune` may change about each kind, as plain data, and how a model is made with settings other than its own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from predictor.ml import kinds
from predictor.ml.contract import Model, ModelError

Settings = dict[str, float]  # by the names of options


@dataclass(frozen=True, slots=True)
class Setting:
    """One option that matters, and how far it may go."""

    name: str  # of the option; a dot leads into the options of a part
    low: float  # whole bounds mean a whole number
    high: float
    log: bool = False  # whether 1 is as far from 10 as 10 is from 100

    @property
    def whole(self) -> bool:
        return isinstance(self.low, int)

    def within(self, value: float) -> float:
        """The nearest allowed value."""
        return min(max(value, self.low), self.high)


SPACES = {
    "als": (
        Setting("factors", 32, 320, log=True),
        Setting("alpha", 2.0, 80.0, log=True),
        Setting("regularisation", 0.1, 20.0, log=True),
        Setting("kernel.ridge", 0.02, 2.0, log=True),
        Setting("temperature", 0.02, 0.3, log=True),
        Setting("promise_weight", 0.1, 4.0, log=True),
        Setting("neighbour_share", 0.1, 0.9),
        Setting("fewest_neighbours", 10, 150, log=True),
        Setting("course.rate", 5e-5, 3e-3, log=True),
        Setting("net_share", 0.0, 0.8),
    ),
    "w2v": (
        Setting("hidden", 256, 2048, log=True),
        Setting("course.epochs", 15, 80, log=True),
        Setting("course.rate", 5e-5, 1e-2, log=True),
        Setting("course.input_dropout", 0.0, 0.6),
        Setting("course.hidden_dropout", 0.0, 0.7),
        Setting("kernel.ridge", 0.02, 2.0, log=True),
        Setting("look_alikes_share", 0.1, 0.9),
    ),
}


def defaults(kind: str) -> Settings:
    """The settings of a kind that nobody has tuned. Raises ModelError for an unknown kind."""
    options = chosen(_made(kind))
    return {setting.name: _read(options, setting.name) for setting in SPACES[kind]}


def make(kind: str, settings: Mapping[str, float]) -> Model:
    """Make an unfitted model with these settings in place of its defaults.

    Raises ModelError for an unknown kind, and for settings that the kind does not have (any more).
    """
    options = _made(kind).options
    try:
        for name, value in settings.items():
            options = _with(options, name.split("."), value)
    except (AttributeError, TypeError) as error:
        raise ModelError(
            f"The settings that were tuned for {kind} do not fit this version of the program. "
            f"Run `manage.py tune {kind}` again, or `manage.py tune {kind} --forget` for the defaults."
        ) from error
    model: Model = _made(kind, options)
    return model


def chosen(model: Any) -> dict[str, Any]:
    """All options of a model by name, those of parts as dictionaries in it."""
    return asdict(model.options)


def _made(kind: str, *options: Any) -> Any:
    made: Any = kinds.get(kind).model_class()
    return made(*options)


def _with(options: Any, path: list[str], value: float) -> Any:
    name, *rest = path
    old = getattr(options, name)
    return replace(options, **{name: _with(old, rest, value) if rest else value})


def _read(options: Mapping[str, Any], name: str) -> float:
    first, _, rest = name.partition(".")
    value: float = _read(options[first], rest) if rest else options[first]
    return value
