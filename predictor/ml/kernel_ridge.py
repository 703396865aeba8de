"""Kernel ridge regression from pictures to numbers: exact on small corpora, on chosen centres in large ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from predictor.ml.arrays import Array, half
from predictor.ml.contract import Matrix, Vector
from predictor.ml.tables import Rows

Wide = NDArray[np.float64]
Targets = Callable[[Rows], Matrix]  # of some rows, [rows, targets]

SHARPNESS = 2.0  # of the kernel; higher looks at nearer photos alone
JITTER = 1e-4  # keeps the kernel of two equal photos invertible
HALVED = frozenset({"centres", "weights"})
CHUNK = 4096  # rows worked on at a time, to bound memory


@dataclass(frozen=True, slots=True)
class KernelOptions:
    """What can be chosen about the regression."""

    ridge: float = 0.2
    exact_up_to: int = 6000  # photos; each is a centre then
    centres: int = 3000  # in a larger corpus
    judged: int = 5000  # photos at most that are predicted as if they were new
    seed: int = 1

    def rows_to_judge(self, photos: int) -> Rows:
        """Rows at random. Those of a large corpus are no centres, so that they are like new photos in this too."""
        most = self.judged if photos <= self.exact_up_to else min(self.judged, photos // 4)
        return np.random.default_rng(self.seed).permutation(photos)[:most]


@dataclass(frozen=True, slots=True)
class KernelRidge:
    """Learned numbers: f(x) = sum over the centres c of kernel(x, c) weights_c + offset."""

    centres: Matrix  # [centres, d], rows of length 1
    weights: Matrix  # [centres, targets]
    offset: Vector  # [targets]

    @classmethod
    def named(cls, learned: Mapping[str, Array]) -> Self:
        """Take the regression out of the arrays of a model's files."""
        return cls(learned["centres"], learned["weights"], learned["offset"])

    def arrays(self) -> dict[str, Array]:
        """Return the regression as the arrays of a model's files."""
        return {"centres": self.centres, "weights": self.weights, "offset": self.offset}

    def predict(self, rows: Matrix) -> Matrix:
        """What rows [n, d] of length 1 lead to, [n, targets]."""
        parts = [_kernel(rows[i : i + CHUNK], self.centres) @ self.weights for i in range(0, len(rows), CHUNK)]
        return np.concatenate(parts) + self.offset if parts else np.empty((0, len(self.offset)), np.float32)


def shapes(targets: str) -> dict[str, str]:
    """Return the sides of the arrays of a model's files, with the name of what is predicted."""
    return {"centres": "f centres components", "weights": f"f centres {targets}", "offset": f"f {targets}"}


def fit(rows: Matrix, targets: Targets, judged: Rows, options: KernelOptions) -> tuple[KernelRidge, Matrix]:
    """Learn to predict the targets of rows [n, d] of length 1; they are asked for a part at a time, to save memory.

    Also returns what the rows `judged` would lead to, had they not been learned with their targets, [judged, targets]:
    t_i - (t_i - f_i) / (1 - h_i) with the row's leverage h_i. In a small corpus this is kernel ridge regression;
    beyond, its approximation on rows drawn at random, none of them judged. Source: Williams, Seeger, "Using the
    Nystroem Method to Speed Up Kernel Machines", 2000.
    """
    everything = np.arange(len(rows))
    chosen = everything
    if len(rows) > options.exact_up_to:
        others = np.setdiff1d(everything, judged)
        chosen = np.sort(np.random.default_rng(options.seed).permutation(others)[: options.centres])
    centres = half(rows[chosen])
    gram, pulled, offset = _sums(rows, targets, centres)
    inside = _kernel(centres, centres).astype(np.float64) + JITTER * np.eye(len(centres))
    inverse = np.linalg.inv(gram + options.ridge * inside).astype(np.float64)
    learned = KernelRidge(centres, half(inverse @ pulled), offset)
    alone = [_alone(learned, inverse, rows[part], targets(part)) for part in _parts(judged)]
    return learned, np.concatenate(alone) if alone else np.empty((0, len(offset)), np.float32)


def _alone(learned: KernelRidge, inverse: Wide, rows: Matrix, targets: Matrix) -> Matrix:
    similar = _kernel(rows, learned.centres)
    leverage = ((similar @ inverse) * similar).sum(axis=1)
    left = np.maximum(1 - leverage, 1e-3)[:, None]
    return np.asarray(targets - (targets - similar @ learned.weights - learned.offset) / left, np.float32)


def _parts(rows: Rows) -> list[Rows]:
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]


def _kernel(rows: Matrix, centres: Matrix) -> Matrix:
    """exp(sharpness (cosine - 1)) less its constant part, which the offset takes: float32 sums are good enough so."""
    return np.asarray(np.exp(SHARPNESS * (rows @ centres.T - 1)) - np.exp(-SHARPNESS), np.float32)


def _sums(rows: Matrix, targets: Targets, centres: Matrix) -> tuple[Wide, Wide, Vector]:
    """K_mn K_nm, K_mn (targets - their mean) and that mean: in float64, a chunk of rows at a time."""
    width = targets(np.arange(0)).shape[1]
    gram, pulled = np.zeros((len(centres), len(centres))), np.zeros((len(centres), width))
    drawn, total = np.zeros(len(centres)), np.zeros(width)
    for chunk in _parts(np.arange(len(rows))):
        part, wanted = _kernel(rows[chunk], centres), targets(chunk)
        gram += part.T @ part
        pulled += part.T @ wanted
        drawn += part.sum(axis=0)
        total += wanted.sum(axis=0, dtype=np.float64)
    offset = total / len(rows)
    return gram, pulled - np.outer(drawn, offset), offset.astype(np.float32)
