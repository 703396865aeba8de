"""Kernel ridge regression from pictures to factors: exact on small corpora, on chosen centres in large ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.ml.arrays import half
from predictor.ml.contract import Matrix, Vector
from predictor.ml.tables import Rows

Wide = NDArray[np.float64]

SHARPNESS = 2.0  # of the kernel; higher looks at nearer photos alone
JITTER = 1e-4  # keeps the kernel of two equal photos invertible
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

    def predict(self, rows: Matrix) -> Matrix:
        """What rows [n, d] of length 1 lead to, [n, targets]."""
        parts = [_kernel(rows[i : i + CHUNK], self.centres) @ self.weights for i in range(0, len(rows), CHUNK)]
        return np.concatenate(parts) + self.offset if parts else np.empty((0, len(self.offset)), np.float32)


def fit(rows: Matrix, targets: Matrix, judged: Rows, options: KernelOptions) -> tuple[KernelRidge, Matrix]:
    """Learn to predict targets [n, t] from rows [n, d] of length 1.

    Also returns what the rows `judged` would lead to, had they not been learned with their targets, [judged, t]:
    t_i - (t_i - f_i) / (1 - h_i) with the row's leverage h_i. In a small corpus this is kernel ridge regression;
    beyond, its approximation on rows drawn at random, none of them judged. Source: Williams, Seeger, "Using the
    Nystroem Method to Speed Up Kernel Machines", 2000.
    """
    chosen = np.arange(len(rows))
    if len(rows) > options.exact_up_to:
        others = np.setdiff1d(chosen, judged)
        chosen = np.sort(np.random.default_rng(options.seed).permutation(others)[: options.centres])
    centres = half(rows[chosen])
    offset = targets.mean(axis=0)
    gram, pulled = _sums(rows, targets - offset, centres)
    inside = _kernel(centres, centres).astype(np.float64) + JITTER * np.eye(len(centres))
    inverse = np.linalg.inv(gram + options.ridge * inside).astype(np.float64)
    learned = KernelRidge(centres, half(inverse @ pulled), offset.astype(np.float32))
    alone = [_alone(learned, inverse, rows[part], targets[part]) for part in _parts(judged)]
    return learned, np.concatenate(alone) if alone else np.empty((0, targets.shape[1]), np.float32)


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


def _sums(rows: Matrix, targets: Matrix, centres: Matrix) -> tuple[Wide, Wide]:
    """K_mn K_nm and K_mn times the targets, in float64, a chunk of rows at a time."""
    gram = np.zeros((len(centres), len(centres)))
    pulled = np.zeros((len(centres), targets.shape[1]))
    for start in range(0, len(rows), CHUNK):
        part = _kernel(rows[start : start + CHUNK], centres)
        gram += part.T @ part
        pulled += part.T @ targets[start : start + CHUNK]
    return gram, pulled
