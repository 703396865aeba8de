"""Covering patches of a photo, and what becomes of the probabilities."""

import numpy as np
import pytest
from PIL import Image

from predictor.ml import occlusion


def red_square(side: int = 80) -> Image.Image:
    """A white photo with a red square that fills its upper right quarter."""
    image = Image.new("RGB", (side, side), "white")
    image.paste("red", (side // 2, 0, side, side // 2))
    return image


def redness(image: Image.Image) -> float:
    """The share of pixels that are purely red: a model that looks for red."""
    return float((np.asarray(image) == (255, 0, 0)).all(axis=2).mean())


def test_it_works() -> None:
    image = red_square()
    without = [redness(occlusion.covered(image, patch)) for patch in range(occlusion.PATCHES)]
    heat = occlusion.heat(redness(image), without)
    assert heat.shape == (occlusion.GRID, occlusion.GRID)
    assert heat[:4, 5:].min() > 0 and heat[:3, 5:].min() == pytest.approx(heat.max())
    assert np.abs(heat[5:]).max() == np.abs(heat[:, :3]).max() == 0


def test_patches_cover_all_of_a_photo() -> None:
    image = Image.fromarray(np.indices((41, 97)).sum(axis=0).astype(np.uint8) % 2 * 255).convert("RGB")
    touched = np.zeros((41, 97), bool)
    for patch in range(occlusion.PATCHES):
        touched |= (np.asarray(occlusion.covered(image, patch)) != np.asarray(image)).any(axis=2)
    assert touched.all()


def test_what_is_covered_gets_the_mean_colour() -> None:
    image = Image.new("RGB", (80, 80), (200, 0, 0))
    image.paste((0, 0, 100), (0, 0, 40, 80))
    covered = np.asarray(occlusion.covered(image, 0))
    assert covered[0, 0].tolist() == [100, 0, 50] and covered[-1, 0].tolist() == [0, 0, 100]
    assert image.getpixel((0, 0)) == (0, 0, 100)  # the photo itself stays


def test_a_place_that_hides_the_hashtag_is_cold() -> None:
    without = [0.5] * occlusion.PATCHES
    without[0] = 0.9
    heat = occlusion.heat(0.5, without)
    assert heat.min() == heat[0, 0] == pytest.approx(-0.4) and heat.max() == 0


@pytest.mark.parametrize("size", [(4000, 3000), (3, 2000), (1, 1), (300, 200)])
def test_photos_of_any_size(size: tuple[int, int]) -> None:
    small = occlusion.small(Image.new("L", size))
    assert max(small.size) <= occlusion.LONGEST_SIDE and small.mode == "RGB"
    assert occlusion.covered(small, occlusion.PATCHES - 1).size == small.size


def test_every_cell_is_covered_by_the_patches_over_it() -> None:
    image = Image.new("RGB", (80, 80), "blue")
    image.paste("white", (0, 0, 40, 80))
    for row, column in np.ndindex(occlusion.GRID, occlusion.GRID):
        spot = (10 * column + 5, 10 * row + 5)
        over = [
            patch
            for patch in range(occlusion.PATCHES)
            if occlusion.covered(image, patch).getpixel(spot) != image.getpixel(spot)
        ]
        assert over == occlusion.patches_over(row, column)
