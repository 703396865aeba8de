"""The options and the files of the `als` kind: what can be chosen, and how what was learned lies on the disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from predictor.ml import kernel_ridge, layers
from predictor.ml.kernel_ridge import KernelOptions
from predictor.ml.layers import Course

OWN = {
    "mean": "f width",
    "basis": "f width components",
    "items": "f tags factors",
    "prior": "f tags",
    "pictured": "f tags",
    "typical": "f tags",
    "usual": "f tags",
    "calibration": "f terms",
    "frequent": "i named",
    "ids": "i photos",
    "space": "f photos space",
    "factors": "f photos factors",
    "lengths": "f lengths lengths",
}
SHAPES = {**OWN, **kernel_ridge.shapes("factors"), **layers.SHAPES}
HALVED = frozenset({"basis", "items", "space", "factors"}) | kernel_ridge.HALVED | layers.HALVED


@dataclass(frozen=True, slots=True)
class AlsOptions:
    """What can be chosen about an `als` model; the defaults were chosen on held-out rows of train splits."""

    variance: float = 0.95  # share that the principal components explain; at least .85
    factors: int = 200
    regularisation: float = 1.0
    alpha: float = 20.0  # confidence in a hashtag that is there, against 1 in one that is not
    iterations: int = 15
    warm_iterations: int = 2
    kernel: KernelOptions = field(default_factory=KernelOptions)
    promise_weight: float = 1.0  # of what a photo promises, against how it looks
    fewest_neighbours: int = 40
    most_neighbours: int = 200
    temperature: float = 0.08
    neighbour_share: float = 0.5  # of the neighbours in a photo's factors; the rest is the regression's
    hidden: int = 512  # units of the net
    course: Course = field(default_factory=lambda: Course(rate=3e-4, fewest_epochs=2, most_seen=200_000))
    net_share: float = 0.4  # of the net in the probability of a frequent hashtag; the rest is that of the factors
    net_tags: int = 2000  # the most frequent hashtags, which the net knows
    replay: int = 4  # known posts shown again to the net for each new one when learning on
    tag_only_discount: float = 1.0  # of hashtags on no photo; less was worse, see docs/experiments.md
    evidence: int = 5  # posts shown for one suggestion
    seed: int = 1


def options(facts: Mapping[str, Any]) -> AlsOptions:
    """Read the options of a model back from its facts. Raises what a mapping and a dataclass raise for others."""
    given = dict(facts["options"])
    return AlsOptions(**{**given, "kernel": KernelOptions(**given["kernel"]), "course": Course(**given["course"])})
