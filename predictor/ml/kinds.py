"""The registry of kinds of model: one line for each. Nothing heavy is imported until a kind's class is asked for."""

from dataclasses import dataclass
from importlib import import_module

from predictor.ml.contract import Model, ModelError


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of model."""

    id: str
    label: str  # as people see it
    path: str  # dotted path of its class
    backbone: str  # id of its default backbone

    def model_class(self) -> type[Model]:
        """Import and return the class that keeps the contract."""
        module, name = self.path.rsplit(".", 1)
        found: type[Model] = getattr(import_module(module), name)
        return found


KINDS = (
    Kind("als", "ALS recommender + DNN", "predictor.ml.als.AlsModel", "mobilenet_v2"),
    Kind("w2v", "ResNet + Word2Vec", "predictor.ml.w2v.W2vModel", "efficientnet_lite2"),
)
IDS = tuple(kind.id for kind in KINDS)


def get(id: str) -> Kind:
    """Return a kind by its id. Raises ModelError for an unknown one."""
    for kind in KINDS:
        if kind.id == id:
            return kind
    raise ModelError(f"There is no kind of model called {id!r}; known are {', '.join(IDS)}.")
