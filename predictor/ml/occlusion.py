"""Where in a photo a model sees a hashtag: how its probability changes when one patch after the other is covered."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from predictor.ml.contract import Matrix

GRID = 8  # cells along each side of a photo
PATCH = 2  # cells along each side of what is covered at once; patches overlap by half
ALONG = GRID - PATCH + 1  # patches along each side
PATCHES = ALONG**2
LONGEST_SIDE = 400  # pixels; no backbone sees more


def small(image: Image.Image) -> Image.Image:
    """Return a copy [rgb] no larger than backbones need, of which covered copies are quickly made."""
    copy = image.convert("RGB")
    copy.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BILINEAR)
    return copy


def covered(image: Image.Image, patch: int) -> Image.Image:
    """Return a copy of a photo with one of its `PATCHES` patches, counted row by row, in the photo's mean colour."""
    row, column = divmod(patch, ALONG)
    across = [round(image.width * cell / GRID) for cell in (column, column + PATCH)]
    down = [round(image.height * cell / GRID) for cell in (row, row + PATCH)]
    mean = tuple(round(value) for value in np.asarray(image).mean(axis=(0, 1)))
    copy = image.copy()
    copy.paste(mean, (across[0], down[0], across[1], down[1]))
    return copy


def patches_over(row: int, column: int) -> list[int]:
    """Return the patches that cover a cell."""
    rows, columns = (range(max(0, cell - PATCH + 1), min(cell, ALONG - 1) + 1) for cell in (row, column))
    return [ALONG * down + across for down in rows for across in columns]


def heat(whole: float, without: Sequence[float]) -> Matrix:
    """Return by how much covering a cell lowers a hashtag's probability, [GRID, GRID]; negative where it raises it.

    `whole` is its probability on the whole photo, `without` that with each of the patches covered. A cell's heat is the
    mean over the patches that cover it. Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional
    Networks", ECCV 2014, section 4.2.
    """
    drops = whole - np.asarray(without, np.float32)
    cells = [drops[patches_over(row, column)].mean() for row in range(GRID) for column in range(GRID)]
    return np.reshape(np.asarray(cells, np.float32), (GRID, GRID))
