"""The bootstrap over photos: how far a figure, or the difference of two, could be off by the luck of the photos."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
AT_ONCE = 100  # draws that are worked on together, to bound memory
SEED = 1
Drawn = NDArray[np.float64]  # a figure in each draw, [draws]


@dataclass(frozen=True, slots=True)
class Draws:
    """What a ranking scores in each draw."""

    R5: Drawn
    R10: Drawn
    F1: Drawn

    @classmethod
    def joined(cls, parts: Sequence["Draws"]) -> "Draws":
        return cls(
            *(np.concatenate([getattr(part, name) for part in parts]) for name in ("R5", "R10", "F1")),
        )

    def around(self, f1: float) -> "Draws":
        """The same with F1's draws moved so that their mean is `f1`, cut off at 0 and 1."""
        return Draws(self.R5, self.R10, np.clip(self.F1 - self.F1.mean() + f1, 0, 1))


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one ranking is than another on the same photos, and the 95 % interval of that."""

    measured: float
    low: float
    high: float

    @property
    def verdict(self) -> int:
        """1 where the first is better, -1 where it is worse, 0 where the photos cannot tell."""
        return int(self.low > 0) - int(self.high < 0)


def weights(photos: int, draws: int = DRAWS, seed: int = SEED) -> Iterator[NDArray[np.int64]]:
    """Yield how often each photo is drawn, [some draws, photos], until there were `draws`; the same for a seed."""
    random = np.random.default_rng(seed)
    for start in range(0, draws, AT_ONCE):
        rows = min(AT_ONCE, draws - start)
        chosen = random.integers(0, photos, (rows, photos)) + np.arange(rows)[:, None] * photos
        yield np.bincount(chosen.ravel(), minlength=rows * photos).reshape(rows, photos)


def interval(drawn: Drawn) -> tuple[float, float]:
    """The 95 % interval of a figure."""
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def difference(measured: float, ours: Drawn, theirs: Drawn) -> Difference:
    """Say how sure a measured difference is, in pairs. Raises ValueError where the two were not drawn alike."""
    if ours.shape != theirs.shape:
        raise ValueError("Only rankings of the same photos can be compared in pairs.")
    return Difference(measured, *interval(ours - theirs))
