"""The options and the files of the `w2v` kind: what can be chosen, and how what was learned lies on the disk."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from predictor.ml import arrays, layers
from predictor.ml.arrays import Array
from predictor.ml.contract import ModelError
from predictor.ml.kernel_ridge import KernelOptions

SHAPES = {
    "mean": "f width",
    "scale": "f width",
    "first": "f width hidden",
    "first_bias": "f hidden",
    "second": "f hidden size",
    "second_bias": "f size",
    "hashtags": "f pictured size",
    "bias": "f pictured",
    "basis": "f width components",
    "centres": "f centres components",
    "weights": "f centres frequent",
    "offset": "f frequent",
    "frequent": "i frequent",
    "base": "f pictured",
    "typical": "f pictured",
    "usual": "f pictured",
    "calibration": "f terms",
    "inputs": "f tags size",
    "outputs": "f tags size",
    "prior": "f tags",
    "ids": "i photos",
    "places": "f photos size",
    "starts": "i starts",
    "columns": "i occurrences",
}
OWN = ("mean", "scale", "prior", "ids", "places", "basis", "usual", "calibration")
KERNEL = ("centres", "weights", "offset")
HALVED = frozenset({"first", "second", "basis", "centres", "weights", "hashtags", "inputs", "outputs", "places"})
# Of logit, log score, log typical score, 1, as Corel-5K's train split gives them; then without the layers' logit.
DEFAULT_CALIBRATION = (0.35, 1.4, -0.45, 0.9)
ALONE = (2.3, -0.4, 1.8)


@dataclass(frozen=True, slots=True)
class W2vOptions:
    """What can be chosen about a `w2v` model; the defaults were chosen on held-out rows of Corel-5K's train split."""

    size: int = 150  # of the hashtag vectors
    hidden: int = 1024
    course: layers.Course = field(default_factory=layers.Course)
    variance: float = 0.95  # share that the principal components explain in which photos look alike
    kernel: KernelOptions = field(default_factory=KernelOptions)
    kernel_tags: int = 2000  # the most frequent hashtags, for which photos that look alike speak too
    replay: int = 4  # known posts shown again for each new one when learning on
    tag_only_discount: float = 0.25
    evidence: int = 3  # posts shown for one suggestion
    seed: int = 1


def write(folder: Path, learned: Mapping[str, Array], tags: list[str], backbone: str, options: W2vOptions) -> None:
    """Write a model's learned numbers, and what belongs to them."""
    arrays.save(folder, learned, {"tags": tags, "options": asdict(options), "backbone": backbone}, HALVED)


def read(folder: Path) -> tuple[dict[str, Array], list[str], str, W2vOptions]:
    """Read learned numbers, hashtags, backbone and options. Raises ModelError where they do not fit together."""
    learned, facts = arrays.load(folder, SHAPES)
    if len(learned["calibration"]) != len(DEFAULT_CALIBRATION):
        raise ModelError("The calibration of this model is not one.")
    try:
        given = dict(facts["options"])
        parts = {"course": layers.Course(**given["course"]), "kernel": KernelOptions(**given["kernel"])}
        return learned, list(facts["tags"]), str(facts["backbone"]), W2vOptions(**{**given, **parts})
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The file {arrays.FACTS} of this model is incomplete.") from error
