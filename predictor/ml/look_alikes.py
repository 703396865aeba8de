"""What photos that look alike carry: kernel ridge regression from pictures straight to the frequent hashtags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from predictor.ml import calibration, kernel_ridge, tables
from predictor.ml.contract import Ids, Matrix, Vector
from predictor.ml.kernel_ridge import KernelOptions, KernelRidge
from predictor.ml.tables import TagTable


@dataclass(frozen=True, slots=True)
class LookAlikes:
    """Learned numbers."""

    kernel: KernelRidge  # from reduced pictures to the frequent hashtags
    frequent: Ids  # [frequent] columns of those hashtags, ascending
    typical: Vector  # [frequent]; what a hashtag usually scores on photos that carry it
    calibration: Vector

    def probabilities(self, reduced: Matrix) -> Matrix:
        """How probable pictures [n, d] of length 1 make each of the frequent hashtags, [n, frequent]."""
        return calibration.of_scores(self.kernel.predict(reduced), self.typical, self.calibration)

    def renamed(self, before: Sequence[str], tags: Sequence[str]) -> LookAlikes:
        """The same for the vocabulary `tags` instead of `before`; both in the same order, those gone are left out."""
        place = {tag: column for column, tag in enumerate(tags)}
        kept = np.array([before[column] in place for column in self.frequent], bool)
        columns = np.array([place[before[column]] for column in self.frequent[kept]], np.int64)
        kernel = replace(self.kernel, weights=self.kernel.weights[:, kept], offset=self.kernel.offset[kept])
        return replace(self, kernel=kernel, frequent=columns, typical=self.typical[kept])


def fit(
    reduced: Matrix, table: TagTable, prior: Vector, most_tags: int, options: KernelOptions
) -> tuple[LookAlikes, Vector]:
    """Learn from pictures [n, d] of length 1 and the hashtags of their posts; `prior` is [tags].

    Also returns the probability that each frequent hashtag usually has on photos that carry it, [frequent].
    """
    frequent = tables.most_frequent(prior, most_tags)
    judged, known = options.rows_to_judge(len(reduced)), table.only(frequent)
    kernel, scores = kernel_ridge.fit(reduced, lambda rows: known.dense(rows, len(frequent)), judged, options)
    truth = known.dense(judged, len(frequent))
    typical = calibration.typical(scores, truth)
    learned = LookAlikes(kernel, frequent, typical, calibration.fit(scores, typical, truth))
    return learned, calibration.typical(calibration.of_scores(scores, typical, learned.calibration), truth)
