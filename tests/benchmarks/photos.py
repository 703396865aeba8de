"""Photos for benchmarks, made from the real ones that scikit-image's package carries."""

from importlib.util import find_spec
from pathlib import Path

from PIL import Image

NAMES = ("coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg")


def data_folder() -> Path:
    """Return the folder of scikit-image's photos, without importing it."""
    spec = find_spec("skimage")
    assert spec is not None and spec.origin is not None, "scikit-image is missing; run `make install`"
    return Path(spec.origin).parent / "data"


def mosaic(width: int, height: int, target: Path) -> Path:
    """Write a JPEG of this size, tiled with real photos at their own resolution, about as heavy as a camera's."""
    tiles = [Image.open(data_folder() / name).convert("RGB") for name in NAMES]
    picture = Image.new("RGB", (width, height))
    number = top = 0
    while top < height:
        left = 0
        while left < width:
            tile = tiles[number % len(tiles)].resize((640, 480))
            picture.paste(tile, (left, top))
            left, number = left + 640, number + 1
        top, number = top + 480, number + 1
    picture.save(target, quality=90)
    return target


def enlarged(side: int, target: Path) -> Path:
    """Write one real photo as a JPEG whose longest side has this many pixels."""
    photo = Image.open(data_folder() / "coffee.png").convert("RGB")
    factor = side / max(photo.size)
    photo.resize((round(photo.width * factor), round(photo.height * factor)), Image.Resampling.LANCZOS).save(
        target, quality=90
    )
    return target
