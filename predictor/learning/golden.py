"""The golden photos: five that every version is asked about, so that two versions can be laid side by side.

They come with scikit-image's wheel, which is never imported; where it is missing there are none.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from predictor.learning import embeddings
from predictor.ml.contract import Matrix, Model, Vector

FILES = {
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "astronaut": "astronaut.png",
    "rocket": "rocket.jpg",
    "horse": "horse.png",
}
ANSWERS = 10  # of each version for each photo that are kept
DECIMALS = 4  # of a score

Golden = dict[str, list[tuple[str, float]]]  # by photo: hashtags with their scores, best first


def files() -> dict[str, Path]:
    """Return the golden photos that are there, by name."""
    wheel = find_spec("skimage")
    roots = list(wheel.submodule_search_locations or []) if wheel else []
    found = {name: Path(root) / "data" / file for root in roots for name, file in FILES.items()}
    return {name: path for name, path in found.items() if path.is_file()}


def seen(backbone: str) -> dict[str, Vector]:
    """Return the embedding of each golden photo by a backbone of the registry, [width]."""
    names, vectors = _embedded(backbone)
    return dict(zip(names, vectors, strict=True))


def ask(model: Model, seen: dict[str, Vector]) -> Golden:
    """Return a model's first ten for each golden photo."""
    return {
        name: [(item.tag, round(float(item.score), DECIMALS)) for item in model.suggest(vector, ANSWERS)]
        for name, vector in seen.items()
    }


@cache
def _embedded(backbone: str) -> tuple[list[str], Matrix]:
    """Embed the golden photos, once a process for each backbone; a home's weights do not change while it runs."""
    found = files()
    pictures = [Image.open(path).convert("RGB") for path in found.values()]
    return list(found), embeddings.open_embedder(backbone).embed(pictures)
