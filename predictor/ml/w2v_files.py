"""The options and the files of the `w2v` kind: what can be chosen, and how what was learned lies on the disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from predictor.ml import kernel_ridge, layers
from predictor.ml.kernel_ridge import KernelOptions
from predictor.ml.layers import Course

OWN = {
    "mean": "f width",
    "basis": "f width components",
    "usual": "f named",
    "prior": "f tags",
    "ids": "i photos",
    "places": "f photos size",
}
SHAPES = {
    **OWN,
    **kernel_ridge.shapes("frequent"),
    "frequent": "i frequent",
    "typical": "f frequent",
    "calibration": "f terms",
    **layers.SHAPES,
    "inputs": "f tags size",
    "outputs": "f tags size",
    "starts": "i starts",
    "columns": "i occurrences",
}
HALVED = frozenset({"basis", "inputs", "outputs", "places"}) | kernel_ridge.HALVED | layers.HALVED


@dataclass(frozen=True, slots=True)
class W2vOptions:
    """What can be chosen about a `w2v` model; the defaults were chosen on held-out rows of Corel-5K's train split."""

    size: int = 150  # of the hashtag vectors
    hidden: int = 512
    course: Course = field(default_factory=Course)
    variance: float = 0.95  # share that the principal components explain in which photos look alike
    kernel: KernelOptions = field(default_factory=KernelOptions)
    kernel_tags: int = 2000  # the most frequent hashtags, for which photos that look alike speak too
    look_alikes_share: float = 0.6  # of those photos in the probability of such a hashtag
    replay: int = 4  # known posts shown again for each new one when learning on
    tag_only_discount: float = 0.25
    evidence: int = 3  # posts shown for one suggestion
    seed: int = 1


def options(facts: Mapping[str, Any]) -> W2vOptions:
    """Read the options of a model back from its facts. Raises what a mapping and a dataclass raise for others."""
    given = dict(facts["options"])
    return W2vOptions(**{**given, "kernel": KernelOptions(**given["kernel"]), "course": Course(**given["course"])})
