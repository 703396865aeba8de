"""What photos that look alike carry: kernel ridge regression from pictures straight to the frequent hashtags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from predictor.ml import calibration, kernel_ridge
from predictor.ml.contract import Ids, Matrix, Vector
from predictor.ml.kernel_ridge import KernelOptions, KernelRidge
from predictor.ml.tables import Rows, TagTable


@dataclass(frozen=True, slots=True)
class LookAlikes:
    """Learned numbers. Hashtags that are not among the frequent ones score as often as they occur."""

    kernel: KernelRidge  # from reduced pictures to the frequent hashtags
    frequent: Ids  # [frequent] columns of those hashtags
    prior: Vector  # [tags]
    typical: Vector  # [tags]; what a hashtag usually scores on photos that carry it

    def scores(self, reduced: Matrix) -> Matrix:
        """How likely each hashtag looks, from pictures [n, d] of length 1; about 0 to 1, [n, tags]."""
        return self.filled(self.kernel.predict(reduced))

    def features(self, scores: Matrix) -> list[Matrix | Vector]:
        """Return what the calibration is told of these scores."""
        return [calibration.log_score(scores), calibration.log_typical(self.typical)]

    def filled(self, known: Matrix) -> Matrix:
        """Scores of all hashtags, [n, tags], from those of the frequent ones."""
        full = np.tile(self.prior, (len(known), 1))
        full[:, self.frequent] = known
        return full


def fit(
    reduced: Matrix, table: TagTable, prior: Vector, judged: Rows, most_tags: int, options: KernelOptions
) -> tuple[LookAlikes, Matrix]:
    """Learn from pictures [n, d] of length 1 and the hashtags of their posts; `prior` is [tags].

    Also returns the scores [judged, tags] that the rows `judged` would have, had they not been learned.
    """
    frequent = np.sort(np.argsort(-prior, kind="stable")[:most_tags]).astype(np.int64)
    wanted = table.only(frequent).dense(np.arange(len(reduced)), len(frequent))
    kernel, alone = kernel_ridge.fit(reduced, wanted, judged, options)
    typical = np.zeros(len(prior), np.float32)
    typical[frequent] = calibration.typical(alone, wanted[judged])
    learned = LookAlikes(kernel, frequent, prior, typical)
    return learned, learned.filled(alone)
